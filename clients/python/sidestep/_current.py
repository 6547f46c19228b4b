"""The run and the step of the calling code, with the types that users know them by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._context import RUN, STEP

if TYPE_CHECKING:
    from ._aio._run import Run
    from ._aio._step_context import StepContext


def current_run() -> Run | None:
    """Return the run that the calling code works for, or None outside of one.

    In a workflow that blocks it is a `sidestep.sync.Run`; `sidestep.sync.current_run` is this
    function with that type.
    """
    run: Run | None = RUN.get()
    return run


def current_step() -> StepContext | None:
    """Return the step whose body the calling code is, or None outside of one.

    As with `current_run`, `sidestep.sync` has this function with the type for code that blocks.
    """
    step: StepContext | None = STEP.get()
    return step
