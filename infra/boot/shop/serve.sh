#!/bin/bash
# Runs the BookStore's container in the foreground. It fetches the secrets at each start and keeps them in memory.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/../machine/machine.sh"

: "${SESSION_KEY_SECRET:?}" "${DATABASE_PASSWORD_SECRET:?}" "${TRUSTED_PROXIES:?}"
: "${DATABASE_HOST:?}" "${DATABASE_NAME:?}" "${DATABASE_USER:?}" "${ORDER_TIMEOUT_MINUTES:?}"

umask 077
install --directory --owner 10001 --group 10001 --mode 500 /run/bookstore/secrets
for name in SESSION_KEY DATABASE_PASSWORD; do
  arn=${name}_SECRET
  text=$(secret "${!arn}")
  place "/run/bookstore/secrets/$name" 400 10001:10001 <<<"$text"
done

# Without the mount, Docker would create an empty directory, and uploads would be lost.
mountpoint --quiet /var/lib/bookstore/covers
docker rm --force bookstore >/dev/null 2>&1 || true

# On all addresses, for the load balancer; the security group decides who may connect.
exec docker run --rm --name bookstore --log-driver none \
  --user 10001:10001 --read-only --cap-drop ALL --security-opt no-new-privileges \
  --publish 8000:8000 \
  --volume /var/lib/bookstore/covers:/var/lib/bookstore/covers \
  --volume /run/bookstore/secrets:/run/secrets:ro \
  --volume /etc/bookstore/database-ca.pem:/etc/bookstore/database-ca.pem:ro \
  --volume /etc/bookstore/gunicorn.conf.py:/etc/bookstore/gunicorn.conf.py:ro \
  --env GUNICORN_CMD_ARGS='--config /etc/bookstore/gunicorn.conf.py' \
  --env SECRET_KEY_FILE=/run/secrets/SESSION_KEY \
  --env DB_HOST="$DATABASE_HOST" --env DB_NAME="$DATABASE_NAME" --env DB_USER="$DATABASE_USER" \
  --env DB_PASS_FILE=/run/secrets/DATABASE_PASSWORD \
  --env DB_SSL_CA=/etc/bookstore/database-ca.pem \
  --env COVERS_DIR=/var/lib/bookstore/covers --env TRUSTED_PROXIES="$TRUSTED_PROXIES" \
  --env ORDER_TIMEOUT_MINUTES="$ORDER_TIMEOUT_MINUTES" \
  "$(</etc/bookstore/image)"
