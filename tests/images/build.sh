#!/usr/bin/env bash
# Makes stand-ins for `alpine`, `nginx`, `postgres:15-alpine` and `postgres:17-alpine` out of Debian packages, for
# machines that reach no image registry. A real image under one of these tags is never replaced.
#   build.sh             makes what is missing
#   build.sh TAG…        only these
# Nothing is installed on this machine, and no image builder is needed: the image archive is written
# by hand and loaded, so that every engine takes it, also a remote one.
set -euo pipefail
shopt -s inherit_errexit nullglob
umask 022
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=packages.sh
. "$here/packages.sh"

label=docker-lab.stand-in
pg_major=15
postgres_uid=70 # as in the official alpine image: learners see this number in `ls -n`

base_packages=(busybox-static)
postgres_packages=(
  "postgresql-$pg_major" "postgresql-client-$pg_major" bash gosu tzdata libc-bin libnss-wrapper
  # the libraries that those need; copy_libraries says so when one is missing
  libaudit1 libc6 libcap-ng0 libcap2 libcom-err2 libffi8 libgcc-s1 libgcrypt20 libgmp10 libgnutls30
  libgpg-error0 libgssapi-krb5-2 libhogweed6 libicu72 libidn2-0 libk5crypto3 libkeyutils1 libkrb5-3
  libkrb5support0 libldap-2.5-0 liblz4-1 liblzma5 libnettle8 libp11-kit0 libpam0g libpcre2-8-0 libpq5
  libreadline8 libsasl2-2 libselinux1 libssl3 libstdc++6 libsystemd0 libtasn1-6 libtinfo6
  libunistring2 libuuid1 libxml2 libxslt1.1 libzstd1 zlib1g
)

# The same of Debian 13, the first release with version 17; copy_libraries here too says what is missing.
postgres17_packages=(
  postgresql-17 postgresql-client-17 bash gosu tzdata libc-bin libnss-wrapper
  libaudit1 libc6 libcap-ng0 libcap2 libcom-err2 libffi8 libgcc-s1 libgcrypt20 libgpg-error0 libgssapi-krb5-2
  libicu76 libk5crypto3 libkeyutils1 libkrb5-3 libkrb5support0 libldap2 liblz4-1 liblzma5 libpam0g libpcre2-8-0
  libpq5 libreadline8t64 libsasl2-2 libselinux1 libssl3t64 libstdc++6 libsystemd0 libtinfo6 libuuid1 libxml2
  libxslt1.1 libxxhash0 libzstd1 zlib1g
)

nginx_packages=(nginx nginx-common libc6 libcrypt1 libpcre2-8-0 libssl3 zlib1g)

# Names this very version of the recipe: any change of these files makes new images.
recipe_hash() {
  cat "$here"/{build,packages,docker-entrypoint}.sh | sha256sum | cut -d' ' -f1
}

# Docker's name for this machine's kind of processor.
architecture() {
  local name
  name=$(dpkg --print-architecture)
  printf '%s\n' "${name/#armhf/arm}"
}

# absent, current (this recipe), old (another recipe) or real (not ours).
# `image ls` first: it tells "no such image" from "no engine", which `inspect` does not.
image_state() {
  local labels
  if [[ -z $(docker image ls --quiet "$1") ]]; then
    echo absent
    return
  fi
  labels=$(docker image inspect --format "{{index .Config.Labels \"$label\"}} {{index .Config.Labels \"$label.recipe\"}}" "$1")
  case $labels in
    "true $recipe") echo current ;;
    "true "*) echo old ;;
    *) echo real ;;
  esac
}

# --- the file systems ------------------------------------------------------------------------------

make_skeleton() {
  mkdir -p "$1"/usr/{bin,sbin,lib,lib64,local/bin} "$1"/{etc,root,run,tmp,home,mnt,opt,srv,var/lib,var/log}
  ln -s usr/bin usr/sbin usr/lib usr/lib64 "$1/"
  ln -s ../run "$1/var/run"
  chmod 1777 "$1/tmp"
  chmod 0700 "$1/root"
  write_accounts "$1/etc"
  # whoever looks inside must be able to tell that this is not Alpine Linux
  printf 'NAME="docker-lab stand-in"\nID=docker-lab-stand-in\nPRETTY_NAME="docker-lab stand-in (Debian packages)"\n' >"$1/etc/os-release"
}

