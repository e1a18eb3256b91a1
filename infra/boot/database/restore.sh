#!/bin/bash
# bookstore-restore --list | newest | KEY: restores the shop's database from a dump, after a dump of its present state.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "$(readlink --canonicalize "${BASH_SOURCE[0]}")")/../machine/machine.sh"

: "${DATABASE_NAME:?}" "${BACKUP_BUCKET:?}"

dumps() {
  aws s3api list-objects-v2 --bucket "$BACKUP_BUCKET" --prefix dumps/ --query 'Contents[].[Key]' --output text | sort
}

case ${1:-} in
  --list)
    dumps
    exit
    ;;
  newest) key=$(dumps | tail --lines 1) ;;
  dumps/*) key=$1 ;;
  *)
    printf 'usage: bookstore-restore --list | newest | KEY (one of those listed)\n' >&2
    exit 2
    ;;
esac

directory=$(mktemp --directory --tmpdir=/var/tmp)
trap 'rm -r "$directory"' EXIT
aws s3 cp --only-show-errors "s3://$BACKUP_BUCKET/$key" "$directory/dump.sql.gz"
zcat "$directory/dump.sql.gz" | tail --lines 1 | grep --quiet '^-- Dump completed'
"$BOOT/database/backup.sh"
# Drop the database first, or tables that are newer than the dump would stay.
{
  printf 'DROP DATABASE IF EXISTS %s;\n' "$DATABASE_NAME"
  zcat "$directory/dump.sql.gz"
} | mysql
log "restored $DATABASE_NAME from s3://$BACKUP_BUCKET/$key"
