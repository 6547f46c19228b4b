"""Handles of runs: started in the background, given to a worker, or known by an id."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from daemon import Daemon
from effects import Effects

import sidestep
from sidestep import sync

# Only a hang takes as long.
LONG = 60


def test_a_run_that_is_started_goes_on_in_the_background(daemon: Daemon, run_id: str) -> None:
    go_on = threading.Event()

    @sidestep.workflow(name="w")
    def work(n: int) -> tuple[int, str]:
        go_on.wait(LONG)
        run = sync.current_run()
        assert run is not None
        return n, run.step("s", lambda: "done")

    handle = work.start(3, run_id=run_id)
    assert handle.id == run_id
    assert handle.status() == "running"
    with pytest.raises(sidestep.TimeoutExpired) as caught:
        handle.result(timeout=dt.timedelta(milliseconds=10))
    assert caught.value.which == "wait"
    go_on.set()
    assert handle.result(timeout=LONG) == (3, "done")
    assert handle.status() == "completed"
    assert work.start(3, run_id=run_id).result() == (3, "done")
    with pytest.raises(sidestep.RunConflict):
        work.start(4, run_id=run_id)
    with sync.connect() as client:
        assert client.run(run_id).result() == [3, "done"]
        assert client.run(run_id, result_type=tuple[int, str]).result() == (3, "done")
        assert client.run(run_id).info()["input"] == [3]


def test_on_asyncio_a_run_that_is_started_is_a_task(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name="w")
    async def work(n: int) -> int:
        run = sidestep.current_run()
        assert run is not None
        return int(await run.wait_signal("go")) + n

    async def main() -> None:
        handle = await work.options(run_id=run_id).start(3)
        assert await handle.status() in ("running", "waiting")
        with pytest.raises(sidestep.TimeoutExpired):
            await handle.result(timeout=0.01)
        sent = await handle.signal("go", 4, message_id="m")
        assert not sent["duplicate"]
        assert await asyncio.wait_for(handle.result(), LONG) == 7
        assert (await handle.info())["run"]["status"] == "completed"

    asyncio.run(main())


class Lost(Exception):
    pass


def test_a_run_in_the_background_that_fails_raises_what_failed_to_whoever_asks(
    daemon: Daemon, run_id: str
) -> None:
    @sidestep.workflow(name="w")
    def work() -> None:
        raise Lost("no", 7)

    with pytest.raises(Lost) as caught:
        work.start(run_id=run_id).result(timeout=LONG)
    assert caught.value.args == ("no", 7)
    with sync.connect() as client, pytest.raises(Lost):
        client.run(run_id).result()


def test_children_are_gathered_by_their_handles_and_not_executed_again(
    daemon: Daemon, run_id: str, effects: Effects
) -> None:
    failing = [True]

    @sidestep.workflow(name="child")
    def child(n: int) -> int:
        run = sync.current_run()
        assert run is not None
        return run.step("s", lambda: effects(f"s{n}") or n * n)

    @sidestep.workflow(name="parent")
    def parent() -> list[int]:
        handles = [child.start(n) for n in (1, 2, 3, 2)]
        assert handles[0].id == f"{run_id}/child"
        found = [handle.result() for handle in handles]
        if failing:
            raise LookupError
        return found

    with pytest.raises(LookupError):
        parent.run(run_id=run_id)
    failing.clear()
    assert parent.options(if_closed="retry").run(run_id=run_id) == [1, 4, 9, 4]
    assert sorted(effects.done) == ["s1", "s2", "s2", "s3"]


def test_children_on_asyncio_are_gathered_by_their_handles(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name="child")
    async def child(n: int) -> int:
        await asyncio.sleep(0)
        return n * n

    @sidestep.workflow(name="parent")
    async def parent() -> list[int]:
        handles = [await child.start(n) for n in (1, 2, 3)]
        return await asyncio.gather(*[handle.result() for handle in handles])

    for _ in range(2):
        assert asyncio.run(parent.run(run_id=run_id)) == [1, 4, 9]
    with sync.connect() as client:
        assert len(client.runs(parent=run_id)) == 3


def test_a_workflow_for_a_worker_has_a_handle_with_a_typed_result(
    daemon: Daemon, run_id: str
) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    async def work(day: dt.date) -> dt.date:
        run = sidestep.current_run()
        assert run is not None
        await run.state.set("seen", day)
        await run.emit(f"e-{run_id}", 1)
        return day + dt.timedelta(days=1)

    async def main() -> None:
        day = dt.date(2026, 2, 28)
        # Its own connection is closed by now: it asks on another.
        handle = await work.options(delay=dt.timedelta(0), priority=3).enqueue(day)
        assert (await handle.info())["run"]["priority"] == 3
        async with await sidestep.connect() as client:
            await sidestep.Worker(work, client=client).run(until_idle=True)
            assert await handle.result(timeout=LONG) == dt.date(2026, 3, 1)
            assert await handle.state.wait("seen") == day
            assert [event["value"] for event in await handle.events()] == [1]
            named = await client.enqueue(work.name, day, run=run_id)
            assert named.id == run_id
            assert (await named.cancel("not now", grace=1))["status"] == "cancelled"
            with pytest.raises(sidestep.RunClosed):
                await named.result()

    asyncio.run(main())


def test_a_value_of_a_runs_state_is_waited_for(daemon: Daemon, run_id: str) -> None:
    go_on = threading.Event()

    @sidestep.workflow(name="w")
    def work() -> None:
        run = sync.current_run()
        assert run is not None
        go_on.wait(LONG)
        run.state.set("k", 1)
        assert run.wait_signal("go") is None
        run.state.set("k", 2)

    handle = work.start(run_id=run_id)
    with pytest.raises(sidestep.TimeoutExpired) as caught:
        handle.state.wait("k", 0.02)
    assert caught.value.which == "state"
    threading.Timer(0.05, go_on.set).start()
    assert handle.state.wait("k", LONG) == 1
    handle.signal("go")
    assert handle.state.wait("k", dt.timedelta(seconds=LONG), unlike=1) == 2
    handle.result(timeout=LONG)
    with pytest.raises(sidestep.RunClosed, match="did not set other"):
        handle.state.wait("other")


def test_a_signal_comes_with_the_start_and_to_the_run_that_is_there(
    daemon: Daemon, run_id: str
) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    def work(n: int) -> list[Any]:
        run = sync.current_run()
        assert run is not None
        return [n, run.wait_signal("add"), run.wait_signal("add")]

    named = work.options(run_id=run_id)
    assert named.start_with_signal("add", "a", 7).id == run_id
    assert named.start_with_signal("add", "b", 7).id == run_id
    with sync.connect() as client:
        sync.Worker(work, client=client).run(until_idle=True)
        assert client.run(run_id).result() == [7, "a", "b"]
    with pytest.raises(TypeError, match="run_id"):
        work.start_with_signal("add", "a", 7)


def test_of_many_calls_the_last_one_counts_and_none_is_lost_while_one_is_executed(
    daemon: Daemon, run_id: str
) -> None:
    got: list[int] = []
    executing, go_on = threading.Event(), threading.Event()

    @sidestep.workflow(name=f"w-{run_id}")
    def work(n: int) -> int:
        got.append(n)
        executing.set()
        go_on.wait(LONG)
        return n

    first = [work.debounce("k", 0.05, n) for n in range(4)]
    other = work.debounce("other", dt.timedelta(hours=1), 9)
    with sync.connect() as client:
        worker = sync.Worker(work, client=client, concurrency=1)
        serving = threading.Thread(target=worker.run)
        serving.start()
        assert executing.wait(LONG)
        assert other.status() == "queued"
        late = [work.debounce("k", 0.05, n) for n in range(10, 14)]
        assert first[-1].status() == "running"
        go_on.set()
        assert first[-1].result(timeout=LONG) == 3
        assert late[-1].result(timeout=LONG) == 13
        worker.stop()
        serving.join(LONG)
    assert got == [3, 13]
    for handle in (*first[:-1], *late[:-1]):
        with pytest.raises(sidestep.RunNotFound):
            handle.status()


@pytest.mark.parametrize("how", ["run", "enqueue"])
def test_a_run_has_a_time_that_counts_from_its_beginning_once(
    how: str, daemon: Daemon, run_id: str
) -> None:
    @sidestep.workflow(name=f"w-{run_id}", timeout=dt.timedelta(hours=1))
    def work() -> None:
        raise LookupError

    def deadline() -> int:
        return int(client.get(run_id)["run"]["deadline_at"])

    with sync.connect() as client:
        if how == "enqueue":
            work.enqueue(run_id=run_id, client=client)
        with pytest.raises(LookupError):
            work.run(run_id=run_id, client=client)
        run = client.get(run_id)["run"]
        assert abs(deadline() - run["created_at"] - 3_600_000) < 60_000
        first = deadline()
        with pytest.raises(LookupError):
            work.options(if_closed="retry", timeout=1).run(run_id=run_id, client=client)
        assert deadline() == first

        @sidestep.workflow(name="short")
        def short() -> None:
            current = sync.current_run()
            assert current is not None
            current.compensate("undo", undone.append, "undone")
            current.wait_signal("never")

        undone: list[str] = []
        with pytest.raises(sidestep.DeadlineExceeded):
            short.options(timeout=0.05).run(run_id=f"{run_id}-short", client=client)
        assert undone == ["undone"]


def test_what_a_program_has_started_goes_on_when_it_is_killed_and_started_again(
    daemon: Daemon, run_id: str, effects: Effects, tmp_path: Path
) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, sidestep, sidestep.sync\n"
        "@sidestep.step\n"
        "def one() -> int:\n"
        f"    open({str(effects.path)!r}, 'a').write('one\\n')\n"
        "    return 1\n"
        "@sidestep.workflow\n"
        "def work() -> int:\n"
        "    found = one()\n"
        "    sidestep.sync.current_run().wait_signal('go')\n"
        "    return found\n"
        "handle = work.start(run_id=sys.argv[1])\n"
        "print('started', flush=True)\n"
        "print(handle.result(), flush=True)\n"
    )
    command = [sys.executable, str(program), run_id]
    environment = {**daemon.environment, "PYTHONPATH": str(Path(sidestep.__file__).parents[1])}
    first = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    assert first.stdout is not None
    assert first.stdout.readline() == b"started\n"
    with sync.connect() as client:
        deadline = LONG * 100
        while client.get(run_id)["run"]["status"] != "waiting" and deadline:
            steps = client.call("step.list", {"run": run_id})["steps"]
            if any(item["status"] == "waiting" for item in steps):
                break
            deadline -= 1
            threading.Event().wait(0.01)
        os.kill(first.pid, signal.SIGKILL)
        first.wait(LONG)
        first.stdout.close()
        client.run(run_id).signal("go")
        again = subprocess.run(
            command, capture_output=True, env=environment, timeout=LONG, check=True
        )
        assert again.stdout == b"started\n1\n"
    assert effects.done == ["one"]
