#!/bin/sh
# Runs /docker-lab/script once a virtual day for a fortnight and tells what happened, a line each:
# DAY date, CALL and ARG (calls of docker), EXIT code, FILE name, FOLDER path, HARMED name, SAID text.
home=/docker-lab
real_now=$(busybox date +%s 2>/dev/null || date +%s)
export PATH="$home/bin:$PATH" VIRTUAL_NOW
days=14 folder=

mkdir -p "$home/volumes" && chmod 755 "$home/script"

# A day passes for the files: dates in names and times of files stay in step, so that `ls -t` and
# `find -mtime` both see what they would see.
age_files() {
    [ -n "$folder" ] || return 0
    for file in "$folder"/*; do
        [ -f "$file" ] && touch -d "@$(($(stat -c %Y "$file") - 86400))" "$file"
    done
}

# The backups go where the first new archive appears.
find_folder() {
    first=$(find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path "$home" \) -prune -o \
        -type f -newer "$home/marker" \( -name '*.gz' -o -name '*.tar*' -o -name '*.tgz' -o -name '*.sql*' \) -print | head -n 1)
    [ -n "$first" ] || return 0
    folder=$(dirname "$first")
    echo "FOLDER $folder"
    for stranger in 'notes.txt' 'other people.tar.gz' 'accounts_20200101.tar.gz'; do
        [ -e "$folder/$stranger" ] || { echo theirs >"$folder/$stranger" && touch -d @1577836800 "$folder/$stranger"; }
    done
}

is_stranger() {
    case $1 in 'notes.txt' | 'other people.tar.gz' | 'accounts_20200101.tar.gz') return 0 ;; esac
    return 1
}

tell_files() {
    [ -n "$folder" ] || return 0
    for file in "$folder"/*; do
        name=${file##*/}
        [ -f "$file" ] && ! is_stranger "$name" && echo "FILE $name"
    done
}

day=1
while [ "$day" -le "$days" ]; do
    age_files
    VIRTUAL_NOW=$((real_now - (days - day) * 86400))
    echo "DAY $("$home/bin/date" +%Y%m%d)"
    : >"$home/calls"
    # busybox compares times by the second: what is new must be younger by more than that.
    touch -d "@$((real_now - 10))" "$home/marker"
    (cd / && "$home/script") >"$home/out" 2>"$home/err" </dev/null
    code=$?
    cat "$home/calls"
    echo "EXIT $code"
    [ "$code" = 0 ] || echo "SAID $(tail -n 3 "$home/err" | tr '\n' ' ')"
    [ -n "$folder" ] || find_folder
    [ -n "$folder" ] || exit 0
    tell_files
    day=$((day + 1))
done

for stranger in 'notes.txt' 'other people.tar.gz' 'accounts_20200101.tar.gz'; do
    [ -e "$folder/$stranger" ] || echo "HARMED $stranger"
done
