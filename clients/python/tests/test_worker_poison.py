"""Workflows that raise what ends programs: the worker goes on, and the run has its failure."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from daemon import Daemon

import sidestep
import sidestep.sync


class Own(BaseException):
    """An exception that no ``except Exception`` catches."""


class Untellable(Exception):
    """An exception that has no text."""

    def __str__(self) -> str:
        raise RuntimeError


def group() -> BaseException:
    """Return a group with members of several kinds."""
    if sys.version_info >= (3, 11):
        return BaseExceptionGroup(  # noqa: F821
            "several", [ValueError("a"), SystemExit(3), Own("b")]
        )
    pytest.skip("groups of exceptions came with Python 3.11")


POISONS: dict[str, Callable[[], BaseException]] = {
    "SystemExit": lambda: SystemExit("out"),
    "CancelledError": asyncio.CancelledError,
    "KeyboardInterrupt": KeyboardInterrupt,
    "Own": lambda: Own("mine"),
    "BaseExceptionGroup": group,
    "Untellable": Untellable,
    "UnicodeError": lambda: ValueError("half of a pair: \ud800"),
}
poisons = pytest.mark.parametrize("poison", POISONS)


def skip_what_is_control_c(poison: str) -> None:
    """Before Python 3.11 `asyncio.run` leaves Control-C to raise KeyboardInterrupt anywhere."""
    if poison == "KeyboardInterrupt" and sys.version_info < (3, 11):
        pytest.skip("it cannot be told from Control-C")


def program_environment() -> dict[str, str]:
    """Return the environment in which a program finds this package."""
    path = os.pathsep.join([str(Path(sidestep.__file__).parents[1]), *sys.path])
    return {**os.environ, "PYTHONPATH": path}


async def outcome(client: sidestep.Client, run: str) -> tuple[str, Any]:
    """Return how a run ended and the class of its recorded error."""
    info = await client.get(run)
    return info["run"]["status"], (info.get("error") or {}).get("type")


@poisons
def test_what_a_workflow_raises_ends_its_run_and_not_the_worker(
    daemon: Daemon, run_id: str, poison: str
) -> None:
    skip_what_is_control_c(poison)
    make = POISONS[poison]

    @sidestep.workflow(name=f"w-{run_id}")
    async def work(bad: bool) -> str:
        if bad:
            raise make()
        return "done"

    async def main() -> list[Any]:
        async with await sidestep.connect() as client:
            for bad in (True, True, False):
                await work.enqueue(bad, run_id=f"{run_id}/{bad}", client=client)
            # One slot: whatever ends it would leave the last run behind.
            worker = sidestep.Worker(work, client=client, concurrency=1)
            await worker.run(until_idle=True)
            return [await outcome(client, f"{run_id}/{bad}") for bad in (True, False)]

    failed = ("failed", type(make()).__name__)
    assert asyncio.run(main()) == [failed, ("completed", None)]


@poisons
def test_a_slot_of_a_worker_on_threads_outlives_what_a_workflow_raises(
    daemon: Daemon, run_id: str, poison: str
) -> None:
    make = POISONS[poison]

    @sidestep.workflow(name=f"w-{run_id}")
    def work(bad: bool) -> str:
        if bad:
            raise make()
        return "done"

    with sidestep.sync.connect() as client:
        for bad in (True, False):
            work.enqueue(bad, run_id=f"{run_id}/{bad}", client=client)
        sidestep.sync.Worker(work, client=client, concurrency=1).run(until_idle=True)
        assert client.get(f"{run_id}/True")["run"]["status"] == "failed"
        assert client.get(f"{run_id}/False")["run"]["status"] == "completed"


@poisons
def test_what_a_body_raises_is_the_outcome_of_its_step(
    daemon: Daemon, run_id: str, poison: str
) -> None:
    skip_what_is_control_c(poison)
    make = POISONS[poison]
    calls = []

    @sidestep.step(retry=sidestep.Retry(2, initial=0.001))
    def body() -> None:
        calls.append(1)
        raise make()

    @sidestep.workflow(name=f"w-{run_id}")
    async def work() -> str:
        try:
            await body()
        except sidestep.StepFailed as error:
            return str(error.type)
        return "?"

    async def main() -> Any:
        async with await sidestep.connect() as client:
            await work.enqueue(run_id=run_id, client=client)
            await sidestep.Worker(work, client=client).run(until_idle=True)
            return (await client.get(run_id)).get("output"), await outcome(client, run_id)

    kind = type(make()).__name__
    if kind == "CancelledError":
        # Thrown in from outside as a rule, so it is no outcome: the step has none.
        assert asyncio.run(main()) == (None, ("failed", kind))
    else:
        assert asyncio.run(main()) == (kind, ("completed", None))
        assert len(calls) == 2


def test_a_time_out_within_a_workflow_is_no_outcome_of_the_step_it_interrupts(
    daemon: Daemon, run_id: str
) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    async def work() -> str:
        run = sidestep.current_run()
        assert run is not None
        try:
            await asyncio.wait_for(run.step("slow", asyncio.sleep, 600), 0.05)
        except asyncio.TimeoutError:
            return "gave up"
        return "?"

    async def main() -> Any:
        async with await sidestep.connect() as client:
            await work.enqueue(run_id=run_id, client=client)
            await sidestep.Worker(work, client=client).run(until_idle=True)
            steps = (await client.call("step.list", {"run": run_id}))["steps"]
            return (await client.get(run_id))["output"], [step["status"] for step in steps]

    output, statuses = asyncio.run(main())
    assert output == "gave up"
    assert "failed" not in statuses


def test_a_worker_that_is_cancelled_gives_its_runs_back(daemon: Daemon, run_id: str) -> None:
    begun = threading.Event()

    @sidestep.workflow(name=f"w-{run_id}")
    async def work() -> None:
        begun.set()
        await asyncio.sleep(600)

    async def main() -> Any:
        async with await sidestep.connect() as client:
            await work.enqueue(run_id=run_id, client=client)
            worker = sidestep.Worker(work, client=client)
            task = asyncio.create_task(worker.run())
            await asyncio.to_thread(begun.wait)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return await outcome(client, run_id)

    assert asyncio.run(main()) == ("queued", None)


def test_an_input_that_nobody_can_read_fails_its_run_and_not_the_worker(
    daemon: Daemon, run_id: str
) -> None:
    class Picky(sidestep.JSONCodec):
        def from_json(self, value: Any, type_: Any = None) -> Any:
            if value == "bad":
                raise LookupError("not one of ours")
            return super().from_json(value, type_)

    @sidestep.workflow(name=f"w-{run_id}")
    async def work(topic: str = "") -> str:
        return topic

    async def main() -> list[Any]:
        async with await sidestep.connect(codec=Picky()) as client:
            found = []
            inputs = [["bad"], {"topic": "sea"}, "lake", {"other": 1}, None, 5]
            for number, input in enumerate(inputs):
                params = {"run": f"{run_id}/{number}", "workflow": work.name, "input": input}
                await client.call("run.enqueue", params)
            await sidestep.Worker(work, client=client).run(until_idle=True)
            for number in range(len(inputs)):
                info = await client.get(f"{run_id}/{number}")
                found.append(info.get("output", info["run"]["status"]))
            return found

    assert asyncio.run(main()) == ["failed", "sea", "lake", {"other": 1}, "", 5]


JOBS = """
import os
import sidestep

