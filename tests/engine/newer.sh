#!/bin/bash
# A Docker engine of another Debian release, for trying the program by hand on newer ones than the machine's own:
# newer.sh SUITE DIR (trixie has Docker 26.1, sid 28.5). The release is fetched into DIR once and kept there.
# Workspaces below /tmp are its own too. Prints the engine's socket when it answers, and ends it when its own standard input is closed.
set -euo pipefail

suite=$1 dir=$(mkdir -p "$2" && cd "$2" && pwd)
root=$dir/$suite
packages=docker.io,iptables,ca-certificates,fuse-overlayfs
if [[ ! -x $root/usr/sbin/dockerd ]]; then
    "$(dirname "$0")/../setup/needs.sh" debootstrap >&2
    debootstrap --variant=minbase --include=$packages "$suite" "$root" >&2
fi
mkdir -p "$root/run/engine" "$root/old"

# A network, mounts and a host name of its own; the root is changed as containers' is, so that dockerd can do it too.
unshare --net --uts --mount sh -c '
    ip link set lo up
    hostname "$2"
    mount --make-rprivate /
    mount --rbind "$1" "$1" && cd "$1"
    mount -t proc proc proc
    mount --rbind /sys sys
    mount --rbind /dev dev
    mount --rbind /tmp tmp
    pivot_root . old
    umount -l /old
    exec dockerd --exec-root /run/engine/exec --pidfile /run/engine/pid -H unix:///run/engine/sock \
        --storage-driver fuse-overlayfs >/run/engine/log 2>&1 </dev/null
' sh "$root" "lab-$suite" &
engine=$!
end() {
    kill "$engine" 2>/dev/null || true
    wait "$engine" 2>/dev/null || true
}
trap end EXIT

for _ in $(seq 300); do
    if docker -H "unix://$root/run/engine/sock" version >/dev/null 2>&1; then
        echo "$root/run/engine/sock"
        cat >/dev/null
        exit 0
    fi
    kill -0 "$engine" 2>/dev/null || break
    sleep 0.1
done
echo "the engine did not start:" >&2
tail -n 20 "$root/run/engine/log" >&2
exit 1
