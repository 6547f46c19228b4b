"""A begin is kept back for the record: a short step is one line, a long one is seen running."""

from __future__ import annotations

import asyncio
import errno
import os
from typing import Any

import pytest
from daemon import Daemon
from facts import until, until_async

import sidestep
from sidestep import sync
from sidestep._backends._link import Link


def is_running(client: sync.Client, run: str, step: str) -> bool:
    return any(each["step"] == step and each["status"] == "running" for each in client.steps(run))


def test_a_short_step_is_one_line(
    daemon: Daemon, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[bytes] = []
    post = Link.post

    def noting(self: Link, line: bytes) -> None:
        lines.extend(self._held)  # type: ignore[arg-type]
        lines.append(line)
        post(self, line)

    with sync.connect() as client:
        run = client.resume(run_id)
        monkeypatch.setattr(Link, "post", noting)
        for number in range(20):
            run.step("s", int, number)
        monkeypatch.undo()
    # A machine that is slow may have written a begin by itself: that is no line of ours here.
    assert len(lines) == 20


@pytest.mark.parametrize("has_bell", [True, False])
def test_a_longer_body_is_seen_running(
    daemon: Daemon, run_id: str, has_bell: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> int:
        raise OSError(errno.EMFILE, "no descriptor")

    if not has_bell:
        monkeypatch.setattr(os, "eventfd", refuse)
    with sync.connect() as client, sync.connect() as other:
        run = client.resume(run_id)
        assert client._link is not None
        assert (client._link._bell is not None) == has_bell
        for number in range(3):
            name = f"s{number}"
            run.step(name, lambda name=name: until(lambda: is_running(other, run_id, name)))
            assert not is_running(other, run_id, name)


def test_on_asyncio_a_longer_body_is_seen_running(daemon: Daemon, run_id: str) -> None:
    async def main() -> None:
        async with await sidestep.connect() as client, await sidestep.connect() as other:
            run = await client.resume(run_id)

            async def body() -> None:
                async def runs() -> bool:
                    return any(step["status"] == "running" for step in await other.steps(run_id))

                await until_async(runs)

            for number in range(3):
                await run.step(f"s{number}", body)

    asyncio.run(main())


def test_what_a_lost_connection_has_not_written_is_written_on_the_next(
    daemon: Daemon, run_id: str
) -> None:
    with sync.connect() as client, sync.connect() as other:
        run = client.resume(run_id)

        def body() -> None:
            link = client._link
            assert link is not None
            link._end()
            until(lambda: client._link is not link)
            until(lambda: is_running(other, run_id, "s"))

        run.step("s", body)


def test_what_the_body_says_comes_behind_its_begin(daemon: Daemon, run_id: str) -> None:
    with sync.connect() as client, sync.connect() as other:
        run = client.resume(run_id)

        def body() -> bool:
            run.state.set("said", True)
            return is_running(other, run_id, "s") or until(lambda: is_running(other, run_id, "s"))

        assert run.step("s", body)
