"""Errors that pass: nothing of the call was recorded, and the same call may succeed later."""

from __future__ import annotations

from ._errors import (
    LimitExceeded,
    Overloaded,
    ShuttingDown,
    SidestepError,
    StorageError,
    StorageFull,
)

# The limits that have room again by themselves: what is given up has no reply for a moment, and
# others of the user have requests as well.
_WINDOWS = ("requests_in_flight", "user_requests_in_flight")


def passes(error: SidestepError) -> bool:
    """Return whether the call that got this error is to be sent again a little later."""
    if isinstance(error, LimitExceeded):
        return error.limit in _WINDOWS
    return isinstance(error, (ShuttingDown, Overloaded, StorageFull, StorageError))
