#!/bin/bash
# Runs the BookStore's container in the foreground. It fetches the secrets at each start and keeps them in memory.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/../machine/machine.sh"

: "${IMAGE_PARAMETER:?}" "${SESSION_KEY_SECRET:?}" "${DATABASE_PASSWORD_SECRET:?}"
: "${DATABASE_HOST:?}" "${DATABASE_NAME:?}" "${DATABASE_USER:?}" "${ORDER_TIMEOUT_MINUTES:?}"

umask 077
export DOCKER_CONFIG=/run/bookstore/docker
install --directory --owner 10001 --group 10001 --mode 500 /run/bookstore/secrets
for name in SESSION_KEY DATABASE_PASSWORD; do
  arn=${name}_SECRET
  text=$(secret "${!arn}")
  place "/run/bookstore/secrets/$name" 400 10001:10001 <<<"$text"
done

image=$(aws ssm get-parameter --name "$IMAGE_PARAMETER" --query Parameter.Value --output text)
# Before the pull, so that update.sh does not restart the service during a slow pull.
place /run/bookstore/image <<<"$image"
# Tags are immutable: an image that is here already needs no pull.
if ! docker image inspect "$image" >/dev/null 2>&1; then
  password=$(aws ecr get-login-password)
  docker login --username AWS --password-stdin "${image%%/*}" <<<"$password"
  docker pull --quiet "$image"
fi
docker rm --force bookstore >/dev/null 2>&1 || true

exec docker run --rm --name bookstore --log-driver none \
  --user 10001:10001 --read-only --cap-drop ALL --security-opt no-new-privileges \
  --publish 127.0.0.1:8000:8000 \
  --volume /var/lib/bookstore/covers:/var/lib/bookstore/covers \
  --volume /run/bookstore/secrets:/run/secrets:ro \
  --volume /etc/bookstore/database-ca.pem:/etc/bookstore/database-ca.pem:ro \
  --env SECRET_KEY_FILE=/run/secrets/SESSION_KEY \
  --env DB_HOST="$DATABASE_HOST" --env DB_NAME="$DATABASE_NAME" --env DB_USER="$DATABASE_USER" \
  --env DB_PASS_FILE=/run/secrets/DATABASE_PASSWORD \
  --env DB_SSL_CA=/etc/bookstore/database-ca.pem \
  --env COVERS_DIR=/var/lib/bookstore/covers --env TRUSTED_PROXIES=1 \
  --env ORDER_TIMEOUT_MINUTES="$ORDER_TIMEOUT_MINUTES" \
  "$image"
