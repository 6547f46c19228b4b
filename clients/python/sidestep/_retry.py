"""The retry policy, in the words of the wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Union

from ._older import Names, in_seconds, renamed
from ._times import milliseconds

if TYPE_CHECKING:
    from ._times import Span

Types = Iterable[Union[type[BaseException], str]]


class Retry:
    """How often and how soon a failed attempt is tried again.

    The daemon decides and counts, so the count survives crashes. `max_attempts` 0 means without
    limit; `initial` and `max` are in seconds (or a timedelta), `jitter` is a fraction of the delay;
    `delays` replaces the computed ones. What is left out gets the daemon's default: 3 attempts,
    1 s, doubled, at most 60 s, 0.1.
    """

    __slots__ = ("_wire",)

    def __init__(
        self,
        max_attempts: int | None = None,
        *,
        initial: Span | None = None,
        factor: float | None = None,
        max: Span | None = None,
        jitter: float | None = None,
        delays: Sequence[Span] | None = None,
        retry_on: Types | None = None,
        fail_on: Types | None = None,
        **older: NoReturn,
    ) -> None:
        if older:
            now = renamed(older, _OLDER, "Retry")
            initial, max = now.get("initial", initial), now.get("max", max)
            delays = now.get("delays", delays)
        wire = {
            "max_attempts": max_attempts,
            "initial_ms": milliseconds(initial),
            "factor": factor,
            "max_ms": milliseconds(max),
            "jitter": jitter,
            "delays_ms": None if delays is None else [milliseconds(item) for item in delays],
            "retry_on": None if retry_on is None else [type_name(item) for item in retry_on],
            "fail_on": None if fail_on is None else [type_name(item) for item in fail_on],
        }
        self._wire = {name: value for name, value in wire.items() if value is not None}

    def to_wire(self) -> dict[str, Any]:
        """Return the policy as the protocol has it."""
        return dict(self._wire)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Retry) and self._wire == other._wire

    def __hash__(self) -> int:
        return hash(repr(sorted(self._wire.items())))

    def __repr__(self) -> str:
        return f"Retry({', '.join(f'{name}={value!r}' for name, value in self._wire.items())})"


_OLDER: Names = {
    "initial_ms": ("initial", in_seconds),
    "max_ms": ("max", in_seconds),
    "delays_ms": ("delays", lambda delays: [in_seconds(item) for item in delays]),
}

RetryLike = Union[Retry, int, Mapping[str, Any]]


def retry_to_wire(
    retry: RetryLike | None, retry_on: Types | None, fail_on: Types | None
) -> dict[str, Any] | None:
    """Return the policy meant by the arguments of a decorator, or None when there is none."""
    if retry is None and retry_on is None and fail_on is None:
        return None
    if isinstance(retry, Retry):
        wire = retry.to_wire()
    elif isinstance(retry, Mapping):
        wire = dict(retry)
    else:
        wire = {} if retry is None else {"max_attempts": retry}
    wire.update(Retry(retry_on=retry_on, fail_on=fail_on).to_wire())
    return wire


def type_name(item: type[BaseException] | str) -> str:
    """Return the name by which an exception class is matched: bare for a builtin, else dotted."""
    if isinstance(item, str):
        return item
    if item.__module__ == "builtins":
        return item.__qualname__
    return f"{item.__module__}.{item.__qualname__}"


def error_types(error: BaseException) -> list[str]:
    """Return the names of the error's class and its bases, the nearest first."""
    names: list[str] = []
    for cls in type(error).__mro__:
        if issubclass(cls, BaseException):
            names += [type_name(cls), cls.__name__]
    return list(dict.fromkeys(names))


def error_to_wire(error: BaseException) -> dict[str, Any]:
    """Return what is recorded of an exception: its class and its text."""
    return {"type": type(error).__name__, "message": text_of(error)}


def text_of(error: BaseException) -> str:
    """Return the text of an exception as UTF-8 can hold it, whatever its class makes of it."""
    try:
        text = str(error)
    except Exception as problem:
        return f"(its text cannot be had: {type(problem).__name__})"
    return text.encode(errors="backslashreplace").decode()
