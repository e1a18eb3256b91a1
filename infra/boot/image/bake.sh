#!/bin/bash
# Image Builder runs this on Amazon Linux 2023: it installs all that a web server needs, so that its boot is short.
set -euo pipefail

: "${REGION:?}" "${IMAGE:?}"
: "${AUTHORITIES_URL:=https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem}"

dnf --assumeyes --quiet upgrade
dnf --assumeyes --quiet install amazon-cloudwatch-agent amazon-efs-utils diffutils docker logrotate
systemctl enable --now docker

install --directory --mode 755 /etc/bookstore
curl --silent --show-error --fail --retry 5 --output /etc/bookstore/database-ca.pem "$AUTHORITIES_URL"

password=$(aws ecr get-login-password --region "$REGION")
docker login --username AWS --password-stdin "${IMAGE%%/*}" <<<"$password"
docker pull --quiet "$IMAGE"
docker logout "${IMAGE%%/*}"
printf '%s\n' "$IMAGE" >/etc/bookstore/image
# machine/machine.sh installs no packages if this file exists.
touch /etc/bookstore/baked
