#!/bin/bash
# An sshd on 127.0.0.1 that stands for several machines, one a port: sshd.sh DIR PORT=DIRECTIVE...
# (for instance `2201=SetEnv DOCKER_HOST=unix:///…`). DIR/bin/ssh is the ssh that knows it and has a key for it.
# Prints a line when it answers, and ends when its own standard input is closed.
set -euo pipefail

dir=$1
shift
"$(dirname "$0")/../setup/needs.sh" openssh-server=sshd
mkdir -p "$dir/bin" /run/sshd
ssh-keygen -q -t ed25519 -N '' -f "$dir/host"
ssh-keygen -q -t ed25519 -N '' -f "$dir/key"

{
    printf 'Port %s\n' "${@%%=*}"
    printf '%s\n' 'ListenAddress 127.0.0.1' "HostKey $dir/host" "AuthorizedKeysFile $dir/key.pub" 'PidFile none' \
        'StrictModes no' 'UsePAM no' 'PasswordAuthentication no' 'PermitRootLogin prohibit-password'
    # Each machine would have an sshd of its own, which drops some of more than ten that knock at once.
    printf 'MaxStartups %s\n' $((10 * $#))
    for machine in "$@"; do
        printf 'Match LocalPort %s\n  %s\n' "${machine%%=*}" "${machine#*=}"
    done
} >"$dir/sshd_config"
for machine in "$@"; do
    printf '[127.0.0.1]:%s %s\n' "${machine%%=*}" "$(cut -d' ' -f1,2 "$dir/host.pub")"
done >"$dir/known_hosts"
printf '%s\n' "IdentityFile $dir/key" 'IdentitiesOnly yes' "UserKnownHostsFile $dir/known_hosts" \
    'GlobalKnownHostsFile none' >"$dir/ssh_config"
printf '#!/bin/sh\nexec /usr/bin/ssh -F %q "$@"\n' "$dir/ssh_config" >"$dir/bin/ssh"
chmod +x "$dir/bin/ssh"

/usr/sbin/sshd -D -E "$dir/log" -f "$dir/sshd_config" </dev/null &
sshd=$!
trap 'kill "$sshd" 2>/dev/null || true; rm -rf "$dir"' EXIT

for _ in $(seq 100); do
    if (exec 3<>"/dev/tcp/127.0.0.1/${1%%=*}") 2>/dev/null; then
        echo ready
        cat >/dev/null
        exit 0
    fi
    kill -0 "$sshd" 2>/dev/null || break
    sleep 0.1
done
cat "$dir/log" >&2
exit 1
