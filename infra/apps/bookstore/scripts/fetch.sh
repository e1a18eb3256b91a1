#!/bin/bash
# Fetch the dump that DUMP names, or else the newest one.
set -euo pipefail
: "${BUCKET:?}"
if [[ -z ${DUMP:-} ]]; then
  DUMP=$(aws s3api list-objects-v2 --bucket "$BUCKET" --prefix dumps/ --output text \
    --query 'sort_by(Contents, &Key)[-1].Key')
fi
printf 'restoring %s\n' "$DUMP"
aws s3 cp --only-show-errors "s3://$BUCKET/$DUMP" /dump/dump.sql.gz
