"""Scenarios of other engines: methods, kinds of functions, classes, codecs, changed code."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from daemon import Daemon
from effects import Calls
from scenarios import LONG, worker

import sidestep
from sidestep import sync

CALLS = Calls()


class Shop:
    """Methods of all kinds, as steps and as workflows."""

    name = "shop"

    def __init__(self, stock: int) -> None:
        self.stock = stock

    @sidestep.step
    def take(self, count: int) -> int:
        CALLS(("take", self.stock, count))
        return self.stock - count

    @classmethod
    @sidestep.step
    def title(cls, text: str) -> str:
        return f"{cls.name}: {text}"

    @staticmethod
    @sidestep.step
    def doubled(count: int) -> int:
        return 2 * count

    @sidestep.workflow
    def sell(self, count: int) -> str:
        return self.title(str(self.take(self.doubled(count))))

    @classmethod
    @sidestep.workflow
    def open(cls, text: str) -> str:
        return cls.title(text)

    @staticmethod
    @sidestep.workflow
    async def count(items: list[str]) -> int:
        return len(items)


def test_methods_class_methods_and_static_methods_are_steps_and_workflows(
    daemon: Daemon, run_id: str
) -> None:
    CALLS.calls.clear()
    shop = Shop(10)
    assert shop.sell.run(2, run_id=run_id) == "shop: 6"
    assert Shop(10).sell.run(2, run_id=run_id) == "shop: 6"  # the object is no part of the input
    assert CALLS.calls == [("take", 10, 4)]
    assert Shop.open.run("open", run_id=f"{run_id}-c") == "shop: open"
    assert asyncio.run(Shop.count.run(["a", "b"], run_id=f"{run_id}-s")) == 2
    assert shop.take(1) == 9  # outside of a run it is the method it was


def test_plain_and_async_functions_in_each_others_workflows(daemon: Daemon, run_id: str) -> None:
    @sidestep.step
    def plain(n: int) -> str:
        return f"{n} in {threading.current_thread() is threading.main_thread()}"

    @sidestep.step
    async def awaiting(n: int) -> int:
        await asyncio.sleep(0)
        return n + 1

    @sidestep.workflow
    async def mixed() -> list[Any]:
        first = await sidestep.awaited(plain(1))
        return [first, *await asyncio.gather(awaiting(2), awaiting(3))]

    @sidestep.workflow
    def blocking() -> str:
        with pytest.raises(TypeError, match="async"):
            sync.current_run().step("awaiting", awaiting, 1)
        return plain(1)

    assert asyncio.run(mixed.run(run_id=run_id)) == ["1 in False", 3, 4]
    assert blocking.run(run_id=f"{run_id}-b") == "1 in True"


@dataclasses.dataclass
class Money:
    """A class of the user's."""

    cents: int
    currency: str = "NOK"


@dataclasses.dataclass
class Basket:
    """One that holds others."""

    owner: str
    prices: dict[tuple[str, int], Money]


def test_objects_of_own_classes_are_arguments_and_results(daemon: Daemon, run_id: str) -> None:
    @sidestep.step
    def total(basket: Basket) -> Money:
        return Money(sum(price.cents for price in basket.prices.values()))

    @sidestep.workflow(name=f"w-{run_id}")
    def work(basket: Basket) -> tuple[Basket, Money]:
        return basket, total(basket)

    basket = Basket("Anna", {("tea", 1): Money(900), ("cup", 2): Money(1500, "SEK")})
    assert work.run(basket, run_id=run_id) == (basket, Money(2400))
    assert work.run(basket, run_id=run_id) == (basket, Money(2400))
    handle = work.options(queue=run_id).enqueue(basket)
    with worker(work, queues=[run_id]):
        assert handle.result(timeout=LONG) == (basket, Money(2400))


def test_what_cannot_be_recorded_is_refused_and_its_effect_not_repeated(
    daemon: Daemon, run_id: str
) -> None:
    calls = Calls()

    @sidestep.step(retry=5)
    def lock() -> Any:
        calls(1)
        return threading.Lock()

    @sidestep.workflow
    def work() -> None:
        lock()

    with pytest.raises(sidestep.StepFailed, match="lock"):
        work.run(run_id=run_id)
    assert calls.calls == [1]


