"""The options of steps and workflows, checked once and kept as the wire has them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Union

from . import _fingerprint
from ._budget import budget_to_wire
from ._codec import Codec
from ._older import Names, as_it_is, in_seconds, renamed
from ._retry import RetryLike, Types, retry_to_wire
from ._times import epoch, milliseconds, seconds

if TYPE_CHECKING:
    from datetime import datetime

    from ._times import Span

# A text, what makes one of the arguments, or False: the arguments tell nothing.
Fingerprint = Union[str, Callable[..., str], Literal[False]]
OnMismatch = Literal["error", "reuse", "run"]
IfClosed = Literal["return", "retry", "rerun", "fail"]
IfOwned = Literal["fail", "wait", "take_over", "kill"]
OnCodeChange = Literal["continue", "pause", "fail"]
OnParentClose = Literal["cancel", "detach"]
Owner = Literal["connection", "process", "ttl"]


class StepOptions:
    """How a step is executed; `params` goes with ``step.begin``.

    `codec` stands in for the run's, `result_type` for what the function declares. `asks` says
    whether the answer of ``step.begin`` is needed: the body may have to wait, or not run.
    `on_mismatch` overrides the run's.
    """

    __slots__ = (
        "asks", "at_most_once", "codec", "compensation", "fingerprint", "on_mismatch", "params",
        "result_type", "timeout",
    )  # fmt: skip

    def __init__(
        self,
        *,
        retry: RetryLike | None = None,
        retry_on: Types | None = None,
        fail_on: Types | None = None,
        at_most_once: bool = False,
        timeout: Span | None = None,
        timeouts: Mapping[str, Any] | None = None,
        fingerprint: Fingerprint | None = None,
        metadata: Any = None,
        compensation: bool = False,
        limit: str | None = None,
        breaker: str | None = None,
        reserve: Mapping[str, Any] | None = None,
        on_mismatch: OnMismatch | None = None,
        codec: Codec | None = None,
        result_type: Any = None,
    ) -> None:
        self.at_most_once = at_most_once
        self.result_type = result_type
        self.on_mismatch = "run" if compensation else mismatch_choice(on_mismatch)
        self.compensation = compensation
        self.codec = codec
        # What ends an attempt in the daemon cancels an async body as well, however it is said.
        ends = timeout if timeout is not None else (timeouts or {}).get("start_to_close")
        self.timeout = None if ends is None else seconds(ends)
        self.fingerprint = fingerprint
        params = {
            "retry": retry_to_wire(retry, retry_on, fail_on),
            "at_most_once": at_most_once or None,
            "compensation": compensation or None,
            "limit": limit,
            "breaker": breaker,
            "reserve": None if reserve is None else budget_to_wire(reserve),
            "timeouts": _spans(timeouts, timeout),
            "metadata": metadata,
        }
        self.params = {name: value for name, value in params.items() if value is not None}
        self.asks = not _ASKING.isdisjoint(self.params)

    def fingerprint_of(self, function: Any, args: Any, kwargs: Any) -> str:
        """Return the fingerprint of one call."""
        given = self.fingerprint
        if given is None:
            return _fingerprint.of_call(function, args, kwargs)
        if callable(given):
            return given(*args, **kwargs)
        return _fingerprint.ANY if given is False else given


def mismatch_choice(choice: str | None) -> OnMismatch | None:
    """Return what ``on_mismatch`` means; ``warn`` is the protocol's word for ``reuse``."""
    known: dict[str | None, OnMismatch | None] = {
        None: None, "error": "error", "reuse": "reuse", "run": "run", "warn": "reuse",
    }  # fmt: skip
    if choice not in known:
        raise ValueError(f"on_mismatch is 'error', 'reuse' or 'run', not {choice!r}")
    return known[choice]


def _spans(timeouts: Mapping[str, Any] | None, timeout: Span | None) -> dict[str, int] | None:
    if timeouts is None and timeout is None:
        return None
    given = dict(timeouts or {})
    older = {name: given.pop(name) for name in list(given) if name not in _TIMEOUTS}
    given = {"start_to_close": timeout, **given, **renamed(older, _OLDER_TIMEOUTS, "timeouts")}
    spans = {
        f"{name}_ms": max(1, milliseconds(span)) for name, span in given.items() if span is not None
    }
    return spans or None


