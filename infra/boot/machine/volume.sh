#!/bin/bash
# volume.sh VOLUME DIRECTORY: mounts the data volume on the directory, and formats it only if it is empty.
# shellcheck source-path=SCRIPTDIR source=machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

volume=$1 directory=$2
: "${DATA_DEVICE:=}"

# Instances with NVMe name the device after the volume, the older t2 after the attachment.
find_device() {
  local candidate
  for candidate in "$DATA_DEVICE" "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volume/-/}" /dev/xvdf; do
    if [[ -b $candidate ]]; then
      device=$(readlink --canonicalize "$candidate")
      return
    fi
  done
  return 1
}

if mountpoint --quiet "$directory"; then
  log "$directory is mounted"
  exit
fi

packages xfsprogs
# EC2 attaches the volume after the start, or after the instance before this one has released it.
retry 900 find_device
# mkfs.xfs refuses a device with data. XFS has no lost+found, which MySQL would take for a database.
blkid --probe "$device" || mkfs.xfs "$device"
uuid=$(blkid --probe --match-tag UUID --output value "$device")
mkdir --parents "$directory"
if ! grep --quiet --fixed-strings " $directory xfs " /etc/fstab; then
  printf 'UUID=%s %s xfs defaults,nofail,x-systemd.device-timeout=300,x-systemd.growfs 0 2\n' "$uuid" "$directory" >>/etc/fstab
fi
mount "$directory"
log "mounted $device on $directory"
