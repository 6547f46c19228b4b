"""The program that is killed: many small steps of every kind, each leaving a trace of its effect.

``agent.py RUN STEPS SEED TRACE [--sync]``. TRACE gets a line when the agent starts, when a body begins,
when its effect is done and when the daemon has acknowledged its record, in this order. It is opened with
O_APPEND and each line is one write(2), which survives SIGKILL.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "clients" / "python"))

import sidestep
import sidestep.sync

RUN, STEPS, SEED = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
FAIL_AT = os.environ.get("FAIL_AT", "")
_passed: dict[str, int] = {}


def opened(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)


TRACE = opened(sys.argv[4])


def fail_point(name: str) -> None:
    _passed[name] = _passed.get(name, 0) + 1
    if f"{name}:{_passed[name]}" == FAIL_AT:
        os.kill(os.getpid(), signal.SIGKILL)


def effect(name: str, pause: float) -> None:
    fail_point("before-effect")
    os.write(TRACE, f"begin {name}\n".encode())
    time.sleep(pause)
    os.write(TRACE, f"done {name}\n".encode())
    fail_point("after-effect")


def acknowledged(name: str, value: object) -> None:
    os.write(TRACE, f"told {name} {value}\n".encode())
    fail_point("after-step")


def plan() -> list[tuple[str, str, float]]:
    """The same program for the same seed: kind, name and length of each step."""
    chance = random.Random(SEED)
    kinds = ["plain", "plain", "plain", "once", "outer", "pair", "checkpoint", "state"]
    return [
        (chance.choice(kinds), f"s{number}", chance.choice([0, 0.001, 0.003, 0.008]))
        for number in range(STEPS)
    ]


@sidestep.workflow(name="crash", max_interruptions=1000)
async def work(steps: int) -> int:
    run = sidestep.current_run()
    assert isinstance(run, sidestep.Run)
    total = 0

    async def perform(name: str, pause: float, once: bool = False) -> int:
        async def body() -> int:
            effect(name, pause)
            return steps

        fail_point("before-step")
        value = await run.step(name, body, at_most_once=once)
        acknowledged(name, value)
        return value

    for kind, name, pause in plan():
        if kind in ("plain", "once"):
            total += await perform(name, pause, once=kind == "once")
        elif kind == "outer":

            async def outer(name: str = name, pause: float = pause) -> int:
                async def inner() -> int:
                    effect(f"{name}/in", pause)
                    return 1

                value = await run.step("in", inner)
                acknowledged(f"{name}/in", value)
                effect(name, 0)
                return steps

            total += await run.step(name, outer)
            acknowledged(name, steps)
        elif kind == "pair":
            total += sum(await asyncio.gather(perform(f"{name}a", pause), perform(f"{name}b", 0)))
        elif kind == "checkpoint" and not run.replaying:
            await run.checkpoint({"at": name}, append=[{"at": name}])
            acknowledged(f"checkpoint:{name}", 0)
        elif kind == "state" and not run.replaying:
            await run.state.set(name, {"at": name})
            acknowledged(f"state:{name}", 0)
    fail_point("before-complete")
    return total


@sidestep.workflow(name="crash", max_interruptions=1000)
def work_sync(steps: int) -> int:
    run = sidestep.sync.current_run()
    assert run is not None
    total = 0
    for kind, name, pause in plan():
        if kind in ("checkpoint", "state"):
            continue

        def body(name: str = name, pause: float = pause) -> int:
            effect(name, pause)
            return steps

        fail_point("before-step")
        total += run.step(name, body, at_most_once=kind == "once")
        acknowledged(name, steps)
    fail_point("before-complete")
    return total


def main() -> None:
    os.write(TRACE, f"start {os.getpid()}\n".encode())
    try:
        if "--sync" in sys.argv:
            print("output", work_sync.run(STEPS, run_id=RUN))
        else:
            print("output", asyncio.run(work.run(STEPS, run_id=RUN)))
    except (sidestep.StepUnknown, sidestep.RunPaused) as error:
        print("unknown", error)
        sys.exit(3)


if __name__ == "__main__":
    main()
