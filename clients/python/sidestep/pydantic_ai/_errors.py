"""The framework's own errors survive a replay with their class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_ai import exceptions

from .._errors import StepFailed

_MEMBERS = ("model_name", "status_code", "body")


def describe(error: Exception) -> Exception:
    """Note on an error of the framework what its class is made with, so that it is recorded."""
    if isinstance(error, exceptions.AgentRunError):
        known = {name: getattr(error, name, None) for name in _MEMBERS}
        plain = {n: v for n, v in known.items() if isinstance(v, (str, int)) and v is not None}
        error.sidestep_failure = {**plain, "message": error.message}  # type: ignore[attr-defined]
    return error


def rebuilt(error: StepFailed) -> Exception | None:
    """Return the framework's error that a step failed with, or None when it was another."""
    failure = error.failure if isinstance(error.failure, dict) else {}
    cls: Any = getattr(exceptions, str(failure.get("type")), None)
    if not isinstance(cls, type) or not issubclass(cls, exceptions.AgentRunError):
        return None
    arguments: list[Any] = [str(failure.get("message", ""))]
    if issubclass(cls, exceptions.ModelAPIError):
        arguments.insert(0, str(failure.get("model_name", "")))
    if "status_code" in failure:
        arguments = [failure["status_code"], arguments[0], failure.get("body")]
    make: Callable[..., Exception] = cls
    try:
        return make(*arguments)
    except TypeError:  # a class that needs more than was recorded
        return None
