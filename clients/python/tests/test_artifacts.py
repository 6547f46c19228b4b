"""Large values by reference: handles as arguments and results, read as values or piece by piece."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from daemon import Daemon
from effects import Calls
from processes import die, in_child
from scenarios import LONG, worker

import sidestep
from sidestep import Artifact, sync
from sidestep._content import PIECE

BIG = bytes(range(256)) * (3 * PIECE // 256) + b"end"


@sidestep.step
def fetch(n: int) -> Artifact[bytes]:
    return sync.current_run().artifact("page", BIG[n:], description="what was fetched")


@sidestep.step
def measure(page: Artifact[bytes]) -> int:
    return len(sync.current_run().read(page))


def test_a_handle_is_a_result_an_argument_and_what_a_replay_gets(
    daemon: Daemon, run_id: str
) -> None:
    @sidestep.workflow(name="sums")
    def sums(page: Artifact[bytes]) -> str:
        digest = hashlib.sha256()
        for piece in sync.current_run().chunks(page):
            assert len(piece) <= PIECE
            digest.update(piece)
        return digest.hexdigest()

    @sidestep.workflow(name="work")
    def work() -> tuple[Artifact[bytes], int, str]:
        page = fetch(1)
        return page, measure(page), sums(page)

    page, size, digest = work.run(run_id=run_id)
    assert (page.run, page.name, page.form, page.size) == (run_id, "page", "bytes", len(BIG) - 1)
    assert (size, digest) == (len(BIG) - 1, hashlib.sha256(BIG[1:]).hexdigest())
    assert digest == page.digest
    assert work.run(run_id=run_id) == (page, size, digest)
    with sync.connect() as client:
        assert client.read(page) == BIG[1:]
        assert b"".join(client.chunks(page)) == BIG[1:]
        recorded = json.dumps([client.get(run_id), client.steps(run_id)])
        assert len(recorded) < 10_000  # the content is in none of it
        assert client.artifact("page", run=run_id)["content"]["digest"] == digest


def test_on_asyncio_it_is_the_same_and_a_worker_reads_what_another_run_keeps(
    daemon: Daemon, run_id: str
) -> None:
    @sidestep.workflow(name=f"r-{run_id}")
    def reads(page: Artifact[str]) -> str:
        return sync.current_run().read(page)[:3]

    @sidestep.workflow(name="work")
    async def work() -> Artifact[str]:
        run = sidestep.current_run()
        page = await run.artifact("page", "å" * PIECE)
        assert await run.read(page) == "å" * PIECE
        assert sum([len(piece) async for piece in run.chunks(page)]) == page.size == 2 * PIECE
        return page

    page = asyncio.run(work.run(run_id=run_id))
    handle = reads.options(queue=run_id).enqueue(page)
    with worker(reads, queues=[run_id]):
        assert handle.result(timeout=LONG) == "ååå"


def test_values_files_and_empty_contents_come_back_as_what_they_were(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(BIG)
    with sync.connect() as client:
        run = client.resume(run_id)
        values: list[Any] = [b"", "", "text", {"a": [1, (2, b"x")]}, None, bytearray(b"ab")]
        assert [client.read(run.artifact("v", value)) for value in values[:-1]] == values[:-1]
        assert client.read(run.artifact("v", values[-1])) == b"ab"
        copied = run.artifact("file", path)
        path.unlink()
        assert client.read(copied) == BIG
        with pytest.raises(TypeError):
            run.artifact("v", object())


def test_equal_handles_are_equal_arguments_and_others_are_not(daemon: Daemon, run_id: str) -> None:
    calls = Calls()

    @sidestep.step
    def use(page: Artifact[bytes]) -> int:
        calls(page.size)
        return page.size

    def work_with(content: bytes, *, fails: bool) -> Any:
        @sidestep.workflow(name=f"w-{run_id}")
        def work() -> int:
            size = use(sync.current_run().artifact("page", content))
            if fails:
                raise LookupError
            return size

        return work

    with pytest.raises(LookupError):
        work_with(b"one", fails=True).run(run_id=run_id)
    again = {"if_closed": "retry"}
    with pytest.raises(sidestep.StepMismatch):
        work_with(b"other", fails=False).options(**again).run(run_id=run_id)
    assert work_with(b"one", fails=False).options(**again).run(run_id=run_id) == 3
    assert calls.calls == [3]


@pytest.mark.parametrize("at", range(1, 6))
def test_a_process_that_dies_while_it_keeps_one_is_gone_on_with(
    daemon: Daemon, run_id: str, at: int
) -> None:
    from sidestep._sync._connection import Connection

    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> Artifact[bytes]:
        return sync.current_run().artifact("page", BIG)

    def dying() -> None:
        original, made = Connection._call, [0]

        def call(self: Connection, identifier: int, method: str, *more: Any) -> Any:
            if method in ("stream.append", "stream.close", "artifact.put"):
                made[0] += 1
                if made[0] == at:
                    die()
            return original(self, identifier, method, *more)

        Connection._call = call  # type: ignore[method-assign]
        work.run(run_id=run_id)

    assert in_child(dying) == "killed"
    with sync.connect() as client:
        page = work.options(if_owned="wait", wait=LONG).run(run_id=run_id)
        assert client.read(page) == BIG
        assert [len(client.streams(run_id)), len(client.artifacts(run_id))] == [1, 1]


def test_a_content_that_is_gone_is_told(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    def work(content: bytes) -> Artifact[bytes]:
        return sync.current_run().artifact("page", content)

    page = work.run(b"one", run_id=run_id)
    work.options(if_closed="rerun").run(b"other", run_id=run_id)
    with sync.connect() as client:
        with pytest.raises(sidestep.SidestepError, match="not in run"):
            client.read(page)
        client.delete(run_id)
        with pytest.raises(sidestep.RunNotFound):
            client.read(page)
