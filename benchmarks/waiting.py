#!/usr/bin/env python3
"""Measures how soon what waits is woken, against a running daemon: prints its figures as a JSON object.

    benchmarks/waiting.py SOCKET PID [ROUNDS]

signal_p50_ms    signal.send on one connection until the answer of signal.wait on another
sleep_p99_ms     1000 runs asleep until one moment: how late the reply to the slowest but ten comes (median of 5)
waits_mb         what 1000 blocked waits add to the memory of the daemon (PID)
worker_p50_ms    SIGKILL of a worker until the next one has its run, with every finished step
"""

import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import time

WORKER = """
import json, socket, sys
peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
peer.connect(sys.argv[1])
lines = peer.makefile("rwb")
def call(method, **params):
    lines.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\\n")
    lines.flush()
    return json.loads(lines.readline())["result"]
assert call("worker.claim", workflows=[sys.argv[2]], wait_ms=10000)["claimed"]
for number in range(10):
    call("step.complete", step=f"s{number}", output=number)
print("ready", flush=True)
sys.stdin.read()
"""


class Peer:
    """A connection with requests under way."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.lines = self.socket.makefile("rwb")
        self.number = 0

    def send(self, method, **params):
        self.number += 1
        message = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        self.lines.write(json.dumps(message).encode() + b"\n")
        self.lines.flush()
        return self.number

    def receive(self):
        reply = json.loads(self.lines.readline())
        if "error" in reply:
            raise RuntimeError(reply["error"])
        return reply["result"]

    def call(self, method, **params):
        self.send(method, **params)
        return self.receive()


def signals(path, rounds):
    owner, sender = Peer(path), Peer(path)
    owner.call("resume", run="signals")
    times = []
    for number in range(rounds + 20):
        owner.send("signal.wait", signal="s", step=f"w{number}")
        time.sleep(0.002)  # until the wait has reached the daemon
        begun = time.perf_counter()
        sender.send("signal.send", run="signals", signal="s", value=number)
        assert owner.receive()["output"]["value"] == number
        times.append((time.perf_counter() - begun) * 1000)
        sender.receive()
    return statistics.median(times[20:])


def sleepers(path, count=1000):
    peer = Peer(path)
    for number in range(count):
        peer.call("resume", run=f"sleeper-{number}", if_closed="rerun")
    due = int(time.time() * 1000) + 2000
    for number in range(count):
        peer.send("run-step", run=f"sleeper-{number}", step="nap", until_at=due)
    late = []
    for _ in range(count):
        peer.receive()
        late.append(time.time() * 1000 - due)
    for number in range(count):
        peer.call("run.complete", run=f"sleeper-{number}")
    return sorted(late)[count - 1 - count // 100]


def memory(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1000
    raise KeyError("VmRSS")


def waits(path, pid, count=1000):
    peers = [Peer(path) for _ in range(10)]
    for number in range(count):
        peers[number % 10].call("resume", run=f"waiter-{number}")
    before = memory(pid)
    for number in range(count):
        peers[number % 10].send("signal.wait", run=f"waiter-{number}", signal="never", step="w")
    counter = Peer(path)
    while counter.call("run.get", run=f"waiter-{count - 1}")["steps"].get("waiting") != 1:
        time.sleep(0.01)
    return memory(pid) - before


def workers(path, rounds):
    times = []
    for number in range(rounds):
        workflow = f"killed-{number}"
        next_one = Peer(path)
        next_one.call("run.enqueue", run=workflow, workflow=workflow)
        worker = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", WORKER, path, workflow],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert worker.stdout.readline() == "ready\n"
        next_one.send("worker.claim", workflows=[workflow], wait_ms=20_000)
        time.sleep(0.01)  # until the claim has reached the daemon
        begun = time.perf_counter()
        os.kill(worker.pid, signal.SIGKILL)
        claimed = next_one.receive()
        times.append((time.perf_counter() - begun) * 1000)
        assert claimed["claimed"] and len(claimed["steps"]) == 10, claimed
        worker.wait()
        next_one.call("run.complete")
    return statistics.median(times)


def main():
    path, pid = sys.argv[1], int(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    figures = {
        "signal_p50_ms": signals(path, rounds),
        "sleep_p99_ms": statistics.median(sleepers(path) for _ in range(5)),
        "waits_mb": waits(path, pid),
        "worker_p50_ms": workers(path, max(10, rounds // 5)),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
