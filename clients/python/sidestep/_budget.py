"""What runs and steps may consume, in the words of Python and of the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from ._older import Names, in_seconds, renamed
from ._times import milliseconds

if TYPE_CHECKING:
    from ._times import Span


class Budget(TypedDict, total=False):
    """What a run and all below it may consume; `wall` is a time, `cost_micros` millionths."""

    tokens: int
    input_tokens: int
    output_tokens: int
    cost_micros: int
    calls: int
    wall: Span


_OLDER: Names = {"wall_ms": ("wall", in_seconds)}


def budget_to_wire(budget: Budget | Mapping[str, Any] | None) -> dict[str, int] | None:
    """Return a budget as the protocol has it."""
    if budget is None:
        return None
    given = dict(budget)
    if "wall_ms" in given:
        given |= renamed({"wall_ms": given.pop("wall_ms")}, _OLDER, "a budget")
    if "wall" in given:
        given["wall_ms"] = milliseconds(given.pop("wall"))
    return given
