"""What the guides show is what type checkers accept, at their strictest."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / "clients" / "python"
GUIDES = ROOT / "docs" / "guides"
PAGES = sorted(page.stem for page in GUIDES.glob("*.md") if "```python" in page.read_text())
# What is wrong in the last line of a program, and what mypy calls that.
TYPOS = [
    ('research.run("five")', "call-overload"),
    ('research.options(run_id="r").start("five")', "call-overload"),
    ('research.options(if_closed="rety")', "typeddict-item|arg-type"),
    ("research.options(deadlin=1)", "call-arg"),
    ("sidestep.step(retry=2, timeout_ms=3)", "call-overload"),
    ("sidestep.Retry(2, initial_ms=3)", "arg-type"),
    ("wrong: sidestep.sync.RunHandle[str] = research.start(5)", "assignment"),
]


def code_of(page: str) -> str:
    """Return the code of a page, each line where it stands there.

    What a comment of the page says of the names that its code has, is part of it.
    """
    lines: list[str] = []
    within = False
    for line in (GUIDES / f"{page}.md").read_text().splitlines():
        if line.startswith(("```", "<!-- test: before python", "-->")):
            within = line in ("```python", "<!-- test: before python")
            lines.append("")
        else:
            lines.append(line if within else "")
    return "\n".join(lines) + "\n"


def mypy(directory: Path) -> str:
    """Return what mypy says of files, with its settings and the cache of the package's own."""
    files = sorted(str(path) for path in directory.glob("*.py"))
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=pyproject.toml", *files]
    done = subprocess.run(command, cwd=PYTHON, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_mypy_accepts_the_guides_at_its_strictest_and_finds_typos(tmp_path: Path) -> None:
    assert len(PAGES) > 6
    for page in PAGES:
        (tmp_path / f"page_{page.replace('-', '_')}.py").write_text(code_of(page))
    program = code_of("python").split("print(research.run")[0]
    for number, (line, _) in enumerate(TYPOS):
        (tmp_path / f"typo_{number}.py").write_text(f"{program}\n{line}\n")
    said = mypy(tmp_path)
    assert [line for line in said.splitlines() if "page_" in line] == []
    for number, (line, kind) in enumerate(TYPOS):
        assert re.search(rf"typo_{number}\.py:\d+: error: .*\[({kind})\]", said), (line, said)


def test_pyright_accepts_the_code_of_the_guides(tmp_path: Path) -> None:
    program = shutil.which("basedpyright", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("basedpyright is not installed")
    for page in PAGES:
        (tmp_path / f"page_{page.replace('-', '_')}.py").write_text(code_of(page))
    (tmp_path / "pyrightconfig.json").write_text(
        f'{{"typeCheckingMode": "standard", "extraPaths": ["{PYTHON}"]}}'
    )
    command = [program, "--project", str(tmp_path), "--pythonpath", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