_TIMEOUTS = ("start_to_close", "schedule_to_close", "heartbeat")
_OLDER_TIMEOUTS: Names = {f"{name}_ms": (name, in_seconds) for name in _TIMEOUTS}
_OLDER: Names = {"deadline_at": ("deadline", as_it_is), "ttl_ms": ("ttl", in_seconds)}


_ASKING = {"at_most_once", "breaker", "compensation", "limit", "reserve", "timeouts"}
PLAIN_STEP = StepOptions()


class RunOptions:
    """How a run is opened; `params` goes with ``resume``.

    `timeout` is how long the run may take from its beginning. `suspend_after`, `on_mismatch`,
    `codec` and `result_type` are for this process alone: after so many seconds of nothing but
    waiting it leaves the run, None stays.
    """

    __slots__ = ("codec", "on_mismatch", "params", "result_type", "suspend_after", "timeout")

    def __init__(
        self,
        *,
        retry: RetryLike | None = None,
        retry_on: Types | None = None,
        fail_on: Types | None = None,
        create: bool | None = None,
        if_closed: IfClosed | None = None,
        if_owned: IfOwned | None = None,
        wait: Span | None = None,
        token: str | None = None,
        code_version: str | None = None,
        on_code_change: OnCodeChange | None = None,
        on_mismatch: OnMismatch | None = None,
        max_interruptions: int | None = None,
        tags: Mapping[str, str] | None = None,
        metadata: Any = None,
        timeout: Span | None = None,
        deadline: datetime | int | None = None,
        owner: Owner | None = None,
        owner_pid: int | None = None,
        ttl: Span | None = None,
        parent: str | None = None,
        on_parent_close: OnParentClose | None = None,
        compensates: bool | None = None,
        budget: Mapping[str, Any] | None = None,
        traceparent: str | None = None,
        suspend_after: Span | None = None,
        codec: Codec | None = None,
        result_type: Any = None,
        **older: NoReturn,
    ) -> None:
        if older:
            now = renamed(older, _OLDER, "the options of a run")
            deadline, ttl = now.get("deadline", deadline), now.get("ttl", ttl)
        self.suspend_after = suspend_after
        self.timeout = milliseconds(timeout)
        self.codec = codec
        self.result_type = result_type
        self.on_mismatch = mismatch_choice(on_mismatch)
        params = {
            "create": create,
            "if_closed": if_closed,
            "if_owned": "wait" if if_owned is None and wait is not None else if_owned,
            "wait_ms": milliseconds(wait),
            "token": token,
            "code_version": code_version,
            "on_code_change": on_code_change,
            "on_mismatch": "warn" if self.on_mismatch == "reuse" else None,
            "retry": retry_to_wire(retry, retry_on, fail_on),
            "max_interruptions": max_interruptions,
            "tags": None if tags is None else dict(tags),
            "metadata": metadata,
            "deadline_at": epoch(deadline),
            "owner": owner,
            "owner_pid": owner_pid,
            "ttl_ms": milliseconds(ttl),
            "parent": parent,
            "on_parent_close": on_parent_close,
            "compensates": compensates,
            "budget": budget_to_wire(budget),
            "traceparent": traceparent,
        }
        self.params = {name: value for name, value in params.items() if value is not None}

    def merged(self, other: RunOptions) -> RunOptions:
        """Return these options, overridden by those of `other`."""
        after = other.suspend_after
        result = RunOptions(suspend_after=self.suspend_after if after is None else after)
        result.on_mismatch = other.on_mismatch or self.on_mismatch
        result.timeout = self.timeout if other.timeout is None else other.timeout
        result.codec = other.codec or self.codec
        result.result_type = self.result_type if other.result_type is None else other.result_type
        result.params = {**self.params, **other.params}
        return result

    def enqueued(self) -> dict[str, Any]:
        """Return the part of `params` that ``run.enqueue`` knows."""
        if self.timeout is not None:
            due = {"deadline_at": round(time.time() * 1000) + self.timeout}
            return {**due, **{name: v for name, v in self.params.items() if name in _ENQUEUED}}
        return {name: value for name, value in self.params.items() if name in _ENQUEUED}


_ENQUEUED = {
    "if_closed", "code_version", "retry", "max_interruptions", "tags", "metadata", "deadline_at",
    "parent", "on_parent_close", "compensates", "budget",
    "traceparent",
}  # fmt: skip
