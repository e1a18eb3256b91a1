#!/bin/bash
# Copy the dump to the bucket.
set -euo pipefail
: "${BUCKET:?}"
aws s3 cp --only-show-errors /dump/dump.sql.gz "s3://$BUCKET/dumps/$(date --utc +%Y%m%dT%H%M%SZ).sql.gz"
