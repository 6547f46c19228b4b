"""The run and the step of the calling code, with the types that users know them by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._context import RUN, STEP

if TYPE_CHECKING:
    from ._aio._run import Run
    from ._aio._step_context import StepContext


def current_run() -> Run:
    """Return the run that the calling code works for; RuntimeError outside of one.

    In a workflow that blocks it is a `sidestep.sync.Run`; `sidestep.sync.current_run` is this
    function with that type.
    """
    run = get_run()
    if run is None:
        raise RuntimeError(
            "no workflow is executed here: call this within one, or ask get_run(), which may be"
            " None"
        )
    return run


def current_step() -> StepContext:
    """Return the step whose body the calling code is; RuntimeError outside of one.

    As with `current_run`, `sidestep.sync` has this function with the type for code that blocks.
    """
    step = get_step()
    if step is None:
        raise RuntimeError(
            "no step is executed here: call this in the body of one, or ask get_step(), which may"
            " be None"
        )
    return step


def get_run() -> Run | None:
    """Return the run that the calling code works for, or None outside of one."""
    run: Run | None = RUN.get()
    return run


def get_step() -> StepContext | None:
    """Return the step whose body the calling code is, or None outside of one."""
    step: StepContext | None = STEP.get()
    return step
