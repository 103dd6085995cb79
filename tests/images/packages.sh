# shellcheck shell=bash
# Sourced by build.sh and registry.sh: fetches Debian packages without installing any of them.

say() { printf 'docker-lab: %s\n' "$*" >&2; }

# One folder for everything that took time to make, so that a test run pays for it once.
cache_folder() {
  local folder="${XDG_CACHE_HOME:-$HOME/.cache}/docker-lab"
  mkdir -p "$folder"
  printf '%s\n' "$folder"
}

# A temp folder that goes away with the script, whatever ends it.
make_work_folder() {
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
}

# apt drops root for downloads, to a user who cannot write into our temp folder: it is told not to.
apt_options=(-qq -o APT::Sandbox::User=root -o Acquire::Retries=3)

# use_release SUITE FOLDER: packages of another Debian release come from where this machine has its own from, by
# package lists that are kept in FOLDER; this machine's own lists stay as they are.
use_release() {
  local suite=$1 state=$2 own file
  own=$(. /etc/os-release && printf '%s\n' "${VERSION_CODENAME:-}")
  if [[ -z $own || $own == "$suite" ]]; then return 0; fi
  mkdir -p "$state"/{sources,lists/partial,cache/archives/partial}
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
    if [[ -e $file ]]; then sed "s/\b$own\b/$suite/g" "$file" >"$state/sources/$(basename "$file")"; fi
  done
  apt_options+=(
    -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$state/sources" -o "Dir::State::lists=$state/lists"
    -o Dir::State::status=/dev/null -o "Dir::Cache=$state/cache"
  )
}

apt_download() {
  (cd "$1" && shift && apt-get "${apt_options[@]}" download "$@")
}

# fetch_packages FOLDER PACKAGE…: the lists are refreshed only when the download fails,
# because that costs more than the packages themselves.
fetch_packages() {
  local folder=$1
  shift
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    say "this is made of Debian packages, and there is no apt-get and dpkg-deb on this system"
    return 3
  fi
  mkdir -p "$folder"
  apt_download "$folder" "$@" 2>/dev/null && return
  apt-get "${apt_options[@]}" update >&2 || say "apt-get update failed; the package lists stay as they are"
  apt_download "$folder" "$@" >&2 && return
  say "not every package could be fetched; the recipe is for Debian 12 and 13: $*"
  return 3
}

# dpkg-deb -x would put a real folder in place of the link /lib -> usr/lib; tar can be told to keep it.
unpack_packages() {
  local debs=$1 pool=$2 deb
  mkdir -p "$pool"/usr/{bin,sbin,lib,lib64}
  ln -s usr/bin usr/sbin usr/lib usr/lib64 "$pool/"
  for deb in "$debs"/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink --no-same-owner -C "$pool"
  done
}
