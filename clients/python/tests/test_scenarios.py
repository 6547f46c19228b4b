"""The table of scenarios names the tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

from daemon import ROOT

TESTS = Path(__file__).parent


def test_each_row_of_the_table_has_its_test_and_each_test_its_row() -> None:
    page = (ROOT / "docs/internals/scenarios.md").read_text()
    rows = re.findall(r"\| `(test_\w+)` \|$", page, re.MULTILINE)
    files = TESTS.glob("test_scenarios_*.py")
    tests = [
        name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text(), re.M)
    ]
    assert sorted(rows) == sorted(tests)
    elsewhere = re.findall(r"`(test_\w+\.py)`", page)
    assert [name for name in elsewhere if not (TESTS / name).exists()] == []
