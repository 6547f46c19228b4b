"""A replay never gives a step the record of another, on a real daemon with real deaths."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from daemon import Daemon
from processes import die, in_child

import sidestep
import sidestep.sync


class Effects:
    """Notes in a file what was done, so that it is known after deaths."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, text: str) -> None:
        with self.path.open("a") as file:
            file.write(text + "\n")

    @property
    def done(self) -> list[str]:
        return self.path.read_text().split() if self.path.exists() else []


@pytest.fixture
def effects(tmp_path: Path) -> Effects:
    """What the bodies of steps did."""
    return Effects(tmp_path / "effects")


def steps(run: str) -> dict[str, str]:
    """Return the steps of a run and their statuses."""
    with sidestep.sync.connect() as client:
        found = client.call("step.list", {"run": run})["steps"]
    return {step["step"]: step["status"] for step in found}


def test_a_pipeline_whose_items_come_in_another_order_keeps_its_results(
    daemon: Daemon, run_id: str, effects: Effects
) -> None:
    delays = {1: 0.03, 2: 0.0, 3: 0.015}

    @sidestep.step
    async def download(n: int) -> str:
        await asyncio.sleep(delays[n])
        return f"text {n}"

    @sidestep.step
    async def summarise(text: str) -> str:
        effects(text.replace(" ", "-"))
        return text.upper()

    @sidestep.workflow(name="pipeline")
    async def work(dies: bool) -> list[str]:
        async def one(n: int) -> str:
            text = await download(n)
            if dies and len(effects.done) >= 2:
                die()
            return await summarise(text)

        return list(await asyncio.gather(*map(one, delays)))

    run = lambda: asyncio.run(work.options(wait=20).run(True, run_id=run_id))  # noqa: E731
    assert in_child(run) == "killed"
    delays.update({1: 0.0, 2: 0.03, 3: 0.01})
    body = work.function

    @sidestep.workflow(name="pipeline")
    async def again(dies: bool) -> list[str]:
        return await body(False)

    assert asyncio.run(again.options(wait=20).run(True, run_id=run_id)) == [
        "TEXT 1",
        "TEXT 2",
        "TEXT 3",
    ]
    assert sorted(effects.done) == ["text-1", "text-2", "text-3"]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_bounded_fan_out_goes_on_whatever_was_finished(
    daemon: Daemon, run_id: str, effects: Effects, limit: int
) -> None:
    """The calls that are on record may stand in line behind those that are not."""

    @sidestep.step
    async def fetch(n: int) -> int:
        if n % 2 == 0 and len(effects.done) < 3:
            await asyncio.sleep(0.1)  # the even ones are in flight when the process dies
        effects(str(n))
        return n * n

    @sidestep.workflow(name="bounded")
    async def work(dies: bool) -> list[int]:
        slots = asyncio.Semaphore(limit)

        async def one(n: int) -> int:
            async with slots:
                got = await fetch(n)
            if dies and len(effects.done) >= 3:
                die()
            return got

        return list(await asyncio.gather(*map(one, range(6))))

    assert in_child(lambda: asyncio.run(work.run(True, run_id=run_id))) == "killed"
    body = work.function

    @sidestep.workflow(name="bounded")
    async def again(dies: bool) -> list[int]:
        return await body(False)

    result = asyncio.run(again.options(wait=20).run(True, run_id=run_id))
    assert result == [n * n for n in range(6)]


def test_a_pool_of_workers_may_take_other_items_in_a_replay(
    daemon: Daemon, run_id: str, effects: Effects
) -> None:
    @sidestep.step
    async def handle(item: int) -> int:
        effects(str(item))
        await asyncio.sleep(0.001 * (item % 3))
        return -item

    @sidestep.workflow(name="pool")
    async def work(dies: bool) -> list[int]:
        items: asyncio.Queue[int] = asyncio.Queue()
        results: dict[int, int] = {}
        for item in range(12):
            items.put_nowait(item)

        async def worker() -> None:
            while not items.empty():
                item = items.get_nowait()
                results[item] = await handle(item)
                if dies and len(results) >= 7:
                    die()

        await asyncio.gather(*[worker() for _ in range(3)])
        return [results[item] for item in range(12)]

    assert in_child(lambda: asyncio.run(work.run(True, run_id=run_id))) == "killed"
    body = work.function

    @sidestep.workflow(name="pool")
    async def again(dies: bool) -> list[int]:
        return await body(False)

    result = asyncio.run(again.options(wait=20).run(True, run_id=run_id))
    assert result == [-item for item in range(12)]
    assert len(effects.done) <= 12 + 3


