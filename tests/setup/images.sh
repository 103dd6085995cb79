#!/usr/bin/env bash
# Makes sure that the images of the exercises are there: the real ones when they are here or a registry
# can be reached, else stand-ins out of Debian packages.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program="$root/target/release/docker-lab"

if [[ -x $program ]] && "$program" images pull --quiet; then exit 0; fi
printf 'docker-lab: %s\n' \
  "les images réelles ne sont pas accessibles : des images de remplacement les représentent." \
  "the real images cannot be had: stand-ins take their place." >&2
exec "$root/tests/images/build.sh"
