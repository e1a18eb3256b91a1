#!/bin/sh
# gunicorn in the image's tree: listens where Docker publishes the container, since the network is the machine's.
set -eu

for word; do
  shift
  [ "$word" != 0.0.0.0:8000 ] || word=$PUBLISHED
  set -- "$@" "$word"
done
exec python3 -m gunicorn "$@"
