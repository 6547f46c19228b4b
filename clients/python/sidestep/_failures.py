"""How failures are written down, and the exceptions made of them again."""

from __future__ import annotations

from typing import Any

from ._codec import reason
from ._errors import InvalidArgument, PayloadTooLarge, RunClosed, StepFailed
from ._retry import error_to_wire, error_types

# What a value that cannot be sent raises: json, UTF-8, and the limits of a line.
UNFIT = (TypeError, ValueError, RecursionError, InvalidArgument, PayloadTooLarge)


class BodyExpired(Exception):
    """The body of a step took longer than its time-out."""


class Suspended(BaseException):
    """The process has left a run that waits; no ``except Exception`` holds it up."""


class NotSerialisable(TypeError):
    """The result of a step that has had its effect and cannot be recorded."""

    def __init__(self, step: str, error: Exception) -> None:
        super().__init__(
            f"the result of step {step} cannot be recorded: {reason(error)}. Its effect has"
            " happened; it is not repeated. Return plain data, a dataclass or a pydantic model, or"
            " give a codec"
        )


class Unfit(TypeError):
    """The arguments or the output of a workflow cannot be recorded."""

    def __init__(self, what: str, error: Exception) -> None:
        advice = "Use plain data, dataclasses or pydantic models, or give a codec"
        super().__init__(f"{what} cannot be recorded: {reason(error)}. {advice}")


class Unreadable(TypeError):
    """What is recorded cannot be read by the codec, or as the type that the program declares."""

    def __init__(self, what: str, error: Exception) -> None:
        super().__init__(f"{what} cannot be read: {reason(error)}")


def members_of(error: BaseException) -> tuple[BaseException, ...]:
    """Return the exceptions of a group (PEP 654), none for any other exception."""
    members = getattr(error, "exceptions", ())
    found = isinstance(members, tuple) and all(isinstance(e, BaseException) for e in members)
    return members if found else ()


def interrupts_reach_here() -> bool:
    """Return whether Control-C raises KeyboardInterrupt in the calling code, signal(3).

    `asyncio.run` takes it from Python 3.11 on, and other threads never get it.
    """
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():
        return False
    return signal.getsignal(signal.SIGINT) is signal.default_int_handler


def is_serialisation(error: BaseException) -> bool:
    """Return whether the error says that a result could not be recorded, now or on record."""
    if isinstance(error, StepFailed):
        return error.type == "SerializationError"
    return isinstance(error, NotSerialisable)


def closed_error(run: str, status: str, error: Any) -> RunClosed:
    """Make the exception for a run that was closed without an output."""
    text = f"run {run} is {status}"
    if isinstance(error, dict) and "type" in error:
        text += f": {error['type']}: {error.get('message', '')}"
    return RunClosed(text, data={"run": run, "status": status, "failure": error})


def step_failed(run: str, step: str, failure: Any) -> StepFailed:
    """Make the exception for a step that failed for good."""
    text = f"step {step} of run {run} failed"
    if isinstance(failure, dict) and "type" in failure:
        text += f": {failure['type']}: {failure.get('message', '')}"
    return StepFailed(text, data={"run": run, "step": step, "failure": failure})


def failure_of(error: BaseException) -> Any:
    """Return what is recorded of an exception.

    An exception says more than its class and text with an attribute `sidestep_failure` (a dict).
    """
    if isinstance(error, BodyExpired):
        text = "the attempt took longer than its time-out"
        return {"type": "timeout", "which": "start_to_close", "message": text}
    if isinstance(error, StepFailed) and isinstance(error.failure, dict):
        return {**error.failure, "step": error.step}
    if isinstance(error, NotSerialisable):
        return {"type": "SerializationError", "message": str(error)}
    return {**error_to_wire(error), **getattr(error, "sidestep_failure", {})}


def step_failure(error: BaseException) -> dict[str, Any]:
    """Return the members of ``step.fail`` that tell what happened."""
    types = error_types(error)
    if isinstance(error, BodyExpired):
        types = ["timeout", "TimeoutError", "Exception", "BaseException"]
    if isinstance(error, StepFailed) and error.type:
        types.insert(0, error.type)
    members: dict[str, Any] = {"error": failure_of(error), "types": types}
    if is_serialisation(error) or isinstance(error, (Unfit, Unreadable)):
        members["retryable"] = False
    return {**members, **_retry_after(error)}


def run_failure(error: BaseException, retryable: bool) -> dict[str, Any]:
    """Return the members of ``run.fail`` that tell what happened."""
    cause = error.__cause__ if isinstance(error, StepFailed) and error.__cause__ else error
    types = error_types(cause)
    if isinstance(error, StepFailed):
        own = [error.type] if error.type else []
        types += [name for name in own + error_types(error) if name not in types]
    members = {"error": failure_of(error), "types": types}
    retryable = retryable and not is_serialisation(error)
    return {"retryable": retryable, **members, **_retry_after(cause)}


def _retry_after(error: BaseException) -> dict[str, Any]:
    after = getattr(error, "retry_after_ms", None)
    return {"retry_after_ms": after} if isinstance(after, int) else {}


def warn(text: str) -> None:
    """Say something to the operator of a worker."""
    import logging

    logging.getLogger("sidestep").warning("%s", text)
