#!/bin/sh
# Makes an image like the Dockerfile's base from Debian's packages, for machines that reach no image registry.
#   stand_in_base.sh TAG    e.g. python:3.13-slim-bookworm; needs root, debootstrap and a Docker daemon
# The Python inside is Debian's, older than the tag says; everything else is laid out as in the official image:
# python3 and a pip of its own under /usr/local, and no compiler.
set -eu

tag=${1:?usage: stand_in_base.sh TAG}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv,python3-pip bookworm "$root"
# The machine's own authorities, so that pip trusts whatever mirror or proxy this network sets up.
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
cp /etc/resolv.conf "$root/etc/resolv.conf"
[ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/pip.conf"

chroot "$root" sh -eu <<'INSIDE'
rm -f /usr/lib/python3*/EXTERNALLY-MANAGED
python3 -m pip install --quiet --ignore-installed pip
apt-get purge --quiet --quiet --yes --autoremove python3-pip
ln -s /usr/bin/python3 /usr/local/bin/python3
ln -s /usr/bin/python3 /usr/local/bin/python
rm -rf /var/cache/apt/archives /var/lib/apt/lists
INSIDE

tar --directory "$root" --create . | docker import --change 'CMD ["python3"]' - "$tag" >/dev/null
echo "$tag stands ready"
