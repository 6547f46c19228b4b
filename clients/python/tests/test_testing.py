"""What users test their programs with: a daemon, time, crashes, effects, replays."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from daemon import ROOT, find_daemon

import sidestep
import sidestep.sync
from sidestep.testing import Daemon, Effects, assert_replays, crash_at


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A daemon for tests that this process finds."""
    monkeypatch.setenv("SIDESTEPD", find_daemon())
    with Daemon() as daemon:
        for name, value in daemon.environment.items():
            monkeypatch.setenv(name, value)
        yield daemon


@pytest.fixture
def effects(tmp_path: Path) -> Effects:
    return Effects(tmp_path / "effects")


def plain_order(effects: Effects) -> Any:
    @sidestep.step
    def charge(order: str) -> str:
        effects("charge", order)
        return f"receipt of {order}"

    @sidestep.step
    def ship(order: str) -> str:
        effects("ship", order)
        return "shipped"

    @sidestep.workflow
    def order_of(order: str) -> list[str]:
        return [charge(order), ship(order)]

    return order_of


def async_order(effects: Effects) -> Any:
    @sidestep.step
    async def charge(order: str) -> str:
        effects("charge", order)
        return f"receipt of {order}"

    @sidestep.step
    async def ship(order: str) -> str:
        effects("ship", order)
        return "shipped"

    @sidestep.workflow
    async def order_of(order: str) -> list[str]:
        return [await charge(order), await ship(order)]

    return order_of


def run(workflow: Any, *args: Any, **kwargs: Any) -> Any:
    found = workflow.run(*args, **kwargs)
    return asyncio.run(found) if asyncio.iscoroutine(found) else found


BOTH = pytest.mark.parametrize("order", [plain_order, async_order])

# Time


def test_a_sleep_of_a_day_is_over_when_the_test_lets_a_day_pass(home: Daemon) -> None:
    @sidestep.workflow
    def patient() -> str:
        current = sidestep.sync.current_run()
        assert current is not None
        current.sleep(timedelta(days=1))
        return "slept"

    with home.connect() as client:
        handle = patient.start(run_id="p", client=client)
        while not client.timers("p"):
            pass
        home.advance(timedelta(hours=23))
        with pytest.raises(sidestep.TimeoutExpired):
            handle.result(timeout=0.1)
        home.advance(3600)
        assert handle.result(timeout=60) == "slept"


def test_a_daemon_that_is_started_again_goes_on_at_the_time_it_had(home: Daemon) -> None:
    before = home.advance(timedelta(days=10))
    home.restart()
    assert home.advance(0) >= before


def test_the_users_own_daemon_lets_nobody_move_its_time(daemon: Any) -> None:
    with sidestep.sync.connect() as client, pytest.raises(sidestep.NotPermitted, match="host's"):
        client.system.advance(1)


# Crashes


@BOTH
def test_a_crash_behind_the_effect_has_it_done_again_and_nothing_before_it(
    home: Daemon, effects: Effects, order: Any
) -> None:
    workflow = order(effects)
    crash_at("ship", workflow.run, "o1", run_id="o1")
    assert effects.all == [("charge", "o1"), ("ship", "o1")]
    assert run(workflow, "o1", run_id="o1") == ["receipt of o1", "shipped"]
    assert (effects.count("charge"), effects.count("ship")) == (1, 2)
    with pytest.raises(AssertionError, match="more than once"):
        effects.assert_once()


@BOTH
@pytest.mark.parametrize("moment", ["begun", "recorded"])
def test_a_crash_before_the_effect_or_behind_its_record_has_each_effect_once(
    home: Daemon, effects: Effects, order: Any, moment: Any
) -> None:
    workflow = order(effects)
    crash_at("charge", workflow.run, "o1", run_id="o1", moment=moment)
    assert effects.count("charge") == (1 if moment == "recorded" else 0)
    assert run(workflow, "o1", run_id="o1") == ["receipt of o1", "shipped"]
    effects.assert_once("charge", "ship")


