"""Scenarios of other engines: events, messages, queries, updates, timers, streams, heartbeats."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from typing import Any

import pytest
from daemon import Daemon
from effects import Calls
from facts import until
from scenarios import LONG, worker

import sidestep
from sidestep import sync


def test_events_of_a_run_are_read_and_waited_for_from_outside(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> str:
        run = sync.current_run()
        run.state.set("stage", "begun")
        run.wait_signal("go")
        run.state.set("stage", "done")
        return "end"

    handle = work.start(run_id=run_id)
    assert handle.state.wait("stage", timeout=LONG) == "begun"
    with pytest.raises(sidestep.TimeoutExpired):
        handle.state.wait("never", timeout=0.01)
    handle.signal("go")
    assert handle.state.wait("stage", timeout=LONG, unlike="begun") == "done"
    assert handle.result(timeout=LONG) == "end"
    assert handle.state.all() == {"stage": "done"}  # also when the run has ended


def test_messages_are_kept_in_order_once_for_their_id_and_a_time_out_takes_none(
    daemon: Daemon, run_id: str
) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> list[Any]:
        run = sync.current_run()
        got = [run.wait_signal("a") for _ in range(2)]
        try:
            run.wait_signal("a", timeout=0.01)
        except sidestep.TimeoutExpired:
            got.append("late")
        run.state.set("waits", True)
        return [*got, run.wait_signal("a")]

    with sync.connect() as client:
        client.signal(run_id, "a", 1, message_id="1", create=True)  # before there is a run
        client.signal(run_id, "a", 1, message_id="1", create=True)
        handle = work.start(run_id=run_id)
        client.signal(run_id, "b", "of another name")
        handle.signal("a", 2)
        handle.state.wait("waits", timeout=LONG)
        handle.signal("a", 3)
        assert handle.result(timeout=LONG) == [1, 2, "late", 3]
    assert work.run(run_id=run_id) == [1, 2, "late", 3]


def test_runs_talk_to_each_other(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name="asks")
    async def asks(answerer: str) -> str:
        run = sidestep.current_run()
        await run.step("ask", run.client.signal, answerer, "question", run.id, message_id=run.id)
        return str(await run.wait_signal("answer"))

    @sidestep.workflow(name="answers")
    async def answers() -> None:
        run = sidestep.current_run()
        who = await run.wait_signal("question")
        await run.step("answer", run.client.signal, who, "answer", "42", message_id=run.id)

    async def main() -> str:
        async with await sidestep.connect() as client:
            asked = await answers.start(run_id=f"{run_id}-b", client=client)
            asker = await asks.start(asked.id, run_id=f"{run_id}-a", client=client)
            await asked.result(timeout=LONG)
            return await asker.result(timeout=LONG)

    assert asyncio.run(main()) == "42"


def test_an_update_is_checked_answered_and_carried_out_once(daemon: Daemon, run_id: str) -> None:
    """A request with an answer: a signal with its id, a promise of that name."""
    calls = Calls()

    @sidestep.workflow(name=f"w-{run_id}")
    def account() -> int:
        run, balance = sync.current_run(), 10
        for _ in range(3):
            update = run.wait_signal("withdraw")
            if update["amount"] > balance:
                run.step("refuse", _settle, run, update["id"], "too much", False)
            else:
                balance -= run.step("withdraw", calls, update["amount"])
                run.step("grant", _settle, run, update["id"], balance, True)
        return balance

    def withdraw(client: sync.Client, amount: int, name: str) -> Any:
        client.signal(run_id, "withdraw", {"amount": amount, "id": name}, message_id=name)

        def answered() -> list[Any]:
            mine = [p for p in client.promises(run_id) if p["promise"] == name]
            return [p for p in mine if p["status"] != "pending"]

        return until(answered)[0]

    with sync.connect() as client:
        handle = account.start(run_id=run_id)
        assert withdraw(client, 4, "one")["status"] == "resolved"
        assert withdraw(client, 4, "one")["value"] == 6  # sent again, it is the same update
        assert withdraw(client, 40, "two")["status"] == "rejected"
        assert withdraw(client, 6, "three")["value"] == 0
        assert handle.result(timeout=LONG) == 0
    assert calls.calls == [4, 6]


def _settle(run: Any, name: str, value: Any, good: bool) -> None:
    run.create_promise(name)
    if good:
        run.client.settle(run.id, name, value)
    else:
        run.client.settle(run.id, name, error=value)


def test_work_that_somebody_else_completes_is_a_promise(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> Any:
        run = sync.current_run()
        run.create_promise("job", metadata={"for": "the other system"})
        return run.wait_promise("job", timeout=LONG)

    handle = work.start(run_id=run_id)
    with sync.connect() as client:
        until(lambda: client.promises(run_id, status="pending"))
        assert client.settle(run_id, "job", {"ok": True})["settled"]
        assert not client.settle(run_id, "job", "again")["settled"]
    assert handle.result(timeout=LONG) == {"ok": True}


def test_a_timer_can_be_moved_while_it_runs(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    def alarm(due: dt.datetime) -> int:
        run, moved = sync.current_run(), 0
        while True:
            arrival = run.wait_first(f"wait {moved}", signals=["move"], until=due)
            if arrival.by == "time":
                return moved
            due, moved = arrival.value, moved + 1

    now = dt.datetime.now(dt.timezone.utc)
    handle = alarm.start(now + dt.timedelta(days=30), run_id=run_id)
    handle.signal("move", now + dt.timedelta(days=60))
    handle.signal("move", now)
    assert handle.result(timeout=LONG) == 2


def test_a_long_sleep_costs_nothing_and_goes_on_after_a_restart_of_everything(
    daemon: Daemon, run_id: str
) -> None:
    @sidestep.workflow(name=f"w-{run_id}", suspend_after=0)
    def work() -> str:
        sync.current_run().sleep(dt.timedelta(milliseconds=300))
        return "woken"

    with pytest.raises(sidestep.RunSuspended):
        work.run(run_id=run_id)
    daemon.restart()
    with worker(work), sync.connect() as client:
        assert client.run(run_id).result(timeout=LONG) == "woken"


def test_a_stream_is_read_while_it_is_written_and_ends_with_its_run(
    daemon: Daemon, run_id: str
) -> None:
    read_two = threading.Event()

    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> None:
        run = sync.current_run()
        for n in range(4):
            run.append("out", {"n": n})
            if n == 1:
                read_two.wait(LONG)

    handle = work.start(run_id=run_id)
    got = []
    with sync.connect() as client:
        for item in client.stream(run_id, "out"):
            got.append(item["n"])
            if len(got) == 2:
                read_two.set()
        assert [item["n"] for item in client.stream(run_id, "out", start=2)] == [2, 3]
    handle.result(timeout=LONG)
    assert got == [0, 1, 2, 3]


def test_a_heartbeat_keeps_a_long_step_and_silence_ends_it(daemon: Daemon, run_id: str) -> None:
    tries = Calls()

    async def beats() -> str:
        for _ in range(6):
            await asyncio.sleep(0.05)
            await sidestep.current_step().heartbeat({"at": "work"})
        return "alive"

    async def is_silent() -> None:
        tries(1)
        await asyncio.sleep(0.5)

    @sidestep.workflow(name=f"w-{run_id}")
    async def work() -> str:
        run = sidestep.current_run()
        alive = await run.step("beats", beats, timeouts={"heartbeat": 0.2})
        with pytest.raises(sidestep.StepFailed) as caught:
            await run.step("silent", is_silent, timeouts={"heartbeat": 0.05})
        assert caught.value.type == "timeout"
        return alive

    assert asyncio.run(work.run(run_id=run_id)) == "alive"
    assert tries.calls == [1]


def test_polling_another_service_is_a_loop_of_recorded_looks(daemon: Daemon, run_id: str) -> None:
    looks = Calls()

    @sidestep.step
    def look(n: int) -> bool:
        return int(looks(n)) >= 3

    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> int:
        for n in range(100):
            if look(n):
                return n
            sync.current_run().sleep(0.005)
        raise TimeoutError

    assert work.run(run_id=run_id) == work.run(run_id=run_id) == 3
    assert looks.calls == [0, 1, 2, 3]


def test_a_schedule_starts_runs_pauses_and_is_triggered_by_hand(
    daemon: Daemon, run_id: str
) -> None:
    calls = Calls()

    @sidestep.workflow(name=f"w-{run_id}")
    def work(n: int) -> int:
        return int(calls(n))

    with worker(work, queues=[run_id]) as client:
        client.schedules.put(run_id, work, [1], every=1, queue=run_id)
        until(lambda: calls.calls)
        client.schedules.pause(run_id)
        until(lambda: not client.runs(workflow=f"w-{run_id}", open=True))
        before = len(calls.calls)
        client.schedules.trigger(run_id)
        until(lambda: len(calls.calls) == before + 1)
        assert client.schedules.get(run_id)["paused"]
        assert client.schedules.delete(run_id)
    assert set(calls.calls) == {1}
