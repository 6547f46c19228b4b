"""What is recorded can be read back, and what cannot is refused at the first execution."""

from __future__ import annotations

import asyncio
import dataclasses
import enum
import math
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, ClassVar, NamedTuple

import pytest
from daemon import Daemon

import sidestep
from sidestep import sync

pydantic = pytest.importorskip("pydantic")
from pydantic import BaseModel, ConfigDict, Field, SecretStr, computed_field, field_serializer


class Aliased(BaseModel):
    number: int = Field(alias="theNumber")


class Between(BaseModel):
    """A model whose aliases differ from one direction to the other."""

    n: int = Field(validation_alias="in", serialization_alias="out")


class Computed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    side: int

    @computed_field  # type: ignore[prop-decorator]
    @property
    def area(self) -> int:
        return self.side**2


class Holds(BaseModel):
    within: list[Computed]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, ser_json_bytes="base64", val_json_bytes="base64")
    data: bytes
    pair: tuple[int, int]


class Secret(BaseModel):
    user: str
    password: SecretStr


class Rounded(BaseModel):
    share: float

    @field_serializer("share")
    def rounded(self, share: float) -> float:
        return round(share, 1)


class Animal(BaseModel):
    name: str


class Dog(Animal):
    tricks: int


@dataclasses.dataclass
class Late:
    a: int
    total: int = dataclasses.field(init=False, default=0)
    kind: ClassVar[str] = "late"


@dataclasses.dataclass
class Nested:
    late: Late
    many: dict[str, Late]
    maybe: Late | None = None
    numbers: tuple[int, ...] = ()


@dataclasses.dataclass
class Grows:
    """A class that makes another value of what it is made of."""

    n: int

    def __post_init__(self) -> None:
        self.n += 1


class Point(NamedTuple):
    x: int
    of: Late | None = None


class Color(enum.Enum):
    RED = 1
    BLUE = "blue"


class Tint(str, enum.Enum):
    RED = "red"


def late(a: int, total: int) -> Late:
    made = Late(a)
    made.total = total
    return made


CASES: list[tuple[Any, Any]] = [
    (Aliased, Aliased(theNumber=3)),
    (Between, Between(**{"in": 3})),
    (list[Aliased], [Aliased(theNumber=3)]),
    (Aliased | None, Aliased(theNumber=3)),
    (Aliased | None, None),
    (dict[str, Aliased], {"a": Aliased(theNumber=3)}),
    (dict[int, Aliased], {1: Aliased(theNumber=3)}),
    (Sequence[Aliased], [Aliased(theNumber=3)]),
    (Computed, Computed(side=3)),
    (Holds, Holds(within=[Computed(side=3)])),
    (Strict, Strict(data=b"\xff", pair=(1, 2))),
    (Late, late(1, 7)),
    (Nested, Nested(late(1, 2), {"x": late(3, 4)}, late(5, 6), (1, 2))),
    (Point, Point(1, late(2, 3))),
    (tuple[Point, Color], (Point(1), Color.RED)),
    (dict[Tint, Point], {Tint.RED: Point(1)}),
    (Color, Color.BLUE),
    (list[Color | Point], [Color.RED, Point(2)]),
    (Animal | Dog, Animal(name="a")),
    (Dog | Animal, Dog(name="a", tricks=2)),
    (Animal | Dog, Dog(name="a", tricks=2)),
    (Aliased | str, "text"),
    (dict[str, Aliased] | list[Color], [Color.RED]),
]


def twice(run_id: str, type_: Any, make: Callable[[], Any]) -> tuple[Any, Any, int]:
    """Return what a step gives in its first execution and on a replay, and how often it ran."""
    calls: list[int] = []

    def body() -> Any:
        calls.append(1)
        return make()

    body.__annotations__["return"] = type_
    called = sidestep.step(name="s")(body)
    made: list[Any] = []

    @sidestep.workflow(name="w")
    def work() -> None:
        made.append(called())
        if len(made) == 1:
            raise LookupError("once")

    with pytest.raises(LookupError):
        work.run(run_id=run_id)
    work.options(if_closed="retry").run(run_id=run_id)
    return made[0], made[1], len(calls)


