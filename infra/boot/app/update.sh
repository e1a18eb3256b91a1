#!/bin/bash
# Restarts the shop when `pulumi up` has published another image, so that a new version needs no new instance.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/../machine/machine.sh"

: "${IMAGE_PARAMETER:?}"

wanted=$(aws ssm get-parameter --name "$IMAGE_PARAMETER" --query Parameter.Value --output text)
if [[ $wanted != "$(cat /run/bookstore/image)" ]]; then
  log "updating the shop to $wanted"
  docker image prune --all --force --filter until=24h >/dev/null
  systemctl restart bookstore.service
fi
