"""Steps in threads are recorded, and find their records."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from daemon import Daemon
from effects import Effects, steps
from processes import die, in_child

import sidestep
import sidestep.sync


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
    result = make(False).options(wait=60).run(run_id=run_id)
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
        run = sidestep.get_run()
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
