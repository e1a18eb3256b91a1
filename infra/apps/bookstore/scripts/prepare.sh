#!/bin/sh
# Brings the database up to date, and the first books and people into it; all of it may be done again.
set -eu
python3 -m flask --app bookstore db upgrade
python3 -m flask --app bookstore catalogue load
python3 -m flask --app bookstore accounts demo </run/demo/accounts
