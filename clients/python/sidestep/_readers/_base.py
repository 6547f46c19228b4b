"""What every reader is, and how one asks for others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._alike import alike


class Reader:
    """Makes values of one type of what JSON gives back."""

    def read(self, value: Any) -> Any:
        """Return the value that `value` stands for; raises what the type raises."""
        raise NotImplementedError

    def same(self, given: Any, read: Any) -> bool:
        """Return whether `read` says what `given`, a value of a program, said."""
        return alike(given, read)


# How a reader of a whole finds those of its parts.
Find = Callable[[Any], "Reader | None"]


def read_as(known: Reader | None, value: Any) -> Any:
    """Return the value as a type has it; as it is where nothing reads it."""
    return value if known is None else known.read(value)


def are_same(known: Reader | None, given: Any, read: Any) -> bool:
    """Return whether `read` says what `given` said, to whoever reads such a type."""
    return alike(given, read) if known is None else known.same(given, read)
