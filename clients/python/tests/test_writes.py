"""What the client on asyncio writes, and when."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

from daemon import Daemon

import sidestep
from sidestep import step


def go(main: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(main)


def test_the_begin_and_the_record_of_a_body_that_does_not_wait_are_one_write(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> None:
    written: list[bytes] = []

    @step
    async def ready(number: int) -> int:
        return number

    @step
    async def waits() -> str:
        return str(await inflight(run_id))

    async def main() -> None:
        through = relay(daemon.socket, tmp_path / "relay", written)
        async with (
            through as path,
            await sidestep.connect(path) as client,
            sidestep.workflow("work", run=run_id, client=client),
        ):
            written.clear()
            assert [await ready(n) for n in range(3)] == [0, 1, 2]
            assert [chunk.count(b"\n") for chunk in written] == [2, 2, 2]
            # Of a body that waits the daemon is told before it goes on.
            assert await waits() == "['waits']"

    go(main())


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