class Hidden:
    """A codec that hides what is recorded; what it is like to encrypt."""

    def to_json(self, value: Any) -> Any:
        return base64.b64encode(json.dumps(value).encode()).decode()

    def from_json(self, value: Any, type_: Any = None) -> Any:
        return json.loads(base64.b64decode(value))


def test_a_codec_hides_what_is_recorded_from_others(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(codec=Hidden())
    def work(secret: str) -> str:
        return sync.current_run().step("s", lambda: secret[::-1])

    assert work.run("abc", run_id=run_id) == work.run("abc", run_id=run_id) == "cba"
    with sync.connect() as client:
        seen = json.dumps([client.get(run_id), client.steps(run_id)])
    assert "abc" not in seen
    assert "cba" not in seen


def test_decorators_of_the_users_own_stand_on_either_side(daemon: Daemon, run_id: str) -> None:
    order = Calls()

    def noting(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def around(*args: Any, **kwargs: Any) -> Any:
            order(f"before {function.__name__}")
            return function(*args, **kwargs)

        return around

    @noting
    @sidestep.step
    def outside(n: int) -> int:
        return n

    @sidestep.step
    @noting
    def inside(n: int) -> int:
        return n

    @sidestep.workflow(name=f"w-{run_id}")
    def work() -> int:
        return int(outside(1)) + int(inside(2))

    assert work.run(run_id=run_id) == work.options(if_closed="rerun").run(run_id=run_id) == 3
    assert order.calls == ["before outside", "before inside"] * 2


def test_only_the_body_of_a_step_holds_a_place_of_its_limit(daemon: Daemon, run_id: str) -> None:
    """A pool of resources: at most so many steps of all runs hold one."""
    holding, most, lock = [0], [0], threading.Lock()

    @sidestep.step(limit=f"pool-{run_id}")
    async def use(n: int) -> int:
        with lock:
            holding[0] += 1
            most[0] = max(most[0], holding[0])
        await asyncio.sleep(0.01)
        with lock:
            holding[0] -= 1
        return n

    @sidestep.workflow(name=f"w-{run_id}")
    async def work() -> list[int]:
        return await asyncio.gather(*[use(n) for n in range(6)])

    with sync.connect() as client:
        client.limits.put(f"pool-{run_id}", concurrency=2)
    assert asyncio.run(work.run(run_id=run_id)) == list(range(6))
    assert most[0] <= 2


def test_code_that_gains_a_step_goes_on_with_the_records_of_the_older_code(
    daemon: Daemon, run_id: str
) -> None:
    calls = Calls()

    @sidestep.workflow(name=f"w-{run_id}", code_version="1")
    def older() -> str:
        sync.current_run().step("old", calls, "a")
        raise LookupError

    @sidestep.workflow(name=f"w-{run_id}", code_version="2")
    def newer() -> str:
        run = sync.current_run()
        added = run.step("added", calls, "b")  # before what is on record
        return str(run.step("old", calls, "a") + added)

    with pytest.raises(LookupError):
        older.run(run_id=run_id)
    refused = newer.options(if_closed="retry", on_code_change="fail")
    with pytest.raises(sidestep.SidestepError, match="version"):
        refused.run(run_id=run_id)
    assert newer.options(if_closed="retry").run(run_id=run_id) == "ab"
    assert calls.calls == ["a", "b"]


def test_a_changed_argument_of_a_recorded_step_is_refused_before_anything_is_executed(
    daemon: Daemon, run_id: str
) -> None:
    calls = Calls()

    def work_with(argument: str, fails: bool) -> Any:
        @sidestep.workflow(name=f"w-{run_id}")
        def work() -> None:
            sync.current_run().step("s", calls, argument)
            if fails:
                raise LookupError

        return work

    with pytest.raises(LookupError):
        work_with("a", True).run(run_id=run_id)
    with pytest.raises(sidestep.StepMismatch):
        work_with("b", False).options(if_closed="retry").run(run_id=run_id)
    reused = work_with("b", False).options(if_closed="retry", on_mismatch="reuse")
    reused.run(run_id=run_id)
    assert calls.calls == ["a"]