# Programs that were changed


def changed(
    run_id: str, recorded: list[Any], called: list[Any], **options: Any
) -> tuple[Any, list[Any]]:
    """Record `charge` for some values, die, and call it for others; return what came of it."""
    charged: list[Any] = []
    how = options.pop("step", {})

    @sidestep.step(**how)
    def charge(amount: Any) -> str:
        charged.append(amount)
        return f"charged {amount}"

    def make(amounts: list[Any], dies: bool) -> Any:
        @sidestep.workflow(name="shop", **options)
        def shop() -> list[str]:
            results = [charge(amount) for amount in amounts]
            if dies:
                die()
            return results

        return shop

    assert in_child(lambda: make(recorded, True).run(run_id=run_id)) == "killed"
    try:
        result = make(called, False).options(wait=20).run(run_id=run_id)
    except sidestep.StepMismatch as error:
        result = error
    return result, charged


def test_a_call_inserted_in_front_is_a_divergence_that_shows_both_calls_and_the_ways_out(
    daemon: Daemon, run_id: str
) -> None:
    error, charged = changed(run_id, ["A"], ["NEW", "A"])
    assert isinstance(error, sidestep.StepMismatch)
    assert charged == []
    assert (error.expected, error.actual) == ('["A"]', '["NEW"]')
    for text in ('["A"]', '["NEW"]', "name='…'", "fetch:{doc}", "run_id=", "on_mismatch", "fork"):
        assert text in str(error), text
    with sidestep.sync.connect() as client:
        assert client.get(run_id)["run"]["status"] == "failed"


def test_a_divergence_is_not_tried_again_by_any_policy(daemon: Daemon, run_id: str) -> None:
    tries: list[int] = []

    def make(amount: str, dies: bool) -> Any:
        @sidestep.step
        def charge(amount: str) -> str:
            return amount

        @sidestep.step(retry=5)
        def outer() -> str:
            tries.append(1)
            charge(amount)
            if dies:
                die()
            return amount

        @sidestep.workflow(name="nested", retry=5)
        def work() -> str:
            return outer()  # type: ignore[no-any-return]

        return work

    assert in_child(lambda: make("A", True).run(run_id=run_id)) == "killed"
    with pytest.raises(sidestep.StepMismatch):
        make("B", False).options(wait=20).run(run_id=run_id)
    assert tries == [1]
    assert steps(run_id)["outer"] != "failed"


def test_a_run_that_ended_in_a_divergence_goes_on_after_the_remedy(
    daemon: Daemon, run_id: str
) -> None:
    changed(run_id, ["A"], ["NEW", "A"])
    charged: list[str] = []

    @sidestep.step
    def charge(amount: str) -> str:
        charged.append(amount)
        return f"charged {amount}"

    @sidestep.workflow(name="shop", if_closed="retry")
    def shop() -> list[str]:
        new = sidestep.step(name="charge the new one")(charge.__wrapped__)  # type: ignore[attr-defined]
        return [new("NEW"), charge("A")]

    assert shop.run(run_id=run_id) == ["charged NEW", "charged A"]
    assert charged == ["NEW"]


def test_a_call_that_was_removed_shifts_nothing(daemon: Daemon, run_id: str) -> None:
    assert changed(run_id, ["A", "B"], ["B"]) == (["charged B"], [])


def test_a_changed_call_may_be_executed_as_a_new_step(daemon: Daemon, run_id: str) -> None:
    result, charged = changed(run_id, ["A"], ["NEW", "A"], on_mismatch="run")
    assert (result, charged) == (["charged NEW", "charged A"], ["NEW"])
    assert set(steps(run_id)) == {"charge", "charge#2"}


