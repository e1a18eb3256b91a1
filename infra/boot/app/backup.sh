#!/bin/bash
# Copies new cover pictures to the bucket and says so to CloudWatch, where an alarm waits for the day without a copy.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/../machine/machine.sh"

: "${BACKUP_BUCKET:?}"

# A picture never changes under its name, and one that is half written has a dot before it. None is deleted there: the
# copy of an empty directory must not be empty. Again, since a picture that the shop deletes meanwhile is a failure.
retry 60 aws s3 sync --only-show-errors --size-only --exclude '.*' \
  /var/lib/bookstore/covers "s3://$BACKUP_BUCKET/covers/"
aws cloudwatch put-metric-data --namespace BookStore --metric-name Backups --value 1 \
  --dimensions "InstanceId=$(metadata instance-id)"
log "copied the covers to s3://$BACKUP_BUCKET/covers/"
