"""A replay never gives a step the record of another, whatever the order of the calls."""

from __future__ import annotations

import asyncio

import pytest
from daemon import Daemon
from effects import Effects
from processes import die, in_child

import sidestep
import sidestep.sync


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

    run = lambda: asyncio.run(work.options(wait=60).run(True, run_id=run_id))  # noqa: E731
    assert in_child(run) == "killed"
    delays.update({1: 0.0, 2: 0.03, 3: 0.01})
    body = work.function

    @sidestep.workflow(name="pipeline")
    async def again(dies: bool) -> list[str]:
        return await body(False)

    assert asyncio.run(again.options(wait=60).run(True, run_id=run_id)) == [
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

    result = asyncio.run(again.options(wait=60).run(True, run_id=run_id))
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

    result = asyncio.run(again.options(wait=60).run(True, run_id=run_id))
    assert result == [-item for item in range(12)]
    assert len(effects.done) <= 12 + 3
