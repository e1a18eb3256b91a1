#!/bin/sh
# Migrate the database, and load the first books and people. Running it again changes nothing.
set -eu
python3 -m flask --app bookstore db upgrade
python3 -m flask --app bookstore catalogue load
python3 -m flask --app bookstore accounts demo </run/demo/accounts
