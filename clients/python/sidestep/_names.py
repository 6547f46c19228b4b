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
