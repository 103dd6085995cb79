#!/bin/sh
# The date of the virtual day. Of the dates that a caller names itself, those relative to today are understood.
words=
count=$#
while [ "$count" -gt 0 ]; do
    arg=$1
    shift
    count=$((count - 1))
    case $arg in
    -d | --date)
        words=$1
        shift
        count=$((count - 1))
        ;;
    -d*) words=${arg#-d} ;;
    --date=*) words=${arg#--date=} ;;
    *) set -- "$@" "$arg" ;;
    esac
done

case $words in
'' | now | today) back=0 ;;
yesterday) back=1 ;;
*' days ago' | *' day ago') back=${words%% *} ;;
-*' days' | -*' day')
    back=${words#-}
    back=${back%% *}
    ;;
*) exec "$REAL_DATE" -d "$words" "$@" ;;
esac
exec "$REAL_DATE" -d "@$((VIRTUAL_NOW - back * 86400))" "$@"
