# shellcheck shell=bash
# Functions for the scripts of every role. Source this file; do not run it.

set -euo pipefail

# shellcheck disable=SC2034  # read by the scripts that source this one
BOOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Exported, so that other programs (certbot, the AWS CLI) also see what a test overrides.
set -o allexport
for file in /etc/bookstore/settings /etc/bookstore/overrides; do
  # shellcheck source=/dev/null
  [[ ! -r $file ]] || source "$file"
done
: "${METADATA_URL:=http://169.254.169.254}"
# shellcheck disable=SC2034  # read by the AWS CLI
AWS_EC2_METADATA_SERVICE_ENDPOINT=$METADATA_URL/
set +o allexport

: "${REGION:?}"
: "${AWS_ENDPOINT_URL:=}"

log() {
  printf '%s %s\n' "$(date --utc +%FT%TZ)" "$*"
}

# retry SECONDS COMMAND...: for a network, a device or another server that is not ready yet.
retry() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    if ((SECONDS >= deadline)); then
      log "gave up: $*"
      return 1
    fi
    sleep 5
  done
}

# The AWS CLI in Ubuntu 22.04 does not know the variable AWS_ENDPOINT_URL.
aws() {
  command aws --region "$REGION" ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"
}

# secret ARN: prints a secret, for a file or a pipe, never for the log.
secret() {
  aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text
}

# metadata KEY: asks the instance metadata service, version 2.
metadata() {
  local token
  token=$(curl --silent --show-error --fail --max-time 5 --request PUT \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$METADATA_URL/latest/api/token") &&
    curl --silent --show-error --fail --max-time 5 \
      --header "X-aws-ec2-metadata-token: $token" "$METADATA_URL/latest/meta-data/$1"
}

# packages NAME...: installs packages. The lock's timeout waits for unattended upgrades, which start at the first boot.
packages() {
  # Our own AMI has them already; see image/bake.sh.
  [[ ! -e /etc/bookstore/baked ]] || return 0
  local apt=(apt-get --quiet --quiet --option DPkg::Lock::Timeout=300 --option APT::Update::Error-Mode=any)
  export DEBIAN_FRONTEND=noninteractive
  retry 900 "${apt[@]}" update
  retry 300 "${apt[@]}" install --yes --no-install-recommends "$@"
}

# render FILE: prints it with each @NAME@ replaced by the variable; one that is not set stops the script.
render() {
  local text name
  text=$(<"$1")
  while [[ $text =~ @([A-Z_]+)@ ]]; do
    name=${BASH_REMATCH[1]}
    text=${text//"@$name@"/"${!name:?}"}
  done
  printf '%s\n' "$text"
}

# place FILE [MODE [OWNER]]: writes standard input to the file and sets `changed` if it was different, so that a service
# restarts only after a change. Do not use it at the end of a pipe, which would lose `changed` and failures.
place() {
  local new
  mkdir --parents "$(dirname "$1")"
  new=$(mktemp "$1.XXXXXX")
  cat >"$new"
  chmod "${2:-644}" "$new"
  chown "${3:-root:root}" "$new"
  if cmp --silent "$new" "$1"; then
    rm "$new"
  else
    mv "$new" "$1"
    log "wrote $1"
    # shellcheck disable=SC2034  # read by the scripts that source this one
    changed=yes
  fi
}
