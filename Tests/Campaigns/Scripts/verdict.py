"""What a script did, and whether that was right."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

#: These are of the program alone: xargs calls no function, and sidestep.sh has no `each`.
PROGRAM_ONLY = ["downloads", "each"]

#: How many effects a kill may let be done again: eight are at work at once, and `each` has as many that have ended and are
#: about to be recorded.
AGAIN = {"downloads": 8, "each": 16}


class Wrong(Exception):
    """A promise was broken."""


class Verdict:
    """The checks of a round when its script has come to its end."""

    script: str
    place: Path
    count: int
    resolved: int
    kills: Counter[str]
    start: Any
    lines: Any

    def check(self) -> None:
        lines = self.lines()
        overlaps = [line for line in lines if line.startswith("overlap")]
        if overlaps:
            raise Wrong(f"commands beside themselves: {overlaps}")
        begins = Counter(line.split(" ", 1)[1] for line in lines if line.startswith("begin"))
        ends = Counter(line.split(" ", 1)[1] for line in lines if line.startswith("end"))
        kills = self.kills.total()
        for name, times in begins.items():
            if times > 1 + kills:
                raise Wrong(f"{name} began {times} times with {kills} kills")
        again = sum(begins.values()) - len(begins)
        if again > kills * AGAIN.get(self.script, 1):
            raise Wrong(f"{again} repetitions with {kills} kills: {begins}")
        getattr(self, f"check_{self.script}")(begins, ends)
        self.check_repetition(lines)

    def check_repetition(self, lines: list[str]) -> None:
        """The finished run: nothing is done."""
        began = self.start()
        if began.end() != 0 or self.lines() != lines:
            raise Wrong(f"a finished run does something: {began.errors} {self.lines()[len(lines) :]}")

    def expect(self, name: str, wanted: str) -> None:
        found = (self.place / name).read_text() if (self.place / name).exists() else "nothing"
        if found != wanted:
            raise Wrong(f"{name} is {found!r}, not {wanted!r}")

    def check_backup(self, _begins: Counter[str], _ends: Counter[str]) -> None:
        packed = (self.place / "backup.tar").read_bytes()
        for host in "abc":
            if (self.place / f"{host}.tar").read_bytes() != packed:
                raise Wrong(f"{host}.tar is not what was packed")
        found = subprocess.run(["sha256sum", self.place / "backup.tar"], capture_output=True, text=True, check=True)
        self.expect("note", found.stdout)

    def check_release(self, begins: Counter[str], _ends: Counter[str]) -> None:
        self.expect("published", "release 1.2.3\n")
        self.expect("told", "1.2.3 is out\n")
        if begins["publish"] > 1 + self.resolved:
            raise Wrong(f"publish began {begins['publish']} times, and a person said so {self.resolved} times")

    def check_downloads(self, _begins: Counter[str], _ends: Counter[str]) -> None:
        self.expect("list", "".join(f"{number}\n" for number in range(1, self.count + 1)))

    check_each = check_downloads

    def check_nightly(self, begins: Counter[str], _ends: Counter[str]) -> None:
        for part in ("dump", "rotate"):
            for table in ("users", "orders", "items"):
                self.expect(f"{part}.{table}", f"{table}\n")
        if len(begins) != 6:
            raise Wrong(f"these steps ran: {sorted(begins)}")
