#!/usr/bin/env python3
"""What a good neighbour notices of a hostile one, and of one who is at every limit: each a user and process of his own.

    SIDESTEPD=.build/release/sidestepd benchmarks/neighbours.py [--rounds N] [--seconds N] [--json FILE]

Run as root. The good one completes steps one after the other: alone, beside bad calls of every method for a minute, and
beside a user who has taken all he may and asks for more. All of them share the machine's cores with the daemon, so
what a neighbour costs is theirs, too. `busy` is a neighbour that asks the daemon for nothing and burns one core, as the
hostile one does; `three busy` burns as much as one at every limit with what the daemon reads for him. What is slower than
beside them is the daemon's doing, or the disk's: `sync` is a process that only writes 8 KiB and syncs them.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/BlackBox/Daemon"))
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


def sync(path: str, stop, ready) -> dict:
    """What the machine itself takes for a small durable write, with no daemon in between: 8 KiB and fdatasync(2)."""
    spans = []
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * (4 << 20))
        os.fsync(file.fileno())
        ready()
        began = time.perf_counter()
        while not stop():
            start = time.perf_counter()
            os.pwrite(file.fileno(), b"y" * 8192, len(spans) % 512 * 8192)
            os.fdatasync(file.fileno())
            spans.append(time.perf_counter() - start)
        seconds = time.perf_counter() - began
    spans.sort()
    return {"rate": len(spans) / seconds, "errors": [], "p50_ms": spans[len(spans) // 2] * 1000,
            "p99_ms": spans[len(spans) * 99 // 100] * 1000, "worst_ms": spans[-1] * 1000}


def beside(daemon: Daemon, seconds: float, mine, work=None, *arguments) -> tuple[dict, dict]:
    other = Neighbour(daemon.socket, HOSTILE, work, *arguments) if work else None
    neighbour = Neighbour(daemon.socket, GOOD, mine)
    time.sleep(seconds)
    report = neighbour.report()
    theirs = other.report() if other else {}
    return report, theirs


CASES = {"alone": (good,), "busy": (good, busy), "hostile": (good, hostile), "three busy": (good, three_busy),
         "at every limit": (good, greedy), "sync alone": (sync,), "sync at every limit": (sync, greedy)}

# What is wanted, and at most how much of it: of two figures of the same round.
WANTED = {
    "part of the throughput lost to the hostile one": (lambda r: 1 - r["hostile"]["rate"] / r["busy"]["rate"], 0.2),
    "p99 beside one at every limit, of that alone": (lambda r: r["at every limit"]["p99_ms"] / r["alone"]["p99_ms"], 3),
    "p99 beside one at every limit, of that beside three busy ones":
        (lambda r: r["at every limit"]["p99_ms"] / r["three busy"]["p99_ms"], 3),
    "the same of a sync without a daemon, of that alone":
        (lambda r: r["sync at every limit"]["p99_ms"] / r["sync alone"]["p99_ms"], 3),
}


def measure(seconds: float, names: list[str]) -> dict:
    """One round: each case for so many seconds, with a daemon of its own."""
    silent = socket.create_server(("127.0.0.1", 0), backlog=1024)
    figures = {}
    for name in names:
        case = CASES[name]
        url = (f"http://127.0.0.1:{silent.getsockname()[1]}/",) if greedy in case else ()
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as settings:
            settings.write("http_allow_private = yes\n")
            settings.flush()
            with Daemon("--config", settings.name) as daemon:
                report, theirs = beside(daemon.open_to_all(), seconds, *case, *url)
        figures[name] = report | {"other": theirs}
        print(f"{name:<20} {report['rate']:9.0f} {report['p50_ms']:8.2f} {report['p99_ms']:8.2f} {report['worst_ms']:8.1f} "
              f"{len(report['errors']):7}   {theirs}", flush=True)
    silent.close()
    return figures


def judge(rounds: list[dict]) -> bool:
    """Print each figure that is wanted, the median over the rounds; whether all are as wanted."""
    errors = sum(len(figures["errors"]) for figure in rounds for figures in figure.values())
    good_enough = [errors == 0]
    print(f"errors: {errors}, at most 0: {'ok' if errors == 0 else 'MISSED'}")
    for name, (rule, most) in WANTED.items():
        try:
            all_of_them = sorted(rule(figures) for figures in rounds)
        except KeyError:
            continue
        found = statistics.median(all_of_them)
        good_enough.append(found <= most)
        print(f"{name}: {found:.2f} ({all_of_them[0]:.2f} to {all_of_them[-1]:.2f} in {len(rounds)} rounds), at most {most}: "
              f"{'ok' if found <= most else 'MISSED'}")
    return all(good_enough)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--seconds", type=float, default=12, help="for each case of a round")
    arguments.add_argument("--rounds", type=int, default=5, help="each has all cases; medians count")
    arguments.add_argument("--cases", default=",".join(CASES), help="some of them, with commas")
    arguments.add_argument("--json")
    chosen = arguments.parse_args()
    if os.geteuid() != 0:
        sys.exit("only root can be several users")
    print(f"{'beside':<20} {'steps/s':>9} {'p50 ms':>8} {'p99 ms':>8} {'worst':>8} {'errors':>7}   the other", flush=True)
    rounds = [measure(chosen.seconds, chosen.cases.split(",")) for _ in range(chosen.rounds)]
    if chosen.json:
        Path(chosen.json).write_text(json.dumps(rounds, indent=1))
    return 0 if judge(rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
