"""Names of runs and steps, derived alike by every client."""

from __future__ import annotations

import hashlib
import os
import time

NAME_BYTES = 1024
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_run_id() -> str:
    """Make a run id that sorts by time: 10 characters of milliseconds, 16 of chance."""
    number = (time.time_ns() // 1_000_000 << 80) | int.from_bytes(os.urandom(10), "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -5, -5))


def shorten(name: str) -> str:
    """Fit a derived name into the limit: its start, ``~``, and the SHA-256 of the whole."""
    data = name.encode()
    if len(data) <= NAME_BYTES:
        return name
    digest = hashlib.sha256(data).hexdigest()
    return data[: NAME_BYTES - 1 - len(digest)].decode(errors="ignore") + "~" + digest


class StepNames:
    """Gives each call of a step its name in the run: ``fetch``, ``fetch#2``, ``outer/fetch``.

    Calls are counted per enclosing step and name, never over the whole run: a replayed step does
    not run its body, so a count over the run would shift.
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._taken: set[str] = set()

    def next(self, name: str, scope: str | None) -> str:
        """Return the recorded name of the next call of `name` within the step `scope`."""
        base = name if scope is None else f"{scope}/{name}"
        while True:
            count = self._counts[base] = self._counts.get(base, 0) + 1
            full = shorten(base if count == 1 else f"{base}#{count}")
            if full not in self._taken:
                self._taken.add(full)
                return full

    def forget(self, scope: str) -> None:
        """Count within the step `scope` from the start again: its body is executed once more."""
        within = scope + "/"
        self._counts = {n: c for n, c in self._counts.items() if not n.startswith(within)}
        self._taken = {name for name in self._taken if not name.startswith(within)}
