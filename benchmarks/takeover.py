#!/usr/bin/env python3
"""Measures how soon a waiting process holds a run whose owner was killed.

    benchmarks/takeover.py [--rounds 100] [--socket PATH]

A round: an owner process resumes a run; this process waits for it (``if_owned: wait``); the owner gets SIGKILL.
The time runs from the call of kill(2) to the reply that carries the lease.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OWNER = """
import json, socket, sys, time
peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
peer.connect(sys.argv[1])
lines = peer.makefile("rwb")
for line in sys.stdin:
    request = {"jsonrpc": "2.0", "id": 1, "method": "resume", "params": {"run": line.strip()}}
    lines.write(json.dumps(request).encode() + b"\\n")
    lines.flush()
    print(json.loads(lines.readline())["result"]["epoch"], flush=True)
"""


def takeover(socket_path: str, rounds: int = 100) -> list[float]:
    """Return the milliseconds from SIGKILL to the waiter's lease, one number a round, sorted."""
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.connect(socket_path)
    lines = peer.makefile("rwb")

    def send(method: str, **params: object) -> None:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        lines.write(json.dumps(request).encode() + b"\n")
        lines.flush()

    def receive() -> dict[str, object]:
        reply = json.loads(lines.readline())
        if "error" in reply:
            raise RuntimeError(reply["error"])
        result: dict[str, object] = reply["result"]
        return result

    found = []
    for number in range(rounds + 3):
        run = f"takeover-{os.getpid()}-{number}"
        owner = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", OWNER, socket_path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert owner.stdin is not None and owner.stdout is not None
        owner.stdin.write(run + "\n")
        owner.stdin.flush()
        owner.stdout.readline()
        send("resume", run=run, if_owned="wait", wait_ms=20000)
        time.sleep(0.005)  # until the wait has reached the daemon
        begun = time.monotonic()
        os.kill(owner.pid, signal.SIGKILL)
        reply = receive()
        took = (time.monotonic() - begun) * 1000
        assert reply["epoch"] == 2 and reply.get("lease"), reply
        if number >= 3:
            found.append(took)
        owner.wait()
        owner.stdin.close()
        owner.stdout.close()
        send("run.complete", run=run)
        receive()
    lines.close()
    peer.close()
    return sorted(found)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--socket", help="of a running daemon; without it one is started")
    options = parser.parse_args()
    if options.socket:
        show(takeover(options.socket, options.rounds))
        return
    sys.path.insert(0, str(ROOT / "clients" / "python" / "tests"))
    from daemon import Daemon

    with Daemon() as daemon:
        show(takeover(daemon.socket, options.rounds))


def show(found: list[float]) -> None:
    p99 = found[min(len(found) - 1, round(len(found) * 0.99))]
    print(
        f"takeover: p50 {statistics.median(found):.2f} ms, p99 {p99:.2f} ms, max {found[-1]:.2f} ms"
        f" over {len(found)} rounds"
    )


if __name__ == "__main__":
    main()
