#!/bin/bash
# Serves the shop over HTTPS if there is a certificate, and otherwise over plain HTTP.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/../machine/machine.sh"

: "${PUBLIC_NAME:?}"

changed=
if [[ -e /var/lib/bookstore/letsencrypt/live/bookstore/fullchain.pem ]]; then
  site=$(render "$BOOT/app/nginx/https.conf")
else
  site=$(<"$BOOT/app/nginx/http.conf")
fi
place /etc/nginx/sites-enabled/bookstore <<<"$site"
nginx -t -q
if [[ -n $changed ]]; then
  systemctl reload-or-restart nginx
fi
