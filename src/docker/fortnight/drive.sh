#!/bin/sh
# Runs the learner's script once a virtual day for a fortnight and tells what happened, a line each:
# DAY date, CALL and ARG (calls of docker), EXIT code, FILE name, GOOD name (a whole archive of the volume),
# FOLDER path, HARMED path, SAID text.
home=/docker-lab
script=/cron/backup_script.sh
export REAL_DATE=$home/real/date VIRTUAL_NOW PATH="$PATH"
days=14 folder='' good=''

# The trial's own commands stand where a script looks for them, whatever PATH it sets.
mkdir -p $home/real
if [ -x /bin/busybox ]; then ln -s /bin/busybox $REAL_DATE; else cp "$(command -v date)" $REAL_DATE; fi
real_now=$($REAL_DATE +%s)
for place in /bin /usr/bin; do
    rm -f $place/date && cp $home/bin/date $place/date
    rm -f $place/docker && cp $home/bin/docker $place/docker
    [ -e $place/sudo ] || printf '#!/bin/sh\nexec "$@"\n' >$place/sudo
    chmod 755 $place/date $place/docker $place/sudo
done
# busybox's own shell would answer `date` by itself.
bash=$(command -v bash) && rm -f /bin/sh && ln -s "$bash" /bin/sh

mkdir -p $home/volumes /cron /home/theirs /srv/theirs /opt/theirs
mv $home/script $script && chmod 755 $script
elsewhere='/home/theirs/letter.txt /srv/theirs/site.tar.gz /opt/theirs/tool'
for file in $elsewhere; do echo theirs >"$file"; done

strangers='notes.txt|other people.tar.gz|accounts_20200101.tar.gz|.hidden.tar.gz|postgres_notes.txt|older/kept.tar.gz'
each_stranger() { printf '%s\n' "$strangers" | tr '|' '\n'; }

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
    # busybox compares times by the second: what is new must be younger by more than that.
    touch -d "@$((real_now - 10))" $home/marker
    first=$(find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path $home -o -path /srv/theirs \) -prune -o \
        -type f -newer $home/marker \( -name '*.gz' -o -name '*.tar*' -o -name '*.tgz' \) -print | head -n 1)
    [ -n "$first" ] || return 0
    folder=$(dirname "$first")
    echo "FOLDER $folder"
    mkdir -p "$folder/older"
    each_stranger | while read -r name; do
        [ -e "$folder/$name" ] || { echo theirs >"$folder/$name" && touch -d @1577836800 "$folder/$name"; }
    done
}

# A whole archive: gzip to its end, and everything in it that the volume holds.
is_good() {
    gzip -t "$1" 2>/dev/null || return 1
    tar tzf "$1" 2>/dev/null >$home/list || return 1
    [ "$(grep -cE '(^|/)(PG_VERSION|global/pg_control|base/1/1259|\.hidden)$' $home/list)" -ge 4 ]
}

tell_files() {
    [ -n "$folder" ] || return 0
    for file in "$folder"/*; do
        name=${file##*/}
        [ -f "$file" ] || continue
        case "|$strangers|" in *"|$name|"*) continue ;; esac
        echo "FILE $name"
        # Looked into once: what was whole stays whole.
        case $good in *"|$name|"*) ;; *) is_good "$file" && good="$good|$name|" ;; esac
        case $good in *"|$name|"*) echo "GOOD $name" ;; esac
    done
}

day=1
while [ "$day" -le "$days" ]; do
    age_files
    VIRTUAL_NOW=$((real_now - (days - day) * 86400))
    echo "DAY $($home/bin/date +%Y%m%d)"
    : >$home/calls
    (cd /cron && timeout 5 $script) >$home/out 2>$home/err </dev/null
    code=$?
    cat $home/calls
    echo "EXIT $code"
    [ -s $home/err ] && echo "SAID $(head -n 2 $home/err | tr '\n' ' ')"
    [ -n "$folder" ] || find_folder
    [ -n "$folder" ] || exit 0
    tell_files
    # A script that never ends would make the trial long, and is wrong already.
    [ "$code" = 143 ] && exit 0
    day=$((day + 1))
done

each_stranger | while read -r name; do
    [ -e "$folder/$name" ] || echo "HARMED $name"
done
for file in $elsewhere; do
    [ -e "$file" ] || echo "HARMED $file"
done
