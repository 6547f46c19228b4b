"""`except ValueError` around a step catches it when it fails, and whenever it is replayed."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pydantic
import pytest
from daemon import Daemon

import sidestep
import sidestep.sync
from sidestep import _classes
from sidestep._classes import raised_as

PYTHON = Path(sidestep.__file__).parents[1]


class Refused(Exception):
    """An exception that is made of more than a text."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code


class Fixed(Exception):
    """One whose attributes cannot be set."""

    @property
    def message(self) -> str:
        return "fixed"


class Strict(Exception):
    """One that is not made without its own arguments."""

    def __new__(cls, one: int, two: int) -> Strict:
        return super().__new__(cls, one, two)


class Model(pydantic.BaseModel):
    number: int


def fail_as(kind: str) -> None:
    if kind == "value":
        raise ValueError("no", 7)
    if kind == "key":
        raise KeyError("missing")
    if kind == "os":
        raise FileNotFoundError(2, "No such file or directory", "/nowhere")
    if kind == "json":
        json.loads("{")
    if kind == "own":
        raise Refused(402, "no money")
    if kind == "fixed":
        raise Fixed("x")
    if kind == "strict":
        raise Strict(1, 2)
    if kind == "final":
        Model.model_validate({"number": "x"})
    if kind == "stop":
        raise StopIteration(1)


KINDS: dict[str, type[Exception]] = {
    "value": ValueError,
    "key": LookupError,
    "os": FileNotFoundError,
    "json": json.JSONDecodeError,
    "own": Refused,
}
# Of a class that there can be no other of, or that means something to the interpreter.
ALONE = ["fixed", "strict", "final", "stop"]


def caught(run_id: str, kind: str) -> sidestep.StepFailed:
    """Call a step that fails, or its record; what it raises."""
    with sidestep.sync.connect() as client:
        run = client.resume(run_id, if_owned="take_over")
        with pytest.raises(KINDS.get(kind, sidestep.StepFailed)) as found:
            run.step("fails", fail_as, kind)
    assert isinstance(found.value, sidestep.StepFailed)
    return found.value


@pytest.mark.parametrize("kind", [*KINDS, *ALONE])
def test_a_failed_step_is_caught_by_its_class_now_and_on_every_replay(
    kind: str, daemon: Daemon, run_id: str
) -> None:
    first, again = caught(run_id, kind), caught(run_id, kind)
    assert type(first) is type(again)
    assert (str(first), first.args) == (str(again), again.args)
    assert f"step fails of run {run_id} failed" in str(first)
    assert type(first.__cause__).__name__ == first.type
    assert first.kind == again.kind == "step_failed"
    assert "in fail_as" in (again.traceback or "")
    if kind in ALONE:
        assert type(again) is sidestep.StepFailed


def test_what_was_given_to_the_exception_and_noted_on_it_comes_back(
    daemon: Daemon, run_id: str
) -> None:
    def noted() -> None:
        error = ValueError("no", 7)
        if hasattr(error, "add_note"):
            error.add_note("while testing")
        raise error

    for _ in range(2):
        with sidestep.sync.connect() as client:
            run = client.resume(run_id, if_owned="take_over")
            with pytest.raises(ValueError, match="no") as found:
                run.step("fails", noted)
            assert found.value.args == ("no", 7)
            if sys.version_info >= (3, 11):
                assert found.value.__notes__ == ["while testing"]


def test_the_failure_of_a_run_is_caught_by_its_class_by_whoever_asks_for_its_result(
    daemon: Daemon, run_id: str
) -> None:
    @sidestep.workflow(name=f"{run_id}-inner")
    async def inner() -> None:
        raise Refused(402, "no money")

    @sidestep.workflow(name=f"{run_id}-outer")
    async def outer() -> str:
        try:
            await inner.run(run_id=f"{run_id}-child")
        except Refused:
            return "caught"
        return "not caught"

    async def main() -> Any:
        with pytest.raises(Refused):
            await inner.run(run_id=run_id)
        async with await sidestep.connect() as client:
            with pytest.raises(Refused) as found:
                await client.result(run_id)
            assert isinstance(found.value, sidestep.RunClosed)
            assert found.value.kind == "run_closed"
        return await outer.run(run_id=f"{run_id}-outer")

    assert asyncio.run(main()) == "caught"


