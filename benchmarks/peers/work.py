"""One process of the comparison: `work.py SYSTEM WAY STEPS PLACE`, where WAY is sync or asyncio.

It makes itself ready and says so, begins when it is told to, and says when it has done its steps: one workflow, one
step after the other, each with a result of 1 KiB. PLACE is the socket of the daemon, or a folder for databases.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

RESULT = "x" * 1024


@contextmanager
def told() -> Iterator[None]:
    """Say that all is ready, wait for the word to begin, and say when the block has ended."""
    print("ready", flush=True)
    sys.stdin.readline()
    yield
    print("done", flush=True)


def body(number: int) -> str:
    return RESULT


async def abody(number: int) -> str:
    return RESULT


def loop(step: Callable[[int], str]) -> Callable[[int], int]:
    def work(steps: int) -> int:
        return sum(len(step(number)) for number in range(steps))

    return work


def aloop(step: Callable[[int], Awaitable[str]]) -> Callable[[int], Awaitable[int]]:
    async def work(steps: int) -> int:
        return sum([len(await step(number)) for number in range(steps)])

    return work


def sidestep_sync(steps: int, place: str) -> None:
    import sidestep.sync

    work = sidestep.workflow("bench")(loop(sidestep.step(body)))
    with sidestep.sync.connect(place) as client, told():
        work.run(steps, client=client)


async def sidestep_asyncio(steps: int, place: str) -> None:
    import sidestep

    work = sidestep.workflow("bench")(aloop(sidestep.step(abody)))
    async with await sidestep.connect(place) as client:
        with told():
            await work.run(steps, client=client)


def launched(place: str) -> Any:
    """Return DBOS as a library in this process, on the SQLite file that all processes share."""
    from dbos import DBOS

    DBOS(
        config={
            "name": "bench",
            "system_database_url": f"sqlite:///{place}/dbos.sqlite",
            "executor_id": str(os.getpid()),
            "run_admin_server": False,
            "log_level": "ERROR",
        }
    )
    return DBOS


def dbos_sync(steps: int, place: str) -> None:
    DBOS = launched(place)
    work = DBOS.workflow()(loop(DBOS.step()(body)))
    DBOS.launch()
    with told():
        work(steps)
    DBOS.destroy()


async def dbos_asyncio(steps: int, place: str) -> None:
    DBOS = launched(place)
    work = DBOS.workflow()(aloop(DBOS.step()(abody)))
    DBOS.launch()
    with told():
        await work(steps)
    DBOS.destroy()


def supersteps(steps: int) -> Iterator[tuple[Any, Any]]:
    """Yield what LangGraph saves of a graph with one node: what the task wrote, and the checkpoint after it."""
    from langgraph.checkpoint.base import empty_checkpoint

    config: Any = {"configurable": {"thread_id": f"bench-{os.getpid()}", "checkpoint_ns": ""}}
    for number in range(steps):
        checkpoint = empty_checkpoint()
        checkpoint["channel_values"] = {"output": body(number)}
        checkpoint["channel_versions"] = {"output": f"{number + 1:032}.0"}
        yield config, checkpoint
        config["configurable"]["checkpoint_id"] = checkpoint["id"]


def langgraph_sync(steps: int, place: str) -> None:
    from langgraph.checkpoint.sqlite import SqliteSaver

    with SqliteSaver.from_conn_string(f"{place}/langgraph.sqlite") as saver, told():
        for number, (config, checkpoint) in enumerate(supersteps(steps)):
            saved = saver.put(config, checkpoint, {"source": "loop", "step": number}, {})
            saver.put_writes(saved, [("output", RESULT)], f"task-{number}")


async def langgraph_asyncio(steps: int, place: str) -> None:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    async with AsyncSqliteSaver.from_conn_string(f"{place}/langgraph.sqlite") as saver:
        with told():
            for number, (config, checkpoint) in enumerate(supersteps(steps)):
                saved = await saver.aput(config, checkpoint, {"source": "loop", "step": number}, {})
                await saver.aput_writes(saved, [("output", RESULT)], f"task-{number}")


if __name__ == "__main__":
    system, way, count, where = sys.argv[1:]
    work = globals()[f"{system}_{way}"](int(count), where)
    if way == "asyncio":
        asyncio.run(work)
