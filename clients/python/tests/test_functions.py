"""A decorated function is to others what it was: signature, documentation, pickle, methods."""

from __future__ import annotations

import asyncio
import inspect
import pickle
from typing import Any

import pytest
from daemon import Daemon

import sidestep
from sidestep import sync


@sidestep.step
def plain_step(n: int, *, twice: bool = False) -> int:
    """Return a number, or twice that."""
    return n * (2 if twice else 1)


@sidestep.step(name="other:{n}")
async def async_step(n: int) -> int:
    """Return a number."""
    return n


@sidestep.workflow
def plain_workflow(n: int) -> int:
    """Return what the step returns."""
    return plain_step(n, twice=True)


@sidestep.workflow(name="other")
async def async_workflow(n: int) -> int:
    """Return what the step returns."""
    return await async_step(n)


DECORATED: list[Any] = [plain_step, async_step, plain_workflow, async_workflow]


@pytest.mark.parametrize("function", DECORATED, ids=lambda item: item.__name__)
def test_it_has_the_signature_the_words_and_the_name_of_the_function(function: Any) -> None:
    signature = inspect.signature(function)
    assert next(iter(signature.parameters)) == "n"
    assert "int" in str(signature.return_annotation)
    assert inspect.getdoc(function).startswith("Return ")
    assert pickle.loads(pickle.dumps(function)) is function
    assert function.__module__ == __name__


def test_one_that_is_not_to_be_found_by_its_name_is_not_pickled() -> None:
    with pytest.raises(pickle.PicklingError):
        pickle.dumps(plain_workflow.options(run_id="r"))


class Shop:
    name = "shop"

    @sidestep.step
    def sell(self, what: str) -> str:
        return f"{self.name} sells {what}"

    @sidestep.step
    @classmethod
    def of(cls, what: str) -> str:
        return f"{cls.__name__} of {what}"

    @sidestep.step
    @staticmethod
    def price(what: str) -> int:
        return len(what)

    @sidestep.workflow
    async def day(self, what: str) -> list[Any]:
        results = self.sell(what), self.of(what), self.price(what)
        return [await sidestep.awaited(item) for item in results]


def test_steps_are_methods_of_objects_classes_and_none(daemon: Daemon, run_id: str) -> None:
    for _ in range(2):
        found = asyncio.run(Shop().day.run("tea", run_id=run_id))
        assert found == ["shop sells tea", "Shop of tea", 3]
    with sync.connect() as client:
        names = [item["step"] for item in client.steps(run_id)]
    assert sorted(names) == ["of", "price", "sell"]


def test_outside_of_a_run_there_is_none_to_be_had() -> None:
    assert sidestep.get_run() is None
    assert sidestep.get_step() is None
    for ask in (sidestep.current_run, sidestep.current_step, sync.current_run, sync.current_step):
        with pytest.raises(RuntimeError, match="get_"):
            ask()
    with pytest.raises(TypeError, match="async workflow"):
        sidestep.awaited(3)


def test_the_options_of_a_run_are_those_of_its_methods(daemon: Daemon, run_id: str) -> None:
    with sync.connect() as client:
        named = plain_workflow.options(run_id=run_id, client=client, tags={"a": "b"})
        assert named.run(4) == 8
        assert client.get(run_id)["run"]["tags"] == {"a": "b"}
        queued = plain_workflow.options(run_id=f"{run_id}-q", client=client, priority=5)
        assert queued.enqueue(5).info()["run"]["priority"] == 5
        budget = plain_workflow.options(budget={"wall": 60, "calls": 3}).run(
            1, run_id=f"{run_id}-b"
        )
        assert budget == 2
        assert client.budgets.get(f"{run_id}-b")["wall_ms"]["limit"] == 60_000
        with pytest.warns(DeprecationWarning, match="wall_ms is wall now"):
            plain_workflow.options(budget={"wall_ms": 1})  # type: ignore[typeddict-unknown-key]


def test_what_is_of_the_other_kind_is_refused_before_anything_is_done(daemon: Daemon) -> None:
    @sidestep.workflow
    def plain() -> None: ...

    @sidestep.workflow
    async def coroutine() -> None: ...

    async def asynchronously() -> None:
        async with await sidestep.connect() as client:
            with pytest.raises(TypeError, match=r"'plain' is of the other kind: .*sync.Worker"):
                sidestep.Worker(plain, client=client)  # type: ignore[arg-type]
            with pytest.raises(TypeError, match="plain is given is of the other kind"):
                plain.run(run_id="p", client=client)  # type: ignore[arg-type]
            with pytest.raises(TypeError, match="plain is given is of the other kind"):
                plain.options(client=client).enqueue()

    asyncio.run(asynchronously())
    with sync.connect() as client:
        with pytest.raises(TypeError, match="'coroutine' is of the other kind"):
            sync.Worker(coroutine, client=client)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="client of the worker is of the other kind"):
            sidestep.Worker(coroutine, client=client)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="coroutine is given is of the other kind"):
            asyncio.run(coroutine.start(client=client))  # type: ignore[arg-type]
        assert client.runs(workflow="plain") == []