@sidestep.workflow(name=os.environ["NAME"])
{kind}def work():
    with open(os.environ["MARKS"], "a") as file:
        file.write("x")
    os._exit(9)
"""


@pytest.mark.parametrize("kind", ["", "async "])
def test_a_run_that_ends_its_process_is_counted_and_paused_in_the_end(
    daemon: Daemon, run_id: str, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "jobs.py").write_text(JOBS.format(kind=kind))
    marks = tmp_path / "marks"
    command = [sys.executable, "-m", "sidestep", "worker", "jobs", "--until-idle"]
    places = {"NAME": run_id, "MARKS": str(marks)}
    with sidestep.sync.connect() as client:
        client.enqueue(run_id, run=run_id, max_interruptions=2)
        for _ in range(200):  # each waits for a moment before it may try again
            ended = subprocess.run(command, env=program_environment() | places, cwd=tmp_path)
            run = client.get(run_id)["run"]
            if run["status"] == "paused":
                break
            assert ended.returncode in (0, 9)
    assert (run["status"], run["reason"]) == ("paused", "crash_loop")
    assert len(marks.read_text()) == 3


def test_control_c_still_ends_a_worker(daemon: Daemon, run_id: str) -> None:
    program = (
        "import asyncio, os, signal, sys, sidestep\n"
        f"@sidestep.workflow(name='w-{run_id}')\n"
        "async def work():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    await asyncio.sleep(600)\n"
        "async def main():\n"
        "    async with await sidestep.connect() as client:\n"
        f"        await work.enqueue(run_id='{run_id}', client=client)\n"
        "        await sidestep.Worker(work, client=client).run()\n"
        "asyncio.run(main())\n"
    )
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, env=program_environment(), capture_output=True, timeout=120)
    assert ended.returncode in (-signal.SIGINT, 130), ended.stderr.decode()
    assert b"KeyboardInterrupt" in ended.stderr
    with sidestep.sync.connect() as client:
        assert client.get(run_id)["run"]["status"] in ("queued", "interrupted")
