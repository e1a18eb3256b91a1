#!/bin/bash
# Sets up the database server: MySQL with its data on a volume, reachable over TLS from the app server's subnet only.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/../machine/machine.sh"

: "${DATA_VOLUME:?}" "${DATABASE_NAME:?}" "${DATABASE_USER:?}" "${DATABASE_CLIENTS:?}"
: "${DATABASE_PASSWORD_SECRET:?}" "${DATABASE_CERTIFICATE:?}" "${DATABASE_KEY_SECRET:?}"
: "${DATABASE_PACKAGE:=mysql-server}"
: "${DATABASE_SERVICE:=mysql}"

# The same id on every server, so that the files on the volume also belong to MySQL on a replacement.
getent group mysql >/dev/null || groupadd --system --gid 880 mysql
getent passwd mysql >/dev/null ||
  useradd --system --uid 880 --gid mysql --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin mysql

"$BOOT/machine/volume.sh" "$DATA_VOLUME" /var/lib/mysql
packages "$DATABASE_PACKAGE"

changed=
key=$(secret "$DATABASE_KEY_SECRET")
place /etc/mysql/tls/key.pem 400 mysql:mysql <<<"$key"
place /etc/mysql/tls/certificate.pem <<<"$DATABASE_CERTIFICATE"
# In the directory that MySQL or MariaDB reads last; its files override /etc/mysql/conf.d.
for directory in /etc/mysql/mysql.conf.d /etc/mysql/mariadb.conf.d; do
  [[ ! -d $directory ]] || place "$directory/zz-bookstore.cnf" <"$BOOT/database/mysql.cnf"
done
# Debian's maintenance account still has the password from the first server on the volume; root needs none.
place /etc/mysql/debian.cnf 600 <<<$'[client]\nuser = root\nsocket = /run/mysqld/mysqld.sock'
# Without its volume, MySQL must not start with an empty database.
place "/etc/systemd/system/$DATABASE_SERVICE.service.d/volume.conf" <<<$'[Unit]\nRequiresMountsFor=/var/lib/mysql'

if [[ -n $changed ]]; then
  systemctl daemon-reload
  systemctl restart "$DATABASE_SERVICE"
fi
systemctl enable --quiet "$DATABASE_SERVICE"

# shellcheck disable=SC2034  # render reads it; a shell variable, so that it is in no process's environment
DATABASE_PASSWORD=$(secret "$DATABASE_PASSWORD_SECRET")
accounts=$(render "$BOOT/database/accounts.sql")
mysql <<<"$accounts"

install --directory --mode 755 /var/log/bookstore
install --mode 644 "$BOOT/database/backup.service" /etc/systemd/system/bookstore-backup.service
install --mode 644 "$BOOT/database/backup.timer" /etc/systemd/system/bookstore-backup.timer
ln --symbolic --force "$BOOT/database/restore.sh" /usr/local/sbin/bookstore-restore
systemctl daemon-reload
systemctl enable --quiet --now bookstore-backup.timer
# Dump now: a backup that cannot work must fail the boot, and not be noticed after a loss.
systemctl start bookstore-backup.service
