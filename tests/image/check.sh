#!/bin/sh
# Builds the image and sees it run as it must: read-only, without root, healthy, sold from, stopped in time.
#   tests/image/check.sh      needs a Docker daemon and the free port PORT (8099)
# Where no registry can be reached, tests/image/stand_in_base.sh makes the base first.
set -eu

image=bookstore
name=bookstore-check-$$
port=${PORT:-8099}
cd "$(dirname "$0")/../.."

fail() {
    echo "✗ $1" >&2
    docker logs "$name" >&2 2>/dev/null || true
    exit 1
}
pass() { echo "✓ $1"; }

# The builder's network is the machine's: some reach their package index only through it.
docker build --quiet --network host --tag "$image" bookstore >/dev/null
size=$(docker image inspect --format '{{.Size}}' "$image")
base=$(docker image inspect --format '{{.Size}}' "$(sed -n 's/^ARG BASE=//p' bookstore/Dockerfile)")
pass "built: $((size / 1000000)) MB, of which the base has $((base / 1000000))"

trap 'docker rm --force --volumes "$name" >/dev/null' EXIT
docker run --detach --name "$name" --publish "127.0.0.1:$port:8000" --read-only --cap-drop ALL \
    --security-opt no-new-privileges --memory 512m --env "SECRET_KEY=only-for-this-check-$name" "$image" >/dev/null

waited=0
until [ "$(docker inspect --format '{{.State.Health.Status}}' "$name")" = healthy ]; do
    [ "$waited" -lt 120 ] || fail "it is not healthy after $waited s"
    sleep 1
    waited=$((waited + 1))
done
pass "healthy with a read-only root and no capability"

[ "$(docker exec "$name" id -u)" != 0 ] || fail "it runs as root"
pass "its user is $(docker exec "$name" id -u)"

# shellcheck disable=SC2016
left=$(docker exec "$name" sh -c 'for tool in pip pip3 gcc cc make curl wget; do command -v $tool || true; done')
[ -z "$left" ] || fail "left in the image: $left"
! docker exec "$name" python3 -c 'import pip' 2>/dev/null || fail "pip can still be imported"
pass "no installer, no compiler"

docker exec "$name" python3 -m flask --app bookstore catalogue load
python3 -m probe.smoke "http://127.0.0.1:$port" || fail "the journey"
pass "memory: $(docker stats --no-stream --format '{{.MemUsage}}' "$name")"

start=$(date +%s)
docker stop --time 10 "$name" >/dev/null
took=$(($(date +%s) - start))
status=$(docker inspect --format '{{.State.ExitCode}}' "$name")
[ "$status" = 0 ] || fail "it was killed or failed: exit status $status after $took s"
pass "stopped by itself in $took s"
