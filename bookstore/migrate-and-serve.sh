#!/bin/sh
# What a container of the shop runs: bring the database up to date, then become the server.
# It listens on PORT, or 8000. gunicorn reads WEB_CONCURRENCY (workers) and GUNICORN_CMD_ARGS (anything else) itself.
set -eu

python3 -m flask --app bookstore db upgrade

# The workers count for /metrics in files of one folder; a new container begins at zero, as Prometheus expects.
PROMETHEUS_MULTIPROC_DIR=$(mktemp -d)
export PROMETHEUS_MULTIPROC_DIR

# --preload lets the workers share memory. Their heartbeat lives in memory too, since one that waits for a disk looks
# dead. Requests have 8 seconds to finish, within the 10 that Docker gives.
exec gunicorn --bind "0.0.0.0:${PORT:-8000}" --worker-class gthread --threads 4 --preload \
    --worker-tmp-dir /dev/shm --graceful-timeout 8 --keep-alive 75 --no-control-socket \
    --access-logfile /dev/null "bookstore:create_app()"
