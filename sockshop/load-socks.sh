#!/bin/sh
# Load the catalogue into a MySQL server. Running it again changes nothing.
#
#     load-socks.sh FILE.sql [MYSQL OPTION...]
#
# It signs in with DATABASE_HOST, DATABASE_PORT, DATABASE_USER and DATABASE_PASSWORD. CATALOGUE_PASSWORD becomes
# the password of the service's own account.
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
    echo "$DATABASE_USER cannot sign in to $DATABASE_HOST: is the server up, and is the password right?" >&2
    exit 1
  fi
  sleep 5
done

# Hexadecimal needs no quoting, and standard input does not appear in the list of processes.
password=$(printf %s "$CATALOGUE_PASSWORD" | od -An -v -tx1 | tr -d ' \n')
{
  echo "SET @password = X'$password';"
  cat "$sql"
} | ask "$@"
echo "The catalogue has $(ask "$@" --batch --skip-column-names --execute='SELECT COUNT(*) FROM socksdb.sock') socks."
