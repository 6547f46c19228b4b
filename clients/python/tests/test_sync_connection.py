"""The client that blocks: loops, threads, time-outs, and a daemon that dies or stays away."""

from __future__ import annotations

import asyncio
import sys
import threading
import time

import pytest
from daemon import Daemon
from effects import Calls
from facts import until

import sidestep
import sidestep.sync
from sidestep.sync import current_run, step, workflow


def test_the_blocking_client_works_in_a_running_loop_and_says_what_it_does(
    daemon: Daemon, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)  # in notebooks it is usual

    @workflow
    def work(number: int) -> tuple[int, bool]:
        run = current_run()
        assert run is not None
        # In a thread of its own, so that it may have a loop of its own.
        inner = asyncio.run(asyncio.sleep(0, number))
        return run.step("s", int, inner), threading.current_thread() is threading.main_thread()

    async def main() -> None:
        with pytest.warns(RuntimeWarning, match=r"await sidestep\.connect"):
            assert work.run(7, run_id=run_id) == (7, False)
        with pytest.warns(RuntimeWarning, match="holds up"):
            client = sidestep.sync.connect()
        assert client.result(run_id) == [7, False]
        client.close()

    asyncio.run(main())


def test_outside_of_a_run_a_step_is_its_function() -> None:
    assert step(lambda n: n + 1)(1) == 2
    assert sidestep.get_run() is None


def test_threads_share_a_client(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client:
        run = client.resume(run_id)
        failures: list[BaseException] = []

        def work(number: int) -> None:
            try:
                for turn in range(20):
                    assert run.step(f"s{number}.{turn}", lambda: number) == number
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert client.get(run_id)["steps"]["completed"] == 160


def test_time_outs(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client:
        run = client.resume(run_id)
        with pytest.raises(sidestep.StepFailed) as caught:
            run.step("slow", time.sleep, 0.3, timeout=0.05)
        assert caught.value.type == "timeout"
        with pytest.raises(sidestep.TimeoutExpired):
            client.result(run_id)
        with pytest.raises(sidestep.TimeoutExpired, match="no reply"):
            client.call("run.result", {"run": run_id, "wait_ms": 5000}, timeout=0.05)
        assert client.call("ping") == {}


def test_the_daemon_dies_while_user_code_blocks(daemon: Daemon, run_id: str) -> None:
    calls = Calls()

    @workflow
    def work() -> list[int]:
        run = current_run()
        assert run is not None

        def body(number: int) -> int:
            if number == 1:
                link = run.client._link
                daemon.restart()
                # Nobody calls, and somebody comes back all the same.
                until(lambda: run.client._link is not link)
            return calls(number)  # type: ignore[no-any-return]

        return [run.step("s", body, number) for number in range(3)]

    assert work.run(run_id=run_id) == [0, 1, 2]
    assert calls.calls == [0, 1, 2]
    with sidestep.sync.connect() as client:
        facts = client.get(run_id)["run"]
        assert (facts["epoch"], facts["interruptions"]) == (1, 0)


def test_a_lost_connection_keeps_its_lease(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client:
        run = client.resume(run_id)
        link = client._link
        assert link is not None
        link._end()
        until(lambda: client._link is not link)
        run.step("s", int)
        assert client.call("lease.get", {"run": run_id})["epoch"] == 1


def test_a_daemon_that_stays_away(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect(reconnect_timeout=0.1) as client:
        run = client.resume(run_id)
        daemon.kill()
        try:
            with pytest.raises(sidestep.ConnectionLost):
                run.step("s", int)
        finally:
            daemon.start()
        assert run.step("s", int) == 0
