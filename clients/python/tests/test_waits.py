"""Waits, workers, queues, children and cancelling, on a real daemon."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from daemon import Daemon
from facts import until_async
from processes import die, in_child

import sidestep
import sidestep.sync


def go(main: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(main)


def here() -> sidestep.Run:
    run = sidestep.current_run()
    assert isinstance(run, sidestep.Run)
    return run


def test_a_signal_is_kept_until_it_is_waited_for(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow
    async def work() -> list[Any]:
        run = here()
        return [await run.wait_signal("go"), await run.wait_signal("go")]

    async def main() -> list[Any]:
        async with await sidestep.connect() as client:
            task = asyncio.create_task(work.run(run_id=run_id))

            async def waits() -> bool:
                try:
                    return (await client.get(run_id))["steps"].get("waiting") == 1
                except sidestep.RunNotFound:
                    return False

            await until_async(waits)
            await client.signal(run_id, "go", {"n": 1}, message_id="m1")
            assert (await client.signal(run_id, "go", {"n": 1}, message_id="m1"))["duplicate"]
            await client.signal(run_id, "go", 2)
            return await task

    assert go(main()) == [{"n": 1}, 2]
    assert go(work.run(run_id=run_id)) == [{"n": 1}, 2]


def test_a_wait_that_runs_out_says_so_on_every_replay(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(retry=2)
    async def work() -> str:
        try:
            await here().wait_signal("never", timeout=0.01)
        except sidestep.TimeoutExpired as error:
            if here().attempt == 1:
                raise RuntimeError from error
            return f"no {error.which}"
        return "?"

    assert (
        go(work.options(retry=sidestep.Retry(2, initial=0.001)).run(run_id=run_id)) == "no signal"
    )


def test_promises_are_settled_once_by_somebody_else(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow
    async def work() -> list[Any]:
        run = here()
        await run.create_promise("yes")
        await run.create_promise("no")
        good = await run.wait_promise("yes")
        with pytest.raises(sidestep.StepFailed) as caught:
            await run.wait_promise("no")
        return [good, caught.value.failure]

    async def main() -> Any:
        async with await sidestep.connect() as client:
            task = asyncio.create_task(work.run(run_id=run_id))

            async def made() -> bool:
                try:
                    found = await client.call("promise.list", {"run": run_id})
                except sidestep.RunNotFound:
                    return False
                return len(found["promises"]) == 2

            await until_async(made)
            assert (await client.settle(run_id, "yes", 5))["settled"]
            assert not (await client.settle(run_id, "yes", 6))["settled"]
            await client.settle(run_id, "no", error={"type": "Refused"})
            return await task

    assert go(main()) == [5, {"type": "Refused"}]


def test_the_first_of_several_ends_a_wait(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow
    async def work() -> list[Any]:
        run = here()
        one = await run.wait_first("a", signals=["x", "y"], timeout=60)
        two = await run.wait_first("b", signals=["x"], promises=["p"], timeout=0.01)
        await run.sleep(0.01)
        return [one.by, one.name, one.value, two.by]

    async def main() -> Any:
        async with await sidestep.connect() as client:
            await client.enqueue("work", run=run_id)
            await client.signal(run_id, "y", 7)
            return await work.run(run_id=run_id, client=client)

    assert go(main()) == ["signal", "y", 7, "time"]


def test_a_sleep_goes_on_over_a_death(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow
    async def work(die_first: bool = False) -> float:
        run = here()
        began = await run.step("began", time.time)
        if die_first:
            asyncio.get_running_loop().call_later(0.2, die)
        await run.sleep(0.5)
        return time.time() - began

    assert in_child(lambda: go(work.run(True, run_id=run_id))) == "killed"

    @sidestep.workflow(name="work")
    async def again(die_first: bool = False) -> float:
        return await work.function(False)

    slept = go(again.options(wait=5).run(True, run_id=run_id))
    assert 0.5 <= slept < 5


def test_a_worker_executes_what_is_enqueued(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name=f"{run_id}-w")
    async def work(number: int, *, double: bool = False) -> int:
        return number * (2 if double else 1)

    async def main() -> None:
        async with await sidestep.connect() as client:
            handles = [await work.enqueue(n, client=client, double=n == 2) for n in range(5)]
            await sidestep.Worker(work, client=client).run(until_idle=True)
            assert [await handle.result() for handle in handles] == [0, 1, 4, 3, 4]

    go(main())


def test_a_worker_leaves_a_run_that_waits_and_takes_it_up_again(
    daemon: Daemon, run_id: str
) -> None:
    entered: list[str] = []

    @sidestep.workflow(name=f"{run_id}-w")
    async def work() -> str:
        entered.append("in")
        await here().step("before", lambda: entered.append("before"))
        value: str = await here().wait_signal("approve")
        return value

    async def main() -> None:
        async with await sidestep.connect() as client:
            await work.enqueue(run_id=run_id, client=client)
            worker = sidestep.Worker(work, client=client, suspend_after=0.01)
            await worker.run(until_idle=True)
            assert (await client.get(run_id))["run"]["status"] == "waiting"
            await client.signal(run_id, "approve", "granted")
            await worker.run(until_idle=True)
            assert await client.result(run_id) == "granted"

    go(main())
    assert entered == ["in", "before", "in"]


def test_a_process_can_leave_a_run_that_waits(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(suspend_after=0.01)
    async def work() -> Any:
        return await here().wait_signal("approve")

    with pytest.raises(sidestep.RunSuspended):
        go(work.run(run_id=run_id))
    with sidestep.sync.connect() as client:
        assert client.get(run_id)["run"]["status"] == "waiting"
        client.signal(run_id, "approve", 1)
    assert go(work.run(run_id=run_id)) == 1


def test_the_run_of_a_killed_worker_goes_on_in_the_next_one(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> None:
    log = tmp_path / "log"

    @sidestep.step
    def write(text: str) -> None:
        with log.open("a") as file:
            file.write(text + "\n")

    @sidestep.workflow(name=f"{run_id}-w")
    def work() -> str:
        write("one")
        write("two")
        if not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            die()
        write("three")
        return "done"

    with sidestep.sync.connect() as client:
        client.enqueue(f"{run_id}-w", run=run_id)
    serve = lambda: sidestep.sync.Worker(work, concurrency=1).run(until_idle=True)  # noqa: E731
    assert in_child(serve) == "killed"
    with sidestep.sync.connect() as client:
        end = time.monotonic() + 60
        while client.get(run_id)["run"]["status"] == "running":  # we may hear of it first
            assert time.monotonic() < end
        serve()
        assert client.result(run_id, wait=60) == "done"
    assert log.read_text().split() == ["one", "two", "three"]


def test_a_cancelled_run_undoes_what_it_did(daemon: Daemon, run_id: str) -> None:
    done: list[str] = []

    @sidestep.workflow
    async def work() -> None:
        run = here()
        for name in ("flight", "hotel"):
            await run.step(f"book {name}", done.append, f"book {name}")
            run.compensate(f"return {name}", done.append, f"return {name}")
        await run.wait_signal("never")

    async def main() -> None:
        async with await sidestep.connect() as client:
            task = asyncio.create_task(work.run(run_id=run_id))

            async def waits() -> bool:
                try:
                    return (await client.get(run_id))["steps"].get("waiting") == 1
                except sidestep.RunNotFound:
                    return False

            await until_async(waits)
            await client.cancel(run_id, "changed my mind")
            with pytest.raises(sidestep.RunCancelled):
                await task
            assert (await client.get(run_id))["run"]["status"] == "cancelled"

    go(main())
    assert done == ["book flight", "book hotel", "return hotel", "return flight"]


def test_a_cancel_reaches_plain_code_at_its_next_step(daemon: Daemon, run_id: str) -> None:
    started, cancelled = threading.Event(), threading.Event()
    seen: list[str] = []

    def first() -> None:
        started.set()
        assert cancelled.wait(60)

    @sidestep.workflow
    def work() -> None:
        run = sidestep.sync.current_run()
        assert run is not None
        run.step("first", first)
        run.compensate("undo", seen.append, "undone")
        try:
            run.step("second", seen.append, "second")
        except Exception:
            seen.append("swallowed")

    def cancel() -> None:
        assert started.wait(60)
        with sidestep.sync.connect() as client:
            client.cancel(run_id)
        cancelled.set()

    other = threading.Thread(target=cancel)
    other.start()
    with pytest.raises(sidestep.RunCancelled):
        work.run(run_id=run_id)
    other.join()
    assert seen == ["swallowed", "undone"]


def test_children_are_cancelled_with_their_parent(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow
    async def child() -> None:
        await here().wait_signal("never")

    @sidestep.workflow
    async def parent() -> None:
        await child()

    async def main() -> None:
        async with await sidestep.connect() as client:
            task = asyncio.create_task(parent.run(run_id=run_id))

            async def both() -> bool:
                try:
                    facts = await client.get(f"{run_id}/child")
                except sidestep.RunNotFound:
                    return False
                return facts["steps"].get("waiting") == 1

            await until_async(both)
            await client.cancel(run_id)
            with pytest.raises(sidestep.RunCancelled):
                await task
            assert (await client.get(f"{run_id}/child"))["run"]["status"] == "cancelled"

    go(main())


MODULE = """
import sidestep

