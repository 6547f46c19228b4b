"""Schedules, and reading the streams of a run, on a real daemon."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from daemon import Daemon

import sidestep
import sidestep.sync


@sidestep.workflow(name="report")
async def report(day: str, *, pages: int = 1) -> str:
    return f"{day}: {pages}"


def test_a_schedule_is_put_shown_changed_and_removed(daemon: Daemon, run_id: str) -> None:
    name = f"nightly-{run_id}"
    with sidestep.sync.connect() as client:
        made = client.schedules.put(
            name, report, ["monday"], cron="0 2 * * MON-FRI", time_zone="Europe/Berlin",
            overlap="queue", catch_up=90, jitter=0.5, tags={"of": "test"}, retry=3,
        )  # fmt: skip
        assert made["workflow"] == "report"
        assert (made["cron"], made["time_zone"]) == ("0 2 * * MON-FRI", "Europe/Berlin")
        assert (made["overlap"], made["catch_up_ms"], made["jitter_ms"]) == ("queue", 90_000, 500)
        assert (made["input"], made["tags"]) == (["monday"], {"of": "test"})
        assert made["retry"]["max_attempts"] == 3
        assert len(client.schedules.get(name)["next_at"]) == 5
        assert client.schedules.pause(name)["paused"] is True
        assert client.schedules.unpause(name)["paused"] is False
        assert client.schedules.put(name, "report", every=3600)["every_ms"] == 3_600_000
        assert name in [schedule["schedule"] for schedule in client.schedules.list()]
        assert client.schedules.delete(name) is True
        assert client.schedules.delete(name) is False
        with pytest.raises(sidestep.InvalidArgument):
            client.schedules.put(name, "report", cron="61 * * * *")


def test_a_triggered_schedule_is_executed_by_a_worker(daemon: Daemon, run_id: str) -> None:
    async def main() -> list[Any]:
        async with await sidestep.connect() as client:
            options: dict[str, Any] = {"every": 3600, "paused": True, "queue": run_id}
            await client.schedules.put("s" + run_id, report, ["monday"], {"pages": 2}, **options)
            first = await client.schedules.trigger("s" + run_id, run=run_id)
            again = await client.schedules.trigger("s" + run_id, run=run_id)
            other = await client.schedules.trigger("s" + run_id, ["friday"])
            assert first["id"] == again["id"] == run_id
            await sidestep.Worker(report, client=client, queues=[run_id]).run(until_idle=True)
            return [await client.result(run["id"]) for run in (first, other)]

    assert asyncio.run(main()) == ["monday: 2", "friday: 1"]


def workflow(run_id: str, client: Any) -> Any:
    return sidestep.workflow("w", run=run_id, client=client)


def test_a_stream_is_followed_while_it_is_written(daemon: Daemon, run_id: str) -> None:
    heard = threading.Event()
    read: list[Any] = []

    def follow() -> None:
        with sidestep.sync.connect() as client:
            reader = client.stream(run_id, "answer")
            for item in reader:
                read.append(item)
                heard.set()
            read.append((reader.next, reader.closed, reader.final))

    with (
        sidestep.sync.connect() as client,
        sidestep.workflow("w", run=run_id, client=client) as run,
    ):
        assert isinstance(run, sidestep.sync.Run)
        run.append("answer")
        follower = threading.Thread(target=follow)
        follower.start()
        run.append("answer", "The ", {"n": 1})
        assert heard.wait(60)  # before the stream is closed
        run.append("answer", "tide")
        run.close_stream("answer", "The tide")
        follower.join(10)
    assert read == ["The ", {"n": 1}, "tide", (3, True, "The tide")]


def test_a_stream_is_read_from_an_index_and_without_waiting(daemon: Daemon, run_id: str) -> None:
    async def main() -> list[Any]:
        async with (
            await sidestep.connect() as client,
            workflow(run_id, client) as run,
        ):
            await run.append("answer", *range(2500))  # more than one reply holds
            reader = client.stream(run_id, "answer", start=2, follow=False)
            first = [item async for item in reader]
            await run.append("answer", "late")
            rest = [item async for item in reader]
            return [first == list(range(2, 2500)), rest, reader.next, reader.closed]

    assert asyncio.run(main()) == [True, ["late"], 2501, False]
