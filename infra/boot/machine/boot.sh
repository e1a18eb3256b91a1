#!/bin/bash
# boot.sh ROLE: sets up an instance of Ubuntu, or of our own AMI, for a role. It is idempotent.
# /var/log/bookstore/boot.log, the log group and the instance's tag BootStatus tell how it went.
# shellcheck source-path=SCRIPTDIR source=machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

role=$1
: "${LOG_GROUP:?}"
: "${APT_SOURCES:=}"
: "${CLOUDWATCH_AGENT_URL:=https://amazoncloudwatch-agent.s3.amazonaws.com/ubuntu/amd64/latest/amazon-cloudwatch-agent.deb}"

report() {
  log "boot: $1"
  aws ec2 create-tags --resources "$(metadata instance-id)" --tags "Key=BootStatus,Value=$1"
}

finish() {
  local status=$?
  if ((status == 0)); then
    retry 120 report ok
  else
    retry 60 report "failed with status $status" || log "the tag BootStatus could not be written"
  fi
}

agent() {
  local control=/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl package logs
  if [[ ! -x $control ]]; then
    package=$(mktemp --suffix=.deb)
    retry 300 curl --silent --show-error --fail --location --output "$package" "$CLOUDWATCH_AGENT_URL"
    dpkg --install "$package"
    rm "$package"
  fi
  logs=$(render "$BOOT/$role/logs.json")
  place /etc/bookstore/logs.json <<<"$logs"
  "$control" -a fetch-config -m ec2 -c "file:$BOOT/machine/metrics.json"
  "$control" -a append-config -m ec2 -s -c file:/etc/bookstore/logs.json
}

install --directory --mode 755 /var/log/bookstore
exec > >(tee --append /var/log/bookstore/boot.log) 2>&1
trap finish EXIT

log "boot: started as $role"
if [[ -n $APT_SOURCES ]]; then
  rm --force /etc/apt/sources.list.d/*
  printf '%s\n' "$APT_SOURCES" >/etc/apt/sources.list
fi
packages awscli ca-certificates curl logrotate
place /etc/logrotate.d/bookstore <"$BOOT/machine/logrotate.conf"
retry 300 report running
agent
"$BOOT/$role/$role.sh"
