#!/bin/bash
# How long docker-lab takes for the whole exercise (`run volumes`), as a ratio to a shell that carries out the same
# commands through the docker CLI and polls for readiness instead of sleeping. Both in one run, after each other,
# on the same daemon; the median of ROUNDS (default 3).
set -euo pipefail

rounds=${ROUNDS:-3}
root=$(cd "$(dirname "$0")/.." && pwd)
lab=${DOCKER_LAB:-$root/target/release/docker-lab}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DOCKER_LAB_LANG=en

seconds() { # a command; its wall-clock time on stdout
    local start end
    start=$(date +%s%N)
    "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
    end=$(date +%s%N)
    echo "$(((end - start) / 1000000))"
}

by_shell() {
    mkdir -p "$1" && cd "$1" && bash -e "$work/script"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# The commands alone: what docker-lab itself would judge is left out.
"$lab" run volumes --dry-run --prefix bench-shell | grep -v '^docker-lab' >"$work/script"

for round in $(seq "$rounds"); do
    seconds by_shell "$work/shell-$round" >>"$work/shell"
    export DOCKER_LAB_HOME="$work/home-$round"
    seconds "$lab" run volumes --prefix bench-lab --dir "$work/lab-$round" >>"$work/lab"
    "$lab" reset --yes --prefix bench-lab >/dev/null 2>&1
done

shell=$(median <"$work/shell") lab_time=$(median <"$work/lab")
awk -v a="$lab_time" -v b="$shell" 'BEGIN {
    printf "docker-lab run volumes: %.1f s (checks included); the same commands in a shell: %.1f s; ratio %.2f\n", a / 1000, b / 1000, a / b }'
