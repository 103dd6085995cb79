#!/bin/bash
# Certificates for an engine over TLS: certificates.sh DIR
# DIR/ca.pem with server.pem (for 127.0.0.1, localhost and a fleet's 10.77.1.2 to 10.77.4.2) and its server-key.pem; DIR/client as DOCKER_CERT_PATH
# wants it; DIR/stranger the same, signed by another authority.
set -eEuo pipefail
cd "$1"

# Quiet, unless something goes wrong.
exec 3>&2 >log 2>&1
trap 'cat log >&3' ERR

authority() { # KEY CERT
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=${2//\//.}" -keyout "$1" -out "$2"
}

signed() { # KEY CERT CA CA-KEY EXTENSIONS
    openssl req -newkey rsa:2048 -nodes -subj "/CN=${2//\//.}" -keyout "$1" -out request
    openssl x509 -req -in request -CA "$3" -CAkey "$4" -days 2 -extfile <(printf '%s' "$5") -out "$2"
}

mkdir client stranger
authority ca-key.pem ca.pem
authority stranger/ca-key.pem stranger/ca.pem
signed server-key.pem server.pem ca.pem ca-key.pem \
    $'subjectAltName=IP:127.0.0.1,DNS:localhost,IP:10.77.1.2,IP:10.77.2.2,IP:10.77.3.2,IP:10.77.4.2\nextendedKeyUsage=serverAuth'
signed client/key.pem client/cert.pem ca.pem ca-key.pem extendedKeyUsage=clientAuth
signed stranger/key.pem stranger/cert.pem stranger/ca.pem stranger/ca-key.pem extendedKeyUsage=clientAuth
cp ca.pem client/ca.pem
