"""Scenarios of other engines: cancel, resume, fork, time-outs, retries, sagas, export."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from daemon import Daemon
from effects import Calls
from facts import until
from scenarios import LONG, worker

import sidestep
from sidestep import sync


def test_a_cancelled_run_stops_at_its_next_step_and_goes_on_when_resumed(
    daemon: Daemon, run_id: str
) -> None:
    calls, within, go_on = Calls(), threading.Event(), threading.Event()

    @sidestep.step
    def part(n: int) -> int:
        if n == 1:
            within.set()
            go_on.wait(LONG)
        return int(calls(n))

    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> int:
        return sum(part(n) for n in range(3))

    handle = work.start(run_id=run_id)
    assert within.wait(LONG)
    handle.cancel("not now", grace=LONG)
    go_on.set()
    with pytest.raises(sidestep.RunCancelled):
        handle.result(timeout=LONG)
    assert handle.status() == "cancelled"
    assert work.options(if_closed="retry").run(run_id=run_id) == 3
    assert calls.calls == [0, 1, 2]  # what had been paid for is kept


def test_children_are_cancelled_with_their_parent_unless_they_are_detached(
    daemon: Daemon, run_id: str
) -> None:
    @sidestep.workflow(name="child")
    async def child() -> None:
        await sidestep.current_run().wait_signal("never")

    @sidestep.workflow(name="parent")
    async def parent() -> None:
        await child.start()
        await child.options(on_parent_close="detach").start()
        await sidestep.current_run().state.set("started", True)
        await sidestep.current_run().wait_signal("never")

    async def main() -> dict[str, str]:
        async with await sidestep.connect() as client:
            handle = await parent.start(run_id=run_id, client=client)
            await handle.state.wait("started", timeout=LONG)
            await handle.cancel(grace=0)
            with pytest.raises(sidestep.RunCancelled):
                await handle.result(timeout=LONG)
            return {run["id"]: run["status"] for run in await client.runs(parent=run_id)}

    states = asyncio.run(main())
    assert states[f"{run_id}/child"] == "cancelled"
    assert states[f"{run_id}/child#2"] != "cancelled"


def test_a_fork_keeps_the_steps_before_its_point_and_leaves_its_source(
    daemon: Daemon, run_id: str
) -> None:
    calls = Calls()

    @sidestep.step(name="part {n}")
    def part(n: int) -> int:
        return int(calls(n))

    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> int:
        return sum(part(n) for n in range(4))

    assert work.run(run_id=run_id) == 6
    with worker(work) as client:
        fork = client.fork(run_id, step="part 2", new_run=f"{run_id}-fork")
        assert client.run(fork["id"]).result(timeout=LONG) == 6
        assert client.run(run_id).status() == "completed"
    assert calls.calls == [0, 1, 2, 3, 2, 3]


def test_a_failed_run_is_mended_and_gone_on_with_from_the_failed_step(
    daemon: Daemon, run_id: str
) -> None:
    calls, broken = Calls(), [True]

    @sidestep.step
    def first() -> int:
        return int(calls(1))

    @sidestep.step(fail_on=[LookupError])
    def second() -> int:
        calls(2)
        if broken:
            raise LookupError("not there")
        return 2

    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> int:
        return first() + second()

    with pytest.raises(LookupError):
        work.run(run_id=run_id)
    with pytest.raises(LookupError):
        work.run(run_id=run_id)  # recorded: nothing is executed
    broken.clear()
    assert work.options(if_closed="retry").run(run_id=run_id) == 3
    assert calls.calls == [1, 2, 2]
    assert work.options(if_closed="rerun").run(run_id=run_id) == 3
    assert calls.calls == [1, 2, 2, 1, 2]


def test_a_run_that_takes_too_long_is_ended_and_its_children_with_it(
    daemon: Daemon, run_id: str
) -> None:
    @sidestep.workflow(name="child")
    async def child() -> None:
        await sidestep.current_run().wait_signal("never")

    @sidestep.workflow(name="parent")
    async def parent() -> None:
        await child()

    with pytest.raises(sidestep.DeadlineExceeded):
        asyncio.run(parent.options(timeout=0.1).run(run_id=run_id))
    with sync.connect() as client:
        until(lambda: not client.runs(parent=run_id, open=True))


def test_a_step_is_tried_again_as_its_policy_says_and_no_more(daemon: Daemon, run_id: str) -> None:
    calls = Calls()

    @sidestep.step(retry=sidestep.Retry(3, initial=0.001), fail_on=[ValueError])
    def fetch(what: str) -> str:
        calls(what)
        if what == "refused":
            raise ValueError(what)
        if what == "down" or calls.calls.count(what) < 3:
            raise ConnectionError(what)
        return what

    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> str:
        with pytest.raises(ValueError, match="refused") as refused:
            fetch("refused")
        assert refused.value.args == ("refused",)
        with pytest.raises(ConnectionError):
            fetch("down")
        return fetch("flaky")

    assert work.run(run_id=run_id) == work.run(run_id=run_id) == "flaky"
    assert [calls.calls.count(what) for what in ("refused", "down", "flaky")] == [1, 3, 3]


@pytest.mark.parametrize("said", [{"timeout": 0.1}, {"timeouts": {"start_to_close": 0.1}}])
def test_a_time_out_ends_an_attempt_and_the_policy_goes_on(
    daemon: Daemon, run_id: str, said: Any
) -> None:
    calls = Calls()

    @sidestep.step(**said, retry=sidestep.Retry(2, initial=0.001))
    async def slow() -> str:
        calls(1)
        if len(calls.calls) == 1:
            await asyncio.sleep(LONG)
        return "in time"

    @sidestep.workflow(name=f"w-{run_id}")
    async def work() -> str:
        return await slow()

    assert asyncio.run(work.run(run_id=run_id)) == "in time"
    assert calls.calls == [1, 1]


def test_a_saga_undoes_what_was_done_the_last_first(daemon: Daemon, run_id: str) -> None:
    done = Calls()

    @sidestep.workflow(name=f"w-{run_id}")
    def trip() -> None:
        run = sync.current_run()
        undo = []
        try:
            for part in ("car", "hotel"):
                run.step(f"book {part}", done, f"+{part}")
                undo.append(part)
            run.step("book flight", _full)
        except sidestep.StepFailed:
            for part in reversed(undo):
                run.step(f"return {part}", done, f"-{part}")
            raise

    with pytest.raises(LookupError):
        trip.run(run_id=run_id)
    assert done.calls == ["+car", "+hotel", "-hotel", "-car"]


def _full() -> None:
    raise LookupError("the flight is full")


def test_what_is_promised_to_be_undone_is_undone_when_the_run_is_cancelled(
    daemon: Daemon, run_id: str
) -> None:
    done = Calls()

    @sidestep.workflow(name=f"w-{run_id}", compensates=True)
    def trip() -> None:
        run = sync.current_run()
        for part in ("car", "hotel"):
            run.step(f"book {part}", done, f"+{part}")
            run.compensate(f"return {part}", done, f"-{part}")
        run.state.set("booked", True)
        run.wait_signal("never")

    handle = trip.start(run_id=run_id)
    handle.state.wait("booked", timeout=LONG)
    handle.cancel(grace=LONG)
    with pytest.raises(sidestep.RunCancelled):
        handle.result(timeout=LONG)
    assert done.calls == ["+car", "+hotel", "-hotel", "-car"]


def test_a_run_is_exported_and_taken_in_under_another_id(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    def work(day: dt.date) -> dt.date:
        return sync.current_run().step("next", lambda: day + dt.timedelta(days=1))

    day = dt.date(2026, 3, 1)
    assert work.run(day, run_id=run_id) == dt.date(2026, 3, 2)
    with sync.connect() as client:
        client.import_run(client.export(run_id), run=f"{run_id}-copy")
        copies = [client.run(id, result_type=dt.date) for id in (run_id, f"{run_id}-copy")]
        assert [copy.result() for copy in copies] == [dt.date(2026, 3, 2)] * 2
        assert client.delete(run_id)
        with pytest.raises(sidestep.RunNotFound):
            client.get(run_id)


def test_a_transaction_writes_its_effect_and_its_record_together(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> None:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as shop:
        shop.execute("CREATE TABLE orders (what TEXT)")

    @sidestep.transaction(lambda: sqlite3.connect(path))
    def order(shop: sqlite3.Connection, what: str) -> int:
        shop.execute("INSERT INTO orders VALUES (?)", (what,))
        if what == "wrong":
            raise ValueError(what)
        return int(shop.execute("SELECT count(*) FROM orders").fetchone()[0])

    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> int:
        first = order("book")
        with pytest.raises(ValueError, match="wrong"):
            order("wrong")
        return first

    assert work.run(run_id=run_id) == work.run(run_id=run_id) == 1
    with closing(sqlite3.connect(path)) as shop:
        assert shop.execute("SELECT what FROM orders").fetchall() == [("book",)]
