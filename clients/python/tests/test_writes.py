"""What the client on asyncio writes, and when."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest
from daemon import Daemon

import sidestep
from sidestep import step


def go(main: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(main)


def test_the_record_of_a_short_body_is_all_that_is_written(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> None:
    @step
    async def ready(number: int) -> int:
        return number

    async def main() -> None:
        async with recorded(daemon, run_id, tmp_path) as (run, written):
            before = int(time.time() * 1000)
            assert [await ready(n) for n in range(3)] == [0, 1, 2]
            assert [methods(chunk) for chunk in written] == [["step.complete"]] * 3
            first = await run.client.call("step.get", {"run": run_id, "step": "ready"})
            assert before <= first["started_at"] <= first["finished_at"]

    go(main())


def test_a_begin_that_says_more_than_the_record_is_in_the_same_write(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> None:
    @step(retry=2)
    async def ready() -> int:
        return 1

    @step
    async def breaks() -> None:
        raise ValueError("no")

    async def main() -> None:
        async with recorded(daemon, run_id, tmp_path) as (_, written):
            await ready()
            with pytest.raises(sidestep.StepFailed):
                await breaks()
            assert [methods(chunk) for chunk in written] == [
                ["step.begin", "step.complete"],
                ["step.begin", "step.fail"],
            ]

    go(main())


def test_a_body_that_takes_longer_or_asks_the_daemon_is_told_before(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> None:
    @step
    async def waits() -> list[str]:
        return await inflight(run_id)

    async def main() -> None:
        async with recorded(daemon, run_id, tmp_path) as (run, _):

            @step
            async def asks() -> Any:
                return await run.client.call("step.get", {"run": run_id, "step": "asks"})

            assert await waits() == ["waits"]
            assert (await asks())["status"] == "running"

    go(main())


@contextlib.asynccontextmanager
async def recorded(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> AsyncIterator[tuple[Any, list[bytes]]]:
    """Open a run through a relay that notes what the client writes."""
    written: list[bytes] = []
    async with (
        relay(daemon.socket, tmp_path / "relay", written) as path,
        await sidestep.connect(path) as client,
        sidestep.workflow("work", run=run_id, client=client) as run,
    ):
        written.clear()
        yield run, written


def methods(chunk: bytes) -> list[str]:
    return [json.loads(line)["method"] for line in chunk.splitlines()]


async def inflight(run_id: str) -> list[str]:
    """Return the steps that another client sees running."""
    async with await sidestep.connect() as other:
        for _ in range(500):
            steps = (await other.call("step.list", {"run": run_id}))["steps"]
            if found := [s["step"] for s in steps if s["status"] == "running"]:
                return found
            await asyncio.sleep(0.01)
        return []


@contextlib.asynccontextmanager
async def relay(to: str, path: Path, written: list[bytes]) -> AsyncIterator[str]:
    """Hand one connection on to the daemon, and note each write of the client."""

    async def pump(reader: asyncio.StreamReader, writer: Any, note: bool) -> None:
        while chunk := await reader.read(1 << 20):
            if note:
                written.append(chunk)
            writer.write(chunk)
        writer.close()
        await writer.wait_closed()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_unix_connection(to)
        await asyncio.gather(pump(reader, forth, True), pump(back, writer, False))
        ended.set()

    ended = asyncio.Event()
    server = await asyncio.start_unix_server(accept, path)
    try:
        yield str(path)
        await ended.wait()
    finally:
        server.close()
