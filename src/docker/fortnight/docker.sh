#!/bin/sh
# Stands in for the docker command: notes each call, and carries `run` out on folders of this container.
home=/docker-lab
newline='
'

{
    echo CALL
    for arg in "$@"; do
        case $arg in
        *"$newline"*) echo "ARG $(printf %s "$arg" | tr '\n' ' ')" ;;
        *) printf 'ARG %s\n' "$arg" ;;
        esac
    done
} >>$home/calls

[ "$1" = container ] && shift
case $1 in
run) shift ;;
# A script that asks first finds everything in place.
inspect) echo true && exit 0 ;;
ps) echo 0123456789ab && exit 0 ;;
volume) [ "$2" = ls ] && echo "${4:-postgres_data}" && exit 0 || exit 0 ;;
*) exit 0 ;;
esac

# Where a mount's source lies here: a path is itself, a name is a volume with something in it.
place() {
    case $1 in
    /*) echo "$1" ;;
    ./* | ../* | .) echo "$PWD/$1" ;;
    *)
        volume=$home/volumes/$1
        mkdir -p "$volume/global" "$volume/base/1"
        for file in PG_VERSION global/pg_control base/1/1259 .hidden; do echo "$file" >"$volume/$file"; done
        echo "$volume"
        ;;
    esac
}

# Targets become marks first and paths then, so that one replacement never meets another's result.
marks='' paths='' count=0
add_rule() { # source, target
    [ -n "$1" ] && [ -n "$2" ] || return 0
    where=$(place "$1")
    mkdir -p "$where"
    count=$((count + 1))
    marks="$marks;s#$2\\([/ \"';]\\|\$\\)#@$count@\\1#g"
    paths="$paths;s#@$count@#$where#g"
}

add_short() { # source:target[:options]
    rest=${1#*:}
    add_rule "${1%%:*}" "${rest%%:*}"
}

add_long() { # type=…,source=…,target=…
    source='' target=''
    old=$IFS IFS=,
    for field in $1; do
        case $field in
        source=* | src=*) source=${field#*=} ;;
        target=* | dst=* | destination=*) target=${field#*=} ;;
        esac
    done
    IFS=$old
    add_rule "$source" "$target"
}

# Options up to the image; those that take a value of their own are named.
workdir='' entrypoint=''
while [ $# -gt 0 ]; do
    case $1 in
    -v | --volume) add_short "$2" && shift 2 ;;
    --volume=*) add_short "${1#*=}" && shift ;;
    -v?*) add_short "${1#-v}" && shift ;;
    --mount) add_long "$2" && shift 2 ;;
    --mount=*) add_long "${1#*=}" && shift ;;
    -w | --workdir) workdir=$2 && shift 2 ;;
    --workdir=*) workdir=${1#*=} && shift ;;
    --entrypoint) entrypoint=$2 && shift 2 ;;
    --entrypoint=*) entrypoint=${1#*=} && shift ;;
    -e | --env | --env-file | --name | -u | --user | --network | --net | -l | --label | --cpus | -m | --memory | --platform | \
        --pull | --restart | --log-driver | --ulimit | --tmpfs | --security-opt | --cap-drop | --cap-add | -h | --hostname)
        shift 2
        ;;
    -*) shift ;;
    *) break ;;
    esac
done
[ $# -gt 0 ] || exit 0
shift

# The command sees this container's folders in place of the mount targets.
here() {
    case $1 in
    */*) printf '%s\n' "$1" | sed "${marks#;};${paths#;}" ;;
    *) printf '%s\n' "$1" ;;
    esac
}
count=$#
while [ "$count" -gt 0 ]; do
    arg=$(here "$1")
    shift
    set -- "$@" "$arg"
    count=$((count - 1))
done
[ -z "$workdir" ] || cd "$(here "$workdir")" || exit 1
[ -z "$entrypoint" ] || set -- "$entrypoint" "$@"
[ $# -gt 0 ] || exit 0
exec "$@"
