#!/usr/bin/env python3
"""What a good neighbour notices of a hostile one, and of one who is at every limit: each a user and process of his own.

    SIDESTEPD=.build/release/sidestepd benchmarks/neighbours.py [--seconds N] [--json FILE]

Run as root. The good one completes steps one after the other: alone, beside bad calls of every method for a minute, and
beside a user who has taken all he may and asks for more. All of them share the machine's cores with the daemon, so
what a neighbour costs is theirs, too. `busy` is a neighbour that asks the daemon for nothing and burns one core, as the
hostile one does; `three busy` burns as much as one at every limit with what the daemon reads for him. What is slower than
beside them is the daemon's doing.
"""

import argparse
import json
import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/Daemon"))
os.environ.setdefault("SIDESTEPD", str(ROOT / ".build/release/sidestepd"))  # a debug build tells nothing
from harness import Daemon  # noqa: E402
from neighbours import GOOD, HOSTILE, Neighbour, good, greedy, hostile  # noqa: E402


def busy(path: str, stop, ready) -> dict:
    ready()
    while not stop():
        pass
    return {}


def burner() -> int:
    """A process that burns a core as long as its parent lives; its number."""
    parent = os.getpid()
    if process := os.fork():
        return process
    while os.getppid() == parent:
        sum(range(10_000))
    os._exit(0)


def three_busy(path: str, stop, ready) -> dict:
    others = [burner(), burner()]
    try:
        return busy(path, stop, ready)
    finally:
        for other in others:
            os.kill(other, signal.SIGKILL)
            os.waitpid(other, 0)


def beside(daemon: Daemon, seconds: float, work=None, *arguments) -> tuple[dict, dict]:
    other = Neighbour(daemon.socket, HOSTILE, work, *arguments) if work else None
    neighbour = Neighbour(daemon.socket, GOOD, good)
    time.sleep(seconds)
    report = neighbour.report()
    theirs = other.report() if other else {}
    return report, theirs


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--json")
    chosen = arguments.parse_args()
    if os.geteuid() != 0:
        sys.exit("only root can be several users")
    silent = socket.create_server(("127.0.0.1", 0), backlog=1024)
    url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
    figures = {}
    cases = {"alone": (), "busy": (busy,), "hostile": (hostile,), "three busy": (three_busy,),
             "at every limit": (greedy, url)}
    print(f"{'beside':<16} {'steps/s':>9} {'p50 ms':>8} {'p99 ms':>8} {'worst':>8} {'errors':>7}   the other", flush=True)
    for name, case in cases.items():
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as settings:
            settings.write("http_allow_private = yes\n")
            settings.flush()
            with Daemon("--config", settings.name) as daemon:
                report, theirs = beside(daemon.open_to_all(), chosen.seconds, *case)
        figures[name] = report | {"other": theirs}
        print(f"{name:<16} {report['rate']:9.0f} {report['p50_ms']:8.2f} {report['p99_ms']:8.2f} {report['worst_ms']:8.1f} "
              f"{len(report['errors']):7}   {theirs}", flush=True)
    if chosen.json:
        Path(chosen.json).write_text(json.dumps(figures, indent=1))
    wanted = {
        "errors beside the hostile one": (len(figures["hostile"]["errors"]), 0),
        "errors beside one at every limit": (len(figures["at every limit"]["errors"]), 0),
        "part of the throughput lost to the hostile one": (1 - figures["hostile"]["rate"] / figures["busy"]["rate"], 0.2),
        "p99 beside one at every limit, of that alone": (figures["at every limit"]["p99_ms"] / figures["alone"]["p99_ms"], 3),
        "p99 beside one at every limit, of that beside three busy ones":
            (figures["at every limit"]["p99_ms"] / figures["three busy"]["p99_ms"], 3),
    }
    for name, (found, most) in wanted.items():
        print(f"{name}: {found:.2f}, at most {most}: {'ok' if found <= most else 'MISSED'}")
    return int(any(found > most for found, most in wanted.values()))


if __name__ == "__main__":
    sys.exit(main())
