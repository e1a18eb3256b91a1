#!/bin/bash
# What cloud-init runs when the machine is born: puts the settings and the scripts in place and starts them.
# No secret is here, since everybody who may describe the machine may read this text.
set -euo pipefail

install --directory /etc/bookstore /usr/local/lib/bookstore
cat >/etc/bookstore/settings <<'END_OF_SETTINGS'
@SETTINGS@
END_OF_SETTINGS

archive=$(mktemp)
base64 --decode >"$archive" <<'END_OF_ARCHIVE'
@ARCHIVE@
END_OF_ARCHIVE
python3 -m tarfile --extract "$archive" /usr/local/lib/bookstore
rm "$archive"

exec /usr/local/lib/bookstore/machine/boot.sh @ROLE@