def test_a_changed_call_may_take_the_record_as_it_is(daemon: Daemon, run_id: str) -> None:
    step = {"on_mismatch": "reuse"}
    result, charged = changed(run_id, ["A", "B"], ["X", "Y"], step=step, on_mismatch="error")
    assert (result, charged) == (["charged A", "charged B"], [])


def test_a_fingerprint_of_false_leaves_calls_to_their_order(daemon: Daemon, run_id: str) -> None:
    result, charged = changed(run_id, ["A"], ["X", "Y"], step={"fingerprint": False})
    assert (result, charged) == (["charged A", "charged Y"], ["Y"])


@pytest.mark.parametrize("choice", ["error", "run"])
def test_an_at_most_once_step_is_never_executed_again_on_a_mismatch(
    daemon: Daemon, run_id: str, choice: str
) -> None:
    step = {"at_most_once": True, "on_mismatch": choice}
    error, charged = changed(run_id, ["A"], ["NEW"], step=step)
    assert isinstance(error, sidestep.StepMismatch)
    assert charged == []


def test_what_was_in_flight_with_other_arguments_is_no_divergence(
    daemon: Daemon, run_id: str
) -> None:
    """It has no outcome; its name, which is a key to the outside world, stays its own."""
    keys: list[str] = []

    def make(amount: int, dies: bool) -> Any:
        @sidestep.step(metadata={"began": "at once"}, timeouts={"start_to_close_ms": 60_000})
        def charge(amount: int) -> int:
            context = sidestep.current_step()
            assert context is not None
            if dies:
                die()
            keys.append(context.idempotency_key)
            return amount

        @sidestep.workflow(name="shop")
        def shop() -> int:
            return charge(amount)  # type: ignore[no-any-return]

        return shop

    assert in_child(lambda: make(1, True).run(run_id=run_id)) == "killed"
    assert make(2, False).options(wait=20).run(run_id=run_id) == 2
    assert set(steps(run_id)) == {"charge", "charge#2"}


def test_a_changed_fan_out_is_a_divergence_before_anything_is_executed(
    daemon: Daemon, run_id: str
) -> None:
    for spawn in ("gather", "group", "wait"):
        called: list[int] = []

        @sidestep.step
        async def fetch(n: int) -> int:
            called.append(n)  # noqa: B023
            return n

        def make(numbers: list[int], dies: bool) -> Any:
            @sidestep.workflow(name="fan")
            async def fan() -> list[int]:
                results = await SPAWN[spawn](fetch, numbers)  # noqa: B023
                if dies:
                    die()
                return list(results)

            return fan

        run = f"{run_id}-{spawn}"
        first = make([1, 2, 3], True)
        assert in_child(lambda: asyncio.run(first.run(run_id=run))) == "killed"  # noqa: B023
        changed_fan = make([11, 12, 13], False).options(wait=20)
        with pytest.raises((sidestep.StepMismatch, *GROUPS)) as caught:
            asyncio.run(changed_fan.run(run_id=run))
        error = caught.value
        inner = getattr(error, "exceptions", (error,))
        assert all(isinstance(item, sidestep.StepMismatch) for item in inner)
        assert called == []


async def gathered(function: Callable[[int], Any], numbers: list[int]) -> list[int]:
    return list(await asyncio.gather(*map(function, numbers)))


async def grouped(function: Callable[[int], Any], numbers: list[int]) -> list[int]:
    if not hasattr(asyncio, "TaskGroup"):
        return await gathered(function, numbers)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(function(n)) for n in numbers]
    return [task.result() for task in tasks]


async def waited(function: Callable[[int], Any], numbers: list[int]) -> list[int]:
    tasks = [asyncio.ensure_future(function(n)) for n in numbers]
    await asyncio.wait(tasks)
    return [task.result() for task in tasks]


SPAWN = {"gather": gathered, "group": grouped, "wait": waited}
GROUPS: tuple[type[BaseException], ...] = (
    (ExceptionGroup,) if hasattr(asyncio, "TaskGroup") else ()  # noqa: F821
)


