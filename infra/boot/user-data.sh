#!/bin/bash
# cloud-init runs this at the first boot: it writes the settings and the scripts to disk and starts them.
# It has no secrets: everybody who may describe the instance can read it.
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
