#!/usr/bin/env python3
"""Measures how soon a Python program with a long history does something new.

    benchmarks/resume_python.py [--steps 10000] [--bytes 100] [--rounds 7] [--socket PATH]

A round: connect, resume a run with so many finished steps, replay them all, and begin the first new one. A fresh
process adds its start and `import sidestep`, which is shown as well.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "clients" / "python"), str(ROOT / "clients" / "python" / "tests")]

import sidestep
import sidestep.sync


def fill(socket: str, run: str, steps: int, size: int) -> None:
    """Record the history, many steps in flight."""

    async def record() -> None:
        async with await sidestep.connect(socket) as client:
            opened = await client.resume(run, workflow="long")
            for begin in range(0, steps, 500):
                numbers = range(begin, min(steps, begin + 500))
                calls = [
                    {"lease": opened.lease, "step": f"step-{number}", "output": "x" * (size - 2)}
                    for number in numbers
                ]
                await asyncio.gather(*[client.call("step.complete", call) for call in calls])
            await opened.release()

    asyncio.run(record())


def resume(socket: str, run: str, steps: int) -> dict[str, float]:
    """Return milliseconds: until the journal is here, and until the first new step begins."""
    begun = time.perf_counter()
    with sidestep.sync.connect(socket) as client:
        opened = client.resume(run, workflow="long")
        here = time.perf_counter()
        for number in range(steps):
            opened.step(f"step-{number}", str)
        new = opened.step("new-" + os.urandom(4).hex(), time.perf_counter)
        opened.release()
    return {"journal": (here - begun) * 1000, "first new step": (new - begun) * 1000}


def resume_first(socket: str, run: str) -> float:
    """Return milliseconds until the first new step begins when the old ones are not asked for."""
    begun = time.perf_counter()
    with sidestep.sync.connect(socket) as client:
        opened = client.resume(run, workflow="long")
        new = opened.step("new-" + os.urandom(4).hex(), time.perf_counter)
        opened.release()
    return (new - begun) * 1000


def measure(socket: str, steps: int = 10000, size: int = 100, rounds: int = 7) -> dict[str, float]:
    """Return the medians in ms."""
    run = f"long-{os.getpid()}"
    fill(socket, run, steps, size)
    found = [resume(socket, run, steps) for _ in range(rounds)]
    result = {name: statistics.median(item[name] for item in found) for name in found[0]}
    result["first new step without replay"] = statistics.median(
        resume_first(socket, run) for _ in range(rounds)
    )
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=10000)
    parser.add_argument("--bytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--socket", help="of a running daemon; without it one is started")
    options = parser.parse_args()
    arguments = options.steps, options.bytes, options.rounds
    if options.socket:
        result = measure(options.socket, *arguments)
    else:
        from daemon import Daemon

        with Daemon() as daemon:
            result = measure(daemon.socket, *arguments)
    for name, value in result.items():
        print(f"{options.steps} finished steps, connect to {name}: {value:.1f} ms")
    code = "import time; b = time.perf_counter(); import sidestep; print((time.perf_counter() - b) * 1000)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "clients" / "python")}
    times = [
        float(
            subprocess.run(
                [sys.executable, "-c", code], env=environment, capture_output=True, check=True
            ).stdout
        )
        for _ in range(5)
    ]
    print(f"import sidestep: {statistics.median(times):.1f} ms")


if __name__ == "__main__":
    main()
