#!/bin/bash
# Dump the database to /dump. Only its last line proves that a dump is complete.
set -euo pipefail
: "${DB_HOST:?}" "${DB_USER:?}" "${DB_NAME:?}"
MYSQL_PWD=$(cat /run/secrets/bookstore/database-password)
export MYSQL_PWD

mysqldump --host="$DB_HOST" --user="$DB_USER" \
  --ssl-mode=VERIFY_IDENTITY --ssl-ca=/run/secrets/bookstore/database-ca.pem \
  --single-transaction --quick --hex-blob --no-tablespaces --set-gtid-purged=OFF "$DB_NAME" |
  gzip >/dump/dump.sql.gz
zcat /dump/dump.sql.gz | tail --lines 1 | grep --quiet '^-- Dump completed'
