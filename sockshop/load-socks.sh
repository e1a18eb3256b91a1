#!/bin/sh
# Loads the catalogue into a MySQL server; safe to run as often as one likes.
#
#     load-socks.sh FILE.sql [OPTION OF mysql...]
#
# DATABASE_HOST, DATABASE_PORT, DATABASE_USER and DATABASE_PASSWORD sign in; CATALOGUE_PASSWORD is what the
# service's own account gets.
set -eu

sql=$1
shift

ask() {
  MYSQL_PWD=$DATABASE_PASSWORD mysql --no-defaults --host="$DATABASE_HOST" --port="$DATABASE_PORT" \
    --user="$DATABASE_USER" --connect-timeout=10 --default-character-set=utf8mb4 "$@"
}

tries=0
until ask "$@" --execute='SELECT 1' >/dev/null; do
  tries=$((tries + 1))
  if [ "$tries" -ge "${TRIES:-30}" ]; then
    echo "$DATABASE_HOST does not let $DATABASE_USER in: is it up, and does the password match?" >&2
    exit 1
  fi
  sleep 5
done

# In hexadecimal, no password needs quoting; by standard input, none is seen among the processes.
password=$(printf %s "$CATALOGUE_PASSWORD" | od -An -v -tx1 | tr -d ' \n')
{
  echo "SET @password = X'$password';"
  cat "$sql"
} | ask "$@"
echo "The catalogue has $(ask "$@" --batch --skip-column-names --execute='SELECT COUNT(*) FROM socksdb.sock') socks."
