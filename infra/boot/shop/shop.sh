#!/bin/bash
# Sets up a web server from an AMI that has all it needs: mounts the covers and starts the service.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/../machine/machine.sh"

: "${FILE_SYSTEM:?}" "${ACCESS_POINT:?}" "${DATABASE_HOST:?}" "${DEMO_ACCOUNTS_SECRET:?}"
: "${COVERS_TYPE:=efs}"
: "${COVERS_SOURCE:=$FILE_SYSTEM:/}"
: "${COVERS_OPTIONS:=_netdev,tls,iam,accesspoint=$ACCESS_POINT}"

covers=/var/lib/bookstore/covers
mkdir --parents "$covers"
if ! grep --quiet --fixed-strings " $covers " /etc/fstab; then
  printf '%s %s %s %s 0 0\n' "$COVERS_SOURCE" "$covers" "$COVERS_TYPE" "$COVERS_OPTIONS" >>/etc/fstab
fi
# The DNS name of a new file system takes a minute or two.
mountpoint --quiet "$covers" || retry 600 mount "$covers"

place /etc/bookstore/gunicorn.conf.py <"$BOOT/shop/gunicorn.conf"
place /etc/systemd/system/bookstore.service <"$BOOT/shop/bookstore.service"
systemctl daemon-reload
systemctl enable --quiet docker bookstore.service
systemctl start bookstore.service
# Another server may be migrating the database.
retry 900 curl --silent --fail --output /dev/null --max-time 5 http://127.0.0.1:8000/readyz

# The first server with this version loads the catalogue; the others wait and then skip this.
stocked="$(</etc/bookstore/image) in $DATABASE_HOST"
exec {turn}>"$covers/.turn"
flock "$turn"
if [[ $(cat "$covers/.stocked" 2>/dev/null) != "$stocked" ]]; then
  shop=(docker exec --interactive bookstore python3 -m flask --app bookstore)
  "${shop[@]}" catalogue load
  accounts=$(secret "$DEMO_ACCOUNTS_SECRET")
  "${shop[@]}" accounts demo <<<"$accounts"
  printf '%s\n' "$stocked" >"$covers/.stocked"
fi
