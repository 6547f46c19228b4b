"""The body of a run or of a step is entered, and left."""

from __future__ import annotations

from contextvars import Token
from typing import Any

from ._context import RUN, STEP
from ._traces import attach, detach

Entered = tuple["Token[Any]", "Token[Any]", Any]


def enter(run: Any, step: Any) -> Entered:
    """Note that what follows belongs to a run, and to a step of it unless that is None."""
    inner = run if step is None else step
    span = None if run.traceparent is None else attach(inner)
    return RUN.set(run), STEP.set(step), span


def leave(entered: Entered) -> None:
    """Note that it does not any more."""
    run, step, span = entered
    if span is not None:
        detach(span)
    STEP.reset(step)
    RUN.reset(run)
