from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))

from daemon import Daemon
from effects import Effects

# Whoever runs the tests in the background may have left it ignored, also for the programs of tests.
signal.signal(signal.SIGINT, signal.default_int_handler)

if os.environ.get("SIDESTEP_LOOP") == "uvloop":  # all tests on the other event loop
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


@pytest.fixture(scope="session")
def _daemon() -> Iterator[Daemon]:
    with Daemon() as daemon:
        yield daemon


@pytest.fixture
def daemon(_daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> Daemon:
    """A daemon that every client of the test finds."""
    monkeypatch.setenv("SIDESTEP_SOCKET", _daemon.socket)
    monkeypatch.setenv("SIDESTEP_AUTOSTART", "0")
    if _daemon.process is None:
        _daemon.start()
    return _daemon


@pytest.fixture
def run_id(request: pytest.FixtureRequest) -> str:
    return f"{request.node.name}-{os.urandom(4).hex()}"


@pytest.fixture
def effects(tmp_path: Path) -> Effects:
    """What the bodies of steps did."""
    return Effects(tmp_path / "effects")


@pytest.fixture
def _loop() -> Iterator[None]:
    """The loop that `run_sync` finds; it leaves open what it makes itself."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """End with the line that all suites of this repository end with."""
    count = {kind: len(terminalreporter.getreports(kind)) for kind in ("passed", "failed", "error")}
    failed = count["failed"] + count["error"]
    terminalreporter.write_line(f"python: {count['passed']} passed, {failed} failed")
