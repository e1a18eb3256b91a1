#!/bin/bash
# The cheap NAT: forwards what the private subnets send to the Internet under this machine's own address.
# shellcheck source-path=SCRIPTDIR source=../machine/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/../machine/machine.sh"

packages nftables
place /etc/sysctl.d/90-nat.conf <"$BOOT/nat/sysctl.conf"
sysctl --quiet --load /etc/sysctl.d/90-nat.conf
place /etc/nftables.conf 755 <"$BOOT/nat/nftables.conf"
systemctl enable --quiet nftables
nft --file /etc/nftables.conf
