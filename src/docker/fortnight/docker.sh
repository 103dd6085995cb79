#!/bin/sh
# Stands in for the docker command: notes each call, and carries `run` out on folders of this container.
home=/docker-lab

{
    echo CALL
    for arg in "$@"; do echo "ARG $(printf %s "$arg" | tr '\n' ' ')"; done
} >>"$home/calls"

[ "$1" = run ] || exit 0
shift

# Where a mount's source lies here: a path is itself, a name is a volume with something in it.
place() {
    case $1 in
    /*) echo "$1" ;;
    *)
        mkdir -p "$home/volumes/$1"
        echo data >"$home/volumes/$1/PG_VERSION"
        echo "$home/volumes/$1"
        ;;
    esac
}

rules=
add_rule() { # source, target
    [ -n "$1" ] && [ -n "$2" ] || return 0
    where=$(place "$1")
    mkdir -p "$where"
    rules="$rules;s#$2\\([/ \"';]\\|\$\\)#$where\\1#g"
}

add_short() { # source:target[:options]
    rest=${1#*:}
    add_rule "${1%%:*}" "${rest%%:*}"
}

add_long() { # type=…,source=…,target=…
    source= target=
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
while [ $# -gt 0 ]; do
    case $1 in
    -v | --volume) add_short "$2" && shift 2 ;;
    --volume=*) add_short "${1#*=}" && shift ;;
    -v?*) add_short "${1#-v}" && shift ;;
    --mount) add_long "$2" && shift 2 ;;
    --mount=*) add_long "${1#*=}" && shift ;;
    -e | --env | --name | -u | --user | -w | --workdir | --network | --entrypoint | -l | --label | --cpus | -m | --memory) shift 2 ;;
    -*) shift ;;
    *) break ;;
    esac
done
[ $# -gt 1 ] || exit 0
shift

# The command sees this container's folders in place of the mount targets.
count=$#
while [ "$count" -gt 0 ]; do
    arg=$(printf '%s\n' "$1" | sed "${rules#;}")
    shift
    set -- "$@" "$arg"
    count=$((count - 1))
done
exec "$@"
