#!/bin/bash
# What Image Builder runs on Amazon Linux 2023: puts in all that a server of the shop needs, so that its boot is short.
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
# What machine/machine.sh looks for before it installs anything.
touch /etc/bookstore/baked
