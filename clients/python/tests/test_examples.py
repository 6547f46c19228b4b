"""The examples of the frameworks: killed in the middle, started again, their effects counted."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from daemon import ROOT, Daemon

EXAMPLES = {
    "conversation_store.py": 4,
    "durable_agent.py": 9,
    "langgraph_chat.py": 3,
    "langgraph_functional.py": 4,
    "openai_session.py": 4,
    "pydantic_agent.py": 7,
}


@pytest.mark.parametrize(("script", "effects"), EXAMPLES.items())
def test_an_example_goes_on_where_it_was_killed(
    daemon: Daemon, run_id: str, tmp_path: Path, script: str, effects: int
) -> None:
    log = tmp_path / "effects"
    log.touch()
    command = [sys.executable, str(ROOT / "examples/python" / script), "--run", run_id]
    command += ["--effects", str(log)]
    first = subprocess.Popen([*command, "--delay", "0.3"], stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while log.read_text().count("\n") < effects // 2:
        assert first.poll() is None, "the example ended too early"
        assert time.monotonic() < end, "the example does not get on"
        time.sleep(0.002)
    first.kill()
    first.wait()
    before = Counter(log.read_text().splitlines())
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode == 0, second.stderr
    after = Counter(log.read_text().splitlines())
    assert len(after) == effects
    # At least once: what was in flight at the kill may be there twice, and nothing else.
    assert sum(after.values()) - effects <= 1
    assert all(count <= 1 + before[line] for line, count in after.items())
    third = subprocess.run(command, capture_output=True, text=True, check=True)
    assert third.stdout.splitlines()[-1] == second.stdout.splitlines()[-1]
    assert Counter(log.read_text().splitlines()) == after
