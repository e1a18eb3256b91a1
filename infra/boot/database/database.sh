#!/bin/bash
# The database machine: MySQL, its data on a volume of its own, reached over TLS from the application's subnet alone.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/../machine/machine.sh"

: "${DATA_VOLUME:?}" "${DATABASE_NAME:?}" "${DATABASE_USER:?}" "${DATABASE_CLIENTS:?}"
: "${DATABASE_PASSWORD_SECRET:?}" "${DATABASE_CERTIFICATE:?}" "${DATABASE_KEY_SECRET:?}"
: "${DATABASE_PACKAGE:=mysql-server}"
: "${DATABASE_SERVICE:=mysql}"

# The same number on every machine: the files on the volume then belong to the next machine's MySQL too.
getent group mysql >/dev/null || groupadd --system --gid 880 mysql
getent passwd mysql >/dev/null ||
  useradd --system --uid 880 --gid mysql --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin mysql

"$BOOT/machine/volume.sh" "$DATA_VOLUME" /var/lib/mysql
packages "$DATABASE_PACKAGE"

changed=
key=$(secret "$DATABASE_KEY_SECRET")
place /etc/mysql/tls/key.pem 400 mysql:mysql <<<"$key"
place /etc/mysql/tls/certificate.pem <<<"$DATABASE_CERTIFICATE"
# Each family's own directory, since what it ships there would overrule /etc/mysql/conf.d.
for directory in /etc/mysql/mysql.conf.d /etc/mysql/mariadb.conf.d; do
  [[ ! -d $directory ]] || place "$directory/zz-bookstore.cnf" <"$BOOT/database/mysql.cnf"
done
# The volume keeps the password that Debian's maintenance account had on the first machine; root needs none.
place /etc/mysql/debian.cnf 600 <<<$'[client]\nuser = root\nsocket = /run/mysqld/mysqld.sock'
# A server that started without its volume would be an empty shop.
place "/etc/systemd/system/$DATABASE_SERVICE.service.d/volume.conf" <<<$'[Unit]\nRequiresMountsFor=/var/lib/mysql'

if [[ -n $changed ]]; then
  systemctl daemon-reload
  systemctl restart "$DATABASE_SERVICE"
fi
systemctl enable --quiet "$DATABASE_SERVICE"

# shellcheck disable=SC2034  # render reads it; a shell variable, so that no process's environment shows it
DATABASE_PASSWORD=$(secret "$DATABASE_PASSWORD_SECRET")
accounts=$(render "$BOOT/database/accounts.sql")
mysql <<<"$accounts"

install --directory --mode 755 /var/log/bookstore
install --mode 644 "$BOOT/database/backup.service" /etc/systemd/system/bookstore-backup.service
install --mode 644 "$BOOT/database/backup.timer" /etc/systemd/system/bookstore-backup.timer
ln --symbolic --force "$BOOT/database/restore.sh" /usr/local/sbin/bookstore-restore
systemctl daemon-reload
systemctl enable --quiet --now bookstore-backup.timer
# The first dump now: a backup that cannot work must fail the boot, not the night after the accident.
systemctl start bookstore-backup.service
