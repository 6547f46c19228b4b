"""What the bodies of steps did to the outside world, known after every death."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path


class Effects:
    """Stands for what cannot be taken back: notes each effect in a file, on the disk at once.

    Call it in the body of a step, also in a process that is killed: ``effects("charge", order)``.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def __call__(self, name: str, *details: object) -> None:
        """Note that something was done, and with what; `details` are what JSON can say."""
        line = json.dumps([name, *details]) + "\n"
        # One write(2) at the end of the file: lines of several processes do not mix.
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)

    @property
    def all(self) -> list[tuple[object, ...]]:
        """All of them in their order, each as it was noted."""
        if not self.path.exists():
            return []
        return [tuple(json.loads(line)) for line in self.path.read_text().splitlines()]

    def count(self, name: str, *details: object) -> int:
        """Return how often it was done: with these details, or with any where none are given."""
        found = [each for each in self.all if each[0] == name]
        return sum(not details or each[1:] == details for each in found)

    def assert_once(self, *names: str) -> None:
        """Fail unless no effect was done twice, and each of `names` was done."""
        lines = Counter(json.dumps(each) for each in self.all)
        twice = {line: count for line, count in lines.items() if count > 1}
        assert not twice, f"done more than once: {twice}"
        missing = [name for name in names if not self.count(name)]
        assert not missing, f"never done: {', '.join(missing)}"
