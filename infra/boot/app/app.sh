#!/bin/bash
# Sets up the app server: the BookStore's container behind NGINX, with a certificate once the name points here.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/../machine/machine.sh"

: "${DATA_VOLUME:?}" "${DATABASE_CA:?}" "${DEMO_ACCOUNTS_SECRET:?}"
: "${DOCKER_AT_LEAST:=24}"

"$BOOT/machine/volume.sh" "$DATA_VOLUME" /var/lib/bookstore
packages docker.io nginx certbot
docker=$(docker version --format '{{.Server.Version}}')
if ((${docker%%.*} < DOCKER_AT_LEAST)); then
  log "Docker $docker is older than $DOCKER_AT_LEAST; take a newer image of Ubuntu 22.04"
  exit 1
fi

# The user id of the image.
install --directory --owner 10001 --group 10001 --mode 750 /var/lib/bookstore/covers
install --directory --mode 755 /var/lib/bookstore/acme /var/log/bookstore
place /etc/bookstore/database-ca.pem <<<"$DATABASE_CA"

place /etc/nginx/conf.d/bookstore.conf <"$BOOT/app/nginx/bookstore.conf"
place /etc/nginx/snippets/bookstore-proxy.conf <"$BOOT/app/nginx/proxy.conf"
place /etc/nginx/snippets/bookstore-acme.conf <"$BOOT/app/nginx/acme.conf"
rm --force /etc/nginx/sites-enabled/default
# The certificate is on the data volume, so a replacement takes it over; a new shop starts without one.
"$BOOT/app/site.sh"

for unit in bookstore.service bookstore-update.service bookstore-update.timer \
  bookstore-certificate.service bookstore-certificate.timer bookstore-backup.service bookstore-backup.timer; do
  place "/etc/systemd/system/$unit" <"$BOOT/app/$unit"
done
systemctl daemon-reload
systemctl enable --quiet nginx docker bookstore.service
systemctl start bookstore.service
systemctl enable --quiet --now bookstore-update.timer bookstore-certificate.timer bookstore-backup.timer
ln --symbolic --force "$BOOT/app/restore.sh" /usr/local/sbin/bookstore-restore

# The database server may still be booting.
retry 1500 curl --silent --fail --output /dev/null --max-time 5 http://127.0.0.1:8000/readyz
shop=(docker exec --interactive bookstore python3 -m flask --app bookstore)
"${shop[@]}" catalogue load
accounts=$(secret "$DEMO_ACCOUNTS_SECRET")
"${shop[@]}" accounts demo <<<"$accounts"
# Back up now: a backup that cannot work must fail the boot, and not be noticed after a loss.
systemctl start bookstore-backup.service
