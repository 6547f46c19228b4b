"""Waiting: for signals, promises, other runs and time. Each wait is a step with a record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from .._codec import outward
from .._errors import SidestepError, TimeoutExpired
from .._failures import Suspended, step_failed
from .._fingerprint import ANY
from .._older import Names, as_it_is, renamed
from .._times import epoch, milliseconds
from ._daemon import Daemon
from ._held import Held

if TYPE_CHECKING:
    from datetime import datetime

    from .._times import Span


class Arrival:
    """What ended a wait: `by` is ``signal``, ``promise``, ``run`` or ``time``.

    `name` is the signal's, the promise's or the run's, `value` what came with it. `status` is
    ``resolved`` or ``rejected`` for a promise, the run's for a run; `error` goes with the bad ones.
    """

    def __init__(self, output: dict[str, Any]) -> None:
        self.by: str = output["by"]
        self.name: str | None = output.get("name")
        self.value: Any = output.get("value")
        self.status: str | None = output.get("status")
        self.error: Any = output.get("error")

    def __repr__(self) -> str:
        return f"<Arrival by {self.by} {self.name or ''}>"


class Waits(Held):
    """What a run can wait for: a wait that is given up is taken back (``wait.cancel``)."""

    def __init__(self, client: Daemon, reply: dict[str, Any]) -> None:
        super().__init__(client, reply)
        self._suspend_after: Span | None = None

    async def wait_signal(
        self,
        name: str,
        *,
        timeout: Span | None = None,
        until: datetime | int | None = None,
        step: str | None = None,
        **older: NoReturn,
    ) -> Any:
        """Return the value of the next signal `name`; one that came before is taken first.

        `timeout` (seconds) and `until` (a date) are durable: they go on over a
        restart, and take no signal away (``signal.wait``). Raises TimeoutExpired (`which` is
        ``signal``).
        """
        params = {"signal": name, **_times(timeout, until, older)}
        arrival = await self._wait("signal.wait", step or f"signal:{name}", params)
        return self._value(arrival, "signal", name)

    async def create_promise(self, name: str, metadata: Any = None) -> dict[str, Any]:
        """Make a promise that others settle; what exists already is kept (``promise.create``)."""
        params: dict[str, Any] = {"promise": name}
        if metadata is not None:
            params["metadata"] = outward(self.client.codec, metadata)
        return await self._call("promise.create", params)  # type: ignore[no-any-return]

    async def wait_promise(
        self,
        name: str,
        *,
        timeout: Span | None = None,
        until: datetime | int | None = None,
        step: str | None = None,
        **older: NoReturn,
    ) -> Any:
        """Return what a promise was resolved with (``promise.wait``).

        Raises StepFailed with its error when it was rejected, TimeoutExpired (`which` is
        ``promise``).
        """
        title = step or f"promise:{name}"
        params = {"promise": name, **_times(timeout, until, older)}
        arrival = await self._wait("promise.wait", title, params)
        if arrival.status == "rejected":
            raise step_failed(self.id, title, arrival.error)
        return self._value(arrival, "promise", name)

    async def wait_first(
        self,
        step: str,
        *,
        signals: Iterable[str] = (),
        promises: Iterable[str] = (),
        runs: Iterable[str] = (),
        timeout: Span | None = None,
        until: datetime | int | None = None,
        **older: NoReturn,
    ) -> Arrival:
        """Wait for the first of several; what comes later is kept (``wait.first``)."""
        sources = [("signal", signals), ("promise", promises), ("run", runs)]
        any_ = [{kind: name} for kind, names in sources for name in names]
        params = {"any": any_, **_times(timeout, until, older)}
        return await self._wait("wait.first", step, params)

    async def sleep(self, seconds: Span, *, step: str | None = None) -> None:
        """Sleep so many seconds; what is left of it goes on over a restart.

        The step has the span in its name: of sleeps at the same time each has its own record.
        """
        span = milliseconds(seconds)
        title = step or self._sleeping(f"sleep:{span / 1000:g}s")
        await self._wait("run-step", title, {"sleep_ms": span})

    async def sleep_until(self, at: datetime | int, *, step: str | None = None) -> None:
        """Sleep until a date; a number is in milliseconds since the epoch."""
        due = epoch(at)
        title = step or self._sleeping(f"sleep:{due}")
        await self._wait("run-step", title, {"until_at": due})

    def _sleeping(self, title: str) -> str:
        # Older clients called every sleep `sleep`.
        older, base = self._scoped("sleep"), self._scoped(title)
        return "sleep" if self._calls.knows(older, instead_of=base) else title

    async def _wait(self, method: str, title: str, params: dict[str, Any]) -> Arrival:
        self._check()
        full = self._name_of(title)
        record = self._journal.get(full)
        if record is None or record["status"] != "completed":
            self.replaying = False
            self._waiting.add(full)
            try:
                reply = await self._over(method, {"step": full, **params})
            except (SidestepError, Suspended):
                raise
            except BaseException:
                # Nobody waits any more: what comes now is for the next wait.
                if self.lease is not None and self._final is None:
                    await self.client._tell("wait.cancel", {"lease": self.lease, "step": full})
                raise
            finally:
                self._waiting.discard(full)
            record = {"step": full, "status": "completed", "output": reply["output"]}
            record["fingerprint"] = ANY
            self._journal[full] = record
        return Arrival(self.client.codec.from_json(record["output"]))

    async def _over(self, method: str, params: dict[str, Any]) -> Any:
        """Return the reply of a wait when it is over; the run is left when that takes long."""
        if self._suspend_after is not None:
            params["wait_ms"] = milliseconds(self._suspend_after)
        while True:
            try:
                return await self._call(method, params)
            except TimeoutExpired as error:
                if error.which != "wait":
                    raise
                await self._leave()

    async def _leave(self) -> None:
        """Leave the run when nothing of it executes here, else return and wait on."""
        async with self._departure:
            if self.lease is None:
                raise Suspended  # another wait has left it meanwhile
            self._leaving = True  # before the look: a body that begins looks in the other order
            try:
                if self._executing or not self._waiting:
                    return
                reply = await self._call("run.suspend", {"steps": sorted(self._waiting)})
                if reply["suspended"]:
                    self._closed(reply["run"])
                    raise Suspended
            finally:
                self._leaving = False

    def _value(self, arrival: Arrival, which: str, name: str) -> Any:
        if arrival.by == "time":
            raise TimeoutExpired(
                f"no {which} {name} came in time", data={"run": self.id, "which": which}
            )
        return arrival.value


_OLDER: Names = {"until_at": ("until", as_it_is)}


def _times(timeout: Span | None, until: datetime | int | None, older: Any) -> dict[str, Any]:
    if older:
        until = renamed(older, _OLDER, "a wait").get("until", until)
    times = {"timeout_ms": milliseconds(timeout), "until_at": epoch(until)}
    return {name: value for name, value in times.items() if value is not None}
