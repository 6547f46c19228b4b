"""Names of earlier versions: they warn, and go on to work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any


def in_seconds(milliseconds: float) -> float:
    """Return a span that an older name has in milliseconds."""
    return milliseconds / 1000


def as_it_is(value: Any) -> Any:
    """Return the value."""
    return value


# The new name of an older one, and what the value is now.
Names = Mapping[str, tuple[str, Callable[[Any], Any]]]


def renamed(given: Mapping[str, Any], names: Names, of: str) -> dict[str, Any]:
    """Return options by their names of today; each older one warns. TypeError for any other."""
    found: dict[str, Any] = {}
    for old, value in given.items():
        if old not in names:
            raise TypeError(f"{of} got an unexpected keyword argument {old!r}")
        new, convert = names[old]
        if value is not None:
            _warn(f"{of}: {old} is {new} now: seconds or a timedelta, a datetime for a date")
            found[new] = convert(value)
    return found


def _warn(text: str) -> None:
    import warnings

    level, frame = 2, sys._getframe(1)  # noqa: SLF001
    while frame.f_back and str(frame.f_globals.get("__name__")).partition(".")[0] == "sidestep":
        level, frame = level + 1, frame.f_back
    warnings.warn(text, DeprecationWarning, stacklevel=level)
