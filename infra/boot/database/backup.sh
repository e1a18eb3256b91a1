#!/bin/bash
# Dumps the shop's database to the bucket and reports it to CloudWatch, where an alarm notices a day without a dump.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/../machine/machine.sh"

: "${DATABASE_NAME:?}" "${BACKUP_BUCKET:?}"

directory=$(mktemp --directory --tmpdir=/var/tmp)
trap 'rm -r "$directory"' EXIT
dump=$directory/dump.sql.gz
mysqldump --single-transaction --quick --routines --triggers --hex-blob --databases "$DATABASE_NAME" | gzip >"$dump"
# Only the last line proves that a dump is complete.
zcat "$dump" | tail --lines 1 | grep --quiet '^-- Dump completed'

key=dumps/$(date --utc +%Y%m%dT%H%M%SZ).sql.gz
aws s3 cp --only-show-errors "$dump" "s3://$BACKUP_BUCKET/$key"
aws cloudwatch put-metric-data --namespace BookStore --metric-name Backups --value 1 \
  --dimensions "InstanceId=$(metadata instance-id)"
log "dumped $DATABASE_NAME to s3://$BACKUP_BUCKET/$key, $(stat --format %s "$dump") bytes"
