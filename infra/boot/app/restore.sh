#!/bin/bash
# bookstore-restore: restores missing cover pictures and leaves the others as they are.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "$(readlink --canonicalize "${BASH_SOURCE[0]}")")/../machine/machine.sh"

: "${BACKUP_BUCKET:?}"

aws s3 sync --only-show-errors --size-only "s3://$BACKUP_BUCKET/covers/" /var/lib/bookstore/covers
chown --recursive 10001:10001 /var/lib/bookstore/covers
log "restored the covers from s3://$BACKUP_BUCKET/covers/"
