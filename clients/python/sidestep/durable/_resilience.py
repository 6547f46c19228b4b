"""Retry policy and circuit breaker, in the words of the guide."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from enum import Enum
from typing import Any, TypeVar

from .._errors import CircuitOpen
from .._retry import Retry

T = TypeVar("T")


class RetryPolicy:
    """How often a failed call is tried again; `retry_delay` is in seconds.

    `max_retries` counts tries, the first included. `to_retry` is the durable form, for a step.
    """

    def __init__(
        self,
        max_retries: int = 3,
        retry_delay: float = 1.0,
        exponential_backoff: bool = True,
        retry_on_errors: Sequence[str] = (),
    ) -> None:
        self.max_retries = max_retries
        self.retry_delay = retry_delay
        self.exponential_backoff = exponential_backoff
        self.retry_on_errors = list(retry_on_errors)

    def to_retry(self) -> Retry:
        """Return the policy that the daemon keeps, with its count and the time of the next try."""
        return Retry(
            self.max_retries,
            initial=self.retry_delay,
            factor=2 if self.exponential_backoff else 1,
            retry_on=self.retry_on_errors or None,
        )


class CircuitState(str, Enum):
    """What a circuit breaker does with the next call."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """Refuses calls after failures in a row, and lets one through after a time.

    This one is of the process; the breaker of a step (``@sidestep.step(breaker="openai")``) is kept
    by the daemon, for all processes of the user.
    """

    def __init__(
        self, failure_threshold: int = 5, timeout: timedelta = timedelta(minutes=1)
    ) -> None:
        self.failure_threshold = failure_threshold
        self.timeout = timeout
        self.state = CircuitState.CLOSED
        self.failure_count = 0
        self._opened = 0.0

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        """Call the function; raises CircuitOpen while the breaker is open."""
        self._enter()
        try:
            result = await function()
        except Exception:
            self.failure_count += 1
            if self.state is CircuitState.HALF_OPEN or self.failure_count >= self.failure_threshold:
                self.state = CircuitState.OPEN
                self._opened = time.monotonic()
            raise
        self.state, self.failure_count = CircuitState.CLOSED, 0
        return result

    def _enter(self) -> None:
        if self.state is CircuitState.CLOSED:
            return
        left = self._opened + self.timeout.total_seconds() - time.monotonic()
        if self.state is CircuitState.OPEN and left <= 0:
            self.state = CircuitState.HALF_OPEN  # this call is the probe
            return
        data: dict[str, Any] = {"retry_after_ms": max(0, round(left * 1000))}
        raise CircuitOpen("the circuit breaker is open", data=data)
