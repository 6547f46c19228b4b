"""Fixtures for pytest: a daemon that the programs under test find, and what their steps did.

pytest loads it by itself where Sidestep is installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ._daemon import Daemon
from ._effects import Effects

__all__ = ["own_sidestep_daemon", "sidestep_daemon", "sidestep_effects"]


@pytest.fixture(scope="session")
def _sidestep_daemon() -> Iterator[Daemon]:
    with Daemon() as daemon:
        yield daemon


@pytest.fixture
def sidestep_daemon(_sidestep_daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> Daemon:
    """A running daemon that the test's process and its children find: one for the session."""
    return _found(_sidestep_daemon, monkeypatch)


@pytest.fixture
def own_sidestep_daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    """The same with an empty database: one for this test alone."""
    with Daemon() as daemon:
        yield _found(daemon, monkeypatch)


@pytest.fixture
def sidestep_effects(tmp_path: Path) -> Effects:
    """A note of what steps do, which outlives processes that are killed."""
    return Effects(tmp_path / "effects")


def _found(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> Daemon:
    daemon.start()
    for name, value in daemon.environment.items():
        monkeypatch.setenv(name, value)
    return daemon
