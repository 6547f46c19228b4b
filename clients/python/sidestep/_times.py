"""Spans and dates: seconds or `timedelta`, and `datetime`, as Python has them; milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Union, overload

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    # Seconds, or a `timedelta`.
    Span = Union[float, timedelta]


def seconds(span: Span) -> float:
    """Return a span in seconds."""
    return span if isinstance(span, (int, float)) else span.total_seconds()


@overload
def milliseconds(span: Span) -> int: ...


@overload
def milliseconds(span: Span | None) -> int | None: ...


def milliseconds(span: Span | None) -> int | None:
    """Return a span in milliseconds; None for None."""
    return None if span is None else round(seconds(span) * 1000)


@overload
def epoch(at: datetime | int) -> int: ...


@overload
def epoch(at: datetime | int | None) -> int | None: ...


def epoch(at: datetime | int | None) -> int | None:
    """Return a date in milliseconds since the epoch; None for None.

    Raises ValueError for one without a time zone: it names another instant on another host.
    """
    if at is None or isinstance(at, int):
        return at
    if at.utcoffset() is None:
        raise ValueError(
            f"the date {at.isoformat()} has no time zone: datetime.now(timezone.utc) has one, and"
            " at.astimezone() is what this host makes of it"
        )
    return round(at.timestamp() * 1000)
