"""Whether the code of today executes as the code of an exported run did."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from unittest import mock

from .. import sync
from .._aio import _held as _aio_held
from .._calls import Calls
from .._inputs import called_with
from .._sync import _held as _sync_held
from ._daemon import Daemon
from ._ends import to_its_end

_SETTLED = ("completed", "failed")


class _NoRecord(BaseException):
    """Ends the replay: what follows was never executed."""


class _Strict(Calls):
    """Gives records to calls, and notes the first call that has none."""

    all: ClassVar[list[_Strict]]
    new: ClassVar[list[str]]

    def __init__(self, journal: Any, is_old: bool) -> None:
        super().__init__(journal, is_old)
        self.all.append(self)

    def add(self, base: str, fingerprint: str) -> Any:
        call = super().add(base, fingerprint)
        self.new.append(call.name)
        raise _NoRecord(call.name)

    @property
    def unused(self) -> list[str]:
        """Records of the program's own that no call has got; those within a step are the step's."""
        journal = self._journal
        return sorted(
            name
            for name in self._left.names
            if journal[name].get("status") in _SETTLED and not _is_within(name, journal)
        )


def assert_replays(
    export: str | os.PathLike[str] | Iterable[str], workflow: Any, *, timeout: float = 60.0
) -> None:
    """Replay an exported run against `workflow` as it is today; nothing of it is executed.

    `export` is a file that `sidestep export` wrote, or its lines. Every call of a step, a wait and
    a child must find its record, each record its call, and the run comes to the same end; a run
    that was exported before its end is replayed as far as it had come. A daemon of its own has the
    run: none of the user's is asked.

    Raises AssertionError with the first call that differs.
    """
    lines = _lines_of(export)
    recorded = next(line for line in lines if line["kind"] == "run")
    is_open = recorded["status"] not in ("completed", "failed", "cancelled")
    with Daemon() as daemon, daemon.connect() as client:
        run = _taken_in(client, [_before_its_end(line) for line in lines])
        calls, new, error = _replayed(daemon, client, workflow, run, timeout)
        if new and not is_open:
            raise AssertionError(
                f"`{new[0]}` has no record: the run was recorded without this call"
            )
        unused = calls.unused if calls else []
        if unused:
            raise AssertionError(f"no call gets the record of {', '.join(unused)}") from error
        if not new:
            _assert_same_end(recorded, client.get(run["run"]["id"]), error)


def _before_its_end(line: Any) -> Any:
    """Return the run as it was when all was recorded but its end."""
    if line["kind"] != "run":
        return line
    end = ("output", "error", "closed_at")
    return {**{key: line[key] for key in line if key not in end}, "status": "running"}


def _lines_of(export: str | os.PathLike[str] | Iterable[str]) -> list[Any]:
    if isinstance(export, (str, os.PathLike)):
        with open(export, encoding="utf-8") as file:
            return [json.loads(line) for line in file]
    return [json.loads(line) for line in export]


def _taken_in(client: sync.Client, lines: list[Any]) -> dict[str, Any]:
    reply = client.import_run(lines)
    assert reply["done"], "the export is not whole: its last line is missing"
    return client.get(reply["run"]["id"])


def _replayed(
    daemon: Daemon, client: sync.Client, workflow: Any, run: dict[str, Any], timeout: float
) -> tuple[_Strict | None, list[str], BaseException | None]:
    """Execute the workflow; return the calls of the run, those without a record, and its error."""
    args, kwargs = called_with(client.codec, run.get("input"), workflow.function)
    id = run["run"]["id"]
    failed: list[BaseException] = []

    def execute() -> None:
        try:
            to_its_end(workflow.run(*args, run_id=id, **kwargs))
        except BaseException as error:
            failed.append(error)

    with _environment(daemon.environment), _strict() as strict:
        thread = threading.Thread(target=execute, daemon=True)
        thread.start()
        thread.join(timeout)
        if thread.is_alive():
            why = "; ".join(client.explain(id)["sentences"])
            raise AssertionError(f"the replay has no end after {timeout:g} s: {why}")
        mine = strict.all[0] if strict.all else None
        return mine, strict.new, failed[0] if failed else None


@contextmanager
def _strict() -> Iterator[type[_Strict]]:
    """Have runs that are opened meanwhile give no name to a call without a record."""

    class Strict(_Strict):
        all: ClassVar[list[_Strict]] = []
        new: ClassVar[list[str]] = []

    with (
        mock.patch.object(_aio_held, "Calls", Strict),
        mock.patch.object(_sync_held, "Calls", Strict),
    ):
        yield Strict


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _is_within(name: str, journal: Any) -> bool:
    parts = name.split("/")
    return any("/".join(parts[:count]) in journal for count in range(1, len(parts)))


def _assert_same_end(
    recorded: dict[str, Any], replayed: dict[str, Any], error: BaseException | None
) -> None:
    was, now = recorded["status"], replayed["run"]["status"]
    if was == now == "completed":
        outputs = recorded.get("output"), replayed.get("output")
        assert outputs[0] == outputs[1], f"the output was {outputs[0]!r}, and is {outputs[1]!r}"
    elif was in ("completed", "failed") and was != now:
        raise AssertionError(f"the run was {was}, and is {now} in the replay: {error}") from error
