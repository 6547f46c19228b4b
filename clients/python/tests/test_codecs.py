"""How values are recorded is said for the program, a client, a workflow or a step."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest
from daemon import Daemon

import sidestep
from sidestep import sync
from sidestep._codec import JSON


class Backwards:
    """A codec whose work is seen: texts are recorded backwards."""

    def __init__(self, mark: str = "") -> None:
        self.mark = mark

    def to_json(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.to_json(item) for item in value]
        return self.mark + value[::-1] if isinstance(value, str) else value

    def from_json(self, value: Any, type_: Any = None) -> Any:
        if isinstance(value, list):
            return [self.from_json(item) for item in value]
        return value[len(self.mark) :][::-1] if isinstance(value, str) else value


@pytest.fixture
def _configured() -> Iterator[None]:
    sidestep.configure(codec=Backwards())
    yield
    sidestep.configure()


@sidestep.step
def greet(name: str) -> str:
    return f"hello {name}"


@sidestep.step(codec=Backwards("step:"))
def part() -> str:
    return "take care"


def recorded(run_id: str) -> tuple[Any, Any, dict[str, Any]]:
    """Return input, output and results of steps as they are on the wire."""
    with sync.connect(codec=JSON) as client:
        facts = client.get(run_id)
        steps = client.call("step.list", {"run": run_id})["steps"]
    return facts["input"], facts["output"], {item["step"]: item["output"] for item in steps}


@pytest.mark.usefixtures("_configured")
def test_the_codec_of_the_program_is_that_of_every_client(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name="w")
    def work(name: str) -> str:
        return greet(name) + ", " + part()

    for _ in range(2):
        assert work.run("Ann", run_id=run_id) == "hello Ann, take care"
    steps = {"greet": "nnA olleh", "part": "step:erac ekat"}
    assert recorded(run_id) == (["nnA"], "erac ekat ,nnA olleh", steps)
    with sync.connect() as client:
        assert client.result(run_id) == "hello Ann, take care"


@pytest.mark.parametrize("kind", ["plain", "asyncio"])
def test_a_workflow_has_a_codec_of_its_own_for_its_input_results_and_output(
    kind: str, daemon: Daemon, run_id: str
) -> None:
    codec = Backwards("w:")
    with sync.connect() as client:
        if kind == "plain":

            @sidestep.workflow(name=f"w-{run_id}", codec=codec)
            def work(name: str) -> str:
                run = sync.current_run()
                assert run is not None
                run.state.set("k", "seen by others")
                return greet(name) + ", " + part()

            work.enqueue("Ann", run_id=run_id, client=client)
            sync.Worker(work, client=client).run(until_idle=True)
            assert work.run("Ann", run_id=run_id) == "hello Ann, take care"
            assert client.call("state.get", {"run": run_id, "name": "k"})["value"] == (
                "seen by others"
            )
        else:

            @sidestep.workflow(name=f"w-{run_id}", codec=codec)
            async def later(name: str) -> str:
                return await asyncio.to_thread(greet, name) + ", " + await part()  # type: ignore[misc]

            async def main() -> None:
                assert await later.run("Ann", run_id=run_id) == "hello Ann, take care"
                assert await later.run("Ann", run_id=run_id) == "hello Ann, take care"

            asyncio.run(main())
    steps = {"greet": "w:nnA olleh", "part": "step:erac ekat"}
    assert recorded(run_id) == (["w:nnA"], "w:erac ekat ,nnA olleh", steps)


class Anything:
    """What only pickle holds."""

    def __init__(self, n: int) -> None:
        self.pattern = re.compile("a*")
        self.n = n


def test_values_are_pickled_for_who_asks_for_it_by_name_and_no_other_reads_them(
    daemon: Daemon, run_id: str
) -> None:
    def make() -> Any:
        return Anything(3)

    with sync.connect() as client:
        run = client.resume(run_id)
        with pytest.raises(sidestep.StepFailed, match="type Anything"):
            run.step("json", make)
        codec = sidestep.PickleCodec()
        assert run.step("pickle", make, codec=codec).n == 3
        assert run.step("plain", lambda: [1], codec=codec) == [1]
        again = client.resume(run_id, if_owned="take_over")
        assert again.step("pickle", make, codec=codec).n == 3
        again = client.resume(run_id, if_owned="take_over")
        with pytest.raises(TypeError, match=r"sidestep\.PickleCodec"):
            again.step("pickle", make)


def test_arguments_of_a_workflow_are_pickled_each_by_itself(daemon: Daemon, run_id: str) -> None:
    got: list[int] = []

    @sidestep.workflow(name=f"w-{run_id}", codec=sidestep.PickleCodec())
    def work(one, *, two=None):  # type: ignore[no-untyped-def]
        got.append(one.n + two.n)
        return one

    assert work.run(Anything(1), two=Anything(2), run_id=run_id).n == 1
    with sync.connect(codec=sidestep.PickleCodec()) as client:
        handle = work.enqueue(Anything(3), two=Anything(4), client=client)
        sync.Worker(work, client=client, concurrency=1).run(until_idle=True)
        assert handle.result().n == 3

        @sidestep.workflow(name=f"v-{run_id}")
        def named(one):  # type: ignore[no-untyped-def]
            return one.n

        named_handle = client.enqueue(named.name, Anything(5))
        sync.Worker(named, client=client, concurrency=1).run(until_idle=True)
        assert named_handle.result() == 5
    assert got == [3, 7]


@dataclasses.dataclass
class Trip:
    to: str


def test_a_result_type_may_be_given_where_none_is_declared(daemon: Daemon, run_id: str) -> None:
    @sidestep.step(name="decorated", result_type=Trip)
    def decorated():  # type: ignore[no-untyped-def]
        return Trip("Oslo")

    @sidestep.workflow(name="w", result_type=list[Trip])
    def work():  # type: ignore[no-untyped-def]
        run = sync.current_run()
        assert run is not None
        return [decorated(), run.step("given", lambda: Trip("Rome"), result_type=Trip)]

    for _ in range(2):
        assert work.run(run_id=run_id) == [Trip("Oslo"), Trip("Rome")]
    _, output, steps = recorded(run_id)
    assert output == [{"to": "Oslo"}, {"to": "Rome"}]
    assert steps == {"decorated": {"to": "Oslo"}, "given": {"to": "Rome"}}
    with sync.connect() as client:
        assert client.result(run_id) == output
        assert client.result(run_id, result_type=list[Trip]) == [Trip("Oslo"), Trip("Rome")]
