"""The client on asyncio, on a real daemon."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Coroutine
from typing import Any

import pytest
from daemon import Daemon

import sidestep
from sidestep import current_run, step, workflow


def go(main: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(main)


def test_steps_at_the_same_time(daemon: Daemon, run_id: str) -> None:
    calls: list[int] = []

    @step
    async def fetch(number: int) -> int:
        calls.append(number)
        await asyncio.sleep(0.01 * (5 - number))
        return number * 10

    @workflow
    async def work() -> list[int]:
        return list(await asyncio.gather(*[fetch(number) for number in range(5)]))

    assert go(work.run(run_id=run_id)) == [0, 10, 20, 30, 40]
    assert go(work.run(run_id=run_id)) == [0, 10, 20, 30, 40]
    assert sorted(calls) == list(range(5))
    assert go(work()) == [0, 10, 20, 30, 40]


def test_plain_functions_and_steps_within_steps(daemon: Daemon, run_id: str) -> None:
    @step
    def inner(n: int) -> int:
        return n + 1

    @step
    def outer(n: int) -> int:
        return inner(inner(n))  # in a thread: blocks there, not the loop

    @step
    async def outer_async(n: int) -> int:
        return await inner(n)  # type: ignore[misc,no-any-return]

    @workflow
    async def work() -> list[Any]:
        run = current_run()
        assert isinstance(run, sidestep.Run)
        plain = await run.step("plain", lambda: 7)
        return [await outer(1), await outer_async(1), plain]  # type: ignore[misc]

    assert go(work.run(run_id=run_id)) == [3, 2, 7]

    async def names() -> set[str]:
        async with await sidestep.connect() as client:
            listed = await client.call("step.list", {"run": run_id})
            return {item["step"] for item in listed["steps"]}

    assert go(names()) == {
        "outer", "outer/inner", "outer/inner#2", "outer_async", "outer_async/inner", "plain",
    }  # fmt: skip


def test_a_block_as_workflow(daemon: Daemon, run_id: str) -> None:
    async def main() -> None:
        async with workflow("block", run=run_id) as run:
            assert current_run() is run
            assert await run.step("s", lambda: 1) == 1
            run.output = "out"
        assert sidestep.get_run() is None
        async with workflow("block", run=run_id) as run:
            assert run.closed
            assert run.output == "out"
            assert await run.step("s", lambda: 2) == 1
            with pytest.raises(sidestep.RunClosed):
                await run.step("new", lambda: 2)
        with pytest.raises(KeyError):
            async with workflow("block", run=run_id + "b"):
                raise KeyError("x")
        async with await sidestep.connect() as client:
            assert (await client.get(run_id + "b"))["run"]["status"] == "failed"

    go(main())


def test_a_cancelled_workflow_gives_its_run_back(daemon: Daemon, run_id: str) -> None:
    began = asyncio.Event()

    @workflow
    async def work() -> None:
        run = current_run()
        assert isinstance(run, sidestep.Run)
        await run.step("slow", body)

    async def body() -> None:
        began.set()
        await asyncio.sleep(600)

    async def main() -> None:
        task = asyncio.create_task(work.run(run_id=run_id))
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with await sidestep.connect() as client:
            facts = (await client.get(run_id))["run"]
            assert (facts["status"], facts["interruptions"]) == ("queued", 0)

    go(main())


def test_a_step_that_takes_too_long_is_cancelled_and_tried_again(
    daemon: Daemon, run_id: str
) -> None:
    calls: list[int] = []

    @step(timeout=0.1, retry=sidestep.Retry(2, initial=0.001))
    async def slow() -> str:
        calls.append(1)
        await asyncio.sleep(600 if len(calls) == 1 else 0)
        return "done"

    @workflow
    async def work() -> str:
        return await slow()

    assert go(work.run(run_id=run_id)) == "done"
    assert len(calls) == 2


def test_the_daemon_dies_under_many_runs(daemon: Daemon, run_id: str) -> None:
    done: list[int] = []

    async def body(number: int) -> int:
        await asyncio.sleep(0.005)
        done.append(number)
        return 1

    async def more(wanted: int) -> None:
        while len(done) < wanted:
            await asyncio.sleep(0.001)

    @workflow
    async def work(number: int) -> int:
        run = current_run()
        assert isinstance(run, sidestep.Run)
        return sum([await run.step(f"s{turn}", body, number) for turn in range(20)])

    async def main() -> list[int]:
        async with await sidestep.connect() as client:
            tasks = [
                asyncio.create_task(work.run(number, run_id=f"{run_id}-{number}", client=client))
                for number in range(5)
            ]
            # All five have begun: a grant whose answer is lost is taken over, with another epoch.
            while len(set(done)) < 5:
                await asyncio.sleep(0.001)
            for _ in range(3):
                await asyncio.to_thread(daemon.restart)
                await more(min(len(done) + 10, 100))
            sums = await asyncio.gather(*tasks)
            for number in range(5):
                facts = (await client.get(f"{run_id}-{number}"))["run"]
                assert (facts["epoch"], facts["interruptions"]) == (1, 0)
            return sums

    assert go(main()) == [20] * 5


def test_waiting_for_a_run(daemon: Daemon, run_id: str) -> None:
    async def main() -> None:
        async with await sidestep.connect() as one, await sidestep.connect() as two:
            run = await one.resume(run_id)
            with pytest.raises(sidestep.RunOwned) as caught:
                await two.resume(run_id)
            assert caught.value.owner is not None
            waiting = asyncio.create_task(two.resume(run_id, wait=60))
            result = asyncio.create_task(two.result(run_id, wait=60))
            await asyncio.sleep(0)  # both are sent, and this one is answered behind them
            await two.call("lease.get", {"run": run_id})
            assert not waiting.done()
            await run.complete(5)
            assert (await waiting).output == 5
            assert await result == 5

    go(main())


def test_heartbeat_and_listing(daemon: Daemon, run_id: str) -> None:
    async def main() -> None:
        async with await sidestep.connect() as client:
            run = await client.resume(run_id, workflow=run_id, tags={"a": "b"})

            async def body() -> None:
                context = sidestep.current_step()
                assert isinstance(context, sidestep.StepContext)
                await context.heartbeat({"at": 1})

            await run.step("s", body, timeouts={"heartbeat": 1})
            assert [item["id"] for item in await client.runs(workflow=run_id)] == [run_id]
            assert (await client.explain(run_id))["sentences"]

    go(main())


def test_an_async_function_needs_an_async_workflow(daemon: Daemon, run_id: str) -> None:
    @step
    async def fetch() -> None: ...

    if sys.version_info >= (3, 12):
        with pytest.raises(sidestep.StepFailed, match="async"), workflow("w", run=run_id):
            fetch()
    else:  # Python itself says that nobody has awaited it
        with pytest.warns(RuntimeWarning, match="never awaited"), workflow("w", run=run_id):
            fetch()


def test_a_decorated_coroutine_function_is_one(daemon: Daemon) -> None:
    @step
    async def fetch(page: int) -> str: ...  # type: ignore[empty-body]

    @step
    def read(page: int) -> str: ...  # type: ignore[empty-body]

    assert inspect.iscoroutinefunction(fetch)
    assert not inspect.iscoroutinefunction(read)
    assert fetch.__name__ == "fetch"
    assert list(inspect.signature(fetch).parameters) == ["page"]


def test_more_steps_at_the_same_time_than_the_daemon_takes(daemon: Daemon, run_id: str) -> None:
    async def main() -> None:
        async with await sidestep.connect() as client:
            run = await client.resume(run_id)

            async def body() -> int:
                return 1

            found = await asyncio.gather(*[run.step("s", body) for _ in range(2500)])
            assert found == [1] * 2500
            assert (await client.get(run_id))["steps"]["completed"] == 2500

    go(main())


def test_arguments_and_outputs_that_json_cannot_hold_are_named(daemon: Daemon) -> None:
    forgotten: list[Any] = []

    @step
    async def read() -> int:
        return 1

    @workflow
    async def forgetful(_: Any) -> Any:
        forgotten.append(read())
        return forgotten

    with pytest.raises(TypeError, match="what workflow forgetful is called with cannot be"):
        go(forgetful(object()))
    with pytest.raises(TypeError, match=r"the output of run \w+ cannot be .*an `await` missing"):
        go(forgetful(1))
    forgotten[0].close()
