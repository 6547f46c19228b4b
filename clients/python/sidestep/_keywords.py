"""The options that users write, for type checkers: each list once. Nothing imports this to execute.

What they mean, and their defaults, is in `_options`, which takes the same names. `Run.step` has a
list of its own: its other keywords go to the function, and no type says "these and any others".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from ._budget import Budget
from ._codec import Codec
from ._options import (
    Fingerprint,
    IfClosed,
    IfOwned,
    OnCodeChange,
    OnMismatch,
    OnParentClose,
    Owner,
)
from ._retry import RetryLike, Types
from ._times import Span


class Timeouts(TypedDict, total=False):
    """Of a step: of an attempt, of all of them, between two heartbeats."""

    start_to_close: Span
    schedule_to_close: Span
    heartbeat: Span


class StepKeywords(TypedDict, total=False):
    """Of a step."""

    retry: RetryLike | None
    retry_on: Types | None
    fail_on: Types | None
    at_most_once: bool
    timeout: Span | None
    timeouts: Timeouts | None
    fingerprint: Fingerprint | None
    compensation: bool
    limit: str | None
    breaker: str | None
    reserve: Budget | None
    metadata: Any
    on_mismatch: OnMismatch | None
    codec: Codec | None
    result_type: Any


class WorkflowKeywords(TypedDict, total=False):
    """Of a workflow, for all of its runs."""

    retry: RetryLike | None
    retry_on: Types | None
    fail_on: Types | None
    if_closed: IfClosed | None
    if_owned: IfOwned | None
    wait: Span | None
    code_version: str | None
    on_code_change: OnCodeChange | None
    on_mismatch: OnMismatch | None
    max_interruptions: int | None
    tags: Mapping[str, str] | None
    metadata: Any
    owner: Owner | None
    timeout: Span | None
    deadline: datetime | int | None
    on_parent_close: OnParentClose | None
    compensates: bool | None
    budget: Budget | None
    suspend_after: Span | None
    codec: Codec | None
    result_type: Any


class RunKeywords(WorkflowKeywords, total=False):
    """Of one run, as it is opened."""

    create: bool | None
    token: str | None
    owner_pid: int | None
    ttl: Span | None
    parent: str | None
    traceparent: str | None
