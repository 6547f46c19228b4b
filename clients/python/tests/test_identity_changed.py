"""Programs that were changed: a divergence is told, and nothing is taken for another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from daemon import Daemon
from effects import steps
from processes import die, in_child

import sidestep
import sidestep.sync


def changed(
    run_id: str, recorded: list[Any], called: list[Any], **options: Any
) -> tuple[Any, list[Any]]:
    """Record `charge` for some values, die, and call it for others; return what came of it."""
    charged: list[Any] = []
    how = options.pop("step", {})

    @sidestep.step(**how)
    def charge(amount: Any) -> str:
        charged.append(amount)
        return f"charged {amount}"

    def make(amounts: list[Any], dies: bool) -> Any:
        @sidestep.workflow(name="shop", **options)
        def shop() -> list[str]:
            results = [charge(amount) for amount in amounts]
            if dies:
                die()
            return results

        return shop

    assert in_child(lambda: make(recorded, True).run(run_id=run_id)) == "killed"
    try:
        result = make(called, False).options(wait=60).run(run_id=run_id)
    except sidestep.StepMismatch as error:
        result = error
    return result, charged


def test_a_call_inserted_in_front_is_a_divergence_that_shows_both_calls_and_the_ways_out(
    daemon: Daemon, run_id: str
) -> None:
    error, charged = changed(run_id, ["A"], ["NEW", "A"])
    assert isinstance(error, sidestep.StepMismatch)
    assert charged == []
    assert (error.expected, error.actual) == ('["A"]', '["NEW"]')
    for text in ('["A"]', '["NEW"]', "name='…'", "fetch:{doc}", "run_id=", "on_mismatch", "fork"):
        assert text in str(error), text
    with sidestep.sync.connect() as client:
        assert client.get(run_id)["run"]["status"] == "failed"


def test_a_divergence_is_not_tried_again_by_any_policy(daemon: Daemon, run_id: str) -> None:
    tries: list[int] = []

    def make(amount: str, dies: bool) -> Any:
        @sidestep.step
        def charge(amount: str) -> str:
            return amount

        @sidestep.step(retry=5)
        def outer() -> str:
            tries.append(1)
            charge(amount)
            if dies:
                die()
            return amount

        @sidestep.workflow(name="nested", retry=5)
        def work() -> str:
            return outer()  # type: ignore[no-any-return]

        return work

    assert in_child(lambda: make("A", True).run(run_id=run_id)) == "killed"
    with pytest.raises(sidestep.StepMismatch):
        make("B", False).options(wait=60).run(run_id=run_id)
    assert tries == [1]
    assert steps(run_id)["outer"] != "failed"


def test_a_run_that_ended_in_a_divergence_goes_on_after_the_remedy(
    daemon: Daemon, run_id: str
) -> None:
    changed(run_id, ["A"], ["NEW", "A"])
    charged: list[str] = []

    @sidestep.step
    def charge(amount: str) -> str:
        charged.append(amount)
        return f"charged {amount}"

    @sidestep.workflow(name="shop", if_closed="retry")
    def shop() -> list[str]:
        new = sidestep.step(name="charge the new one")(charge.__wrapped__)  # type: ignore[attr-defined]
        return [new("NEW"), charge("A")]

    assert shop.run(run_id=run_id) == ["charged NEW", "charged A"]
    assert charged == ["NEW"]


def test_a_call_that_was_removed_shifts_nothing(daemon: Daemon, run_id: str) -> None:
    assert changed(run_id, ["A", "B"], ["B"]) == (["charged B"], [])


def test_a_changed_call_may_be_executed_as_a_new_step(daemon: Daemon, run_id: str) -> None:
    result, charged = changed(run_id, ["A"], ["NEW", "A"], on_mismatch="run")
    assert (result, charged) == (["charged NEW", "charged A"], ["NEW"])
    assert set(steps(run_id)) == {"charge", "charge#2"}


def test_a_changed_call_may_take_the_record_as_it_is(daemon: Daemon, run_id: str) -> None:
    step = {"on_mismatch": "reuse"}
    result, charged = changed(run_id, ["A", "B"], ["X", "Y"], step=step, on_mismatch="error")
    assert (result, charged) == (["charged A", "charged B"], [])


def test_a_fingerprint_of_false_leaves_calls_to_their_order(daemon: Daemon, run_id: str) -> None:
    result, charged = changed(run_id, ["A"], ["X", "Y"], step={"fingerprint": False})
    assert (result, charged) == (["charged A", "charged Y"], ["Y"])


@pytest.mark.parametrize("choice", ["error", "run"])
def test_an_at_most_once_step_is_never_executed_again_on_a_mismatch(
    daemon: Daemon, run_id: str, choice: str
) -> None:
    step = {"at_most_once": True, "on_mismatch": choice}
    error, charged = changed(run_id, ["A"], ["NEW"], step=step)
    assert isinstance(error, sidestep.StepMismatch)
    assert charged == []


def test_what_was_in_flight_with_other_arguments_is_no_divergence(
    daemon: Daemon, run_id: str
) -> None:
    """It has no outcome; its name, which is a key to the outside world, stays its own."""
    keys: list[str] = []

    def make(amount: int, dies: bool) -> Any:
        @sidestep.step(metadata={"began": "at once"}, timeouts={"start_to_close": 60})
        def charge(amount: int) -> int:
            context = sidestep.current_step()
            assert context is not None
            if dies:
                die()
            keys.append(context.idempotency_key)
            return amount

        @sidestep.workflow(name="shop")
        def shop() -> int:
            return charge(amount)  # type: ignore[no-any-return]

        return shop

    assert in_child(lambda: make(1, True).run(run_id=run_id)) == "killed"
    assert make(2, False).options(wait=60).run(run_id=run_id) == 2
    assert set(steps(run_id)) == {"charge", "charge#2"}


def test_a_changed_fan_out_is_a_divergence_before_anything_is_executed(
    daemon: Daemon, run_id: str
) -> None:
    for spawn in ("gather", "group", "wait"):
        called: list[int] = []

        @sidestep.step
        async def fetch(n: int) -> int:
            called.append(n)  # noqa: B023
            return n

        def make(numbers: list[int], dies: bool) -> Any:
            @sidestep.workflow(name="fan")
            async def fan() -> list[int]:
                results = await SPAWN[spawn](fetch, numbers)  # noqa: B023
                if dies:
                    die()
                return list(results)

            return fan

        run = f"{run_id}-{spawn}"
        first = make([1, 2, 3], True)
        assert in_child(lambda: asyncio.run(first.run(run_id=run))) == "killed"  # noqa: B023
        changed_fan = make([11, 12, 13], False).options(wait=60)
        with pytest.raises((sidestep.StepMismatch, *GROUPS)) as caught:
            asyncio.run(changed_fan.run(run_id=run))
        error = caught.value
        inner = getattr(error, "exceptions", (error,))
        assert all(isinstance(item, sidestep.StepMismatch) for item in inner)
        assert called == []


async def gathered(function: Callable[[int], Any], numbers: list[int]) -> list[int]:
    return list(await asyncio.gather(*map(function, numbers)))


async def grouped(function: Callable[[int], Any], numbers: list[int]) -> list[int]:
    if not hasattr(asyncio, "TaskGroup"):
        return await gathered(function, numbers)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(function(n)) for n in numbers]
    return [task.result() for task in tasks]


async def waited(function: Callable[[int], Any], numbers: list[int]) -> list[int]:
    tasks = [asyncio.ensure_future(function(n)) for n in numbers]
    await asyncio.wait(tasks)
    return [task.result() for task in tasks]


SPAWN = {"gather": gathered, "group": grouped, "wait": waited}
GROUPS: tuple[type[BaseException], ...] = (
    (ExceptionGroup,) if hasattr(asyncio, "TaskGroup") else ()  # noqa: F821
)


def test_a_branch_that_gets_on_by_itself_delays_a_doubtful_call_and_does_not_forbid_it(
    daemon: Daemon, run_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    @sidestep.step
    async def fetch(n: int) -> int:
        return n

    def make(numbers: list[int], dies: bool) -> Any:
        @sidestep.workflow(name="ticking")
        async def ticking() -> list[int]:
            async def tick() -> None:
                while True:
                    await asyncio.sleep(0.001)

            ticker = asyncio.ensure_future(tick())
            results = [await fetch(n) for n in numbers]
            ticker.cancel()
            if dies:
                die()
            return results

        return ticking

    first = make([1], True)
    assert in_child(lambda: asyncio.run(first.run(run_id=run_id))) == "killed"
    with caplog.at_level(logging.WARNING, "sidestep"):
        assert asyncio.run(make([2], False).options(wait=60).run(run_id=run_id)) == [2]
    assert "fetch is called with [2], and fetch is on record with [1]" in caplog.text