def test_a_program_that_does_not_come_to_the_step_is_no_crash(
    home: Daemon, effects: Effects
) -> None:
    workflow = plain_order(effects)
    with pytest.raises(AssertionError, match=r"to `refund` \(done\): it returned"):
        crash_at("refund", workflow.run, "o1", run_id="o1")
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        crash_at("charge", lambda: 1 // 0)


def test_an_effect_that_is_missing_is_told(effects: Effects) -> None:
    effects("charge", "o1", 3)
    assert effects.count("charge", "o1", 3) == 1
    assert effects.count("charge", "o1", 4) == 0
    with pytest.raises(AssertionError, match="never done: ship"):
        effects.assert_once("charge", "ship")


# Replays


def exported(run_id: str) -> list[str]:
    program = Path(find_daemon()).with_name("sidestep")
    done = subprocess.run([program, "export", run_id], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@BOTH
def test_a_run_replays_against_the_code_that_recorded_it_and_executes_nothing(
    home: Daemon, effects: Effects, order: Any
) -> None:
    workflow = order(effects)
    run(workflow, "o1", run_id="o1")
    lines = exported("o1")
    assert_replays(lines, workflow)
    effects.assert_once("charge", "ship")


def changed(effects: Effects, what: str) -> Any:
    """The order of another version of the program."""

    @sidestep.step
    def charge(order: str) -> str:
        effects("charge again", order)
        return f"receipt of {order}"

    @sidestep.step
    def ship(order: str) -> str:
        effects("ship again", order)
        return "shipped"

    @sidestep.step
    def weigh(order: str) -> int:
        effects("weigh", order)
        return 3

    @sidestep.workflow
    def order_of(order: str) -> Any:
        receipt = charge(order)
        if what == "more":
            weigh(order)
        if what == "less":
            return [receipt, "shipped"]
        if what == "other":
            return [receipt, ship(order.upper())]
        shipped = ship(order)
        return [receipt, shipped, "done"] if what == "output" else [receipt, shipped]

    return order_of


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("more", "`weigh` has no record"),
        ("less", "no call gets the record of ship"),
        ("other", "ship"),
        ("output", "the output was .*, and is .*done"),
    ],
)
def test_a_run_does_not_replay_against_code_that_has_changed(
    home: Daemon, effects: Effects, what: str, says: str
) -> None:
    run(plain_order(effects), "o1", run_id="o1")
    lines = exported("o1")
    with pytest.raises(AssertionError, match=says):
        assert_replays(lines, changed(effects, what))
    assert effects.count("weigh") == 0


def test_a_run_that_was_exported_before_its_end_replays_as_far_as_it_had_come(
    home: Daemon, effects: Effects
) -> None:
    workflow = plain_order(effects)
    crash_at("charge", workflow.run, "o1", run_id="o1", moment="recorded")
    lines = exported("o1")
    assert_replays(lines, workflow)
    assert effects.count("ship") == 0
    with pytest.raises(AssertionError, match="charge"):
        assert_replays(lines, changed_name(effects))


def changed_name(effects: Effects) -> Any:
    @sidestep.step
    def bill(order: str) -> str:
        effects("bill", order)
        return "billed"

    @sidestep.workflow
    def order_of(order: str) -> list[str]:
        return [bill(order)]

    return order_of


def test_a_failed_run_replays_to_its_failure(home: Daemon, effects: Effects) -> None:
    @sidestep.step
    def refuse() -> None:
        effects("refuse")
        raise ValueError("no")

    @sidestep.workflow
    def failing() -> None:
        refuse()

    with pytest.raises(ValueError, match="no"):
        failing.run(run_id="f")
    assert_replays(exported("f"), failing)
    assert effects.count("refuse") == 1


def test_a_replay_that_waits_for_what_has_no_end_says_why(
    home: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    @sidestep.workflow
    def endless() -> None:
        if "again" in os.environ:
            go_on.wait(60)

    endless.run(run_id="e")
    lines = exported("e")
    monkeypatch.setenv("again", "1")
    with pytest.raises(AssertionError, match=r"no end after 0.2 s: .*e"):
        assert_replays(lines, endless, timeout=0.2)
    go_on.set()


def test_an_export_without_its_end_is_told(home: Daemon, effects: Effects) -> None:
    workflow = plain_order(effects)
    run(workflow, "o1", run_id="o1")
    with pytest.raises(AssertionError, match="not whole"):
        assert_replays(exported("o1")[:-1], workflow)


# The plugin


def test_the_fixtures_serve_a_project_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(
        """
import sidestep
from sidestep.testing import crash_at

@sidestep.step
def charge(order, effects):
    effects("charge", order)
    return "receipt"

@sidestep.workflow
def buy(order, path):
    from sidestep.testing import Effects
    return charge(order, Effects(path))

def test_one(sidestep_daemon, sidestep_effects):
    crash_at("charge", buy.run, "o1", str(sidestep_effects.path), run_id="o1", moment="begun")
    assert buy.run("o1", str(sidestep_effects.path), run_id="o1") == "receipt"
    sidestep_effects.assert_once("charge")

def test_runs_of_a_test_before_are_there(sidestep_daemon):
    with sidestep_daemon.connect() as client:
        assert client.get("o1")["run"]["status"] == "completed"

def test_unless_the_daemon_is_the_tests_own(own_sidestep_daemon):
    with own_sidestep_daemon.connect() as client:
        assert client.runs() == []
"""
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "sidestep.testing.plugin", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "clients/python"), "SIDESTEPD": find_daemon()},
        capture_output=True,
        text=True,
    )
    assert "3 passed" in done.stdout, done.stdout + done.stderr
