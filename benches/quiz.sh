#!/bin/bash
# How long a class's answers take to be graded: LEARNERS files (default 1000) of 60 questions, on one core, as a ratio to
# a Python script that reads the same files and compares them with the key letter by letter. The median of ROUNDS (5).
set -euo pipefail

rounds=${ROUNDS:-5} learners=${LEARNERS:-1000}
root=$(cd "$(dirname "$0")/.." && pwd)
lab=${DOCKER_LAB:-$root/target/release/docker-lab}
work=$(mktemp -d)
export DOCKER_LAB_HOME="$work/home" DOCKER_LAB_LANG=en DOCKER_HOST=unix:///nonexistent.sock
trap 'rm -rf "$work"' EXIT
mkdir "$work/class"

# Every question once: what is right stands in the report of any answer.
"$lab" author export volumes --to gift 2>/dev/null | sed -n 's/^::\([^:]*\)::.*/"\1": null/p' | head -n 60 |
    paste -sd, | sed 's/^/{/; s/$/}/' >"$work/open.json"
"$lab" quiz --answers "$work/open.json" --format json >"$work/key.json" || true

python3 - "$work" "$learners" <<'PYTHON'
import json, random, sys
work, learners = sys.argv[1], int(sys.argv[2])
key = {one["id"]: one["correct"] for one in json.load(open(f"{work}/key.json"))["questions"]}
chance = random.Random(2026)
for number in range(learners):
    answers = {name: (right if chance.random() < 0.7 else ("a" if isinstance(right, str) else right[:1])) for name, right in key.items()}
    json.dump(answers, open(f"{work}/class/learner{number:04}.json", "w"))
PYTHON

cat >"$work/grader.py" <<'PYTHON'
import json, os, sys
work = sys.argv[1]
key = {one["id"]: one["correct"] for one in json.load(open(f"{work}/key.json"))["questions"]}
sheet = {}
for name in sorted(os.listdir(f"{work}/class")):
    with open(f"{work}/class/{name}") as file:
        answers = json.load(file)
    sheet[name] = [answers.get(question) == right for question, right in key.items()]
for question, column in zip(key, zip(*sheet.values())):
    print(question, sum(column) / len(column))
PYTHON

milliseconds() {
    local start end
    start=$(date +%s%N)
    taskset -c 0 "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
    end=$(date +%s%N)
    echo "$(((end - start) / 1000000))"
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for _ in $(seq "$rounds"); do
    milliseconds "$lab" quiz --answers "$work/class" --format json >>"$work/ours"
    milliseconds python3 "$work/grader.py" "$work" >>"$work/theirs"
done
ours=$(median <"$work/ours") theirs=$(median <"$work/theirs")
awk -v n="$learners" -v a="$ours" -v b="$theirs" 'BEGIN {
    printf "%d files of 60 questions: %.0f ms on one core; a Python script that compares letters: %.0f ms; ratio %.1f\n", n, a, b, a / b }'
