#!/usr/bin/env bash
# Makes session.png: a real session in a real terminal (tmux), on a Docker engine of its own, photographed.
# Needs root, the built program, the lab's images on this machine, and the packages tmux, aha, chromium, pngquant.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
lab=${DOCKER_LAB:-$root/target/release/docker-lab}
columns=90 rows=120

# The picture shows a home folder and the usual socket. Both exist in a mount namespace of our own alone.
if [[ ${1:-} != inside ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  docker save alpine postgres:15-alpine >"$work/images.tar"
  unshare --mount "${BASH_SOURCE[0]}" inside "$work"
  exit
fi

work=$2
home=/home/lea
mount -t tmpfs tmpfs /home
mkdir -p "$home/cours" "$work/bin"
cp "$root/labs/volumes/init.sql" "$home/init.sql"
cp "$lab" "$work/bin/docker-lab"

# --- the engine: it ends when our end of its standard input closes -----------------------------------

coproc engine { exec "$root/tests/engine/start.sh" "$work/engine" portable; }
hold=${engine[1]} engine_pid=$!
end_engine() {
  exec {hold}>&-
  wait "$engine_pid" || true
}
trap end_engine EXIT
read -r socket <&"${engine[0]}"
docker -H "unix://$socket" load --quiet --input "$work/images.tar" >/dev/null
# Not before: until here the machine's own engine was asked.
mount -t tmpfs tmpfs /run
ln -s "$socket" /run/docker.sock

# --- the terminal ------------------------------------------------------------------------------------

terminal() { tmux -u -S "$work/tmux" -f /dev/null "$@"; }

# shellcheck disable=SC2016 # the shell in the terminal expands these
printf '%s\n' 'PS1="\n\[\e[1;34m\]\w\[\e[0m\] $ "' 'PS2="    "' 'cd ~/cours' \
  "PROMPT_COMMAND='tmux -S $work/tmux wait-for -S ready'" >"$work/bashrc"
terminal new-session -d -x "$columns" -y "$rows" \
  env -i HOME="$home" USER=lea TERM=tmux-256color LANG=C.UTF-8 PATH="$work/bin:/usr/bin:/bin" \
  bash --noprofile --rcfile "$work/bashrc" -i
terminal wait-for ready
sleep 0.3

# Until the session's own prompt stands empty on the last line.
at_prompt() {
  for _ in $(seq 600); do
    if terminal capture-pane -p | grep -v '^ *$' | tail -n 1 | grep -q '› *$'; then return; fi
    sleep 0.1
  done
  echo "no prompt" >&2
  exit 1
}

# A command of one or several lines, typed; returns when the prompt is back.
type_in() {
  local line
  for line in "$@"; do
    terminal send-keys -l -- "$line"
    terminal send-keys Enter
  done
  sleep 0.5 # the line has to leave the prompt first
  at_prompt
}

# shellcheck disable=SC2016,SC1003 # as above; a backslash at the end goes on in the next line
run_postgres() {
  type_in 'docker run -d --name postgres_main \' \
    '-e POSTGRES_PASSWORD=mypassword -e POSTGRES_DB=myapp \' \
    "-v postgres_data:$1 \\" \
    '-v $(pwd)/init.sql:/docker-entrypoint-initdb.d/init.sql:ro postgres:15-alpine'
}

type_in 'docker-lab start'
type_in 'docker volume create postgres_data'
type_in 'cp ~/init.sql .'
run_postgres /var/lib/postgres/data # the mistake: no such folder in the image
sleep 2 # bad news waits a moment
type_in 'docker rm -f -v postgres_main'
run_postgres /var/lib/postgresql/data
until terminal capture-pane -p | grep -q 'Étape 1 réussie'; do sleep 0.2; done
type_in 'carte'
type_in ''

terminal capture-pane -e -p >"$work/screen"
terminal kill-server

# --- the photograph ----------------------------------------------------------------------------------

# Without the last prompt and the empty rows below it.
tac "$work/screen" | sed '/[^[:space:]]/,$!d' | sed 1,2d | tac | sed 1d >"$work/lines"
cat >"$work/page.html" <<HTML
<!doctype html><meta charset="utf-8">
<style>
  body { margin: 0; background: #1b1f27 }
  pre { margin: 0; padding: 16px 20px; color: #d8dee9; font: 14px/19px "DejaVu Sans Mono", monospace }
  .red { color: #ff7b72 } .green { color: #7ee787 } .yellow { color: #e3b341 } .blue { color: #79c0ff }
  .cyan { color: #76d9e6 } .faint { opacity: .65 } .bold { font-weight: bold }
</style>
<pre>$(aha --no-header --stylesheet <"$work/lines")</pre>
HTML
height=$(($(wc -l <"$work/lines") * 19 + 32))
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=2 \
  --user-data-dir="$work/chromium" --window-size="800,$height" \
  --screenshot="$work/session.png" "file://$work/page.html" >"$work/chromium.log" 2>&1
pngquant --force --quality 70-95 --output "$root/.pictures/session.png" "$work/session.png"
