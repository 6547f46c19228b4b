"""Children, events and sleeps have names of their own, whatever the order in which they begin."""

from __future__ import annotations

import asyncio
from typing import Any

from daemon import Daemon
from effects import Effects, steps
from processes import die, in_child

import sidestep
import sidestep.sync


def test_children_that_begin_in_another_order_keep_their_results(
    daemon: Daemon, run_id: str, effects: Effects
) -> None:
    delays = {1: 0.02, 2: 0.0, 3: 0.01}

    @sidestep.step
    async def prepare(n: int) -> None:
        await asyncio.sleep(delays[n])

    @sidestep.workflow
    async def child(n: int) -> int:
        run = sidestep.current_run()
        assert run is not None
        await run.step("once", effects, str(n))
        return n * 100

    def make(dies: bool) -> Any:
        @sidestep.workflow(name="parent")
        async def parent() -> list[int]:
            async def one(n: int) -> int:
                await prepare(n)
                got = await child(n)
                if dies and len(effects.done) >= 2:
                    die()
                return got

            return list(await asyncio.gather(*map(one, delays)))

        return parent

    assert in_child(lambda: asyncio.run(make(True).run(run_id=run_id))) == "killed"
    delays.update({1: 0.0, 2: 0.02})
    result = asyncio.run(make(False).options(wait=60).run(run_id=run_id))
    assert result == [100, 200, 300]
    assert sorted(set(effects.done)) == ["1", "2", "3"]
    # One was recorded before the process died; the others may have been on their way.
    assert len(effects.done) <= 5


def test_events_that_are_emitted_in_another_order_are_each_announced_once(
    daemon: Daemon, run_id: str
) -> None:
    def make(values: list[int], dies: bool) -> Any:
        @sidestep.workflow(name="teller")
        def teller() -> None:
            run = sidestep.sync.current_run()
            assert run is not None
            for value in values:
                run.emit(run_id, value)
            if dies:
                die()

        return teller

    assert in_child(lambda: make([1, 2, 2], True).run(run_id=run_id)) == "killed"
    make([2, 3, 1, 2], False).options(wait=60).run(run_id=run_id)
    with sidestep.sync.connect() as client:
        events = client.call("event.list", {"event": run_id})["events"]
    assert sorted(event["value"] for event in events) == [1, 2, 2, 3]


def test_sleeps_at_the_same_time_have_a_record_each(daemon: Daemon, run_id: str) -> None:
    def make(spans: list[float], dies: bool) -> Any:
        @sidestep.workflow(name="sleeper")
        async def sleeper() -> None:
            run = sidestep.current_run()
            assert run is not None

            async def nap(seconds: float) -> None:
                await run.sleep(seconds)
                if dies:
                    die()

            await asyncio.gather(*map(nap, spans))

        return sleeper

    assert in_child(lambda: asyncio.run(make([0.05, 600.0], True).run(run_id=run_id))) == "killed"

    async def again() -> None:
        task = asyncio.ensure_future(make([600.0, 0.05], False).options(wait=60).run(run_id=run_id))
        async with await sidestep.connect() as client:
            while (await client.get(run_id))["run"]["status"] != "running":
                await asyncio.sleep(0.002)
        await asyncio.wait({task}, timeout=0.2)
        assert not task.done(), "the long sleep took the record of the short one"
        task.cancel()
        await asyncio.wait({task})

    asyncio.run(again())


def test_a_run_of_an_older_client_goes_on_by_the_order_of_its_calls(
    daemon: Daemon, run_id: str
) -> None:
    with sidestep.sync.connect() as client:
        lease = client.call("resume", {"run": run_id, "workflow": "old"})["lease"]
        for number, name in enumerate(["fetch", "fetch#2"]):
            done = {"lease": lease, "step": name, "output": f"old {number}"}
            client.call("step.complete", done)
        client.call("run.release", {"lease": lease})
    keys: list[str] = []

    @sidestep.step
    def fetch(n: int) -> str:
        context = sidestep.current_step()
        assert context is not None
        keys.append(context.idempotency_key)
        return f"new {n}"

    @sidestep.workflow
    def old() -> list[str]:
        return [fetch(n) for n in (7, 8, 9)]

    assert old.run(run_id=run_id) == ["old 0", "old 1", "new 9"]
    assert [key.partition("/")[2] for key in keys] == ["fetch#3"]


def test_a_step_may_be_named_by_its_arguments(daemon: Daemon, run_id: str) -> None:
    @sidestep.step(name="fetch:{doc}")
    def fetch(doc: str, depth: int = 1) -> str:
        return doc

    @sidestep.workflow
    def work() -> list[str]:
        return [fetch("a"), fetch(doc="b")]

    assert work.run(run_id=run_id) == ["a", "b"]
    assert set(steps(run_id)) == {"fetch:a", "fetch:b"}
