#!/bin/bash
# A Docker engine of the tests' own, apart from the machine's: start.sh DIR NAME
# DOCKERD_FLAGS: further flags for dockerd.
# Prints the engine's socket when it answers, and ends it when its own standard input is closed: so it never
# outlives the tests, however they end.
set -euo pipefail

dir=$1 name=$2
mkdir -p "$dir/etc" "$dir/data" "$dir/exec"
driver=$(docker info --format '{{.Driver}}')

# A network, host name and /etc/docker of its own; the engine's id lives in /etc/docker.
start() {
    unshare --net --uts --mount sh -c '
        ip link set lo up
        hostname "$2"
        mkdir -p /etc/docker
        mount --bind "$1/etc" /etc/docker
        exec dockerd --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" -H "unix://$1/sock" \
            --storage-driver "$3" ${DOCKERD_FLAGS:-} >"$1/log" 2>&1 </dev/null
    ' sh "$dir" "$name" "$driver" &
    engine=$!
}

# Prints the socket when the engine answers.
answer() {
    for _ in $(seq 300); do
        if docker -H "unix://$dir/sock" version >/dev/null 2>&1; then
            echo "$dir/sock"
            return
        fi
        kill -0 "$engine" 2>/dev/null || break
        sleep 0.1
    done
    echo "the test engine did not start:" >&2
    tail -n 20 "$dir/log" >&2
    exit 1
}

end() {
    kill "$engine" 2>/dev/null || true
    wait "$engine" 2>/dev/null || true
    # What an engine leaves that had containers running, or was killed: nobody else names this folder.
    pgrep -f -- "$dir/exec/containerd/" | xargs -r kill -9 2>/dev/null || true
    # Mounts of containers that were running would keep the folder.
    awk -v dir="$dir/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r -n 1 umount -l 2>/dev/null || true
    rm -rf "$dir"
    rmdir "$(dirname "$dir")" 2>/dev/null || true
}
trap end EXIT

start
answer
# Until its input is closed: `restart` on a line of its own.
while read -r word; do
    [[ $word == restart ]] || continue
    kill "$engine"
    wait "$engine" 2>/dev/null || true
    start
    answer
done
