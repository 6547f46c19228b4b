"""The options that users write, for type checkers: each list once. Nothing imports this to execute.

What they mean, and their defaults, is in `_options`, which takes the same names. `Run.step` has a
list of its own: its other keywords go to the function, and no type says "these and any others".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from ._codec import Codec
from ._options import Fingerprint, OnMismatch
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
    reserve: Mapping[str, int] | None
    metadata: Any
    on_mismatch: OnMismatch | None
    codec: Codec | None
    result_type: Any


class WorkflowKeywords(TypedDict, total=False):
    """Of a workflow, for all of its runs."""

    retry: RetryLike | None
    retry_on: Types | None
    fail_on: Types | None
    if_closed: str | None
    if_owned: str | None
    wait: Span | None
    code_version: str | None
    on_code_change: str | None
    on_mismatch: OnMismatch | None
    max_interruptions: int | None
    tags: Mapping[str, str] | None
    metadata: Any
    owner: str | None
    timeout: Span | None
    deadline: datetime | int | None
    on_parent_close: str | None
    compensates: bool | None
    budget: Mapping[str, int] | None
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
