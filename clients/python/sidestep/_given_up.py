"""What a program gave up and the daemon granted all the same is given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Message = tuple[str, dict[str, Any]]


def given_back(method: str, params: dict[str, Any], result: dict[str, Any]) -> Message | None:
    """Return the notification that gives back what a call was granted; None when it was nothing."""
    back = _BACK.get(method)
    return back(params, result) if back is not None else None


def _release(params: dict[str, Any], result: dict[str, Any]) -> Message | None:
    lease = result.get("lease")
    return None if lease is None else ("run.release", {"lease": lease})


def _abandon(params: dict[str, Any], result: dict[str, Any]) -> Message | None:
    if result.get("status") != "execute":
        return None
    return "step.fail", {
        "lease": params["lease"],
        "step": params["step"],
        "attempt": result["attempt"],
        **ABANDONED,
    }


# How an attempt ends that nobody wants the result of any more: it counts for nothing.
ABANDONED: dict[str, Any] = {
    "error": {"type": "Abandoned", "message": "the program gave up the step before its end"},
    "types": ["Abandoned"],
    "retry": {"max_attempts": 0, "delays_ms": [0]},
}

_BACK: dict[str, Callable[[dict[str, Any], dict[str, Any]], Message | None]] = {
    "resume": _release,
    "worker.claim": _release,
    "step.begin": _abandon,
}

# The calls whose answer, when it comes too late, has to be looked at.
GRANTING = frozenset(_BACK)
