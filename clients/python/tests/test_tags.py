"""Values that JSON has no form for go through exactly, or are refused: nothing changes its type."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import enum
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import pytest
from daemon import Daemon
from pydantic import BaseModel, ConfigDict, computed_field

import sidestep
from sidestep import sync
from sidestep._codec import JSON, recorded

msgspec = pytest.importorskip("msgspec")

BERLIN = ZoneInfo("Europe/Berlin")
UTC = dt.timezone.utc


class Color(enum.Enum):
    RED = 1
    PAIR = (1, 2)


class Tint(str, enum.Enum):
    RED = "red"


class Level(enum.IntFlag):
    LOW = 1
    HIGH = 2


@dataclasses.dataclass
class Trip:
    at: dt.datetime
    where: Any = None
    stops: tuple[str, ...] = ()


@dataclasses.dataclass
class Place:
    where: str
    row: int


class Point(NamedTuple):
    x: int
    of: Any = None


@attrs.define
class Seat:
    row: int
    _note: str = ""
    taken: set[int] = attrs.field(factory=set)


class Ticket(msgspec.Struct, rename="camel"):
    seat_number: int
    valid_at: dt.datetime


class Guest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    born: dt.date

    @computed_field  # type: ignore[prop-decorator]
    @property
    def year(self) -> int:
        return self.born.year


class Holder:
    class Within(BaseModel):
        n: int


NOON = dt.datetime(2026, 3, 1, 12, 0, 0, 5)
STANDARD: list[Any] = [
    NOON,
    NOON.replace(tzinfo=UTC),
    NOON.replace(tzinfo=dt.timezone(dt.timedelta(hours=-3.5))),
    NOON.replace(tzinfo=BERLIN),
    dt.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN),
    dt.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1),
    dt.date(2026, 2, 28),
    dt.time(1, 2, 3),
    dt.time(1, 2, 3, 4, tzinfo=UTC),
    dt.timedelta(days=999_999_999, microseconds=1),
    dt.timedelta(seconds=-1.5),
    dt.timedelta(),
    UUID("12345678123456781234567812345678"),
    Decimal("1.00"),
    Decimal("-0"),
    Decimal("Infinity"),
    Path("/a b/é"),
    Path(),
    b"",
    b"\x00\xff",
]
CONTAINERS: list[Any] = [
    (),
    (1, [2], (3, {"a": (4,)})),
    {1, 2, 3},
    frozenset({"a", ("b", 2)}),
    {"a": {1: "x", (1, 2): None, None: True, Color.RED: NOON, 2.5: b""}},
    {1: "a", "1": "b"},
    {"$sidestep": "tuple", "value": [1, 2]},
    [{"$sidestep": None}],
    {"$ref": "#/a", "$set": {"x": 1}},
]
OBJECTS: list[Any] = [
    Color.RED,
    Color.PAIR,
    Tint.RED,
    Level.LOW,
    Level.LOW | Level.HIGH,
    Trip(NOON, where=(1, {2}), stops=("Oslo", "Bergen")),
    Trip(NOON, where=Trip(NOON)),
    Point(1, NOON),
    Seat(3, "x", {1, 2}),
    Ticket(4, NOON.replace(tzinfo=UTC)),
    Guest(name="Ann", born=dt.date(1990, 1, 2)),
    Holder.Within(n=1),
    [Point(1), {"seat": Seat(1)}],
]
ALL = [*STANDARD, *CONTAINERS, *OBJECTS]


def same(left: Any, right: Any) -> bool:
    """Return whether two values are equal and of the same types, all the way down."""
    if type(left) is not type(right) or left != right:
        return False
    if isinstance(left, dict):
        pairs = zip(left.items(), right.items())  # noqa: B905  # they are equal
        return all(same(one, other) for one, other in pairs)
    if isinstance(left, (list, tuple)):
        return all(map(same, left, right))
    if isinstance(left, dt.datetime):
        return left.tzinfo == right.tzinfo and left.fold == right.fold
    return True


def over_the_wire(plain: Any) -> Any:
    return json.loads(json.dumps(plain, allow_nan=False))


@pytest.mark.parametrize("value", ALL, ids=repr)
def test_a_value_without_a_declared_type_comes_back_as_it_was(value: Any) -> None:
    output, read = recorded(JSON, value, None)
    assert over_the_wire(output) == output
    assert same(read, value)
    assert same(JSON.from_json(output), value)
    assert str(value) == str(read)


@pytest.mark.parametrize("value", ALL, ids=repr)
def test_a_value_of_a_declared_type_comes_back_as_it_was(value: Any) -> None:
    for type_, given in [
        (type(value), value),
        (list[type(value)], [value]),  # type: ignore[misc]
        (dict[str, type(value)], {"a": value}),  # type: ignore[misc]
        (type(value) | None, value),
        (tuple[type(value), ...], (value, value)),  # type: ignore[misc]
        (Any, value),
        (object, [value]),
    ]:
        output, read = recorded(JSON, given, type_)
        assert over_the_wire(output) == output
        assert same(read, given), type_
        # A program that comes to declare the type reads what was recorded without it, and back.
        assert same(JSON.from_json(recorded(JSON, given, None)[0], type_), given), type_


@pytest.mark.parametrize("value", [v for v in STANDARD if v == v], ids=repr)
def test_a_declared_type_needs_no_tag_and_texts_serve_as_keys(value: Any) -> None:
    assert "$sidestep" not in json.dumps(recorded(JSON, value, type(value))[0])
    table = {value: 1}
    output, read = recorded(JSON, table, dict[type(value), int])  # type: ignore[misc]
    assert "$sidestep" not in json.dumps(output)
    assert same(read, table)


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (dt.datetime, "2026-03-01T12:00:00Z", dt.datetime(2026, 3, 1, 12, tzinfo=UTC)),
        (dt.timedelta, "P1DT2H3M4.5S", dt.timedelta(days=1, seconds=7384.5)),
        (dt.timedelta, "-PT1.5S", dt.timedelta(seconds=-1.5)),
        (bytes, "AP8=", b"\x00\xff"),
    ],
)
def test_what_other_languages_write_is_read(type_: Any, text: str, value: Any) -> None:
    assert same(JSON.from_json(text, type_), value)
    assert same(JSON.from_json({"$sidestep": type_.__name__, "value": text}), value)


class Float(float):
    pass


class Text(str):
    __slots__ = ()


class Odd(dt.tzinfo):
    def utcoffset(self, at: Any) -> dt.timedelta:
        return dt.timedelta(hours=1)


def local() -> Any:
    @dataclasses.dataclass
    class Local:
        n: int = 1

    return Local()


class Loose(BaseModel):
    anything: Any


class Stream:
    pass


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (Float(1), "would come back as float"),
        ([Text("a")], "would come back as str"),
        (collections.OrderedDict(a=1), "would come back as dict"),
        (collections.defaultdict(list), "would come back as dict"),
        (bytearray(b"x"), "type bytearray"),
        (iter([]), "type list_iterator"),
        (PurePosixPath("a"), "type PurePosixPath"),
        (NOON.replace(tzinfo=Odd()), "time zone of class Odd"),
        (dt.time(1, tzinfo=BERLIN), "time zone of class ZoneInfo"),
        (NOON.replace(fold=1), "time zone"),
        (local(), "at the top of a module"),
        (Loose(anything=NOON), "comes back as another value"),
        (Stream(), "type Stream"),
        (float("nan"), "no NaN"),
        ({(1, float("inf")): 2}, "no NaN"),
        ({b"x": "\ud800"}, "surrogates"),
    ],
    ids=lambda item: item if isinstance(item, str) else "",
)
def test_what_would_change_is_refused_with_what_to_do(value: Any, says: str) -> None:
    for given in (value, [value], {"a": (value,)}):
        with pytest.raises((TypeError, ValueError), match=says):
            recorded(JSON, given, None)


@pytest.mark.parametrize(
    ("type_", "value", "read"),
    [
        (float, Float(1), 1.0),
        (str, Text("a"), "a"),
        (str, Tint.RED, "red"),
        (int, Level.HIGH, 2),
        (dict, collections.OrderedDict(a=1), {"a": 1}),
    ],
)
def test_a_builtin_that_is_declared_is_what_a_subclass_of_it_becomes(
    type_: Any, value: Any, read: Any
) -> None:
    assert same(recorded(JSON, value, type_)[1], read)


def test_dicts_keep_keys_of_any_type_beside_members_of_a_declared_one() -> None:
    for type_, given in [
        (dict[tuple[str, int], Trip], {("a", 1): Trip(NOON)}),
        (dict[Any, Trip], {"a": Trip(NOON), 2: Trip(NOON)}),
        (dict[str, Trip], {"$sidestep": Trip(NOON)}),
        (dict[Color, set[int]], {Color.RED: {1}}),
    ]:
        output, read = recorded(JSON, given, type_)
        assert "object" not in json.dumps(output)
        assert same(read, given)
        assert same(JSON.from_json(over_the_wire(output), type_), given)


def test_what_holds_itself_is_refused() -> None:
    ring: list[Any] = []
    ring.append(ring)
    for value in (ring, {1: ring}):
        with pytest.raises(RecursionError):
            recorded(JSON, value, None)


@pytest.mark.parametrize(
    ("plain", "says"),
    [
        ({"$sidestep": "of-tomorrow", "value": 1}, "of-tomorrow"),
        ({"$sidestep": ["odd"], "value": 1}, "odd"),
        ({"$sidestep": None}, "None"),
        ({"$sidestep": "pickle", "value": "gAR9lC4="}, "PickleCodec"),
        ({"$sidestep": "object", "class": "no.such:Class", "value": {}}, "import it"),
        ({"$sidestep": "object", "class": "subprocess:Popen", "value": ["true"]}, "import it"),
        ({"$sidestep": "object", "class": "builtins:print", "value": {}}, "import it"),
        ({"$sidestep": "object", "value": {}}, "import it"),
        ({"$sidestep": "datetime", "value": 7}, "is a text"),
    ],
)
def test_a_record_that_this_program_cannot_read_is_said_not_guessed(plain: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        JSON.from_json({"deep": [plain]})


def test_sets_are_recorded_alike_in_every_process() -> None:
    """The input of a run is compared by its bytes."""
    code = (
        "import json; from sidestep._codec import JSON, recorded\n"
        "items = set('abcdefgh') | {1, (2,)}\n"
        "texts = set('abcdefgh')\n"
        "print(json.dumps([JSON.to_json(items), recorded(JSON, texts, set[str])[0]]))"
    )
    said = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(sidestep.__file__).parents[1],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        said.add(done.stdout)
    assert len(said) == 1


def test_steps_give_exactly_what_their_bodies_gave_now_and_on_a_replay(
    daemon: Daemon, run_id: str
) -> None:
    got: list[list[Any]] = []

    @sidestep.workflow(name="w")
    def work() -> Any:
        run = sync.current_run()
        assert run is not None
        got.append([run.step("s", lambda value=value: value) for value in ALL])
        if len(got) == 1:
            raise LookupError("once")
        return tuple(got[0])

    with pytest.raises(LookupError):
        work.run(run_id=run_id)
    output = work.options(if_closed="retry").run(run_id=run_id)
    assert same(got[0], ALL)
    assert same(got[1], ALL)
    assert same(output, tuple(ALL))
    with sync.connect() as client:
        assert same(client.result(run_id), tuple(ALL))


def test_a_worker_gets_arguments_without_a_declared_type_exactly(
    daemon: Daemon, run_id: str
) -> None:
    got: list[Any] = []

    @sidestep.workflow(name=f"w-{run_id}")
    def work(*items: Any, **more: Any) -> None:
        got.append((items, more))

    with sync.connect() as client:
        work.enqueue(*ALL, client=client, last=(1,), tag={"$sidestep": 1})
        sync.Worker(work, client=client, concurrency=1).run(until_idle=True)
        client.enqueue(work.name, *ALL)
        sync.Worker(work, client=client, concurrency=1).run(until_idle=True)
    assert same(got[0], (tuple(ALL), {"last": (1,), "tag": {"$sidestep": 1}}))
    assert same(got[1], (tuple(ALL), {}))


def test_what_runs_tell_each_other_goes_through_exactly(daemon: Daemon, run_id: str) -> None:
    value = (NOON, {1: Trip(NOON)})
    with sync.connect() as client:
        run = client.resume(run_id)
        client.signal(run_id, "s", value)
        assert same(run.wait_signal("s"), value)
        run.create_promise("p")
        client.settle(run_id, "p", value)
        assert same(run.wait_promise("p"), value)
        run.state.set("k", value)
        assert same(run.state.get("k"), value)
        assert same(run.state.all(), {"k": value})
        run.append("items", value)
        run.close_stream("items", value)
        reader = client.stream(run_id, "items")
        assert same(list(reader), [value])
        assert same(reader.final, value)
        run.checkpoint({"at": value}, messages=[value, "plain"])
        assert same(run.messages(), [value, "plain"])
        again = client.resume(run_id, if_owned="take_over")
        assert again.last_checkpoint is not None
        assert same(again.last_checkpoint["state"], {"at": value})


def test_what_leaves_for_others_has_no_tags(daemon: Daemon, run_id: str) -> None:
    with sync.connect() as client:
        run = client.resume(run_id)
        name = f"told-{run_id}"
        run.emit(name, Holder.Within(n=1))
        event = client.call("event.list", {"event": name})["events"][0]
        assert event["value"] == {"n": 1}
        run.put_artifact("a", [Holder.Within(n=1), (1, 2)], type="json")
        assert client.call("artifact.get", {"run": run_id, "artifact": "a"})["content"] == [
            {"n": 1},
            [1, 2],
        ]


def test_a_run_that_an_older_client_began_goes_on(daemon: Daemon, run_id: str) -> None:
    """It wrote dataclasses and tuples as plain JSON, with or without a declared type."""

    @sidestep.step(name="s")
    def made() -> Any:
        raise NotImplementedError

    @sidestep.workflow(name="w")
    def work(place: Any, pair: Any) -> Any:
        return [made(), place]

    seat = Place("window", 3)
    with sync.connect() as client:
        old = client.resume(run_id, workflow="w", input=[{"where": "window", "row": 3}, [1, 2]])
        client.call("step.complete", {"lease": old.lease, "step": "s", "output": {"at": [1]}})
        old.release()
        with pytest.raises(sidestep.RunConflict):
            work.run(Place("aisle", 3), (1, 2), run_id=run_id, client=client)
    assert work.run(seat, (1, 2), run_id=run_id) == [{"at": [1]}, seat]
