"""Scenarios of other engines: ids, queues, limits, children (docs/internals/scenarios.md)."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from daemon import Daemon
from effects import Calls
from facts import until
from processes import die, in_child
from scenarios import LONG, Most, worker

import sidestep
from sidestep import sync


def test_the_same_id_is_executed_once_and_gives_its_result_again(
    daemon: Daemon, run_id: str
) -> None:
    calls = Calls()

    @sidestep.workflow(name=f"w-{run_id}")
    def work(n: int) -> int:
        return int(calls(n)) * 2

    assert [work.run(4, run_id=run_id) for _ in range(3)] == [8, 8, 8]
    assert calls.calls == [4]
    with pytest.raises(sidestep.RunConflict):
        work.run(5, run_id=run_id)
    assert work.run(4) == work.run(4) == 8  # without an id each is a run of its own
    assert len(calls.calls) == 3


def test_two_programs_that_begin_the_same_id_execute_it_once(daemon: Daemon, run_id: str) -> None:
    calls, within, go_on = Calls(), threading.Event(), threading.Event()

    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> str:
        calls(1)
        within.set()
        go_on.wait(LONG)
        return "once"

    first = work.start(run_id=run_id)
    assert within.wait(LONG)
    with pytest.raises(sidestep.RunOwned):
        work.run(run_id=run_id)
    waiting = work.options(if_owned="wait", wait=LONG).start
    results: list[str] = []
    beside = threading.Thread(target=lambda: results.append(waiting(run_id=run_id).result()))
    beside.start()
    go_on.set()
    assert first.result(timeout=LONG) == "once"
    beside.join(LONG)
    assert results == ["once"]
    assert calls.calls == [1]


def test_a_killed_run_is_gone_on_with_and_no_finished_step_is_repeated(
    daemon: Daemon, run_id: str, effects: Any
) -> None:
    @sidestep.step
    def pay(n: int) -> int:
        effects(f"pay{n}")
        return n

    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> int:
        total = sum(pay(n) for n in range(3))
        if effects.done.count("died") == 0:
            effects("died")
            die()
        return total + pay(3)

    assert in_child(lambda: work.run(run_id=run_id)) == "killed"
    assert until(lambda: _or_owned(work, run_id)) == 6
    assert effects.done == ["pay0", "pay1", "pay2", "died", "pay3"]


def _or_owned(work: Any, run_id: str) -> Any:
    """Return the result; None while the daemon has not seen the death."""
    try:
        return work.run(run_id=run_id)
    except sidestep.RunOwned:
        return None


def test_a_key_that_waits_in_a_queue_is_the_run_that_is_there(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    def work(n: int) -> int:
        return n

    options = work.options(queue=run_id, dedup_key="k")
    first = options.enqueue(1)
    assert options.enqueue(2).id == first.id
    other = work.options(queue=run_id, dedup_key="another").enqueue(3)
    with worker(work, queues=[run_id]):
        assert first.result(timeout=LONG) == 1
        assert other.result(timeout=LONG) == 3
        assert options.enqueue(4).result(timeout=LONG) == 4  # the key is free again


def test_higher_priorities_go_first_and_the_older_of_equals(daemon: Daemon, run_id: str) -> None:
    order = Calls()

    @sidestep.workflow(name=f"w-{run_id}")
    def work(n: int) -> int:
        return int(order(n))

    handles = [
        work.options(queue=run_id, priority=priority).enqueue(n)
        for n, priority in enumerate([0, 5, 1, 5])
    ]
    with worker(work, queues=[run_id], concurrency=1):
        assert [handle.result(timeout=LONG) for handle in handles] == [0, 1, 2, 3]
    assert order.calls == [1, 3, 2, 0]


def test_a_queue_executes_no_more_at_once_than_it_may(daemon: Daemon, run_id: str) -> None:
    within = Most()

    @sidestep.workflow(name=f"w-{run_id}")
    def work(n: int) -> int:
        with within:
            time.sleep(0.01)
        return n

    with sync.connect() as client:
        client.queues.put(run_id, concurrency=2)
    handles = [work.options(queue=run_id).enqueue(n) for n in range(8)]
    with worker(work, queues=[run_id], concurrency=8):
        assert sorted(handle.result(timeout=LONG) for handle in handles) == list(range(8))
    assert within.most <= 2


def test_runs_of_one_key_go_one_by_one_beside_those_of_others(daemon: Daemon, run_id: str) -> None:
    within = {"a": Most(), "b": Most()}
    both = threading.Barrier(2, timeout=LONG)

    @sidestep.workflow(name=f"w-{run_id}")
    def work(key: str, n: int) -> int:
        with within[key]:
            if n == 0:
                both.wait()  # one of each key is executed at the same time
        return n

    with sync.connect() as client:
        client.queues.put(run_id, key_concurrency=1)
    handles = [
        work.options(queue=run_id, concurrency_key=key).enqueue(key, n)
        for n in range(3)
        for key in "ab"
    ]
    with worker(work, queues=[run_id], concurrency=6):
        for handle in handles:
            handle.result(timeout=LONG)
    assert (within["a"].most, within["b"].most) == (1, 1)


def test_a_rate_lets_no_more_begin_than_its_tokens(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    def work(n: int) -> int:
        return n

    with sync.connect() as client:
        client.queues.put(run_id, rate=sidestep.Rate(3, per=3600))
    handles = [work.options(queue=run_id).enqueue(n) for n in range(5)]
    with worker(work, queues=[run_id], concurrency=5) as client:
        assert [handle.result(timeout=LONG) for handle in handles[:3]] == [0, 1, 2]
        assert [handle.status() for handle in handles[3:]] == ["queued", "queued"]
        client.queues.put(run_id)  # without a rate the rest goes on
        assert [handle.result(timeout=LONG) for handle in handles[3:]] == [3, 4]


def test_a_run_waits_for_its_time_and_one_that_waits_can_be_taken_back(
    daemon: Daemon, run_id: str
) -> None:
    calls = Calls()

    @sidestep.workflow(name=f"w-{run_id}")
    def work(n: int) -> int:
        return int(calls(n))

    late = work.options(queue=run_id, delay=3600).enqueue(1)
    soon = work.options(queue=run_id, delay=0.02).enqueue(2)
    with worker(work, queues=[run_id]):
        assert soon.result(timeout=LONG) == 2
        assert late.status() == "queued"
        late.cancel("not wanted")
        with pytest.raises(sidestep.RunClosed, match="not wanted"):
            late.result(timeout=LONG)
    assert calls.calls == [2]


def test_a_worker_takes_what_its_version_may_have(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    def work(n: int) -> int:
        return n

    old = work.options(queue=run_id, code_version="1").enqueue(1)
    new = work.options(queue=run_id, code_version="2").enqueue(2)
    with worker(work, queues=[run_id], code_version="2"):
        assert new.result(timeout=LONG) == 2
        assert old.status() == "queued"
    with worker(work, queues=[run_id], code_version="1"):
        assert old.result(timeout=LONG) == 1


def test_a_run_of_a_dead_worker_goes_to_the_next(daemon: Daemon, run_id: str, effects: Any) -> None:
    @sidestep.step
    def pay(n: int) -> int:
        effects(f"pay{n}")
        return n

    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> int:
        first = pay(1)
        if effects.done == ["pay1"]:
            effects("died")
            die()
        return first + pay(2)

    def serve() -> None:
        with sync.connect() as own:
            sync.Worker(work, client=own, queues=[run_id]).run()

    handle = work.options(queue=run_id).enqueue()
    assert in_child(serve) == "killed"
    with worker(work, queues=[run_id]):
        assert handle.result(timeout=LONG) == 3
    assert effects.done == ["pay1", "died", "pay2"]


def test_children_have_ids_of_their_parent_and_are_executed_once(
    daemon: Daemon, run_id: str
) -> None:
    calls = Calls()

    @sidestep.workflow(name="child")
    async def child(n: int) -> int:
        return int(calls(n)) * 10

    @sidestep.workflow(name="parent")
    async def parent() -> list[int]:
        alone = await child(1)
        started = [await child.start(n) for n in (2, 3)]
        together = await asyncio.gather(*[handle.result() for handle in started])
        named = await child.run(4, run_id=f"{run_id}-own")
        return [alone, *together, named]

    assert asyncio.run(parent.run(run_id=run_id)) == [10, 20, 30, 40]
    assert asyncio.run(parent.run(run_id=run_id)) == [10, 20, 30, 40]
    assert calls.calls == [1, 2, 3, 4]
    with sync.connect() as client:
        children = {run["id"] for run in client.runs(parent=run_id)}
        assert children == {f"{run_id}/child", f"{run_id}/child#2", f"{run_id}/child#3"}
        assert client.result(f"{run_id}-own") == 40


def test_many_runs_at_once_each_get_their_own_results(daemon: Daemon, run_id: str) -> None:
    @sidestep.step
    async def square(n: int) -> int:
        await asyncio.sleep(0)
        return n * n

    @sidestep.workflow(name=f"w-{run_id}")
    async def work(n: int) -> list[int]:
        return await asyncio.gather(*[square(n + i) for i in range(5)])

    async def main() -> list[list[int]]:
        async with await sidestep.connect() as client:
            return await asyncio.gather(*[work.run(n, client=client) for n in range(30)])

    assert asyncio.run(main()) == [[(n + i) ** 2 for i in range(5)] for n in range(30)]


def test_runs_are_found_by_state_tag_parent_and_time(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    def work(n: int) -> int:
        if n == 2:
            raise ValueError("two")
        return n

    for n in range(3):
        handle = work.options(tags={"n": str(n), "test": run_id}).start(n)
        try:
            handle.result(timeout=LONG)
        except ValueError:
            pass
    with sync.connect() as client:
        name = f"w-{run_id}"
        assert len(client.runs(workflow=name)) == 3
        assert [run["tags"]["n"] for run in client.runs(workflow=name, status="failed")] == ["2"]
        (found,) = client.runs(tag={"test": run_id, "n": "1"})
        assert client.get(found["id"])["output"] == 1
        client.update(found["id"], tags={"n": None, "seen": "yes"})
        assert client.runs(tag={"seen": "yes", "test": run_id})[0]["id"] == found["id"]
