"""The rules by which a call finds its record, without a daemon."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sidestep import _names
from sidestep._calls import Calls
from sidestep._fingerprint import ANY, NONE, filled, of_call


def journal(*records: tuple[str, str | None]) -> dict[str, dict[str, Any]]:
    """Return records of completed steps: their names and fingerprints."""
    return {name: {"status": "completed", "fingerprint": known} for name, known in records}


def fresh(*names: str) -> list[str]:
    """Return the names that calls without arguments get, one after the other."""
    calls = Calls({}, False)
    return [calls.add(name, NONE).name for name in names]


def test_names_are_counted_per_scope() -> None:
    assert fresh("s", "s", "outer/s", "s", "outer/s") == ["s", "s#2", "outer/s", "s#3", "outer/s#2"]


def test_a_body_that_is_executed_again_makes_its_calls_anew() -> None:
    known = journal(("outer/s", "[1]"), ("s", "[2]"))
    calls = Calls(known, False)
    for _ in range(2):
        taken = calls.take("outer/s", "[1]")
        assert taken is not None
        assert taken.name == "outer/s"
        assert calls.add("outer/s", "[1]").name == "outer/s#2"
        calls.forget("outer")
    assert calls.take("outer/t", "[1]") is None


def test_a_derived_name_that_is_taken_counts_on() -> None:
    assert fresh("s#2", "s", "s") == ["s#2", "s", "s#3"]


def test_long_names_fit_and_stay_apart() -> None:
    one, other = fresh("é" * 600 + "1", "é" * 600 + "2")
    assert one != other
    assert len(one.encode()) <= _names.NAME_BYTES
    assert one.startswith("é" * 400)
    assert fresh("x" * 1024) == ["x" * 1024]


@pytest.mark.parametrize("name", ["s", "é" * 700])
def test_calls_find_their_records_in_any_order(name: str) -> None:
    first = Calls({}, False)
    given = {f"[{n}]": first.add(name, f"[{n}]").name for n in range(200)}
    order = list(given)
    random.Random(1).shuffle(order)
    again = Calls(journal(*[(name, known) for known, name in given.items()]), False)
    for fingerprint in order:
        found = again.take(name, fingerprint)
        assert found is not None
        assert found.name == given[fingerprint]
    assert again.take(name, "[0]") is None
    assert not again.is_doubtful(name, "[x]")
    assert again.given == 200


def test_a_record_is_found_although_others_before_it_are_missing() -> None:
    calls = Calls(journal(("s#3", "[3]")), False)
    assert calls.is_doubtful("s", "[1]")
    found = calls.take("s", "[3]")
    assert found is not None
    assert found.name == "s#3"
    assert [calls.add("s", f"[{n}]").name for n in range(3)] == ["s", "s#2", "s#4"]


def test_equal_calls_have_their_records_in_the_order_of_the_calls() -> None:
    calls = Calls(journal(("s", "[1]"), ("s#2", "[1]"), ("s#3", "[2]")), False)
    names = [found.name for _ in range(2) if (found := calls.take("s", "[1]"))]
    assert names == ["s", "s#2"]
    assert calls.take("s", "[1]") is None
    assert calls.unclaimed("s") == ["s#3"]


def test_a_call_whose_equal_was_made_is_in_no_doubt() -> None:
    """Two branches fetch 1, one went on to fetch 2: who is first now gets the record."""
    calls = Calls(journal(("s", "[1]"), ("s#2", "[2]")), False)
    names = [found.name for _ in range(2) if (found := calls.next("s", "[1]"))]
    assert names == ["s", "s#3"]
    assert calls.next("s", "[3]") is None


def test_what_was_begun_and_has_no_outcome_is_no_doubt() -> None:
    known = journal(("s", "[1]"))
    known["s"]["status"] = "backoff"
    calls = Calls(known, False)
    assert calls.take("s", "[2]") is None
    assert not calls.is_doubtful("s", "[2]")
    # Its name is not given to another call: it is the idempotency key of the first.
    assert calls.add("s", "[2]").name == "s#2"


def test_records_of_older_clients_go_by_order() -> None:
    calls = Calls(journal(("s", None), ("s#2", None)), True)
    found = [calls.take("s", f"[{n}]") for n in (9, 8, 7)]
    assert [call and call.name for call in found] == ["s", "s#2", None]
    assert [call and call.key for call in found] == ["s", "s#2", None]


def test_a_key_does_not_depend_on_the_order_of_the_calls() -> None:
    keys = []
    for order in ((1, 2, 2), (2, 1, 2), (2, 2, 1)):
        calls = Calls({}, False)
        keys.append(sorted(calls.add("s", f"[{n}]").key for n in order))
    assert keys[0] == keys[1] == keys[2]
    assert len(set(keys[0])) == 3
    assert Calls({}, False).add("s", NONE).key == "s"


def function(a: int, b: int = 2, *rest: int, c: int = 3) -> None:
    """Take arguments."""


class Colour(enum.Enum):
    """A colour."""

    RED = 1


@dataclasses.dataclass
class Point:
    """A point."""

    x: int
    label: Any = None


def test_arguments_count_alike_by_place_and_by_name() -> None:
    assert of_call(function, (1,), {"b": 5}) == of_call(function, (1, 5), {}) == "[1,5]"
    assert of_call(function, (1,), {"c": 1, "b": 5}) == of_call(function, (1, 5), {"c": 1})
    assert of_call(print, (1,), {"end": ""}) == of_call(print, (1,), {"end": ""})


def test_arguments_count_by_value_where_they_have_one() -> None:
    one = of_call(function, ({"b": 1, "a": [1.0, None, True]}, {3, 1, 2}, Point(1)), {})
    other = of_call(function, ({"a": [1.0, None, True], "b": 1}, {2, 3, 1}, Point(1)), {})
    assert one == other
    different = [
        1, 2, 1.5, "1", None, True, [1], {"a": 1}, Point(1), Point(2), {1, 2}, b"a", b"b",
        Colour.RED, datetime.datetime(2026, 1, 1), datetime.date(2026, 1, 1), Path("/a"),
        datetime.timedelta(1),
        float("nan"), float("inf"), "\ud800", "\ud801", "x" * 1000, "x" * 1001, "a\nb", function,
    ]  # fmt: skip
    fingerprints = [of_call(function, (value,), {}) for value in different]
    assert len(set(fingerprints)) == len(different)
    for text in fingerprints:
        assert len(text.encode()) < 500
        assert text.isprintable()


def test_arguments_without_a_value_count_by_their_class() -> None:
    class Plain:
        pass

    circle: list[Any] = []
    circle.append(circle)
    for value in (
        Plain(),
        object(),
        lambda: 0,
        circle,
        {1: 2, "a": 3},
        [Plain()],
        Point(1, Plain()),
    ):
        assert of_call(function, (value, 1), {}) == of_call(function, (value, 1), {})
        assert of_call(function, (value, 1), {}) != of_call(function, (value, 2), {})
    assert of_call(function, (Plain(),), {}) == of_call(function, (Plain(),), {})
    assert of_call(function, (Plain(),), {}) != of_call(function, (object(),), {})


def test_fingerprints_are_the_same_in_another_process() -> None:
    values = "({'b': {3, 1, 2}, 'a': 'x' * 500}, len, b'z', 1.5, frozenset('abcdef'))"
    code = f"from sidestep._fingerprint import of_call; print(of_call(len, {values}, {{}}))"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**environment, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in range(3)
    }
    assert said == {of_call(len, eval(values), {}).encode() + b"\n"}


def test_a_name_is_filled_from_the_arguments() -> None:
    assert filled("s:{a}:{b}", function, (7,), {}) == "s:7:2"
    assert filled("s:{a.x}", function, (Point(4),), {}) == "s:4"
    with pytest.raises(TypeError, match="its parameters are a, b"):
        filled("s:{doc}", function, (7,), {})
    with pytest.raises(TypeError, match="the call fills none"):
        filled("s:{a}", function, (), {})


def test_a_call_by_order_alone_takes_the_first_record_that_is_left() -> None:
    calls = Calls(journal(("s", "[1]"), ("s#2", ANY), ("s#3", ANY)), False)
    found = [calls.take("s", known) for known in (ANY, "[5]", ANY, ANY)]
    assert [call and call.name for call in found] == ["s#2", "s#3", "s", None]


def test_many_calls_in_another_order_take_no_longer_for_each() -> None:
    def looks(count: int) -> int:
        names = [("s" if n == 0 else f"s#{n + 1}", f"[{n}]") for n in range(count)]
        calls = Calls(journal(*names), False)
        looked = 0

        class Counting(set):  # type: ignore[type-arg]
            def __contains__(self, item: object) -> bool:
                nonlocal looked
                looked += 1
                return super().__contains__(item)

        calls._left.names = Counting(calls._left.names)
        for n in reversed(range(count)):
            assert calls.take("s", f"[{n}]")
            assert calls.is_doubtful("s", "[x]") == (n > 0)
        return looked

    assert looks(4000) < 5 * looks(1000)


def test_asyncio_is_not_needed_for_it() -> None:
    code = "import sys, sidestep._calls, sidestep._fingerprint; sys.exit('asyncio' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0
