#!/bin/bash
# Image Builder runs this on an instance of the new AMI, before anybody can use it: the shop in it must be ready.
set -euo pipefail

systemctl is-active --quiet docker
type aws mount.efs python3 flock cmp
[[ -x /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl ]]
grep --quiet 'BEGIN CERTIFICATE' /etc/bookstore/database-ca.pem

image=$(</etc/bookstore/image)
trap 'docker rm --force --volumes trial >/dev/null' EXIT
# With a database in a file and a random session key.
docker run --detach --name trial --read-only --cap-drop ALL --publish 127.0.0.1:8000:8000 \
  --env SECRET_KEY="trial-$(cat /proc/sys/kernel/random/uuid)" "$image"
deadline=$((SECONDS + 180))
until curl --silent --fail --output /dev/null --max-time 5 http://127.0.0.1:8000/readyz; do
  if ((SECONDS >= deadline)); then
    docker logs trial
    exit 1
  fi
  sleep 2
done
