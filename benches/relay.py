"""Stands between a client and the Docker daemon, and puts events of others into the daemon's event stream: more than a
daemon on a small machine can make. relay.py SOCKET EVENTS_A_SECOND"""

import json
import os
import socket
import sys
import threading
import time

DAEMON = "/var/run/docker.sock"
TURNS = 50  # so many times a second, a share of the events


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # one of the two has gone


def foreign(number):
    """Another container is renamed, or another volume made."""
    now = time.time_ns()
    kind, action, ident = [("container", "rename", "f" * 64), ("volume", "create", "bench-flood")][number % 2]
    event = {"Type": kind, "Action": action, "scope": "local", "time": now // 10**9, "timeNano": now,
             "Actor": {"ID": ident, "Attributes": {"name": f"bench-flood-{number}"}}}
    return json.dumps(event).encode() + b"\n"


def flood(client, turn, rate):
    number = 0
    try:
        while True:
            began = time.time()
            with turn:
                for _ in range(rate // TURNS):
                    number += 1
                    event = foreign(number)
                    client.sendall(b"%x\r\n%b\r\n" % (len(event), event))
            time.sleep(max(0, 1 / TURNS - (time.time() - began)))
    except OSError:
        pass


def events(client, daemon, rate):
    """The daemon's own chunks, whole, with others between them."""
    answer, turn = daemon.makefile("rb"), threading.Lock()
    while (line := answer.readline()) not in (b"\r\n", b""):
        client.sendall(line)
    client.sendall(b"\r\n")
    threading.Thread(target=flood, args=(client, turn, rate), daemon=True).start()
    try:
        while line := answer.readline():
            body = answer.read(int(line, 16) + 2)
            with turn:
                client.sendall(line + body)
    except OSError:
        pass


def serve(client, rate):
    daemon = socket.socket(socket.AF_UNIX)
    daemon.connect(DAEMON)
    request = client.recv(65536)
    daemon.sendall(request)
    if b"/events" in request.split(b"\r\n")[0]:
        return events(client, daemon, rate)
    threading.Thread(target=copy, args=(client, daemon), daemon=True).start()
    copy(daemon, client)


def main(path, rate):
    if os.path.exists(path):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, rate), daemon=True).start()


main(sys.argv[1], int(sys.argv[2]))
