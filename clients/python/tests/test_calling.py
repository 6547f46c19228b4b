"""How steps and workflows are called: as methods, by name, in another order, with names of ours."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from daemon import Daemon

import sidestep
from sidestep import sync


class Shop:
    """A class whose methods are steps and workflows."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls: list[Any] = []

    @sidestep.step
    def price(self, item: str) -> int:
        self.calls.append(item)
        return len(item)

    @sidestep.step(name="ship:{item}")
    async def ship(self, item: str) -> str:
        self.calls.append(item)
        return f"{self.name}:{item}"

    @sidestep.workflow
    def sell(self, item: str, *, count: int = 1) -> int:
        return self.price(item) * count

    @sidestep.workflow(name="deliver")
    async def deliver(self, item: str) -> str:
        return await self.ship(item)

    @sidestep.step
    @staticmethod
    def tax(n: int) -> int:
        return n + 1

    @sidestep.step
    @classmethod
    async def kind(cls, n: int) -> str:
        return cls.__name__ * n

    @sidestep.workflow
    @classmethod
    async def audit(cls, n: int) -> list[Any]:
        return [await asyncio.to_thread(cls.tax, n), await cls.kind(n)]


def test_methods_are_steps_and_workflows_of_their_object(daemon: Daemon, run_id: str) -> None:
    one, other = Shop("one"), Shop("other")
    assert one.sell.run("tea", count=2, run_id=run_id) == 6
    assert other.sell.run("tea", count=2, run_id=run_id) == 6
    assert (one.calls, other.calls) == (["tea"], [])
    assert one.sell("milk") == 4
    assert asyncio.run(one.deliver.run("tea", run_id=run_id + "d")) == "one:tea"
    assert asyncio.run(Shop("x").deliver.run("tea", run_id=run_id + "d")) == "one:tea"
    assert asyncio.run(Shop.audit.run(2, run_id=run_id + "a")) == [3, "ShopShop"]
    assert Shop.sell.name == "sell"
    assert inspect.iscoroutinefunction(one.ship)
    with sync.connect() as client:
        assert client.get(run_id)["input"] == {"args": ["tea"], "kwargs": {"count": 2}}
        steps = client.call("step.list", {"run": run_id + "d"})["steps"]
        assert [step["step"] for step in steps] == ["ship:tea"]


def test_a_worker_executes_a_method_of_its_object(daemon: Daemon, run_id: str) -> None:
    shop = Shop("one")
    work = sidestep.workflow(name=f"sell-{run_id}")(Shop.sell.function).__get__(shop)
    enqueued = work.enqueue("tea")
    sync.Worker(work, concurrency=1).run(until_idle=True)
    assert enqueued.result() == 3


@pytest.mark.parametrize("as_worker", [False, True])
def test_equal_arguments_given_in_another_way_are_the_same_call(
    daemon: Daemon, run_id: str, as_worker: bool
) -> None:
    calls: list[Any] = []

    @sidestep.workflow(name="w")
    def work(a: int, b: dict[str, int], *, c: int = 0) -> int:
        calls.append((a, b, c))
        return a

    def call(*args: Any, **kwargs: Any) -> None:
        method = work.enqueue if as_worker else work.run
        method(*args, run_id=run_id, **kwargs)

    call(1, {"x": 1, "y": 2}, c=3)
    call(1, {"y": 2, "x": 1}, c=3)
    call(1, b={"y": 2, "x": 1}, c=3)
    call(c=3, b={"x": 1, "y": 2}, a=1)
    for wrong in ((1, {"x": 1}), (2, {"x": 1, "y": 2})):
        with pytest.raises(sidestep.RunConflict):
            call(*wrong, c=3)
    assert len(calls) == (0 if as_worker else 1)


def test_the_order_of_keys_is_none_of_the_daemons_business(daemon: Daemon, run_id: str) -> None:
    one = {"b": [{"x": 1, "y": {"p": 1, "q": 2}}], "a": "ü"}
    other = {"a": "ü", "b": [{"y": {"q": 2, "p": 1}, "x": 1}]}
    with sync.connect() as client:
        client.resume(run_id, workflow="w", input=one).release()
        client.resume(run_id, workflow="w", input=other).release()
        for wrong in ({**one, "a": "u"}, {**one, "b": []}, {"b": one["b"], "c": "ü"}):
            with pytest.raises(sidestep.RunConflict):
                client.resume(run_id, workflow="w", input=wrong)


def test_parameters_with_names_of_ours_reach_the_function(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    def work(client: str, run_id: str, n: int = 0) -> list[Any]:
        return [client, run_id, n]

    assert work.run("ACME", "theirs", run_id=run_id) == ["ACME", "theirs", 0]
    assert work.run(client="ACME", run_id=run_id + "2") == ["ACME", run_id + "2", 0]
    assert work(client="ACME", run_id="x", n=2) == ["ACME", "x", 2]
    with sync.connect() as connection:
        own: Any = connection
        assert work.run("ACME", "x", client=own, run_id=run_id + "3") == ["ACME", "x", 0]
        enqueued = work.enqueue(client="ACME", run_id=run_id + "4", n=3)
        sync.Worker(work, concurrency=1).run(until_idle=True)
        assert enqueued.result() == ["ACME", run_id + "4", 3]


def test_a_client_of_ours_may_have_the_name_of_a_parameter(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name="w")
    async def work(n: int, client: Any = None) -> Any:
        return [n, client]

    async def main() -> Any:
        async with await sidestep.connect() as client:
            return await work.run(1, client=client, run_id=run_id)

    assert asyncio.run(main()) == [1, None]


def test_generators_are_refused_when_they_are_decorated() -> None:
    def plain() -> Iterator[int]:
        yield 1

    async def asynchronous() -> AsyncIterator[int]:
        yield 1

    for function in (plain, asynchronous):
        for decorate in (sidestep.step, sidestep.step(name="s"), sidestep.workflow):
            with pytest.raises(TypeError, match="is a generator"):
                decorate(function)  # type: ignore[operator]
