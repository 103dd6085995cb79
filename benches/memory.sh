#!/bin/bash
# The peak memory of `check volumes backup` while it verifies a backup archive of SIZE_MB (default 1024) of data
# that hardly compresses.
set -euo pipefail

size=${SIZE_MB:-1024}
root=$(cd "$(dirname "$0")/.." && pwd)
lab=${DOCKER_LAB:-$root/target/release/docker-lab}
work=$(mktemp -d)
export DOCKER_LAB_HOME="$work/home" DOCKER_LAB_LANG=en
p=bench-memory
trap '"$lab" reset --yes --prefix $p >/dev/null 2>&1; rm -rf "$work"' EXIT

"$lab" run volumes --prefix $p --dir "$work/ws" --step create --step persist --step backup >/dev/null 2>&1
# The same data folder, with a large table file beside the others.
archive=$(ls "$work"/ws/backups/*.tar.gz)
mkdir "$work/folder" && tar xzf "$archive" -C "$work/folder"
head -c "$((size * 1024 * 1024))" /dev/urandom >"$work/folder/base/1/99999"
tar cf - -C "$work/folder" . | gzip -1 >"$archive"

# VmHWM is the kernel's own peak of the resident set.
"$lab" check volumes backup --prefix $p >"$work/out" 2>&1 &
pid=$!
peak=0
while kill -0 "$pid" 2>/dev/null; do
    now=$(awk '/VmHWM/ { print $2 }' "/proc/$pid/status" 2>/dev/null || echo 0)
    [ "${now:-0}" -gt "$peak" ] && peak=$now
    sleep 0.02
done
wait "$pid" && code=0 || code=$?
grep -q 'postgres_backup' "$work/out"
echo "archive of $(du -m "$archive" | cut -f 1) MB: peak memory $((peak / 1024)) MB (exit $code)"
