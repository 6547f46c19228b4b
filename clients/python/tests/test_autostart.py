"""A daemon is started for the user when none answers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from daemon import find_daemon

import sidestep
import sidestep.sync


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "bin"
    path.mkdir()
    (path / "sidestepd").symlink_to(find_daemon())
    monkeypatch.setenv("PATH", f"{path}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SIDESTEP_DATABASE", str(tmp_path / "sidestep.db"))
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    # Whatever the host has for its own use: these tests mean a daemon of their own.
    monkeypatch.setenv("SIDESTEP_AUTOSTART", "1")
    monkeypatch.delenv("SIDESTEP_SOCKET", raising=False)
    return tmp_path


def test_two_at_the_same_time_start_one(home: Path) -> None:
    code = (
        "import sidestep.sync\n"
        "with sidestep.sync.connect() as c: print(c.call('system.info')['pid'], c.socket)"
    )
    package = str(Path(sidestep.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": package}
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    answers = {starter.communicate()[0].strip() for starter in starters}
    assert len(answers) == 1
    pid, _, path = answers.pop().partition(" ")
    try:
        assert path == str(home / "run/sidestep/sidestep.sock")
        assert (home / "run/sidestep").stat().st_mode & 0o777 == 0o700
        comes_back(int(pid))
    finally:
        stop(home)


def comes_back(pid: int) -> None:
    """A client whose daemon died starts it again."""
    with sidestep.sync.connect() as client:
        run = client.resume("autostart")
        run.step("one", int)
        os.kill(pid, signal.SIGKILL)
        assert run.step("two", int) == 0
        assert client.call("system.info")["pid"] != pid


def stop(home: Path) -> None:
    with sidestep.sync.connect() as client:
        pid = client.call("system.info")["pid"]
    os.kill(pid, signal.SIGTERM)
    for _ in range(500):
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.01)
    raise AssertionError("the daemon does not stop")


def test_without_a_daemon_to_start(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(home / "bin")
    monkeypatch.setenv("PATH", str(home))
    monkeypatch.delenv("SIDESTEPD", raising=False)
    with pytest.raises(sidestep.DaemonNotFound, match="not installed"):
        sidestep.sync.connect()
    with pytest.raises(sidestep.DaemonNotFound, match="no Sidestep daemon answers"):
        sidestep.sync.connect(autostart=False)
