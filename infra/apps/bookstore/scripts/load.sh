#!/bin/bash
# Restore the database from the dump in /dump.
set -euo pipefail
: "${DB_HOST:?}" "${DB_USER:?}" "${DB_NAME:?}"
MYSQL_PWD=$(cat /run/secrets/bookstore/database-password)
export MYSQL_PWD

zcat /dump/dump.sql.gz | tail --lines 1 | grep --quiet '^-- Dump completed'
# Drop it first: tables that are newer than the dump would otherwise remain.
{
  printf 'DROP DATABASE %s; CREATE DATABASE %s; USE %s;\n' "$DB_NAME" "$DB_NAME" "$DB_NAME"
  zcat /dump/dump.sql.gz
} | mysql --host="$DB_HOST" --user="$DB_USER" \
  --ssl-mode=VERIFY_IDENTITY --ssl-ca=/run/secrets/bookstore/database-ca.pem
