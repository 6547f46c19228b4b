#!/usr/bin/env python3
# suite identity: .venv/bin/python $this --programs "${SIDESTEP_PROGRAMS:-100}"
"""Random programs, killed at random and started again with other timings: each keeps its results.

    identity_campaign.py [--programs N] [--seed S]

Each program is executed by real processes against a real daemon, killed with SIGKILL at random
moments until it has had its kills, and then runs to its end. Every third one is changed before it
goes on: calls are put in, left out or changed. Right is: the answer that the program must give, or
a divergence that is said, and then the right answer after the remedy (`on_mismatch="run"`). And no
call has more records than the program makes it, so that only what was in flight was repeated.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from daemon import Daemon
from identity_programs import (
    KINDS,
    THREADED,
    Node,
    Player,
    ThreadPlayer,
    answer,
    effects,
    mutated,
    program,
)

import sidestep
import sidestep.sync

KILLS = 4
DIVERGED = 3


def play(root: Node, run: str, seed: int, log: Path, choice: str) -> None:
    """Execute a program in this process, for the run of this id."""
    logging.disable(logging.WARNING)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    did = lambda text: os.write(file, f"{text}\n".encode()) and None  # noqa: E731
    durable: Any = sidestep.workflow(
        name="program", wait=60, max_interruptions=10_000, if_closed="retry", on_mismatch=choice
    )
    if in_threads(run):
        durable(lambda: ThreadPlayer(seed, did).play(root)).run(run_id=run)
        return

    async def work() -> Any:
        return await Player(seed, did).play(root)

    asyncio.run(durable(work).run(run_id=run))


def in_threads(run: str) -> bool:
    """Whether the program is played without asyncio: every fourth is."""
    return int(run.rpartition("-")[2]) % 4 == 1


def in_process(chance: random.Random | None, *args: Any) -> str:
    """Execute a program in a process, and kill it at random if `chance` is given."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            play(*args)
            status = 0
        except BaseException as error:
            status = DIVERGED if diverged(error) else 1
            if status == 1:
                os.write(1, f"{type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(status)
    if chance is not None:
        time.sleep(chance.uniform(0.02, 0.2))
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {0: "done", DIVERGED: "diverged", -signal.SIGKILL: "killed"}.get(status, "failed")


def diverged(error: BaseException) -> bool:
    inner = getattr(error, "exceptions", ())
    if isinstance(error, sidestep.StepMismatch) or any(map(diverged, inner)):
        return True
    kept = getattr(error, "failure", None) or getattr(error, "data", {}).get("failure") or {}
    return isinstance(kept, dict) and kept.get("type") == "StepMismatch"


kills: Counter[str] = Counter()


def judged(seed: int, socket: str, log: Path) -> str:
    """Execute one program with its kills; return what happened, ``wrong: …`` or not."""
    chance = random.Random(seed)
    run = f"program-{seed}"
    root = program(chance, kinds=THREADED if in_threads(run) else KINDS)
    for kill in range(KILLS):
        outcome = in_process(chance, root, run, seed * 100 + kill, log, "error")
        if outcome != "killed":
            if outcome != "done":
                return f"wrong: {outcome} after {kill} kills"
            break
        began = log.exists() and log.stat().st_size > 0
        kills["in the middle" if began else "before the first effect"] += 1
    said = ""
    if seed % 3 == 0 and outcome == "killed" and is_open(socket, run):
        root = mutated(root, chance)
        said = "changed, "
    outcome = in_process(None, root, run, seed * 100 + 50, log, "error")
    if outcome == "diverged" and said:
        said = "diverged, "
        outcome = in_process(None, root, run, seed * 100 + 51, log, "run")
    if outcome != "done":
        return f"wrong: {said}{outcome} at the end"
    with sidestep.sync.connect(socket) as client:
        output = client.get(run)["output"]
        if output != answer(root):
            return f"wrong: {said}{output} instead of {answer(root)}"
        excess = Counter() if said else records(client, run) - effects(root)
    return f"wrong: recorded too often {excess}" if excess else f"{said}right"


def is_open(socket: str, run: str) -> bool:
    """Whether a run has no result yet, so that it matters what the program is now."""
    with sidestep.sync.connect(socket) as client:
        try:
            return bool(client.get(run)["run"]["status"] != "completed")
        except sidestep.RunNotFound:
            return True


def records(client: sidestep.sync.Client, run: str) -> Counter[str]:
    """Return what the steps of a run and of its children answered."""
    found: Counter[str] = Counter()
    for item in client.runs():
        if item["id"] != run and not item["id"].startswith(f"{run}/"):
            continue
        for step in client.call("step.list", {"run": item["id"], "status": "completed"})["steps"]:
            output = step.get("output")
            if isinstance(output, str) and "(" in output:
                found[output] += 1
            elif isinstance(output, dict) and "parts" in output:
                found[output["parts"][0]["content"]] += 1
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="of the first program")
    options = parser.parse_args()
    ends: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, Daemon(folder) as daemon:
        os.environ |= daemon.environment
        import langgraph.graph  # noqa: F401  # once, and not in every process
        import pydantic_ai  # noqa: F401

        for seed in range(options.seed, options.seed + options.programs):
            end = judged(seed, daemon.socket, Path(folder) / f"log-{seed}")
            ends[end.partition(":")[0]] += 1
            if end.startswith("wrong"):
                print(f"seed {seed}: {end}")
    print(", ".join(f"{count} {end}" for end, count in sorted(ends.items())))
    print("kills: " + ", ".join(f"{count} {when}" for when, count in sorted(kills.items())))
    wrong = ends["wrong"]
    print(f"identity: {options.programs - wrong} passed, {wrong} failed")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
