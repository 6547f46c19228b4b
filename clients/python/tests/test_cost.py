"""What a plain step costs of Python, counted: seconds are no measure on a shared machine."""

from __future__ import annotations

import asyncio
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from daemon import Daemon

import sidestep
from sidestep import sync

PACKAGE = str(Path(sidestep.__file__).parent)

# Calls of functions of this package for a step without options, and calls of all functions of
# Python (json, asyncio). What is measured may only fall; the second depends on the interpreter. On
# asyncio a slow machine adds looks by the clock: it was 60 and 97.
OWN = {"sync": 43, "asyncio": 62}
ALL = {"sync": 46, "asyncio": 109}
STEPS = 200


class Counter:
    """Counts calls of functions of Python in this thread."""

    def __init__(self) -> None:
        self.own = self.all = 0

    def __call__(self, frame: types.FrameType, event: str, _: Any) -> None:
        if event == "call":
            self.all += 1
            self.own += frame.f_code.co_filename.startswith(PACKAGE)

    def per_step(self) -> tuple[int, int]:
        """Return both counts as of one step, rounded up: the ends of the run are in them."""
        return -(-self.own // STEPS), -(-self.all // STEPS)


def counted(work: Callable[[int], Any]) -> tuple[int, int]:
    """Return the calls of one step, of this package's functions and of all."""
    counter = Counter()
    work(STEPS)  # imports, caches
    sys.setprofile(counter)
    try:
        work(STEPS)
    finally:
        sys.setprofile(None)
    return counter.per_step()


def in_blocking_client(steps: int) -> None:
    body = sidestep.step(lambda number: "x" * 1024)

    @sidestep.workflow
    def work(steps: int) -> int:
        return sum(len(body(number)) for number in range(steps))

    with sync.connect() as client:
        work.run(steps, client=client)


def on_asyncio(steps: int) -> None:
    @sidestep.step
    async def body(number: int) -> str:
        return "x" * 1024

    @sidestep.workflow
    async def work(steps: int) -> int:
        return sum([len(await body(number)) for number in range(steps)])

    async def main() -> None:
        async with await sidestep.connect() as client:
            await work.run(steps, client=client)

    asyncio.run(main())


@pytest.mark.parametrize(("world", "work"), [("sync", in_blocking_client), ("asyncio", on_asyncio)])
def test_a_plain_step_makes_no_more_calls_than_it_made(
    daemon: Daemon, world: str, work: Callable[[int], Any]
) -> None:
    own, every = counted(work)
    print(f"{world}: {own} calls of our own for a step, {every} of Python")
    assert own <= OWN[world]
    if sys.version_info < (3, 12):
        assert every <= ALL[world]