write_accounts() {
  printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' \
    "postgres:x:$postgres_uid:$postgres_uid:PostgreSQL:/var/lib/postgresql:/bin/sh" \
    'nobody:x:65534:65534:nobody:/:/sbin/nologin' >"$1/passwd"
  printf '%s\n' 'root:x:0:' "postgres:x:$postgres_uid:" 'nobody:x:65534:' >"$1/group"
  printf '%s\n' 'passwd: files' 'group: files' 'hosts: files dns' >"$1/nsswitch.conf"
}

# Links for all applets; a program that is there already wins.
add_busybox() {
  local pool=$1 root=$2 applet
  install -m 755 "$pool/bin/busybox" "$root/bin/busybox"
  "$root/bin/busybox" --list-full | while read -r applet; do
    mkdir -p "$root/$(dirname "$applet")"
    [[ -e $root/$applet || -L $root/$applet ]] || ln -s /bin/busybox "$root/$applet"
  done
}

# Left out: LLVM's compiler for queries (100 MB; the server does without when its module is missing)
# with its bitcode, manuals and translations.
copy_postgres() {
  local pool=$1 root=$2 library="usr/lib/postgresql/$pg_major" share="usr/share/postgresql/$pg_major"
  mkdir -p "$root/$library" "$root/$share"
  cp -a "$pool/$library/." "$root/$library/"
  rm -rf "$root/$library"/lib/{bitcode,pgxs,llvmjit*}
  cp -a "$pool/$share/." "$root/$share/"
  rm -rf "${root:?}/$share/man"
  # a container that is reached over a network must listen on it
  sed -i "s/^#listen_addresses = 'localhost'/listen_addresses = '*'/" "$root/$share/postgresql.conf.sample"
  grep -q "^listen_addresses = '\*'" "$root/$share/postgresql.conf.sample"
  link_programs "$root" "$library/bin"
}