@pytest.mark.parametrize(("type_", "value"), CASES, ids=[str(i) for i in range(len(CASES))])
def test_a_result_of_a_declared_type_is_the_same_on_every_execution(
    daemon: Daemon, run_id: str, type_: Any, value: Any
) -> None:
    first, again, calls = twice(run_id, type_, lambda: value)
    assert (first, again, calls) == (value, value, 1)
    assert type(first) is type(again) is type(value)


class Odd:
    """A codec that raises what it likes."""

    def to_json(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        raise KeyError(value)

    def from_json(self, value: Any, type_: Any = None) -> Any:
        return value


class Forgetful(Odd):
    """A codec that writes what it does not read."""

    def to_json(self, value: Any) -> Any:
        return {"it": value} if value == "unreadable" else value

    def from_json(self, value: Any, type_: Any = None) -> Any:
        if isinstance(value, dict):
            raise AttributeError(value)
        return value


REFUSED: list[tuple[Any, Any, str]] = [
    (Secret, Secret(user="u", password=SecretStr("hunter2")), "asterisks"),
    (None, Secret(user="u", password=SecretStr("hunter2")), "asterisks"),
    (None, {"deep": [Secret(user="u", password=SecretStr("hunter2"))]}, "asterisks"),
    (Rounded, Rounded(share=0.123), "another value"),
    (Animal, Dog(name="a", tricks=2), "another value"),
    (Grows, Grows(1), "another value"),
    (None, math.nan, "no NaN"),
    (None, [{"x": math.inf}], "no NaN"),
    (None, {"path": "caf\udce9"}, "surrogates"),
    (None, {"caf\udce9": 1}, "surrogates"),
]


@pytest.mark.parametrize(
    ("type_", "value", "says"), REFUSED, ids=[str(i) for i in range(len(REFUSED))]
)
def test_what_cannot_be_read_back_is_refused_and_its_effect_is_not_repeated(
    daemon: Daemon, run_id: str, type_: Any, value: Any, says: str
) -> None:
    calls: list[int] = []

    def body() -> Any:
        calls.append(1)
        return value

    body.__annotations__["return"] = type_
    with sync.connect() as client:
        run = client.resume(run_id)
        with pytest.raises(sidestep.StepFailed, match=says) as caught:
            run.step("s", body, retry=sidestep.Retry(5, initial=0.001))
        assert caught.value.type == "SerializationError"
        assert "hunter2" not in str(caught.value)
        run.release()
        with pytest.raises(sidestep.StepFailed, match=says):
            client.resume(run_id).step("s", body)
    assert calls == [1]


@pytest.mark.parametrize("codec", [Odd(), Forgetful()])
def test_whatever_a_codec_raises_the_effect_happens_once(
    daemon: Daemon, run_id: str, codec: Any
) -> None:
    calls: list[int] = []

    @sidestep.step(name="s", retry=sidestep.Retry(5, initial=0.001))
    async def body() -> str:
        calls.append(1)
        return "unreadable"

    @sidestep.workflow(name="w", retry=sidestep.Retry(5, initial=0.001))
    async def work() -> str:
        return await body()

    async def main() -> None:
        async with await sidestep.connect(codec=codec) as client:
            with pytest.raises(sidestep.StepFailed) as caught:
                await work.run(run_id=run_id, client=client)
            assert caught.value.type == "SerializationError"

    asyncio.run(main())
    assert calls == [1]


def test_another_execution_gets_what_is_recorded_whatever_the_last_one_did_with_it(
    daemon: Daemon, run_id: str
) -> None:
    lengths: list[int] = []

    @sidestep.step
    def fetch() -> list[dict[str, int]]:
        return [{"n": 1}]

    @sidestep.workflow(name="w", retry=sidestep.Retry(2, initial=0.001))
    def work() -> None:
        found = fetch()
        lengths.append(len(found) + len(found[0]))
        found[0]["more"] = 2
        found.append({})
        raise LookupError

    with pytest.raises(LookupError):
        work.run(run_id=run_id)
    assert lengths == [2, 2]


def test_a_program_that_declares_another_type_now_is_told_so(daemon: Daemon, run_id: str) -> None:
    def old() -> dict[str, int]:
        return {"a": 1}

    def new() -> Secret:
        raise NotImplementedError

    with sync.connect() as client:
        client.resume(run_id).step("s", old)
    with sync.connect() as client:
        run = client.resume(run_id)
        with pytest.raises(TypeError, match=r"recorded result of step s cannot be read: user"):
            run.step("s", new)


@dataclasses.dataclass
class Order:
    late: Late
    lines: list[Aliased]


def test_a_worker_gets_the_arguments_that_a_direct_call_gets(daemon: Daemon, run_id: str) -> None:
    got: list[Any] = []

    @sidestep.workflow(name=f"orders-{run_id}")
    def order(order: Order, colors: list[Color], *points: Point, **more: Aliased | None) -> Order:
        got.append((order, colors, points, more))
        return order

    given: Any = (Order(late(1, 2), [Aliased(theNumber=3)]), [Color.RED], Point(1), Point(2))
    more: Any = {"x": Aliased(theNumber=1), "y": None}
    direct = order.run(*given, run_id=run_id, **more)
    with sync.connect() as client:
        again = order.enqueue(*given, **more)
        order.enqueue(*given, **more)
        client.enqueue(order.name, {"late": {"a": 5}, "lines": []}, ["blue"])
        sync.Worker(order, concurrency=1).run(until_idle=True)
        assert client.result(again.id) == client.result(run_id)
        assert again.result() == direct
    assert direct == given[0]
    assert got[0] == got[1] == got[2] == (given[0], given[1], given[2:], more)
    assert got[3] == (Order(Late(5), []), [Color.BLUE], (), {})


def test_arguments_that_a_worker_could_not_read_are_refused(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow
    def work(grows: Grows, more: Any = None) -> None:
        raise NotImplementedError

    with pytest.raises(TypeError, match=r"what workflow work is called with .* another value"):
        work.run(Grows(1), run_id=run_id)
    with pytest.raises(TypeError, match="asterisks"):
        work.run({"n": 1}, Secret(user="u", password=SecretStr("x")), run_id=run_id)
    with sync.connect() as client, pytest.raises(sidestep.RunNotFound):
        client.get(run_id)


def test_the_output_of_a_workflow_is_verified_like_the_result_of_a_step(
    daemon: Daemon, run_id: str
) -> None:
    calls: list[int] = []

    @sidestep.workflow(name="w", retry=sidestep.Retry(5, initial=0.001))
    def work() -> list[Rounded]:
        calls.append(1)
        return [Rounded(share=0.123)]

    with pytest.raises(TypeError, match="another value"):
        work.run(run_id=run_id)
    assert calls == [1]


def test_a_name_without_utf8_is_refused_before_its_step_runs(daemon: Daemon, run_id: str) -> None:
    calls: list[int] = []
    with sync.connect() as client:
        run = client.resume(run_id)
        with pytest.raises(ValueError, match="surrogates"):
            run.step("caf\udce9", calls.append, 1)
        assert run.step("after", lambda: 2) == 2
    assert calls == []


def test_a_record_in_a_transaction_that_cannot_be_read_back_undoes_the_effect(
    daemon: Daemon, run_id: str, tmp_path: Any
) -> None:
    import sqlite3

    shop = tmp_path / "shop.db"
    sqlite3.connect(shop).execute("CREATE TABLE sold (n)").connection.close()
    calls: list[int] = []

    @sidestep.transaction(lambda: sqlite3.connect(shop), name="sell", retry=3)
    def sell(connection: sqlite3.Connection) -> Rounded:
        calls.append(1)
        connection.execute("INSERT INTO sold VALUES (1)")
        return Rounded(share=0.123)

    @sidestep.workflow(name="w")
    def work() -> None:
        sell()

    with pytest.raises(sidestep.StepFailed, match="another value"):
        work.run(run_id=run_id)
    with closing(sqlite3.connect(shop)) as sold:
        assert sold.execute("SELECT count(*) FROM sold").fetchone() == (0,)
    assert calls == [1]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax is of 3.12")
def test_names_of_types_are_looked_into(daemon: Daemon, run_id: str) -> None:
    names: dict[str, Any] = {"Color": Color}
    exec("type Tree = dict[str, Tree] | list[Color]", names)
    value = {"a": {"b": [Color.RED]}}
    assert twice(run_id, names["Tree"], lambda: value) == (value, value, 1)
