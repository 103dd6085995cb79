#!/usr/bin/env bash
# A real image registry for tests, on 127.0.0.1 at a free port, out of the Debian package docker-registry.
# Engines on this machine trust 127.0.0.0/8 without TLS, so push and pull need no setting.
#   registry.sh start FOLDER   starts it; prints HOST:PORT; FOLDER gets the config, storage, log and pid file
#   registry.sh port FOLDER    prints HOST:PORT
#   registry.sh stop FOLDER    ends that very process and removes its storage
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=packages.sh
. "$here/packages.sh"

# The program comes out of its package into the cache; nothing is installed.
registry_program() {
  local program
  program="$(cache_folder)/docker-registry"
  if [[ ! -x $program ]]; then
    make_work_folder
    fetch_packages "$work/debs" docker-registry
    unpack_packages "$work/debs" "$work/pool"
    # by a name of its own first: two tests may start at the same time
    install -m 755 "$work/pool/usr/bin/docker-registry" "$program.$$"
    mv "$program.$$" "$program"
  fi
  printf '%s\n' "$program"
}

# Port 0: the system picks a free one, and no other process can take it in between.
write_config() {
  cat >"$1/config.yml" <<YAML
version: 0.1
log: {level: info, formatter: text}
storage:
  filesystem: {rootdirectory: $1/storage}
  delete: {enabled: true}
http: {addr: "127.0.0.1:0"}
YAML
}

port() {
  sed -n 's/.*listening on \(127\.0\.0\.1:[0-9]*\).*/\1/p' "$1/log" | head -n 1
}

# A pid may have gone to another process by now: its program must be ours.
is_running() {
  local pid
  pid=$(cat "$1/pid" 2>/dev/null) || return 1
  [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == */docker-registry ]]
}

# Own session and no inherited streams: `$(registry.sh start …)` returns although the registry goes on.
start() {
  local folder=$1 program tries
  if is_running "$folder"; then
    port "$folder"
    return
  fi
  mkdir -p "$folder/storage"
  program=$(registry_program)
  write_config "$folder"
  : >"$folder/log"
  OTEL_TRACES_EXPORTER=none setsid "$program" serve "$folder/config.yml" </dev/null >"$folder/log" 2>&1 &
  echo $! >"$folder/pid"
  for ((tries = 0; tries < 200; tries++)); do
    if [[ -n $(port "$folder") ]]; then
      port "$folder"
      return
    fi
    sleep 0.05
  done
  say "the registry did not start:"
  tail -n 5 "$folder/log" >&2
  stop "$folder"
  return 1
}

stop() {
  local folder=$1 pid tries
  if is_running "$folder"; then
    pid=$(cat "$folder/pid")
    kill "$pid"
    for ((tries = 0; tries < 100; tries++)); do
      is_running "$folder" || break
      sleep 0.05
    done
  fi
  rm -rf "$folder/pid" "$folder/storage" "$folder/config.yml"
}

if [[ $# -ne 2 || ! $1 =~ ^(start|stop|port)$ ]]; then
  say "usage: registry.sh start|stop|port FOLDER"
  exit 2
fi
"$1" "$(realpath -m "$2")"