@sidestep.workflow(name="{name}-a")
async def one(n: int) -> int:
    return n + 1

@sidestep.workflow(name="{name}-b")
def two(n: int) -> int:
    return n * 2
"""


def test_a_worker_learns_how_programs_end_although_its_parent_ignores_children(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> None:
    (tmp_path / "jobs.py").write_text(
        "import subprocess, sidestep.sync as sidestep\n"
        f"@sidestep.workflow(name={run_id!r})\n"
        "def work(n: int) -> int:\n"
        "    return subprocess.call(['sh', '-c', f'exit {n}'])\n"
    )
    launch = Path(__file__).parents[3] / "Tests" / "BlackBox" / "Odd" / "launch"
    odd = [launch, "--ignore", "SIGCHLD", "--block", "SIGTERM", "--"]
    command = [*odd, sys.executable, "-m", "sidestep", "worker", str(tmp_path / "jobs.py")]
    environment = {**daemon.environment, "PYTHONPATH": str(Path(sidestep.__file__).parents[1])}
    worker = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        with sidestep.sync.connect() as client:
            client.enqueue(run_id, 3, run=run_id)
            assert client.result(run_id, wait=60) == 3
        worker.terminate()
        assert worker.wait(60) == 0
    finally:
        worker.kill()
        worker.communicate()


@pytest.mark.parametrize("by", ["python -m sidestep", "sidestep"])
def test_a_worker_serves_the_workflows_of_a_module(
    daemon: Daemon, run_id: str, tmp_path: Path, by: str
) -> None:
    (tmp_path / "jobs.py").write_text(MODULE.replace("{name}", run_id))
    tool = [sys.executable, "-m", "sidestep"]
    if by == "sidestep":
        tool = [str(Path(daemon.program).with_name("sidestep"))]
    command = [*tool, "worker", str(tmp_path / "jobs.py")]
    environment = {**daemon.environment, "PYTHONPATH": str(Path(sidestep.__file__).parents[1])}
    environment["SIDESTEP_PYTHON"] = sys.executable
    worker = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        with sidestep.sync.connect() as client:
            client.enqueue(f"{run_id}-a", 1, run=f"{run_id}-1")
            client.enqueue(f"{run_id}-b", 4, run=f"{run_id}-2")
            assert client.result(f"{run_id}-1", wait=60) == 2
            assert client.result(f"{run_id}-2", wait=60) == 8
        worker.terminate()
        said, _ = worker.communicate(timeout=60)
        assert (worker.returncode, said) == (0, f"serving {run_id}-a, {run_id}-b\n")
    finally:
        worker.kill()
        worker.wait()


def test_waits_of_one_client_take_no_place_from_other_calls(daemon: Daemon, run_id: str) -> None:
    count = 3000  # the daemon answers at most 1024 of one connection later

    @sidestep.workflow
    async def work() -> int:
        run = here()
        return sum(await asyncio.gather(*(run.wait_signal(f"s{n}") for n in range(count))))

    async def main() -> Any:
        async with await sidestep.connect() as client:
            task = asyncio.create_task(work.run(run_id=run_id, client=client))

            async def waits() -> bool:
                try:
                    return (await client.get(run_id))["steps"].get("waiting") == count
                except sidestep.RunNotFound:
                    return False

            await until_async(waits)
            await client.call("ping")
            await asyncio.gather(*(client.signal(run_id, f"s{n}", n) for n in range(count)))
            return await task

    assert go(main()) == count * (count - 1) // 2


def test_no_body_begins_while_its_run_may_be_gone(daemon: Daemon, run_id: str) -> None:
    bodies: list[str] = []

    @sidestep.workflow(suspend_after=0.01)
    async def work() -> Any:
        run = here()
        leaving = asyncio.Event()
        call = run.client.call

        async def slowly(method: str, *args: Any, **more: Any) -> Any:
            if method == "run.suspend" and not leaving.is_set():
                leaving.set()
                await asyncio.sleep(0.05)  # as a busy daemon: the step comes meanwhile
            return await call(method, *args, **more)

        run.client.call = slowly  # type: ignore[method-assign]

        async def step() -> None:
            await leaving.wait()
            await run.step("effect", lambda: bodies.append("effect"))

        return await asyncio.gather(run.wait_signal("approve"), step())

    with pytest.raises(sidestep.RunSuspended):
        go(work.run(run_id=run_id))
    assert bodies == []
    with sidestep.sync.connect() as client:
        assert client.get(run_id)["run"]["status"] == "waiting"
