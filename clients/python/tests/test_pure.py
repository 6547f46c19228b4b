"""What needs no daemon: names, codec, policies, errors, the way to the socket."""

from __future__ import annotations

import dataclasses
import json
import socket
from pathlib import Path

import pytest

import sidestep
from sidestep import _autostart, _names, _wire
from sidestep._codec import JSON
from sidestep._declared import result_type
from sidestep._errors import error_from_wire
from sidestep._retry import error_types, retry_to_wire


def test_run_ids_sort_by_time_and_differ() -> None:
    made = [_names.new_run_id() for _ in range(100)]
    assert len(set(made)) == 100
    assert {len(name) for name in made} == {26}
    assert made[0][:8] <= made[-1][:8]


@dataclasses.dataclass
class Inner:
    n: int


@dataclasses.dataclass
class Outer:
    name: str
    inner: Inner


class Model:
    """Quacks like a pydantic model."""

    def __init__(self, n: int) -> None:
        self.n = n

    def model_dump(self, mode: str) -> dict[str, int]:
        return {"n": self.n}

    @classmethod
    def model_validate(cls, value: dict[str, int]) -> Model:
        return cls(value["n"])


def give_outer() -> Outer:
    raise NotImplementedError


def test_codec() -> None:
    value = Outer("a", Inner(1))
    plain = {"name": "a", "inner": {"n": 1}}
    assert JSON.recorded(value, Outer) == (plain, value)
    assert result_type(give_outer) is Outer
    assert JSON.from_json(plain, Outer) == value
    assert JSON.recorded([Model(2)], list[Model])[0] == [{"n": 2}]
    assert JSON.from_json({"n": 2}, Model).n == 2
    assert JSON.to_json([1, "é"]) == [1, "é"]
    for bad in (object(), float("nan"), bytearray(), "\ud800", {"x": open}):
        with pytest.raises((TypeError, ValueError)):
            JSON.to_json(bad)


def test_retry_policies() -> None:
    assert retry_to_wire(None, None, None) is None
    assert retry_to_wire(3, None, None) == {"max_attempts": 3}
    policy = sidestep.Retry(2, initial=0.005, retry_on=[OSError, "Flaky"])
    assert retry_to_wire(policy, None, [json.JSONDecodeError]) == {
        "max_attempts": 2,
        "initial_ms": 5,
        "retry_on": ["OSError", "Flaky"],
        "fail_on": ["json.decoder.JSONDecodeError"],
    }
    assert retry_to_wire({"max_attempts": 0}, None, None) == {"max_attempts": 0}
    assert sidestep.Retry(2) == sidestep.Retry(2) != sidestep.Retry(3)


def test_types_of_an_error_go_along_its_hierarchy() -> None:
    assert error_types(ConnectionResetError()) == [
        "ConnectionResetError", "ConnectionError", "OSError", "Exception", "BaseException",
    ]  # fmt: skip


def test_errors_from_the_wire() -> None:
    data = {"kind": "run_owned", "run": "r", "owner": {"pid": 1}, "hint": "wait"}
    error = error_from_wire({"code": -32000, "message": "no", "data": data})
    assert isinstance(error, sidestep.RunOwned)
    assert (error.kind, error.run, error.owner, str(error)) == (
        "run_owned",
        "r",
        {"pid": 1},
        "no (wait)",
    )
    unknown = error_from_wire({"code": -32000, "message": "no", "data": {"kind": "of_the_future"}})
    assert type(unknown) is sidestep.SidestepError
    assert unknown.kind == "of_the_future"
    assert isinstance(error_from_wire({"code": -32602, "message": "x"}), sidestep.InvalidArgument)
    assert type(error_from_wire({"code": -32601, "message": "x"})) is sidestep.SidestepError


def test_every_kind_of_the_daemon_has_an_exception() -> None:
    from sidestep._errors import KINDS

    source = Path(__file__).parents[3] / "Sources/SidestepModel/ErrorKind.swift"
    kinds = {
        line.split('"')[1]
        for line in source.read_text().splitlines()
        if line.strip().startswith("case ")
    }
    # Of the recording proxy, which no client calls.
    assert kinds - set(KINDS) <= {"divergence", "upstream_error"}


def test_lines_are_checked_before_they_are_sent() -> None:
    deep: object = 1
    for _ in range(600):
        deep = [deep]
    with pytest.raises(sidestep.InvalidArgument):
        _wire.request(1, "m", {"input": deep})
    assert _wire.request(1, "m", {"input": [[]] * 600})
    with pytest.raises(sidestep.PayloadTooLarge):
        _wire.request(1, "m", {"input": "x" * (64 << 20)})


def test_lines_are_cut() -> None:
    lines = _wire.LineBuffer()
    assert lines.feed(b'{"id":') == []
    assert lines.feed(b"1") == []
    assert lines.feed(b'}\n{"id":2}\n{"i') == [{"id": 1}, {"id": 2}]
    assert lines.feed(b'd":3}\n') == [{"id": 3}]


def test_a_socket_that_was_named_is_the_only_one_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    # The whole rule is tested by clients/places, on every client.
    monkeypatch.setenv("SIDESTEP_AUTOSTART", "1")
    monkeypatch.setenv("SIDESTEP_SOCKET", "/nowhere/named")
    for given, path in (("/nowhere/given", "/nowhere/given"), (None, "/nowhere/named")):
        search = iter(_autostart.Finder(given, None).search())
        assert next(search) == path
        with pytest.raises(sidestep.DaemonNotFound, match="that was named") as caught:
            next(search)
        assert "sidestepd --socket" in (caught.value.hint or "")


def test_no_daemon_names_what_was_tried(tmp_path: Path) -> None:
    import sidestep.sync

    with pytest.raises(sidestep.DaemonNotFound, match=str(tmp_path)):
        sidestep.sync.connect(tmp_path / "none", wait=0.0)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "dead"))
    with pytest.raises(sidestep.DaemonNotFound, match="refused"):
        sidestep.sync.connect(tmp_path / "dead", wait=0.0)
