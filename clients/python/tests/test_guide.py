"""The guide's examples run, in the order of the page, twice."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

from daemon import Daemon

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "python.md"


def test_the_guide_runs_and_replays(daemon: Daemon) -> None:
    code = "\n".join(re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL))
    said = []
    for _ in range(2):
        output = io.StringIO()
        names: dict[str, Any] = {"__name__": "guide"}
        with contextlib.redirect_stdout(output):
            exec(compile(code, str(GUIDE), "exec"), names)
        said.append(output.getvalue().splitlines())
    assert [line for line in said[0] if line.startswith("reading")] == [
        f"reading {n}" for n in range(5)
    ]
    assert not [line for line in said[1] if line.startswith("reading")]
    assert "done" in said[0]
    assert "done" in said[1]
    assert "['page 0', 'page 1', 'page 2']" in said[1]
