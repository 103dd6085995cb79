#!/bin/bash
# How long `check volumes` takes with everything present, as a ratio to a shell script that asks the same questions
# through the docker CLI. Both in one run on the same daemon; the median of ROUNDS (default 5).
set -euo pipefail

rounds=${ROUNDS:-5}
root=$(cd "$(dirname "$0")/.." && pwd)
lab=${DOCKER_LAB:-$root/target/release/docker-lab}
work=$(mktemp -d)
export DOCKER_LAB_HOME="$work/home" DOCKER_LAB_LANG=en
p=bench-check
trap '"$lab" reset --yes --prefix $p >/dev/null 2>&1; rm -rf "$work"' EXIT

seconds() {
    local start end
    start=$(date +%s%N)
    "$@" >"$work/out" 2>&1 || true
    end=$(date +%s%N)
    echo "$(((end - start) / 1000000))"
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# What a careful shell script asks: existence, mounts, rows, cluster, archive, dump, copy, leftovers, script.
by_shell() {
    cd "$work/ws"
    docker version --format '{{.Server.Version}}' && docker info --format '{{.ID}} {{.Name}}'
    docker image inspect --format '{{.Id}} {{json .Config.Labels}}' alpine postgres:15-alpine
    for volume in postgres_data postgres_data_restored postgres_copy; do docker volume inspect "${p}_$volume"; done
    for container in postgres_main postgres_restored postgres_from_backup postgres_dev; do
        docker inspect --format '{{.Id}} {{.State.Running}} {{json .Mounts}}' "${p}_$container"
    done
    docker ps -a --no-trunc --format '{{.Names}} {{.Mounts}}'
    docker volume ls -q -f dangling=true
    for container in postgres_restored postgres_from_backup; do
        docker exec "${p}_$container" psql -U postgres -d myapp -Atc 'SELECT system_identifier FROM pg_control_system()'
        docker exec "${p}_$container" psql -U postgres -d myapp -Atc '\dt' -c '\ds' -c 'SHOW data_directory'
        for table in users posts; do
            docker exec "${p}_$container" psql -U postgres -d myapp -Atc "COPY $table TO STDOUT" | sort | sha256sum
        done
        docker exec "${p}_$container" psql -U postgres -d myapp -Atc "SELECT last_value FROM users_id_seq"
    done
    archive=$(ls -t backups/*.tar.gz | head -n 1)
    gzip -t "$archive" && tar tzvf "$archive" && sha256sum "$archive"
    tar xzOf "$archive" ./global/pg_control | head -c 8 | od -An -tu8
    tail -n 3 backups/myapp_dump.sql && grep -c . backups/myapp_dump.sql
    docker run --rm -v "${p}_postgres_copy:/data:ro" alpine sh -c \
        'find /data | wc -l; head -c 8 /data/global/pg_control | od -An -t x8; stat -c %u /data/base /data/PG_VERSION; ls /data'
    docker run --rm --network none -v "$work/ws/backup_script.sh:/s:ro" postgres:15-alpine bash -n /s
}

"$lab" run volumes --prefix $p --dir "$work/ws" \
    --step create --step persist --step backup --step restore --step copy --step automate >/dev/null 2>&1 || true
# Everything present: the containers and volumes before the clean-up.
for _ in $(seq "$rounds"); do
    seconds "$lab" check volumes --prefix $p >>"$work/lab"
    seconds by_shell >>"$work/shell"
done

shell=$(median <"$work/shell") lab_time=$(median <"$work/lab")
awk -v a="$lab_time" -v b="$shell" 'BEGIN {
    printf "docker-lab check volumes: %.0f ms; the same questions through the docker CLI: %.0f ms; ratio 1/%.1f\n", a, b, b / a }'
