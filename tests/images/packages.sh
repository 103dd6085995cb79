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
apt_download() {
  (cd "$1" && shift && apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=3 download "$@")
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
  apt-get -qq -o Acquire::Retries=3 update >&2 || say "apt-get update failed; the package lists stay as they are"
  apt_download "$folder" "$@" >&2 && return
  say "not every package could be fetched; the recipe is for Debian 12: $*"
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
