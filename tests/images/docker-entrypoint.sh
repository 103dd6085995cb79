#!/usr/bin/env bash
# Entrypoint of the stand-ins for postgres:15-alpine and postgres:17-alpine. It keeps the promises that the official image
# documents (variables, folders, order, messages that learners grep), in docker-lab's own words.
# No `set -u`: the learner's *.sh files are sourced here and may count on unset variables being empty.
set -Eeo pipefail

die() {
  printf 'Error: %s\n' "$*" >&2
  exit 1
}

# NAME or NAME_FILE (a mounted secret), never both: which one is meant could not be told.
read_setting() {
  local name=$1 default=$2 file_name="${1}_FILE" value
  if [[ -n ${!name} && -n ${!file_name} ]]; then
    die "both $name and $file_name are set, but only one of them may be"
  fi
  value=${!name:-$default}
  if [[ -n ${!file_name} ]]; then value=$(<"${!file_name}"); fi
  export "$name=$value"
  unset "$file_name"
}

read_settings() {
  read_setting POSTGRES_PASSWORD ''
  read_setting POSTGRES_USER postgres
  read_setting POSTGRES_DB "$POSTGRES_USER"
  read_setting POSTGRES_INITDB_ARGS ''
  : "${POSTGRES_HOST_AUTH_METHOD:=scram-sha-256}"
}

# A server that anybody on the network could enter must be asked for by name.
require_password() {
  if [[ -z $POSTGRES_PASSWORD && $POSTGRES_HOST_AUTH_METHOD != trust ]]; then
    die 'Database is uninitialized and superuser password is not specified.
       Set POSTGRES_PASSWORD to a non-empty value for the superuser, e.g. "-e POSTGRES_PASSWORD=secret".
       Or set POSTGRES_HOST_AUTH_METHOD=trust to let every connection in without a password (not recommended).'
  fi
  if [[ $POSTGRES_HOST_AUTH_METHOD == trust ]]; then
    echo 'WARNING: POSTGRES_HOST_AUTH_METHOD is "trust": anybody who reaches the port gets in without a password' >&2
  fi
}

# Options that make the server print something and leave need no database.
only_prints() {
  local word
  for word; do
    case $word in
      -'?' | --help | --describe-config | -V | --version | -C) return 0 ;;
    esac
  done
  return 1
}

# As root: a volume or bind mount may belong to anybody; only what is not yet postgres's own is changed,
# so that a large database does not pay at every start.
give_folders_to_postgres() {
  mkdir -p "$PGDATA" /var/run/postgresql
  chmod 0700 "$PGDATA"
  chmod 3775 /var/run/postgresql || :
  find "$PGDATA" /var/run/postgresql ! -user postgres -exec chown postgres '{}' +
  if [[ -n $POSTGRES_INITDB_WALDIR ]]; then
    mkdir -p "$POSTGRES_INITDB_WALDIR"
    chmod 0700 "$POSTGRES_INITDB_WALDIR"
    find "$POSTGRES_INITDB_WALDIR" ! -user postgres -exec chown postgres '{}' +
  fi
}

# As anybody else (`--user`): what is not allowed is left to initdb, which says clearly what is wrong.
prepare_folders() {
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA" 2>/dev/null || :
}