def test_a_branch_that_gets_on_by_itself_delays_a_doubtful_call_and_does_not_forbid_it(
    daemon: Daemon, run_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    @sidestep.step
    async def fetch(n: int) -> int:
        return n

    def make(numbers: list[int], dies: bool) -> Any:
        @sidestep.workflow(name="ticking")
        async def ticking() -> list[int]:
            async def tick() -> None:
                while True:
                    await asyncio.sleep(0.001)

            ticker = asyncio.ensure_future(tick())
            results = [await fetch(n) for n in numbers]
            ticker.cancel()
            if dies:
                die()
            return results

        return ticking

    first = make([1], True)
    assert in_child(lambda: asyncio.run(first.run(run_id=run_id))) == "killed"
    with caplog.at_level(logging.WARNING, "sidestep"):
        assert asyncio.run(make([2], False).options(wait=20).run(run_id=run_id)) == [2]
    assert "fetch is called with [2], and fetch is on record with [1]" in caplog.text


# Threads


def test_steps_in_a_pool_of_threads_are_recorded_and_find_their_records(
    daemon: Daemon, run_id: str, effects: Effects
) -> None:
    @sidestep.step
    def fetch(n: int) -> int:
        effects(str(n))
        return n * 10

    def make(dies: bool) -> Any:
        @sidestep.workflow(name="threads")
        def work() -> list[int]:
            with ThreadPoolExecutor(3) as pool:
                first = list(pool.map(fetch, [3, 1, 2]))
                if dies:
                    die()
                return [*first, *pool.map(fetch, [1, 2, 3, 4])]

        return work

    assert in_child(lambda: make(True).run(run_id=run_id)) == "killed"
    result = make(False).options(wait=20).run(run_id=run_id)
    assert result == [30, 10, 20, 10, 20, 30, 40]
    assert sorted(effects.done) == sorted("3121234"[:3] + "1234")
    assert len(steps(run_id)) == 7


def test_steps_in_run_in_executor_are_recorded(daemon: Daemon, run_id: str) -> None:
    @sidestep.step
    def fetch(n: int) -> int:
        return n * 10

    @sidestep.workflow(name="executor")
    async def work() -> list[int]:
        loop = asyncio.get_running_loop()
        return [await loop.run_in_executor(None, fetch, n) for n in (1, 2)]

    assert asyncio.run(work.run(run_id=run_id)) == [10, 20]
    assert steps(run_id) == {"fetch": "completed", "fetch#2": "completed"}


def test_a_pool_that_outlives_a_run_works_for_others_as_well(daemon: Daemon, run_id: str) -> None:
    @sidestep.step
    def where() -> str | None:
        run = sidestep.current_run()
        return run.id if run is not None else None

    with ThreadPoolExecutor(1) as pool:

        @sidestep.workflow(name="one")
        def work() -> str | None:
            return pool.submit(where).result()

        assert work.run(run_id=run_id) == run_id
        assert pool.submit(where).result() is None
        assert work.run(run_id=run_id + "-2") == run_id + "-2"


def test_a_step_in_a_thread_that_a_workflow_starts_says_what_to_do(
    daemon: Daemon, run_id: str
) -> None:
    errors: list[BaseException] = []

    @sidestep.step
    def fetch() -> None:
        raise AssertionError("it must not be executed unrecorded")

    def body() -> None:
        try:
            fetch()
        except RuntimeError as error:
            errors.append(error)

    @sidestep.workflow(name="own thread")
    def work() -> None:
        thread = threading.Thread(target=body)
        thread.start()
        thread.join()

    work.run(run_id=run_id)
    assert "ThreadPoolExecutor" in str(errors[0])
    assert run_id in str(errors[0])


# Parts with names of their own


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
    result = asyncio.run(make(False).options(wait=20).run(run_id=run_id))
    assert result == [100, 200, 300]
    assert sorted(set(effects.done)) == ["1", "2", "3"]
    assert len(effects.done) <= 4


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
    make([2, 3, 1, 2], False).options(wait=20).run(run_id=run_id)
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
        task = asyncio.ensure_future(make([600.0, 0.05], False).options(wait=20).run(run_id=run_id))
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
