#!/usr/bin/env python3
"""What durability costs an agent of Pydantic AI: 200 tool calls, one a model request, in one run.

    agents.py [--calls N] [--rounds N] [--dbos]

The same agent without durability, with the capability outside of a run, with Sidestep, replayed, and (with --dbos,
when dbos is installed) with DBOS on SQLite. Model and tools are functions that take no time.

Printed: what each recorded operation adds to the plain run. p50 and p99 are over the operations of all rounds: a turn
of the agent, one request and one call, against the same turn of the plain run. `mean` is of whole runs, the median of
the rounds; `best` of the fastest round; of that also the CPU time.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "clients/python"), str(ROOT / "clients/python/tests")]

from daemon import Daemon
from pydantic_ai import Agent
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.usage import UsageLimits

import sidestep
from sidestep.pydantic_ai import SidestepDurability


# When the model was asked, since the round began.
asked: list[float] = []


def agent(calls: int, capability: Any | None) -> Agent[None, str]:
    def think(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        asked.append(time.perf_counter())
        turn = len(messages) // 2
        if turn == calls:
            return ModelResponse(parts=[TextPart("done")])
        return ModelResponse(parts=[ToolCallPart("look", {"x": turn}, tool_call_id=f"c{turn}")])

    made: Agent[None, str] = Agent(
        FunctionModel(think), name="bench", capabilities=[] if capability is None else [capability]
    )

    @made.tool_plain
    async def look(x: int) -> int:
        return x * x

    return made


Work = Callable[[], Awaitable[Any]]


class Span:
    """What one round took, in seconds: in all, of this process, of the daemon's threads; and each turn of it."""

    def __init__(self, passed: float, client: float, daemon: float) -> None:
        self.passed, self.client, self.daemon = passed, client, daemon
        self.turns = [after - before for before, after in pairwise(asked)]


async def spans(works: dict[str, Work], rounds: int, pid: int | None) -> dict[str, list[Span]]:
    """Execute the works in turn, so that what else the machine does meets all of them."""
    found: dict[str, list[Span]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            asked.clear()
            began, client, daemon = time.perf_counter(), time.process_time(), cpu(pid)
            await work()
            span = Span(
                time.perf_counter() - began, time.process_time() - client, cpu(pid) - daemon
            )
            found[name].append(span)
    return found


def cpu(pid: int | None) -> float:
    if pid is None:
        return 0.0
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


async def main(pid: int, folder: Path) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--dbos", action="store_true")
    options = parser.parse_args()
    calls, limits = options.calls, UsageLimits(request_limit=None)
    plain, durable = agent(calls, None), agent(calls, SidestepDurability())
    async with await sidestep.connect() as client:

        def within(run: str | None) -> Work:
            async def work() -> None:
                async with sidestep.workflow("bench", run=run, client=client):
                    await durable.run("go", usage_limits=limits)

            return work

        works = {
            "plain": lambda: plain.run("go", usage_limits=limits),
            "no run": lambda: durable.run("go", usage_limits=limits),
            "sidestep": within(None),
            "replay": within("replayed"),
        }
        for work in works.values():
            await work()
        found = await spans(works, options.rounds, pid)
    operations = 2 * calls + 1
    print(f"one fdatasync takes {disk(folder):.0f} µs here, now")
    print("µs per operation, beyond the plain run   p50    p99   mean   best |  CPU: client  daemon")
    for name in ("no run", "sidestep", "replay"):
        report(name, found[name], found["plain"], operations)
    if options.dbos:
        report("dbos", await with_dbos(calls, limits, options.rounds), found["plain"], operations)


def disk(folder: Path) -> float:
    """Return how long this disk takes to make 4 KiB durable now: the floor of any record, in µs."""
    spans = []
    with (folder / "probe").open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(bytes(4096))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            spans.append(time.perf_counter() - began)
    return statistics.median(spans) * 1e6


def report(name: str, durable: list[Span], plain: list[Span], operations: int) -> None:
    def beyond(pick: Callable[[list[float]], float], of: Callable[[Span], float]) -> float:
        return (pick([of(s) for s in durable]) - pick([of(s) for s in plain])) / operations * 1e6

    passed, best = (beyond(pick, lambda s: s.passed) for pick in (statistics.median, min))
    client, daemon = (beyond(min, of) for of in (lambda s: s.client, lambda s: s.daemon))
    each = beyond_turn(durable, plain)
    # A replay has no turns: it does not ask the model.
    cuts = statistics.quantiles(each, n=100) if each else []
    p50, p99 = (f"{cuts[at - 1]:.0f}" if cuts else "-" for at in (50, 99))
    print(
        f"{name:37} {p50:>6} {p99:>6} {passed:6.0f} {best:6.0f} | {client:12.0f} {daemon:7.0f}"
    )


def beyond_turn(durable: list[Span], plain: list[Span]) -> list[float]:
    """Return, for each turn of each round, what one of its two operations adds to the plain turn, in µs."""
    usual = [statistics.median(turn) for turn in zip(*(span.turns for span in plain))]
    return [
        (turn - of_plain) / 2 * 1e6
        for span in durable
        for turn, of_plain in zip(span.turns, usual)
    ]


async def with_dbos(calls: int, limits: UsageLimits, rounds: int) -> list[Span]:
    from dbos import DBOS
    from pydantic_ai.durable_exec.dbos import DBOSDurability

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/dbos.db"
        DBOS(config={"name": "bench", "system_database_url": url, "log_level": "WARNING"})
        durable = agent(calls, DBOSDurability())

        @DBOS.workflow()
        async def work() -> None:
            await durable.run("go", usage_limits=limits)

        DBOS.launch()
        try:
            return (await spans({"dbos": work}, rounds, None))["dbos"]
        finally:
            DBOS.destroy()


if __name__ == "__main__":
    with Daemon() as daemon:
        os.environ.update(daemon.environment)
        assert daemon.process is not None
        asyncio.run(main(daemon.process.pid, daemon.directory))
