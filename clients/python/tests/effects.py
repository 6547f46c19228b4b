"""What the bodies of steps did, and what the daemon knows of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sidestep.sync


class Effects:
    """Notes in a file what was done, so that it is known after deaths."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, text: str) -> None:
        with self.path.open("a") as file:
            file.write(text + "\n")

    @property
    def done(self) -> list[str]:
        return self.path.read_text().split() if self.path.exists() else []


def steps(run: str) -> dict[str, str]:
    """Return the steps of a run and their statuses."""
    with sidestep.sync.connect() as client:
        found = client.call("step.list", {"run": run})["steps"]
    return {step["step"]: step["status"] for step in found}


class Calls:
    """Counts what was executed."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def __call__(self, value: Any) -> Any:
        self.calls.append(value)
        return value
