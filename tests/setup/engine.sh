#!/usr/bin/env bash
# Makes sure that a Docker daemon answers: finds it, or starts it, or (root on a Debian-like system)
# installs it. Everything else is said in a sentence, with exit code 3.
set -euo pipefail

log=/var/log/docker-lab-dockerd.log
seconds_to_wait=60

say() { printf 'docker-lab: %s\n' "$*" >&2; }

give_up() {
  say "$1"
  say "$2"
  exit 3
}

# With a limit: a hung daemon must not hang the build.
answers() { timeout 20 docker version >/dev/null 2>&1; }

# Whoever chose another engine wants that one, and no new daemon here.
another_engine_is_chosen() {
  local default=unix:///var/run/docker.sock
  command -v docker >/dev/null || return 1
  [[ ${DOCKER_HOST:-$default} != "$default" ]] && return 0
  [[ $(docker context show 2>/dev/null || echo default) != default ]]
}

# Newer Debians have the command in a package of its own.
install_packages() {
  local packages=(docker.io iptables ca-certificates)
  say "no Docker here: installing Debian's docker.io…"
  apt-get update -qq -o Acquire::Retries=3 >&2 || say "apt-get update failed; trying with the package lists at hand"
  if apt-cache show docker-cli >/dev/null 2>&1; then packages+=(docker-cli); fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Acquire::Retries=3 --no-install-recommends "${packages[@]}" >&2
}

# wait_for SECONDS [PID]: false when the time is over, or the process has ended.
wait_for() {
  local end=$((SECONDS + $1))
  while ((SECONDS < end)); do
    if answers; then return 0; fi
    if [[ -n ${2:-} && ! -d /proc/$2 ]]; then return 1; fi
    sleep 0.3
  done
  return 1
}

# The system's own way first: it survives this script and starts again after a reboot.
start_as_service() {
  if [[ -d /run/systemd/system ]]; then
    systemctl start docker >&2 || return 1
  else
    service docker start >&2 || return 1
  fi
  wait_for 20
}

# In a session of its own: the daemon must outlive the terminal and make.
start_in_background() {
  say "starting dockerd in the background; its log is $log"
  setsid dockerd </dev/null >"$log" 2>&1 &
  wait_for "$seconds_to_wait" "$!"
}

main() {
  if answers; then return; fi
  if another_engine_is_chosen; then
    give_up "le moteur Docker choisi (DOCKER_HOST ou contexte) ne répond pas : démarrez-le, ou choisissez-en un autre avec « docker context use »." \
      "the chosen Docker engine (DOCKER_HOST or context) does not answer: start it, or choose another one with 'docker context use'."
  fi
  if [[ $(id -u) != 0 ]]; then
    give_up "aucun moteur Docker ne répond : démarrez Docker (Docker Desktop, ou « sudo systemctl start docker »), et vérifiez que vous êtes dans le groupe docker ; puis relancez make." \
      "no Docker engine answers: start Docker (Docker Desktop, or 'sudo systemctl start docker'), and check that you are in the group docker; then run make again."
  fi
  if ! command -v dockerd >/dev/null || ! command -v docker >/dev/null; then
    if ! command -v apt-get >/dev/null; then
      give_up "Docker n'est pas installé, et ce système n'a pas apt-get : installez Docker Engine, démarrez-le, puis relancez make." \
        "Docker is not installed, and this system has no apt-get: install Docker Engine, start it, then run make again."
    fi
    install_packages || give_up "l'installation de docker.io a échoué (voir ci-dessus) : installez Docker Engine, puis relancez make." \
      "docker.io could not be installed (see above): install Docker Engine, then run make again."
  fi
  # an installation may have started it
  if answers || start_as_service || start_in_background; then return; fi
  tail -n 5 "$log" >&2 || :
  give_up "dockerd a été lancé mais ne répond pas : son journal est $log." \
    "dockerd was started but does not answer: its log is $log."
}

main "$@"
