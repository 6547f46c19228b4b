"""The step whose body is executing, as the body sees it."""

from __future__ import annotations

import time
from typing import Any

from .._calls import Call
from .._codec import outward
from .._context import place
from .._traces import of_step
from ._held import Held


class StepContext:
    """The step whose body is executing; `sidestep.current_step()` returns it.

    `name` is the recorded name; `attempt` is None where the daemon need not be asked for it. `run`
    is what `sidestep.current_run()` returns.
    """

    def __init__(self, run: Held, call: Call, attempt: int | None) -> None:
        self.run = run
        self.name = call.name
        self.place = place()
        self._call = call
        self.attempt = attempt
        self.started_at = int(time.time() * 1000)
        self._usage: dict[str, Any] = {}

    @property
    def idempotency_key(self) -> str:
        """The stable key of this step to hand to the outside world.

        With arguments it holds their hash in place of the step's number: whatever the order of
        the calls in another execution, the same call has the same key.
        """
        return self.run.idempotency_key(self._call.key)

    @property
    def traceparent(self) -> str | None:
        """The span of this attempt, for services that the body calls: the header of that name.

        None when the daemon tells nobody of traces. Where OpenTelemetry is installed it is the
        current span in the body, and instrumented libraries hand it on by themselves.
        """
        run = self.run.traceparent
        return None if run is None else of_step(run, self.name, self.attempt or 1)

    def usage(self, **members: int | str) -> None:
        """Note what the step consumed: `model`, `requests`, `input_tokens`, `cost_micros`.

        Other names are kept as well; numbers of several calls add up.
        """
        for name, value in members.items():
            known = self._usage.get(name)
            summed = isinstance(value, int) and isinstance(known, int)
            self._usage[name] = value + known if summed else value  # type: ignore[operator]

    async def heartbeat(self, details: Any = None) -> None:
        """Tell that the body makes progress (``step.heartbeat``)."""
        params: dict[str, Any] = {"step": self.name}
        if self.attempt is not None:
            params["attempt"] = self.attempt
        if details is not None:
            params["details"] = outward(self.run.client.codec, details)
        await self.run._call("step.heartbeat", params)

    def _members(self) -> dict[str, Any]:
        return {"usage": self._usage} if self._usage else {}