# initdb refuses a uid without a name; `--user 1234` has none, so a library answers in its place.
name_unknown_user() {
  local library
  getent_passwd && return
  library=$(echo /usr/lib/*/libnss_wrapper.so)
  [[ -e $library ]] || return 0
  NSS_WRAPPER_PASSWD=$(mktemp) && NSS_WRAPPER_GROUP=$(mktemp)
  printf 'postgres:x:%s:%s::%s:/bin/false\n' "$(id -u)" "$(id -g)" "$PGDATA" >"$NSS_WRAPPER_PASSWD"
  printf 'postgres:x:%s:\n' "$(id -g)" >"$NSS_WRAPPER_GROUP"
  export LD_PRELOAD=$library NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
}

getent_passwd() { awk -F: -v uid="$(id -u)" '$3 == uid { found = 1 } END { exit !found }' /etc/passwd; }

forget_unknown_user() {
  [[ -n $NSS_WRAPPER_PASSWD ]] || return 0
  rm -f "$NSS_WRAPPER_PASSWD" "$NSS_WRAPPER_GROUP"
  unset LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
}

# The password goes through a pipe: on a command line every process could read it.
# eval, because POSTGRES_INITDB_ARGS is documented as a piece of command line, quotes included.
# TZ spares initdb a second: without it glibc looks at /etc/localtime for each of 5000 dates it compares.
create_cluster() {
  # shellcheck disable=SC2034 # used by the eval
  local waldir=()
  # shellcheck disable=SC2034
  if [[ -n $POSTGRES_INITDB_WALDIR ]]; then waldir=(--waldir "$POSTGRES_INITDB_WALDIR"); fi
  name_unknown_user
  eval 'TZ=${TZ:-UTC} initdb --username="$POSTGRES_USER" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD") "${waldir[@]}" '"$POSTGRES_INITDB_ARGS"
  forget_unknown_user
  printf '\nhost all all all %s\n' "$POSTGRES_HOST_AUTH_METHOD" >>"$PGDATA/pg_hba.conf"
}

# Not on TCP: whoever waits with `pg_isready -h` must not take this server for the real one.
# Watched here and not by pg_ctl, which looks only ten times a second.
start_private_server() {
  postgres "$@" -c listen_addresses= &
  private_server=$!
  until PGHOST='' PGHOSTADDR='' pg_isready --quiet --username "$POSTGRES_USER" --dbname postgres; do
    kill -0 "$private_server" 2>/dev/null || die 'the server that runs the init files did not start (see above)'
    sleep 0.02
  done
}

# SIGINT: fast shutdown. `wait` hands on the server's exit code.
stop_private_server() {
  kill -INT "$private_server"
  wait "$private_server"
}

run_sql() {
  PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-password --no-psqlrc "$@"
}

create_database() {
  local known
  known=$(run_sql --dbname postgres --set db="$POSTGRES_DB" --tuples-only --no-align \
    <<<"SELECT 1 FROM pg_database WHERE datname = :'db';")
  [[ -z $known ]] || return 0
  run_sql --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
}

# A *.sh that is not executable is sourced: file modes get lost on some mounts.
run_init_file() {
  case $1 in
    *.sh)
      if [[ -x $1 ]]; then
        printf '%s: running %s\n' "$0" "$1"
        "$1"
      else
        printf '%s: sourcing %s\n' "$0" "$1"
        # shellcheck disable=SC1090 # the learner's own file
        . "$1"
      fi
      ;;
    *.sql)
      printf '%s: running %s\n' "$0" "$1"
      run_sql --dbname "$POSTGRES_DB" --file "$1"
      ;;
    *.sql.gz)
      printf '%s: running %s\n' "$0" "$1"
      gunzip -c "$1" | run_sql --dbname "$POSTGRES_DB"
      ;;
    *) printf '%s: ignoring %s\n' "$0" "$1" ;;
  esac
  printf '\n'
}

# The `ls` fails here and now when the folder cannot be read; a glob would just find nothing.
run_init_files() {
  local file
  [[ -d /docker-entrypoint-initdb.d ]] || return 0
  ls /docker-entrypoint-initdb.d >/dev/null
  for file in /docker-entrypoint-initdb.d/*; do
    [[ -e $file ]] || continue
    run_init_file "$file"
  done
}

first_start() {
  require_password
  create_cluster
  export PGPASSWORD="${PGPASSWORD:-$POSTGRES_PASSWORD}"
  start_private_server "$@"
  create_database
  run_init_files
  stop_private_server
  unset PGPASSWORD
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

main() {
  if [[ $1 == -* ]]; then set -- postgres "$@"; fi
  if [[ $1 != postgres ]] || only_prints "$@"; then exec "$@"; fi
  # The server refuses to run as root, and everything it makes must be its own.
  if [[ $(id -u) == 0 ]]; then
    give_folders_to_postgres
    exec gosu postgres "${BASH_SOURCE[0]}" "$@"
  fi
  prepare_folders
  read_settings
  if [[ -s $PGDATA/PG_VERSION ]]; then
    printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
  else
    first_start "${@:2}"
  fi
  exec "$@"
}

main "$@"
