#!/bin/bash
# The NAT instance: forwards packets from the private subnets to the Internet with its own address.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/../machine/machine.sh"

packages nftables
place /etc/sysctl.d/90-nat.conf <"$BOOT/nat/sysctl.conf"
sysctl --quiet --load /etc/sysctl.d/90-nat.conf
place /etc/nftables.conf 755 <"$BOOT/nat/nftables.conf"
systemctl enable --quiet nftables
nft --file /etc/nftables.conf
