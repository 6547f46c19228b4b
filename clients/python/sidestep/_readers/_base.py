"""What every reader is, and how one asks for others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._alike import alike
from .._tags import tagged


class Reader:
    """Writes values of one type as plain data, and makes them of these.

    `tag` is what a value is known by where no type is declared; None when it has no such form.
    """

    tag: str | None = None

    def read(self, value: Any) -> Any:
        """Return the value that `value` stands for; raises what the type raises."""
        raise NotImplementedError

    def write(self, value: Any, bare: bool = False) -> Any:
        """Return the plain data of a value; `bare` leaves out what models compute."""
        return tagged(value)

    def same(self, given: Any, read: Any) -> bool:
        """Return whether `read` says what `given`, a value of a program, said."""
        return alike(given, read)


# How a reader of a whole finds those of its parts.
Find = Callable[[Any], "Reader | None"]


def read_as(known: Reader | None, value: Any) -> Any:
    """Return the value as a type has it; as it is where nothing reads it."""
    return value if known is None else known.read(value)


def write_as(known: Reader | None, value: Any, bare: bool) -> Any:
    """Return the plain data of a value of a type, or of any value."""
    return tagged(value) if known is None else known.write(value, bare)


def are_same(known: Reader | None, given: Any, read: Any) -> bool:
    """Return whether `read` says what `given` said, to whoever reads such a type."""
    return alike(given, read) if known is None else known.same(given, read)
