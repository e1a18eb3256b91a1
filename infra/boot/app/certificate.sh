#!/bin/bash
# Gets the certificate, renews it in its last 30 days and replaces it when the name has changed. A timer runs this.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/../machine/machine.sh"

: "${PUBLIC_NAME:?}" "${ACME_EMAIL?}"
: "${ACME_DIRECTORY:=https://acme-v02.api.letsencrypt.org/directory}"

# The authority limits failed attempts, so ask it only when the name points here.
address=$(metadata public-ipv4)
if ! getent ahostsv4 "$PUBLIC_NAME" | grep --quiet "^$address "; then
  log "$PUBLIC_NAME does not point to $address yet"
  exit
fi

if [[ -n $ACME_EMAIL ]]; then
  account=(--email "$ACME_EMAIL")
else
  account=(--register-unsafely-without-email)
fi
certbot certonly --non-interactive --quiet --agree-tos "${account[@]}" --server "$ACME_DIRECTORY" \
  --config-dir /var/lib/bookstore/letsencrypt --webroot --webroot-path /var/lib/bookstore/acme \
  --cert-name bookstore --domain "$PUBLIC_NAME" --keep-until-expiring --renew-with-new-domains \
  --deploy-hook 'systemctl reload nginx'
"$BOOT/app/site.sh"
