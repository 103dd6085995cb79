#!/bin/bash
# What a learner waits after a command for our line: the docker CLI's hook, called as the docker CLI calls it, in an
# open session where something is new and where nothing is; and a whole `docker volume create` in a terminal, without
# and with our hook. hyperfine (Debian: hyperfine) prints mean, deviation, shortest and longest.
set -euo pipefail

rounds=${ROUNDS:-50}
root=$(cd "$(dirname "$0")/.." && pwd)
lab=${DOCKER_LAB:-$root/target/release/docker-lab}
work=$(mktemp -d)
export DOCKER_LAB_HOME="$work/home" DOCKER_LAB_LANG=en
p=bench-hook
end() {
    docker volume rm -f "${p}_postgres_data" >/dev/null 2>&1 || true
    "$lab" reset --yes --prefix $p >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap end EXIT

mkdir "$work/ws"
"$lab" start volumes --prefix $p --dir "$work/ws" >/dev/null
# As the docker CLI asks.
asked='{"RootCmd":"volume create","Flags":{},"CommandError":""}'
hook="$lab lab docker-cli-plugin-hooks '$asked'"
# Every run finds a tick of its own: the sessions are put back to where nothing had been seen yet.
fresh="$work/fresh"
cp -r "$DOCKER_LAB_HOME" "$fresh"

docker volume create "${p}_postgres_data" >/dev/null
if [ -z "$("$lab" lab docker-cli-plugin-hooks "$asked")" ]; then
    echo "the hook told nothing: is another session of this lab open on this daemon?" >&2
    exit 1
fi
hyperfine --shell=none --warmup 5 --runs "$rounds" \
    --prepare "sh -c 'rm -rf $DOCKER_LAB_HOME && cp -r $fresh $DOCKER_LAB_HOME'" --command-name 'a tick is told' "$hook"
hyperfine --shell=none --warmup 5 --runs "$rounds" --command-name 'nothing is new' "$hook"

# The docker CLI shows hooks on a terminal only. A copy of its configuration, so that it reaches the same daemon.
config=${DOCKER_CONFIG:-$HOME/.docker}
export DOCKER_CONFIG="$work/config"
mkdir -m 700 "$DOCKER_CONFIG"
if [ -d "$config" ]; then cp -RL "$config/." "$DOCKER_CONFIG"; fi
in_terminal="script -qec 'docker volume create ${p}_postgres_data' /dev/null"
hyperfine --shell=none --warmup 3 --runs "$rounds" --command-name 'docker volume create, without hooks' "$in_terminal"
"$lab" plugin install --hooks >/dev/null
hyperfine --shell=none --warmup 3 --runs "$rounds" --command-name 'docker volume create, with hooks' "$in_terminal"
