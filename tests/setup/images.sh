#!/usr/bin/env bash
# Makes sure that the images of the exercises are there: the real ones when they are here or a registry
# can be reached, else stand-ins out of Debian packages.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program="$root/target/release/docker-lab"

# One that only some steps of a short lab need keeps nobody from the rest.
make_optional() {
  [[ -n $(docker image ls --quiet postgres:17-alpine) ]] || "$root/tests/images/build.sh" postgres:17-alpine || true
}

if [[ -x $program ]] && "$program" images pull --quiet; then
  make_optional
  exit 0
fi
printf 'docker-lab: %s\n' \
  "les images réelles ne sont pas accessibles : des images de remplacement les représentent." \
  "the real images cannot be had: stand-ins take their place." >&2
"$root/tests/images/build.sh" alpine:latest nginx:latest postgres:15-alpine
make_optional
