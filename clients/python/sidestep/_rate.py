"""How often something may happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._times import milliseconds

if TYPE_CHECKING:
    from ._times import Span


class Rate:
    """So many in so many seconds: ``Rate(100, per=60)``; at most `burst` of them at once."""

    __slots__ = ("_wire",)

    def __init__(self, count: int, per: Span = 1.0, *, burst: int | None = None) -> None:
        self._wire: dict[str, int] = {"count": count, "per_ms": milliseconds(per)}
        if burst is not None:
            self._wire["burst"] = burst

    def to_wire(self) -> dict[str, Any]:
        """Return the rate as the protocol has it."""
        return dict(self._wire)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rate) and self._wire == other._wire

    def __hash__(self) -> int:
        return hash(tuple(self._wire.items()))

    def __repr__(self) -> str:
        burst = f", burst={self._wire['burst']}" if "burst" in self._wire else ""
        return f"Rate({self._wire['count']}, per={self._wire['per_ms'] / 1000:g}{burst})"
