"""The options of steps and workflows, checked once and kept as the wire has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Union

from ._codec import Codec
from ._retry import RetryLike, Types, retry_to_wire

Fingerprint = Union[str, Callable[..., str]]


class StepOptions:
    """How a step is executed; `params` goes with ``step.begin``.

    `codec` stands in for the client's.
    """

    __slots__ = ("at_most_once", "codec", "fingerprint", "params", "timeout")

    def __init__(
        self,
        *,
        retry: RetryLike | None = None,
        retry_on: Types | None = None,
        fail_on: Types | None = None,
        at_most_once: bool = False,
        timeout: float | None = None,
        timeouts: Mapping[str, int] | None = None,
        fingerprint: Fingerprint | None = None,
        metadata: Any = None,
        codec: Codec | None = None,
    ) -> None:
        self.at_most_once = at_most_once
        self.codec = codec
        self.timeout = timeout
        self.fingerprint = fingerprint
        # Made for every call of `run.step`, most of them without an option.
        self.params: dict[str, Any] = {}
        policy = retry_to_wire(retry, retry_on, fail_on)
        if policy is not None:
            self.params["retry"] = policy
        if at_most_once:
            self.params["at_most_once"] = True
        if timeouts is not None:
            self.params["timeouts"] = dict(timeouts)
        if timeout is not None:
            spans = self.params.setdefault("timeouts", {})
            spans.setdefault("start_to_close_ms", max(1, round(timeout * 1000)))
        if metadata is not None:
            self.params["metadata"] = metadata

    def fingerprint_of(self, args: Any, kwargs: Any) -> str | None:
        """Return the fingerprint of one call."""
        if callable(self.fingerprint):
            return self.fingerprint(*args, **kwargs)
        return self.fingerprint


PLAIN_STEP = StepOptions()


class RunOptions:
    """How a run is opened; `params` goes with ``resume``."""

    __slots__ = ("params",)

    def __init__(
        self,
        *,
        retry: RetryLike | None = None,
        retry_on: Types | None = None,
        fail_on: Types | None = None,
        create: bool | None = None,
        if_closed: str | None = None,
        if_owned: str | None = None,
        wait: float | None = None,
        token: str | None = None,
        code_version: str | None = None,
        on_code_change: str | None = None,
        on_mismatch: str | None = None,
        max_interruptions: int | None = None,
        tags: Mapping[str, str] | None = None,
        metadata: Any = None,
        deadline_at: int | None = None,
        owner: str | None = None,
        owner_pid: int | None = None,
        ttl_ms: int | None = None,
    ) -> None:
        params = {
            "create": create,
            "if_closed": if_closed,
            "if_owned": "wait" if if_owned is None and wait is not None else if_owned,
            "wait_ms": None if wait is None else round(wait * 1000),
            "token": token,
            "code_version": code_version,
            "on_code_change": on_code_change,
            "on_mismatch": on_mismatch,
            "retry": retry_to_wire(retry, retry_on, fail_on),
            "max_interruptions": max_interruptions,
            "tags": None if tags is None else dict(tags),
            "metadata": metadata,
            "deadline_at": deadline_at,
            "owner": owner,
            "owner_pid": owner_pid,
            "ttl_ms": ttl_ms,
        }
        self.params = {name: value for name, value in params.items() if value is not None}

    def merged(self, other: RunOptions) -> RunOptions:
        """Return these options, overridden by those of `other`."""
        result = RunOptions()
        result.params = {**self.params, **other.params}
        return result
