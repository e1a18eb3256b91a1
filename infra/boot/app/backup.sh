#!/bin/bash
# Copies new cover pictures to the bucket and reports it to CloudWatch, where an alarm notices a day without a copy.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/../machine/machine.sh"

: "${BACKUP_BUCKET:?}"

# A picture never changes under its name, and an incomplete one begins with a dot. Nothing is deleted in the bucket:
# an empty directory must not empty the backup. Retry, because a picture that the shop deletes meanwhile is an error.
retry 60 aws s3 sync --only-show-errors --size-only --exclude '.*' \
  /var/lib/bookstore/covers "s3://$BACKUP_BUCKET/covers/"
aws cloudwatch put-metric-data --namespace BookStore --metric-name Backups --value 1 \
  --dimensions "InstanceId=$(metadata instance-id)"
log "copied the covers to s3://$BACKUP_BUCKET/covers/"
