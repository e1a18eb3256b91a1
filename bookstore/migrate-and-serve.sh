#!/bin/sh
# What a container of the shop runs: bring the database up to date, then become the server.
# gunicorn reads WEB_CONCURRENCY (workers) and GUNICORN_CMD_ARGS (anything else) by itself.
set -eu

python3 -m flask --app bookstore db upgrade

# --preload shares the application's memory between the workers; the heartbeat lives in memory, since a worker that waits
# for a disk looks dead; 8 seconds leave time to finish requests within the 10 that Docker and Kubernetes give or more.
exec gunicorn --bind 0.0.0.0:8000 --worker-class gthread --threads 4 --preload \
    --worker-tmp-dir /dev/shm --graceful-timeout 8 --keep-alive 75 --no-control-socket \
    --access-logfile /dev/null "bookstore:create_app()"
