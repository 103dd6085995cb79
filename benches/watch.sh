#!/bin/bash
# From the daemon's event to the tick of `watch`: median and 95th percentile of ROUNDS (default 40) ticks, for what
# needs no database and for what does, quiet and under a flood of events; the processor time of an idle watch. As a
# ratio to what a user would do instead: `docker-lab check` typed after each command.
set -euo pipefail

rounds=${ROUNDS:-40}
root=$(cd "$(dirname "$0")/.." && pwd)
lab=${DOCKER_LAB:-$root/target/release/docker-lab}
work=$(mktemp -d)
export DOCKER_LAB_HOME="$work/home" DOCKER_LAB_LANG=en
p=bench-watch
started=()
clear_flood() {
    docker ps -aq --filter name=^bench-flood | xargs -r docker rm -f >/dev/null
    docker volume ls -q --filter name=^bench-flood | xargs -r docker volume rm >/dev/null
}
end() {
    kill "${started[@]}" 2>/dev/null || true
    clear_flood
    "$lab" reset --yes --prefix $p >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap end EXIT

last() { # last CHECK: the status told last
    grep "\"id\":\"$1\"" "$work/ticks" | tail -n 1 | sed 's/.*"status":"\([a-z]*\)".*/\1/'
}
until_it_is() { # until_it_is CHECK STATUS
    for _ in $(seq 2000); do
        [[ $(last "$1") == "$2" ]] && return
        sleep 0.005
    done
    echo "$1 is not $2 but $(last "$1")" >&2
    exit 1
}
cycle_volume() {
    docker volume create ${p}_postgres_data >/dev/null
    until_it_is volume-exists passed
    docker volume rm ${p}_postgres_data >/dev/null
    until_it_is volume-exists pending
}
cycle_rows() {
    docker exec ${p}_postgres_main psql -qU postgres -d myapp -c 'DELETE FROM posts' >/dev/null
    until_it_is data-loaded failed
    docker exec ${p}_postgres_main psql -qU postgres -d myapp \
        -c "INSERT INTO posts (user_id, title) VALUES (1, 'a'), (2, 'b'), (3, 'c')" >/dev/null
    until_it_is data-loaded passed
}
# Of each tick the time since the last event that can have caused it, in milliseconds.
waits() { # waits CHECK ACTION
    python3 - "$work" "$1" "$2" <<'PY'
import datetime, json, sys
work, check, action = sys.argv[1:]
def whole(path):
    # Whoever wrote it was ended in the middle of a line.
    return (line for line in open(path) if line.endswith("\n"))
events = [json.loads(line) for line in whole(f"{work}/events")]
def of(event, name):
    return event["Actor"]["Attributes"].get(name, "")
# The program's own looks are commands in the container too.
looks = {of(e, "execID") for e in events if e["Action"].endswith("docker-lab-look")}
causes = [e["timeNano"] / 1e6 for e in events if e["Action"] == action and of(e, "execID") not in looks
          and "bench-watch_postgres" in e["Actor"]["ID"] + of(e, "name")]
def at(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    when = datetime.datetime.fromisoformat(whole + "+00:00").timestamp()
    return when * 1e3 + float("0." + (fraction or "0")) * 1e3
ticks = [at(t["at"]) for t in map(json.loads, whole(f"{work}/ticks")) if t["id"] == check and t["status"] == "passed"]
waits = sorted(min(t - c for c in causes if c < t) for t in ticks if any(c < t for c in causes))
print(f"{waits[len(waits) // 2]:.0f} {waits[int(len(waits) * 0.95)]:.0f} {len(waits)}")
PY
}
watched() { # watched CYCLE CHECK ACTION FILTER: median, 95th percentile and count into $work/result
    : >"$work/events"
    : >"$work/ticks"
    docker events --filter "$4" --format '{{json .}}' >>"$work/events" &
    telling=$!
    started+=($telling)
    DOCKER_HOST=$through "$lab" watch volumes --prefix $p --format ndjson >>"$work/ticks" 2>/dev/null &
    watch=$!
    started+=($watch)
    sleep 2
    : >"$work/ticks"
    for _ in $(seq "$rounds"); do $1; done
    kill $watch $telling
    wait $telling 2>/dev/null || true
    waits "$2" "$3" >"$work/result"
}
# What others do, side by side: containers that are renamed again and again, and volumes that are made and removed. How
# many events that has made so far, and when, stands in FILE.
flood() { # flood FILE
    exec python3 -c '
import http.client, json, os, socket, sys, threading, time
made_so_far = [0] * 5
class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect("/var/run/docker.sock")
def asked(link, method, path, body=None):
    link.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
    return link.getresponse().read()
def renaming(number):
    link, turn = Unix("docker"), 0
    made = asked(link, "POST", f"/containers/create?name=bench-flood-{number}", {"Image": "alpine"})
    made = json.loads(made)["Id"]
    while True:
        turn += 1
        asked(link, "POST", f"/containers/{made}/rename?name=bench-flood-{number}-{turn}")
        made_so_far[number] += 1
def making():
    link = Unix("docker")
    while True:
        asked(link, "POST", "/volumes/create", {"Name": "bench-flood"})
        asked(link, "DELETE", "/volumes/bench-flood")
        made_so_far[4] += 2
        time.sleep(0.01)
def counting():
    while True:
        with open(sys.argv[1] + ".new", "w") as file:
            file.write(f"{sum(made_so_far)} {time.time()}")
        os.replace(sys.argv[1] + ".new", sys.argv[1])
        time.sleep(0.1)
threading.Thread(target=counting).start()
for number in range(4):
    threading.Thread(target=renaming, args=(number,)).start()
making()
' "$1"
}
# Whom the watch asks: the daemon, or the relay that puts others' events into its stream.
daemon=unix:///var/run/docker.sock
through=$daemon
ticks_of_processor() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

"$lab" start volumes --prefix $p --dir "$work/ws" >/dev/null 2>&1
watched cycle_volume volume-exists create volume=${p}_postgres_data
read -r median high count <"$work/result"
echo "without a database: median $median ms, 95 % within $high ms ($count ticks)"

flood "$work/flood" >/dev/null &
storm=$!
started+=($storm)
sleep 2
before=$(cat "$work/flood")
watched cycle_volume volume-exists create volume=${p}_postgres_data
read -r median_f high_f count <"$work/result"
awk -v m="$median_f" -v h="$high_f" -v before="$before" -v after="$(cat "$work/flood")" 'BEGIN {
    split(before, b); split(after, a)
    printf "under %d events a second: median %d ms, 95 %% within %d ms\n", (a[1] - b[1]) / (a[2] - b[2]), m, h }'
kill $storm
clear_flood

python3 "$root/benches/relay.py" "$work/relay" 1000 &
started+=($!)
sleep 0.5
through=unix://$work/relay
watched cycle_volume volume-exists create volume=${p}_postgres_data
read -r median_r high_r count <"$work/result"
echo "with 1000 events of others in the stream each second: median $median_r ms, 95 % within $high_r ms"
through=$daemon

"$lab" run volumes --prefix $p --step create >/dev/null 2>&1
watched cycle_rows data-loaded exec_die container=${p}_postgres_main
read -r median_db high_db count <"$work/result"
echo "with a database: median $median_db ms, 95 % within $high_db ms ($count ticks)"

"$lab" watch volumes --prefix $p --format ndjson >/dev/null 2>&1 &
idle=$!
started+=($idle)
sleep 3
before=$(ticks_of_processor $idle)
sleep 30
after=$(ticks_of_processor $idle)
echo "idle for 30 s: $(((after - before) * 10)) ms of processor time"
kill $idle

began=$(date +%s%N)
for _ in 1 2 3 4 5; do "$lab" check volumes create --prefix $p >/dev/null 2>&1 || true; done
check=$((($(date +%s%N) - began) / 5000000))
awk -v a="$median_db" -v b="$check" 'BEGIN { printf "check create, typed: %d ms; a tick by itself: %.2f of that\n", b, a / b }'