def test_a_class_that_the_program_has_not_loaded_is_not_looked_for(tmp_path: Path) -> None:
    (tmp_path / "trap.py").write_text("print('loaded')\nclass Error(Exception): pass\n")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from sidestep._classes import raised_as\n"
        "from sidestep import StepFailed\n"
        "error = raised_as(StepFailed, 'x', {}, {'class': 'trap:Error'})\n"
        "assert type(error) is StepFailed and 'trap' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""


@pytest.mark.parametrize(
    "failure",
    [
        *(None, "text", {}, {"class": 7}, {"class": ""}, {"class": ":"}, {"class": "os:"}),
        *({"class": f"builtins:{name}"} for name in ("int", "ValueError.x", "KeyboardInterrupt")),
    ],
)
def test_a_record_of_another_language_or_hand_is_the_plain_exception(failure: Any) -> None:
    assert type(raised_as(sidestep.StepFailed, "x", {}, failure)) is sidestep.StepFailed


def test_the_log_of_a_worker_has_the_traceback_of_what_a_workflow_raised(
    daemon: Daemon, run_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    @sidestep.workflow(name=f"{run_id}-w")
    def work() -> None:
        fail_as("own")

    with sidestep.sync.connect() as client:
        work.enqueue(run_id=run_id, client=client)
        sidestep.sync.Worker(work, client=client).run(until_idle=True)
    assert f"run {run_id} failed: Refused" in caplog.text
    assert "in fail_as" in caplog.text


def test_the_log_of_a_worker_has_the_recorded_traceback_of_a_step_that_fails_the_run(
    daemon: Daemon, run_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    @sidestep.step(name="fails")
    async def fails() -> None:
        fail_as("own")

    @sidestep.workflow(name=f"{run_id}-w")
    async def work() -> None:
        await fails()

    async def serve() -> None:
        async with await sidestep.connect() as client:
            await work.options(retry=2).enqueue(run_id=run_id, client=client)
            await sidestep.Worker(work, client=client).run(until_idle=True)

    asyncio.run(serve())
    assert f"run {run_id}: step fails of run {run_id} failed: Refused" in caplog.text
    assert "in fail_as" in caplog.text


@pytest.mark.parametrize(
    ("name", "says"),
    [(f"{__name__}:Strict", "cannot be made"), ("no.such:Error", "no module"), ("", "no module")],
)
def test_a_class_that_cannot_be_made_again_is_said_once(
    name: str, says: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_classes, "_said", set())
    for _ in range(2):
        error = raised_as(sidestep.StepFailed, "x", {}, {"class": name})
        assert type(error) is sidestep.StepFailed
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 1
    assert name in said[0]
    assert says in said[0]


def test_classes_of_the_program_itself_are_known_by_the_name_of_its_file(tmp_path: Path) -> None:
    """A worker of ``jobs.py`` imports it as `jobs`; who executes it knows it as `__main__`."""
    (tmp_path / "jobs.py").write_text(
        "from sidestep._class_names import class_name, named_class\n"
        "class Outer:\n class Inner(Exception): pass\n"
        "def names(): return class_name(Outer.Inner), named_class('jobs:Outer.Inner')\n"
        "if __name__ == '__main__': print(names())\n"
    )
    for command in (["jobs.py"], ["-m", "jobs"], ["-c", "import jobs; print(jobs.names())"]):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env={"PYTHONPATH": f"{PYTHON}:{tmp_path}"},
            capture_output=True,
            text=True,
            check=True,
        )
        name, found = done.stdout.strip().strip("()").split(", ")
        assert name == "'jobs:Outer.Inner'"
        assert "Outer.Inner" in found


def test_a_program_without_a_file_that_can_be_imported_is_main() -> None:
    code = "from sidestep._class_names import class_name\nclass A: pass\nprint(class_name(A))"
    for arguments, given in (["-"], code), (["-c", code], ""):
        done = subprocess.run(
            [sys.executable, *arguments],
            input=given,
            env={"PYTHONPATH": str(PYTHON)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "__main__:A\n"
