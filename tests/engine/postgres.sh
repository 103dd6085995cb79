#!/bin/bash
# A PostgreSQL server of the tests' own, on a free port of 127.0.0.1 and on a socket: postgres.sh DIR [CERTIFICATES]
# Its user `trainer` needs a password (`s3cret`) over TCP; with a folder as certificates.sh makes it, TCP is TLS alone.
# Prints its port when it answers; `kill` on a line of its own ends it as a power cut would and starts it again. It ends when
# its own standard input is closed.
set -euo pipefail

dir=$1 certificates=${2:-}
newest() { find /usr/lib/postgresql/*/bin/postgres 2>/dev/null | sort -V | tail -n 1; }
[ -n "$(newest)" ] || "$(dirname "$0")/../setup/needs.sh" postgresql=pg_ctlcluster
bin=$(dirname "$(newest)")
# The server refuses to run as root.
as=(setpriv --reuid=postgres --regid=postgres --clear-groups env -C "$dir")
psql() { "$bin/psql" -qX -h "$dir" -p "$port" -U postgres "$@"; }

mkdir -p "$dir"
chmod 755 "$dir"
chown postgres "$dir"
"${as[@]}" "$bin/initdb" -D "$dir/data" -U postgres --auth=trust --no-sync >"$dir/initdb.log"
tcp=host
if [ -n "$certificates" ]; then
    tcp=hostssl
    cp "$certificates/server.pem" "$certificates/server-key.pem" "$dir"
    chown postgres "$dir"/server*.pem
    chmod 600 "$dir/server-key.pem"
    printf "ssl = on\nssl_cert_file = '%s'\nssl_key_file = '%s'\n" "$dir/server.pem" "$dir/server-key.pem" >>"$dir/data/postgresql.conf"
fi
printf 'local all postgres trust\n%s all all 127.0.0.1/32 scram-sha-256\n' "$tcp" >"$dir/data/pg_hba.conf"

# A port is free for as long as it takes to listen on it; else the next one is tried.
start() {
    for try in $(seq 20); do
        [ -n "${fixed:-}" ] || port=$((20000 + (RANDOM + try) % 12000))
        "${as[@]}" "$bin/postgres" -D "$dir/data" -p "$port" -k "$dir" -c listen_addresses=127.0.0.1 </dev/null >"$dir/log" 2>&1 &
        server=$!
        for _ in $(seq 300); do
            if psql -c 'SELECT 1' >/dev/null 2>&1; then
                return
            fi
            kill -0 "$server" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "$server" 2>/dev/null || true
    done
    cat "$dir/log" >&2
    exit 1
}
end() {
    kill -QUIT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    rm -rf "$dir"
    rmdir "$(dirname "$dir")" 2>/dev/null || true
}
trap end EXIT

start
fixed=yes
psql -c "CREATE ROLE trainer LOGIN PASSWORD 's3cret'" -c 'CREATE DATABASE room OWNER trainer'
echo "$port"
while read -r word; do
    [[ $word == kill ]] || continue
    # The server's own children go with it.
    kill -9 "$server" $(pgrep -P "$server") 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    start
    echo "$port"
done
