"""Agents with backend="dbos", "prefect", "temporal": those engines have the steps on record."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# What only a hang takes, in seconds.
HANG = 600
MODEL, TOOL = 2, 1
STEPS = {
    # DBOS records the requests of models; its tools are steps when the user makes them such.
    "dbos": ["trip__model.request"] * MODEL,
    "prefect": ["Call Tool"] * TOOL + ["Model Request"] * MODEL,
    "temporal": ["agent__trip__model_request"] * MODEL
    + ["agent__trip__toolset__<agent>__call_tool"] * TOOL,
}


@pytest.mark.parametrize("engine", STEPS)
def test_an_agent_of_an_engine_is_recorded_by_that_engine(engine: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "engines.py", engine, str(tmp_path)],
        cwd=HERE,
        env={
            **os.environ,
            "PYTHONPATH": str(HERE.parent),
            # Prefect gives its own server 20 s to start, which a busy machine may not have for it.
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(HANG),
        },
        capture_output=True,
        text=True,
        timeout=HANG,
    )
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout.splitlines()[-1])
    assert set(said["said"]) == {"it has a harbour"}
    assert said["calls"] == {"model": MODEL, "tool": TOOL}
    assert [step.partition(":")[0] for step in said["steps"]] == STEPS[engine]


def test_an_engine_that_is_not_installed_is_named_with_what_installs_it() -> None:
    code = "import sys; sys.modules['dbos'] = None\n"
    code += "from sidestep.durable import DurableAgent; DurableAgent(backend='dbos')"
    ended = subprocess.run([sys.executable, "-c", code], cwd=HERE.parent, capture_output=True)
    assert b"""pip install "sidestep[dbos]\"""" in ended.stderr
