"""One step of a run: begun, executed, recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._backends.aio import call_body, sleep
from .._calls import Call
from .._codec import recorded
from .._context import RUN, STEP
from .._errors import AttemptSuperseded, StepConflict, StepFailed, StepMismatch
from .._failures import (
    UNFIT,
    NotSerialisable,
    Unreadable,
    every,
    failure_of,
    step_failed,
    step_failure,
)
from .._given_up import ABANDONED
from .._options import StepOptions
from .._traces import attach, detach
from ._held import Held
from ._step_context import StepContext

Record = dict[str, Any]

# So many bytes of names are no reason to write a begin at once, which would refuse them.
_SHORT = 8192


class StepExecution:
    """A step that this process executes, unless it has a record.

    The order of calls: while `begin` returns None the body runs, and `complete` or `fail` is told
    of its end; a record from one of the three ends it, None means another attempt.
    """

    def __init__(self, run: Held, call: Call, options: StepOptions, fingerprint: str) -> None:
        self.run = run
        self.call = call
        self.name = name = call.name
        self.options = options
        self.fingerprint = fingerprint
        known = run._journal.get(name)
        self.record = known if known and known["status"] in ("completed", "failed") else None
        if self.record is None:
            run.replaying = False
        # Begun as a notification a step costs one round trip, its record. The answer is needed
        # when the body may be forbidden to start, or when a late record must be told apart.
        self._asks = options.asks
        self._ask = self._asks or known is not None
        self._attempt: int | None = None
        # The begin that is kept back.
        self._begun: tuple[str, Record] | None = None
        # What the record was read back as before it was written.
        self._read: tuple[Record, Any] | None = None

    async def begin(self) -> Record | None:
        """Return the record, or begin an attempt and return None; a back-off is waited for."""
        if self.record is not None:
            return self.record
        run = self.run
        if self._ask:
            record = await self._asked()
            if record is not None:
                return record
        elif run._final is not None:
            raise run._final
        elif run.lease is None:
            raise run._not_held()
        elif self._attempt is not None or self.options.params or not self._may_be_late():
            begin = {"lease": run.lease, "step": self.name, **self.options.params}
            await run.client.notify("step.begin", {**begin, "fingerprint": self.fingerprint})
        else:
            begin = {"lease": run.lease, "step": self.name, "fingerprint": self.fingerprint}
            self._begun = "step.begin", begin
            if not run.client.hold(self._begun):
                await run.client.notify(*self._begun)
        self._ask = self._asks
        self.context = StepContext(run, self.call, self._attempt)
        return None

    async def _asked(self) -> Record | None:
        """Begin an attempt as a request: return the record that there is, or None."""
        begin = {"step": self.name, **self.options.params, "fingerprint": self.fingerprint}
        try:
            reply = await self._tell("step.begin", begin)
        except StepFailed as error:
            return self._keep({"status": "failed", "error": error.failure})
        if reply["status"] == "completed":
            return self._keep({"status": "completed", "output": reply.get("output")})
        self._attempt = reply["attempt"]
        if reply.get("delay_ms"):
            await sleep(reply["delay_ms"] / 1000)
        return None

    def _may_be_late(self) -> bool:
        """Whether making the line of a begin can wait: nothing in it will be refused."""
        try:
            return len((self.name + self.fingerprint).encode()) < _SHORT
        except UnicodeEncodeError:
            return False

    async def complete(self, value: Any, type_: Any = None) -> Record | None:
        """Record what the body returned, if it can be read back as `type_`."""
        try:
            output, read = recorded(self.options.codec or self.run.codec, value, type_)
        except Exception as error:  # a codec of the user's may raise anything
            raise NotSerialisable(self.name, error) from error
        done = self._end()
        done["output"] = output
        if self.context._usage:
            done["usage"] = self.context._usage
        # A record stands for a begin that says no more and was not sent while the body ran.
        if self._begun is not None and self.run.client.withdraw(self._begun):
            done["started_at"] = self.context.started_at
        try:
            # What was paid for is kept, also when the run was cancelled meanwhile.
            await self.run._call("step.complete", done, compensating=True)
        except AttemptSuperseded as error:
            if error.step != self.name:
                raise
            return self._again(ask=True)  # a time-out ended it; the daemon knows what comes
        except StepConflict as error:
            if error.step != self.name:
                raise
            return self._keep({"status": "completed", "output": error.output})
        except UNFIT as error:
            raise NotSerialisable(self.name, error) from error
        record = self._keep({"status": "completed", "output": output})
        self._read = record, read
        return record

    async def fail(self, error: BaseException) -> Record | None:
        """Record that the attempt failed; raises what ends the run as a whole."""
        if not self.options.compensation:
            self.run._check()
        if any(self.run._is_final(e) or isinstance(e, StepMismatch) for e in every(error)):
            raise error  # of a call within: it says nothing about this step
        params = {**self._end(), **step_failure(error)}
        if "retry" in self.options.params:
            params["retry"] = self.options.params["retry"]
        try:
            reply = await self._tell("step.fail", params)
        except AttemptSuperseded:
            return self._again(ask=True)
        if reply["retry"]:
            self._attempt = reply["attempt"]
            await sleep((reply.get("delay_ms") or 0) / 1000)
            return self._again(ask=self._asks)
        return self._keep({"status": "failed", "error": failure_of(error), "cause": error})

    async def abandon(self) -> None:
        """Tell, without waiting, that nobody wants the result any more: nothing is recorded."""
        if self.run.lease is None or self.run._final is not None:
            return
        params = {**ABANDONED, **self._end()}
        await self.run.client.notify("step.fail", {"lease": self.run.lease, **params})

    async def perform(
        self, function: Callable[..., Any], args: Any, kwargs: Any, type_: Any
    ) -> Record:
        """Call `function`, whose results are of `type_`, until there is a record."""
        while True:
            record = await self.begin()
            if record is not None:
                return record
            try:
                record = await self.complete(await self._body(function, args, kwargs), type_)
            except BaseException as error:
                if not self.run._is_outcome(error):
                    raise
                record = await self.fail(error)
            if record is not None:
                return record

    def result(self, record: Record, type_: Any = None) -> Any:
        """Return the recorded result, as `type_` when that is given, or raise the failure."""
        if record["status"] == "failed":
            raise step_failed(self.run.id, self.name, record.get("error")) from record.get("cause")
        if self._read is not None and self._read[0] is record:
            return self._read[1]
        try:
            codec = self.options.codec or self.run.codec
            return codec.from_json(record.get("output"), type_)
        except Exception as error:
            raise Unreadable(f"the recorded result of step {self.name}", error) from error

    async def _tell(self, method: str, params: Record) -> Any:
        return await self.run._call(method, params, compensating=self.options.compensation)

    async def _body(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        # As `enter` and `leave`, without their calls: a step costs as little as it can.
        run_token, step_token = RUN.set(self.run), STEP.set(self.context)
        span = None if self.run.traceparent is None else attach(self.context)
        self.run._executing.add(self)
        try:
            if self.run._leaving:
                await self.run._stay()
            return await call_body(function, args, kwargs, self.options.timeout)
        finally:
            self.run._executing.discard(self)
            if span is not None:
                detach(span)
            STEP.reset(step_token)
            RUN.reset(run_token)

    def _end(self) -> Record:
        end: Record = {"step": self.name}
        if self._attempt is not None:
            end["attempt"] = self._attempt
        end["fingerprint"] = self.fingerprint
        return end

    def _again(self, ask: bool) -> Record | None:
        self._ask = ask
        self.run._calls.forget(self.name)
        return None

    def _keep(self, outcome: Record) -> Record:
        self.record = {"step": self.name, "fingerprint": self.fingerprint, **outcome}
        self.run._journal[self.name] = self.record
        return self.record