# `docker exec` knows no login profile: the programs are linked where every PATH finds them.
link_programs() {
  local program
  for program in "$1/$2"/*; do
    ln -s "/$2/$(basename "$program")" "$1/usr/local/bin/"
  done
}

# glibc's own C.UTF-8 sorts by code point, exactly as every locale does on Alpine; so the
# official image's LANG, en_US.utf8, is that one under another name.
copy_locale_and_zones() {
  local pool=$1 root=$2
  mkdir -p "$root/usr/lib/locale" "$root/usr/share"
  cp -a "$pool/usr/lib/locale/C.utf8" "$root/usr/lib/locale/"
  ln -s C.utf8 "$root/usr/lib/locale/en_US.utf8"
  cp -a "$pool/usr/share/zoneinfo" "$root/usr/share/"
  rm -rf "$root"/usr/share/zoneinfo/{right,posix}
  ln -s /usr/share/zoneinfo/UTC "$root/etc/localtime"
}

copy_tools() {
  local pool=$1 root=$2
  install -m 755 "$pool/bin/bash" "$root/bin/bash"
  install -m 755 "$pool/usr/sbin/gosu" "$root/usr/local/bin/gosu"
  install -m 755 "$here/docker-entrypoint.sh" "$root/usr/local/bin/docker-entrypoint.sh"
  mkdir -p "$root/docker-entrypoint-initdb.d"
}

# Copies the libraries that the programs load, and no other. The packages' own loader is asked, with
# their folder in front; an answer from this machine's folders means that a package is missing.
# copy_libraries POOL ROOT PROGRAM…
copy_libraries() {
  local pool=$1 root=$2 libraries loader file name path
  shift 2
  libraries=$(dirname "$(echo "$pool"/usr/lib/*/libc.so.6)")
  loader=$(echo "$libraries"/ld-linux*.so.*)
  mkdir -p "$root/${libraries#"$pool"/}"
  for file in "$@"; do
    "$loader" --inhibit-cache --library-path "$libraries" --list "$file" |
      awk '$2 == "=>" && $1 !~ /^\// { print $1, $3 }'
  done | sort -u >"$work/libraries"
  while read -r name path; do
    if [[ $path != "$libraries"/* ]]; then
      say "the recipe lacks the package of $name"
      return 1
    fi
    cp -L "$path" "$root/${libraries#"$pool"/}/$name"
  done <"$work/libraries"
  copy_loader "$pool" "$root" "$loader"
}

# Programs name their loader by a fixed path outside the libraries' folder.
copy_loader() {
  local pool=$1 root=$2 loader=$3 link
  cp -L "$loader" "$root/${loader#"$pool"/}"
  for link in "$pool"/usr/lib64/ld-linux* "$pool"/usr/lib/ld-linux*; do
    ln -s "/${loader#"$pool"/}" "$root/${link#"$pool"/}"
  done
}

# Open to all and sticky, as in the official image: `--user` may bring any uid.
make_postgres_folders() {
  mkdir -p "$1/var/lib/postgresql/data" "$1/run/postgresql"
  chmod 1777 "$1/var/lib/postgresql/data"
  chmod 3777 "$1/run/postgresql"
}

fill_alpine() {
  fetch_packages "$work/debs" "${base_packages[@]}"
  unpack_packages "$work/debs" "$work/pool"
  make_skeleton "$1"
  add_busybox "$work/pool" "$1"
}

fill_postgres() {
  fetch_packages "$work/debs" "${base_packages[@]}" "${postgres_packages[@]}"
  unpack_packages "$work/debs" "$work/pool"
  make_skeleton "$1"
  copy_tools "$work/pool" "$1"
  copy_postgres "$work/pool" "$1"
  copy_locale_and_zones "$work/pool" "$1"
  local wrapper
  wrapper=$(echo "$work"/pool/usr/lib/*/libnss_wrapper.so)
  copy_libraries "$work/pool" "$1" "$1/bin/bash" "$1/usr/lib/postgresql/$pg_major"/{bin/*,lib/*.so} "$wrapper"
  cp -L "$wrapper" "$1/${wrapper#"$work/pool/"}"
  add_busybox "$work/pool" "$1"
  make_postgres_folders "$1"
}

# In the subshell of its own image: what is set here holds for its config too.
fill_postgres17() {
  pg_major=17
  postgres_packages=("${postgres17_packages[@]}")
  use_release trixie "$work/apt"
  fill_postgres "$1"
}

fill_nginx() {
  fetch_packages "$work/debs" "${base_packages[@]}" "${nginx_packages[@]}"
  unpack_packages "$work/debs" "$work/pool"
  make_skeleton "$1"
  install -m 755 "$work/pool/usr/sbin/nginx" "$1/usr/sbin/nginx"
  copy_libraries "$work/pool" "$1" "$1/usr/sbin/nginx"
  add_busybox "$work/pool" "$1"
  write_site "$1"
}

# The folders and the page that the official image has, in the places where it has them.
write_site() {
  mkdir -p "$1"/etc/nginx/conf.d "$1"/usr/share/nginx/html "$1"/var/log/nginx "$1"/var/lib/nginx
  install -m 644 "$work/pool/etc/nginx/mime.types" "$1/etc/nginx/mime.types"
  printf '%s\n' 'user nobody nogroup;' 'pid /run/nginx.pid;' 'error_log /dev/stderr notice;' 'events {}' 'http {' \
    '  include /etc/nginx/mime.types;' '  access_log /dev/stdout;' '  include /etc/nginx/conf.d/*.conf;' '}' \
    >"$1/etc/nginx/nginx.conf"
  printf '%s\n' 'server {' '  listen 80;' '  root /usr/share/nginx/html;' '  index index.html;' '}' \
    >"$1/etc/nginx/conf.d/default.conf"
  printf '%s\n' '<h1>Welcome to nginx!</h1>' >"$1/usr/share/nginx/html/index.html"
  printf '%s\n' 'nogroup:x:65534:' >>"$1/etc/group"
}

# --- the image archives ------------------------------------------------------------------------------

search_path='"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"'

config_of_alpine() {
  printf '"Env": [%s], "Cmd": ["/bin/sh"]' "$search_path"
}

config_of_nginx() {
  printf '"Env": [%s], "ExposedPorts": {"80/tcp": {}}, "StopSignal": "SIGQUIT", "Cmd": ["nginx", "-g", "daemon off;"]' \
    "$search_path"
}

# SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
config_of_postgres() {
  local version deb
  deb=$(echo "$work/debs/postgresql-${pg_major}_"*.deb)
  version=$(dpkg-deb -f "$deb" Version)
  printf '%s' "\"Env\": [$search_path, \"LANG=en_US.utf8\", \"PG_MAJOR=$pg_major\"," \
    "\"PG_VERSION=${version%%-*}\", \"PGDATA=/var/lib/postgresql/data\"]," \
    '"Volumes": {"/var/lib/postgresql/data": {}}, "ExposedPorts": {"5432/tcp": {}}, "StopSignal": "SIGINT",' \
    '"Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["postgres"]'
}

config_of_postgres17() { config_of_postgres; }

# Owners are set here and not on disk: no root needed.
pack_layer() {
  local root=$1 layer=$2 path own=()
  for path in var/lib/postgresql run/postgresql; do
    if [[ -d $root/$path ]]; then own+=("./$path"); fi
  done
  tar --numeric-owner --owner=0 --group=0 --sort=name -C "$root" "${own[@]/#/--exclude=}" -cf "$layer" .
  if ((${#own[@]})); then
    tar --numeric-owner --owner="$postgres_uid" --group="$postgres_uid" --sort=name -C "$root" -rf "$layer" "${own[@]}"
  fi
}

# pack_image TAG CONFIG ROOT ARCHIVE: the format of `docker save`, with a single layer.
pack_image() {
  local tag=$1 config=$2 root=$3 archive=$4 image="$work/image" now layer_hash config_hash
  mkdir -p "$image"
  pack_layer "$root" "$image/layer.tar"
  now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  layer_hash=$(sha256sum "$image/layer.tar" | cut -d' ' -f1)
  cat >"$image/config.json" <<JSON
{"architecture": "$(architecture)", "os": "linux", "created": "$now",
 "config": {$config, "Labels": {"$label": "true", "$label.recipe": "$recipe"}},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer_hash"]},
 "history": [{"created": "$now", "created_by": "docker-lab stand-in out of Debian packages"}]}
JSON
  config_hash=$(sha256sum "$image/config.json" | cut -d' ' -f1)
  mv "$image/config.json" "$image/$config_hash.json"
  printf '[{"Config": "%s.json", "RepoTags": ["%s"], "Layers": ["layer.tar"]}]\n' "$config_hash" "$tag" >"$image/manifest.json"
  # under its final name only when whole: a run that was cut short must leave nothing that looks ready
  tar -C "$image" -cf "$archive.part" manifest.json "$config_hash.json" layer.tar
  mv "$archive.part" "$archive"
}

# In a subshell: each image has a work folder of its own, gone when it is packed.
build_archive() (
  make_work_folder
  "fill_$2" "$work/root"
  pack_image "$1" "$("config_of_$2")" "$work/root" "$3"
)

# ensure_image TAG NAME: does only what is missing.
ensure_image() {
  local tag=$1 name=$2 archive state former
  state=$(image_state "$tag")
  case $state in
    current) return ;;
    real)
      say "$tag is a real image (no label $label): it stays as it is"
      return
      ;;
  esac
  archive="$(cache_folder)/stand-in-$name-$recipe.tar"
  if [[ ! -e $archive ]]; then
    say "making the stand-in for $tag out of Debian packages…"
    rm -f "$(cache_folder)/stand-in-$name-"*.tar # of former recipes
    build_archive "$tag" "$name" "$archive"
  fi
  former=$(docker image inspect --format '{{.Id}}' "$tag" 2>/dev/null || true)
  docker load --quiet --input "$archive" >&2
  # a former stand-in has just lost its tag to this one; where a container still uses it, it stays
  if [[ $state == old && -n $former ]]; then docker image rm "$former" >/dev/null 2>&1 || true; fi
}

# By what an image is filled, from its tag.
name_of() {
  case $1 in
    alpine:latest) echo alpine ;;
    nginx:latest) echo nginx ;;
    postgres:15-alpine) echo postgres ;;
    postgres:17-alpine) echo postgres17 ;;
    *)
      say "no stand-in is made for $1"
      return 2
      ;;
  esac
}

# Two test runs at once must not build into the same archive: the second waits and finds it made.
main() {
  recipe=$(recipe_hash)
  exec 9>"$(cache_folder)/lock"
  flock 9
  if (($# == 0)); then set -- alpine:latest nginx:latest postgres:15-alpine postgres:17-alpine; fi
  local tag
  for tag; do ensure_image "$tag" "$(name_of "$tag")"; done
}

main "$@"
