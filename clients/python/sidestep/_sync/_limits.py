# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""How much is done at a time, and for how much: queues, limits, breakers, budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._budget import Budget, budget_to_wire
from .._times import milliseconds
from ._asking import Facts, Many, Questions

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._rate import Rate
    from .._times import Span


class Queues(Questions):
    """Where runs wait for a worker; `Client.queues` is this."""

    def put(
        self,
        name: str,
        *,
        concurrency: int | None = None,
        key_concurrency: int | None = None,
        rate: Rate | None = None,
    ) -> Facts:
        """Make a queue, or change it; what is left out has no limit (``queue.put``)."""
        reply = self._ask(
            "queue.put",
            queue=name,
            concurrency=concurrency,
            key_concurrency=key_concurrency,
            rate=None if rate is None else rate.to_wire(),
        )
        return reply["queue"]  # type: ignore[no-any-return]

    def get(self, name: str) -> Facts:
        """Return a queue: its limits, how many runs wait and are executed (``queue.get``)."""
        return (self._ask("queue.get", queue=name))["queue"]  # type: ignore[no-any-return]

    def list(self) -> Many:
        """Return all queues (``queue.list``)."""
        return (self._ask("queue.list"))["queues"]  # type: ignore[no-any-return]

    def pause(self, name: str) -> Facts:
        """Have no worker get a run of a queue (``queue.pause``)."""
        return (self._ask("queue.pause", queue=name, paused=True))["queue"]  # type: ignore[no-any-return]

    def unpause(self, name: str) -> Facts:
        """Let workers get the runs of a queue again (``queue.pause``)."""
        return (self._ask("queue.pause", queue=name, paused=False))["queue"]  # type: ignore[no-any-return]

    def workers(self) -> Many:
        """Return the workers that wait for runs or execute some (``worker.list``)."""
        return (self._ask("worker.list"))["workers"]  # type: ignore[no-any-return]


class Limits(Questions):
    """What steps of all runs share by a name; `Client.limits` is this."""

    def put(
        self, name: str, *, concurrency: int | None = None, rate: Rate | None = None
    ) -> Facts:
        """Make a limit, or change it: steps at a time, steps in a time (``limit.put``)."""
        reply = self._ask(
            "limit.put",
            limit=name,
            concurrency=concurrency,
            rate=None if rate is None else rate.to_wire(),
        )
        return reply["limit"]  # type: ignore[no-any-return]

    def list(self) -> Many:
        """Return all limits (``limit.list``)."""
        return (self._ask("limit.list"))["limits"]  # type: ignore[no-any-return]

    def delete(self, name: str) -> bool:
        """Remove a limit; return whether there was one (``limit.delete``)."""
        return (self._ask("limit.delete", limit=name))["deleted"]  # type: ignore[no-any-return]


class Breakers(Questions):
    """What steps are kept from while it fails; `Client.breakers` is this."""

    def put(
        self, name: str, *, failures: int | None = None, cooldown: Span | None = None
    ) -> Facts:
        """Make a breaker: open after so many failures, for so many seconds (``breaker.put``)."""
        reply = self._ask(
            "breaker.put", breaker=name, failures=failures, cooldown_ms=milliseconds(cooldown)
        )
        return reply["breaker"]  # type: ignore[no-any-return]

    def list(self) -> Many:
        """Return all breakers (``breaker.list``)."""
        return (self._ask("breaker.list"))["breakers"]  # type: ignore[no-any-return]

    def reset(self, name: str) -> Facts:
        """Close a breaker, and let what waits for it go on (``breaker.reset``)."""
        return (self._ask("breaker.reset", breaker=name))["breaker"]  # type: ignore[no-any-return]


class Budgets(Questions):
    """What a run and all below it may consume; `Client.budgets` is this."""

    def get(self, run: str) -> Facts:
        """Return what a run may consume, has consumed and reserved, by name (``budget.get``)."""
        return (self._ask("budget.get", run=run))["budget"]  # type: ignore[no-any-return]

    def set(self, run: str, **amounts: Unpack[Budget]) -> Facts:
        """Change it: ``set("r-1", tokens=10_000, calls=20)`` (``budget.set``)."""
        reply: Any = self._ask("budget.set", run=run, budget=budget_to_wire(amounts))
        return reply["budget"]  # type: ignore[no-any-return]
