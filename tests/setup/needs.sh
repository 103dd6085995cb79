#!/bin/bash
# Installs what tests need and this machine lacks, from the distribution: needs.sh PACKAGE[=PROGRAM]...
# A package is installed where its program is not found. Tests run side by side; the package manager does not.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

exec 9>/tmp/docker-lab-tests.lock
flock 9
missing=()
for need in "$@"; do
    command -v "${need#*=}" >/dev/null || missing+=("${need%%=*}")
done
((${#missing[@]})) || exit 0
{
    apt-get update -qq -o Acquire::Retries=3
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Acquire::Retries=3 --no-install-recommends "${missing[@]}"
} >&2
