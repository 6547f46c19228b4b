"""The guide's examples run, in the order of the page, twice."""

from __future__ import annotations

import contextlib
import io
import re
import sqlite3
import sys
import types
from pathlib import Path

from daemon import Daemon

GUIDES = Path(__file__).parents[3] / "docs" / "guides"


def read_twice(page: str) -> list[list[str]]:
    """Execute the page's code twice; return the lines that it printed each time."""
    path = GUIDES / page
    code = "\n".join(re.findall(r"```python\n(.*?)```", path.read_text(), re.DOTALL))
    said = []
    for _ in range(2):
        output = io.StringIO()
        module = sys.modules["guide"] = types.ModuleType("guide")
        with contextlib.redirect_stdout(output):
            exec(compile(code, str(path), "exec", dont_inherit=True), vars(module))
        said.append(output.getvalue().splitlines())
    return said


def test_the_guide_runs_and_replays(daemon: Daemon) -> None:
    said = read_twice("python.md")
    assert [line for line in said[0] if line.startswith("reading")] == [
        f"reading {n}" for n in range(5)
    ]
    assert not [line for line in said[1] if line.startswith("reading")]
    assert "done" in said[0]
    assert "done" in said[1]
    assert "['page 0', 'page 1', 'page 2']" in said[1]


def test_the_page_on_pydantic_ai_runs_and_replays(daemon: Daemon) -> None:
    first, second = read_twice("pydantic-ai.md")
    assert first[0] == "looking up a"
    assert "a has a harbour" in first[1]
    assert second == first[1:]


def test_the_page_on_langgraph_runs_and_goes_on(daemon: Daemon) -> None:
    first, second = read_twice("langgraph.md")
    bought = "['an order', 'charged 100']"
    more = "['an order', 'charged 100', 'another one', 'charged 100']"
    said = ["['a question', 'an answer']", bought, more, more, "['ann: green tea']"]
    assert first == ["answering", *said]
    assert second == first[1:]


def test_the_page_on_durable_agents_runs_and_replays(daemon: Daemon) -> None:
    shop = Path("/tmp/sidestep-guide-shop.db")
    shop.unlink(missing_ok=True)
    first, second = read_twice("durable-agents.md")
    assert first[0] == "looking up a"
    assert first[2].startswith("2 checkpoints;")
    assert second == first[1:]
    with sqlite3.connect(shop) as connection:
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (1,)
    connection.close()
    shop.unlink()


def test_the_page_on_sessions_runs_and_goes_on(daemon: Daemon) -> None:
    first, second = read_twice("sessions.md")
    assert (first, second) == (["2 messages"], ["4 messages"])
