"""``python -m sidestep``: the command line tool of the package or the machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from daemon import ROOT, find_daemon


def module(*words: str, path: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": path, "PYTHONPATH": str(ROOT / "clients/python")}
    command = [sys.executable, "-m", "sidestep", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", [["--version"], ["ps", "--version"]])
def test_a_command_of_the_tool_is_handed_to_the_tool(words: list[str]) -> None:
    done = module(*words, path=str(Path(find_daemon()).parent))
    assert (done.returncode, done.stdout) == (0, "0.1.0\n"), done.stderr


def test_exit_statuses_are_the_tools() -> None:
    done = module("show", path=str(Path(find_daemon()).parent))
    assert done.returncode == 64


def test_without_a_tool_it_says_so(tmp_path: Path) -> None:
    done = module("ps", path=str(tmp_path))
    assert done.returncode == 69
    assert "neither in this package nor on PATH" in done.stderr


def test_the_help_tells_what_python_itself_executes() -> None:
    done = module("--help", path="")
    assert done.returncode == 0
    assert "worker" in done.stdout
