"""What a program gives up is over: no signal is swallowed, no run is owned for nobody."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
from typing import Any

import pytest
from daemon import Daemon
from facts import until_async

import sidestep
import sidestep.sync
from sidestep._backends._loop_link import Link

# Waits


def test_a_signal_is_for_the_wait_after_the_one_that_timed_out(daemon: Daemon, run_id: str) -> None:
    async def main() -> None:
        async with await sidestep.connect() as client:
            run = await client.resume(run_id)
            for _ in range(3):
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(run.wait_signal("go"), 0.05)
            await client.signal(run_id, "go", 1)
            assert await run.wait_signal("go") == 1

    asyncio.run(main())


def test_a_wait_that_ends_with_its_time_out_at_once_swallows_nothing(
    daemon: Daemon, run_id: str
) -> None:
    """Time-outs and signals race: each signal is seen by one wait, in their order."""

    async def main() -> None:
        async with await sidestep.connect() as client:
            run = await client.resume(run_id)
            seen: list[int] = []

            async def send() -> None:
                for number in range(100):
                    await client.signal(run_id, "go", number)
                    await asyncio.sleep(0)

            sending = asyncio.ensure_future(send())
            # About as long as a reply takes, on a quiet machine and on a busy one.
            spans = itertools.cycle([0.001, 0.002, 0.005, 0.01, 0.05])
            while len(seen) < 100:
                try:
                    seen.append(await asyncio.wait_for(run.wait_signal("go"), next(spans)))
                except asyncio.TimeoutError:
                    pass
            await sending
            assert seen == list(range(100))

    asyncio.run(main())


def test_many_waits_that_are_given_up_at_once_are_all_over_and_no_call_after_them_is_refused(
    daemon: Daemon, run_id: str
) -> None:
    """More than the requests that a connection may have without a reply, three times over."""

    async def main() -> None:
        async with await sidestep.connect() as client, await sidestep.connect() as other:
            run = await client.resume(run_id)
            for _ in range(3):
                waits = [asyncio.ensure_future(run.wait_signal(f"s{n}")) for n in range(1200)]
                last = f"signal:s{len(waits) - 1}"

                async def waiting(last: str = last) -> bool:
                    steps = (await other.call("step.list", {"run": run_id, "limit": 1000}))["steps"]
                    return len(steps) == 1000 or last in [step["step"] for step in steps]

                await until_async(waiting)
                for wait in waits:
                    wait.cancel()
                # Each is a call of its own beside what is given up.
                await asyncio.gather(*(run.state.set(f"k{n}", n) for n in range(1000)))
                await asyncio.gather(*waits, return_exceptions=True)

            async def all_over() -> bool:
                found = (await other.call("step.list", {"run": run_id}))["steps"]
                return not [step for step in found if step["status"] == "waiting"]

            await until_async(all_over)
            await client.signal(run_id, "s7", "late")
            assert await run.wait_signal("s7") == "late"

    asyncio.run(main())


def test_a_reply_that_comes_while_its_caller_is_being_cancelled_is_given_back() -> None:
    async def main() -> None:
        ours, theirs = socket.socketpair()
        link: Any = None

        async def lost() -> None: ...

        loop = asyncio.get_running_loop()
        _, link = await loop.create_unix_connection(lambda: Link(lost, lambda _: None), sock=ours)
        late: list[Any] = []
        for name, line in (("granted", b'{"id":7,"result":{"lease":"l"}}\n'), ("nothing", b"")):
            task = asyncio.ensure_future(link.call(7, b"{}\n", None, late.append))
            await asyncio.sleep(0)
            task.cancel()
            link.data_received(line)
            with pytest.raises(asyncio.CancelledError):
                await task
            assert [message["result"] for message in late] == [{"lease": "l"}], name
        link.data_received(b'{"id":7,"result":{"lease":"m"}}\n')
        assert [message["result"]["lease"] for message in late] == ["l", "m"]
        await link.close()
        theirs.close()

    asyncio.run(main())


def test_a_wait_given_up_without_a_connection_is_given_up_when_there_is_one(
    daemon: Daemon, run_id: str
) -> None:
    async def main() -> None:
        async with await sidestep.connect() as client, await sidestep.connect() as other:
            run = await client.resume(run_id)
            task = asyncio.ensure_future(run.wait_signal("go"))

            async def waits() -> bool:
                steps = (await other.call("step.list", {"run": run_id}))["steps"]
                return bool(steps) and steps[0]["status"] == "waiting"

            await until_async(waits)
            assert client._link is not None
            client._link.alive = False  # as it is between a lost connection and the next
            client._link._transport.abort()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await client.signal(run_id, "go", 1)
            assert await run.wait_signal("go") == 1

    asyncio.run(main())


def test_a_replay_of_a_wait_that_was_given_up_does_what_it_did(daemon: Daemon, run_id: str) -> None:
    said: list[list[Any]] = []

    @sidestep.workflow
    async def work(seconds: float) -> list[Any]:
        run = sidestep.current_run()
        try:
            first = await asyncio.wait_for(run.wait_signal("go"), seconds)
        except asyncio.TimeoutError:
            first = "nothing"
        await run.client.signal(run.id, "go", 1, message_id="m")
        second = await run.wait_signal("go")
        said.append([first, second])
        if len(said) == 1:
            raise KeyboardInterrupt
        return [first, second]

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(work.run(0.05, run_id=run_id))
    assert asyncio.run(work.run(0.05, run_id=run_id)) == ["nothing", 1]
    assert said == [["nothing", 1]] * 2


def test_a_sleep_that_was_interrupted_ends_when_it_would_have(daemon: Daemon, run_id: str) -> None:
    async def ends() -> int:
        async with await sidestep.connect() as client:
            run = await client.resume(run_id)
            task = asyncio.ensure_future(run.sleep(600))

            async def due() -> list[Any]:
                timers = await client.call("timer.list", {"run": run_id})
                return timers["timers"]  # type: ignore[no-any-return]

            timers = await until_async(due)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return timers[0]["due_at"]  # type: ignore[no-any-return]

    assert asyncio.run(ends()) == asyncio.run(ends())


def test_a_call_of_threads_whose_time_is_over_is_given_up(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client:
        with pytest.raises(sidestep.TimeoutExpired):
            client.call("worker.claim", {"workflows": [run_id], "wait_ms": 60_000}, timeout=0.05)
        client.call("run.enqueue", {"run": run_id, "workflow": run_id})
        client.call("ping")
        assert client.get(run_id)["run"]["status"] == "queued"


# What comes too late


def test_claims_that_were_given_up_take_no_run(daemon: Daemon, run_id: str) -> None:
    async def main() -> None:
        async with await sidestep.connect() as client:
            for number in range(100):
                claim = client.call("worker.claim", {"workflows": [run_id], "wait_ms": 60_000})
                task = asyncio.ensure_future(claim)
                await asyncio.sleep(0)
                enqueued = asyncio.ensure_future(client.enqueue(run_id, run=f"{run_id}-{number}"))
                for _ in range(number % 7):
                    await asyncio.sleep(0)
                task.cancel()
                granted = await asyncio.gather(task, return_exceptions=True)
                await enqueued
                if isinstance(granted[0], dict):
                    await client.call("run.release", {"lease": granted[0]["lease"]})

                async def free(name: str = f"{run_id}-{number}") -> bool:
                    return (await client.get(name))["run"]["status"] != "running"

                await until_async(free)
                claimed = await client.call(
                    "worker.claim", {"workflows": [run_id], "wait_ms": 60_000}
                )
                await client.call("run.complete", {"lease": claimed["lease"], "output": None})

    asyncio.run(main())


def test_a_resume_that_was_given_up_owns_nothing(daemon: Daemon, run_id: str) -> None:
    async def main() -> None:
        async with await sidestep.connect() as client:
            for number in range(50):
                task = asyncio.ensure_future(client.resume(f"{run_id}-{number}"))
                for _ in range(number % 5):
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                if not task.cancelled():
                    await task.result().release()

            async def free() -> bool:
                return not await client.runs(status="running")

            await until_async(free)

    asyncio.run(main())


def test_a_place_in_a_limit_that_came_too_late_is_given_back(daemon: Daemon, run_id: str) -> None:
    @sidestep.step(limit=run_id)
    async def held(inside: asyncio.Event, leave: asyncio.Event) -> None:
        inside.set()
        await leave.wait()

    @sidestep.step(limit=run_id)
    async def next_one(number: int) -> int:
        return number

    @sidestep.workflow
    async def work() -> list[int]:
        found = []
        for number in range(20):
            inside, leave = asyncio.Event(), asyncio.Event()
            holder = asyncio.ensure_future(held(inside, leave))
            await inside.wait()
            waiting = asyncio.ensure_future(next_one(number))
            await asyncio.sleep(0.002)
            leave.set()
            for _ in range(number % 7):
                await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            await holder
            found.append(await next_one(-1 - number))
        return found

    with sidestep.sync.connect() as client:
        client.call("limit.put", {"limit": run_id, "concurrency": 1})
    assert asyncio.run(work.run(run_id=run_id)) == [-1 - number for number in range(20)]


def test_a_worker_that_is_cancelled_between_claims_takes_no_run_with_it(
    daemon: Daemon, run_id: str
) -> None:
    @sidestep.workflow(name=run_id)
    async def work() -> str:
        return "done"

    async def main() -> None:
        async with await sidestep.connect() as client:
            for number in range(10):
                worker = sidestep.Worker(work, client=client, concurrency=3)
                task = asyncio.ensure_future(worker.run())
                await asyncio.sleep(0.01)
                enqueued = asyncio.ensure_future(client.enqueue(run_id, run=f"{run_id}-{number}"))
                for _ in range(number):
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                await enqueued
            worker = sidestep.Worker(work, client=client)
            working = asyncio.ensure_future(worker.run())
            for number in range(10):
                assert await client.result(f"{run_id}-{number}", wait=60) == "done"
            worker.stop()
            await working

    asyncio.run(main())


def test_in_threads_what_comes_too_late_is_given_back(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client, sidestep.sync.connect() as other:
        for number in range(30):
            name = f"{run_id}-{number}"
            sending = threading.Thread(
                target=other.call, args=("run.enqueue", {"run": name, "workflow": run_id})
            )
            sending.start()
            try:
                claim = {"workflows": [run_id], "wait_ms": 60_000}
                lease = client.call("worker.claim", claim, timeout=0.001)["lease"]
            except sidestep.TimeoutExpired:
                lease = None
            sending.join()
            if lease is None:
                lease = client.call("worker.claim", {"workflows": [run_id], "wait_ms": 60_000})[
                    "lease"
                ]
            client.call("run.complete", {"lease": lease, "output": None})
            assert client.get(name)["run"]["status"] == "completed"
