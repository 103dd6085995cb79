#!/bin/bash
# A room of engines, asked in one go by `docker-lab class check` and, for the same lists, by the docker CLI with xargs -P; then the
# same engines behind many addresses, with the memory and the open files that takes: class.sh [ENGINES [ADDRESSES]] (32, 1000).
# Needs root, the built program (LAB_PROGRAM names another) and the images. The engines are its own and end with it. Fails where
# the bounds do not hold.
set -euo pipefail
cd "$(dirname "$0")/.."
lab=${LAB_PROGRAM:-$PWD/target/release/docker-lab}
count=${1:-32} addresses=${2:-1000}
# The bounds for any number of addresses: mebibytes, and files (64 machines are asked at once, each over a handful of connections; a shell usually allows 1024).
most_memory=192 most_files=640
dir=$(mktemp -d)
trap 'exec 9>&-; wait; rm -rf "$dir"' EXIT

# Each engine ends when its standard input is closed, ours is held by descriptor 9.
mkfifo "$dir/hold"
exec 9<>"$dir/hold"
for number in $(seq -w 1 "$count"); do
    tests/engine/start.sh "$dir/$number" "bench$number" <"$dir/hold" >"$dir/$number.sock" 9>&- &
done
for number in $(seq -w 1 "$count"); do
    while ! [ -s "$dir/$number.sock" ]; do sleep 0.2; done
done
{
    echo 'machines:'
    for number in $(seq -w 1 "$count"); do
        echo "- {name: m$number, host: 'unix://$(cat "$dir/$number.sock")'}"
    done
} >"$dir/class.yaml"
export DOCKER_LAB_HOME=$dir/home

# The questions of a check that the docker CLI can ask too, where the lab has not begun.
cat >"$dir/ask" <<'ASK'
#!/bin/bash
docker -H "unix://$1" version >/dev/null
docker -H "unix://$1" info >/dev/null 2>&1
docker -H "unix://$1" ps -a --format json >/dev/null
docker -H "unix://$1" volume ls --format json >/dev/null
docker -H "unix://$1" volume ls -qf dangling=true >/dev/null
docker -H "unix://$1" image inspect alpine >/dev/null 2>&1 || true
docker -H "unix://$1" image inspect postgres:15-alpine >/dev/null 2>&1 || true
ASK
chmod +x "$dir/ask"

check() { "$lab" class check -i "$dir/class.yaml" --format json >/dev/null || [ $? -le 3 ]; }
cli() { cat "$dir"/*.sock | xargs -P 8 -n 1 "$dir/ask"; }
# Milliseconds, the best of three.
best() {
    local least=999999999 began took
    for _ in 1 2 3; do
        began=$(date +%s%3N)
        "$1"
        took=$(($(date +%s%3N) - began))
        if [ "$took" -lt "$least" ]; then least=$took; fi
    done
    echo "$least"
}

check # the sessions begin
ours=$(best check)
theirs=$(best cli)
echo "$count engines: docker-lab class check $ours ms, docker CLI with xargs -P 8 $theirs ms, ratio 1/$(awk "BEGIN { printf \"%.1f\", $theirs / $ours }")"

# Many addresses: each a link to one of the sockets, and a learner of its own there.
mkdir "$dir/many"
mapfile -t sockets < <(cat "$dir"/*.sock)
{
    echo 'machines:'
    for number in $(seq "$addresses"); do
        ln -s "${sockets[number % count]}" "$dir/many/$number"
        echo "- {name: a$number, host: 'unix://$dir/many/$number', prefix: p$number}"
    done
} >"$dir/many.yaml"

# Runs the program and watches it; leaves milliseconds, mebibytes and open files at their highest in ms, memory and files.
watched() {
    local began pid now
    memory=0 files=0
    began=$(date +%s%3N)
    "$@" &
    pid=$!
    while now=$(awk '/^VmHWM/ { print int($2 / 1024) }' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
        if [ "$now" -gt "$memory" ]; then memory=$now; fi
        now=$( (find "/proc/$pid/fd" -mindepth 1 2>/dev/null || true) | wc -l)
        if [ "$now" -gt "$files" ]; then files=$now; fi
        sleep 0.02
    done
    code=0
    wait "$pid" || code=$?
    ms=$(($(date +%s%3N) - began))
}
for turn in first next; do
    watched "$lab" class check -i "$dir/many.yaml" --timeout 120 --format csv --output "$dir/$turn.csv"
    reached=$(grep -c ',ok,' "$dir/$turn.csv" || true)
    echo "$addresses addresses of $count engines, $turn check: $ms ms, $memory MiB, $files open files, $reached reached"
    if [ "$reached" -ne "$addresses" ] || [ "$memory" -gt "$most_memory" ] || [ "$files" -gt "$most_files" ] || [ "$code" -gt 3 ]; then
        echo "not within $most_memory MiB and $most_files open files, or not all reached (exit code $code)" >&2
        exit 1
    fi
done
