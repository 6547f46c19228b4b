"""A run that this process owns: its steps, checkpoints and state."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar, overload

from .._backends.aio import BodyExpired, call_body, check_caller, sleep
from .._codec import result_type
from .._context import RUN, STEP
from .._errors import (
    AttemptSuperseded,
    CheckpointNotFound,
    ConnectionLost,
    LeaseError,
    LeaseLost,
    RunCancelled,
    RunClosed,
    SidestepError,
    StepConflict,
    StepFailed,
    StepMismatch,
    StepUnknown,
)
from .._names import StepNames
from .._options import Fingerprint, StepOptions
from .._retry import RetryLike, Types, error_to_wire, error_types
from ._client import Client

T = TypeVar("T")


class Run:
    """One durable execution, held by this process.

    `id` is the user's, `uid` names this generation for good. `replaying` is true until the first
    step that has no record yet.
    """

    def __init__(self, client: Client, reply: dict[str, Any], params: dict[str, Any]) -> None:
        self.client = client
        self.info: dict[str, Any] = reply["run"]
        self.id: str = self.info["id"]
        self.uid: str = self.info["uid"]
        self.lease: str | None = reply.get("lease")
        self.epoch: int = reply["epoch"]
        self.created: bool = reply["created"]
        self.last_checkpoint: dict[str, Any] | None = reply.get("checkpoint")
        self.output: Any = client.codec.from_json(reply.get("output"))
        self.error: Any = reply.get("error")
        self.state = State(self)
        self.replaying = bool(reply["steps"])
        self._loop: Any = check_caller()
        self._journal: dict[str, dict[str, Any]] = {item["step"]: item for item in reply["steps"]}
        self._names = StepNames()
        self._message_count = (self.last_checkpoint or {}).get("message_count", 0)
        self._warn_only = params.get("on_mismatch") == "warn"
        self._final: SidestepError | None = None

    def __repr__(self) -> str:
        return f"<Run {self.id!r} {self.info.get('status')}>"

    @property
    def attempt(self) -> int:
        """Which execution of the workflow this is, by the run's retry policy."""
        return self.info.get("attempt") or 1

    @property
    def closed(self) -> bool:
        """Whether the run is closed: it has a result, and no step of it can run."""
        return self.lease is None

    # Steps

    # fmt: off
    # async-only
    @overload
    async def step(
        self,
        name: str,
        function: Callable[..., Awaitable[T]],
        *args: Any,
        retry: RetryLike | None = None,
        retry_on: Types | None = None,
        fail_on: Types | None = None,
        at_most_once: bool = False,
        timeout: float | None = None,
        timeouts: Mapping[str, int] | None = None,
        fingerprint: Fingerprint | None = None,
        metadata: Any = None,
        **kwargs: Any,
    ) -> T: ...

    @overload
    async def step(
        self,
        name: str,
        function: Callable[..., T],
        *args: Any,
        retry: RetryLike | None = None,
        retry_on: Types | None = None,
        fail_on: Types | None = None,
        at_most_once: bool = False,
        timeout: float | None = None,
        timeouts: Mapping[str, int] | None = None,
        fingerprint: Fingerprint | None = None,
        metadata: Any = None,
        **kwargs: Any,
    ) -> T: ...

    # end
    # fmt: on
    async def step(
        self,
        name: str,
        function: Callable[..., Any],  # sync: T
        *args: Any,
        retry: RetryLike | None = None,
        retry_on: Types | None = None,
        fail_on: Types | None = None,
        at_most_once: bool = False,
        timeout: float | None = None,
        timeouts: Mapping[str, int] | None = None,
        fingerprint: Fingerprint | None = None,
        metadata: Any = None,
        **kwargs: Any,
    ) -> Any:  # sync: T
        """Run `function` as the step `name`, or return its recorded result.

        The result is what JSON gives back, on the first execution as on a replay. Raises
        StepFailed when the step failed for good.
        """
        options = StepOptions(
            retry=retry,
            retry_on=retry_on,
            fail_on=fail_on,
            at_most_once=at_most_once,
            timeout=timeout,
            timeouts=timeouts,
            fingerprint=fingerprint,
            metadata=metadata,
        )
        result: Any = await self._perform(name, function, args, kwargs, options)
        return result

    def idempotency_key(self, step: str | None = None) -> str:
        """Return the stable key of a step (never of an attempt) for the outside world.

        Without an argument it is the key of the step that is executing. A name is taken as it is
        recorded.
        """
        if step is None:
            context = STEP.get()
            if context is None:
                raise ValueError("outside of a step, idempotency_key() needs the step's name")
            step = context.name
        return f"{self.uid}/{step}"

    # Checkpoints and messages

    async def checkpoint(
        self,
        state: Any = ...,
        *,
        messages: list[Any] | None = None,
        append: list[Any] | None = None,
        keep: int | None = None,
        step_number: int | None = None,
        tool_results: Any = ...,
        metadata: Any = ...,
        name: str | None = None,
        resume_token: str | None = None,
    ) -> Checkpoint:
        """Save agent state; earlier checkpoints stay.

        `messages` is the whole history (only what is new is written), `append` what comes after
        the first `keep` messages (all of them when left out). A replay saves again: guard it
        with `replaying`, or save within a step.
        """
        params: dict[str, Any] = {"step_number": step_number, "name": name}
        params["resume_token"] = resume_token
        params = {key: value for key, value in params.items() if value is not None}
        payloads = {"state": state, "tool_results": tool_results, "metadata": metadata}
        for key, value in payloads.items():
            if value is not ...:
                params[key] = self.client.codec.to_json(value)
        if messages is not None:
            if append is not None or keep is not None:
                raise ValueError("give either messages, or append and keep")
            params["messages"] = {"all": self.client.codec.to_json(messages)}
        elif append is not None or keep is not None:
            params["messages"] = {
                "keep": self._message_count if keep is None else keep,
                "append": self.client.codec.to_json(append or []),
            }
        result = Checkpoint(await self._call("checkpoint", params))
        self._message_count = result.message_count
        return result

    async def messages(
        self, *, from_: int = 0, count: int | None = None, last: int | None = None
    ) -> list[Any]:
        """Return the message history of the newest checkpoint, or a part of it."""
        params: dict[str, Any] = {"run": self.id}
        if last is not None:
            params["last"] = last
        else:
            params["from"] = from_
            if count is not None:
                params["count"] = count
        found: list[Any] = []
        while True:
            try:
                page = await self.client.call("checkpoint.messages", params)
            except CheckpointNotFound:
                return []
            found += page["messages"]
            if page.get("more") is None:
                return found
            params.pop("last", None)
            params["from"] = page["more"]
            if count is not None:
                params["count"] = count - len(found)

    # The end

    async def complete(self, output: Any = None) -> Any:
        """Close the run with its output; return the output as it is recorded."""
        output = self.client.codec.to_json(output)
        reply = await self._call("run.complete", {"output": output})
        self._closed(reply["run"])
        self.output = self.client.codec.from_json(output)
        return self.output

    async def fail(self, error: BaseException | Any, *, retryable: bool = True) -> dict[str, Any]:
        """Report a failure; the answer's `retry` says whether the workflow is executed again."""
        params: dict[str, Any] = {"retryable": retryable}
        if isinstance(error, BaseException):
            cause = error.__cause__ if isinstance(error, StepFailed) and error.__cause__ else error
            params["error"] = _failure(error)
            params["types"] = error_types(cause)
            if isinstance(error, StepFailed):
                types = [error.type] if error.type else []
                params["types"] += [
                    n for n in types + error_types(error) if n not in params["types"]
                ]
            after = getattr(cause, "retry_after_ms", None)
            if isinstance(after, int):
                params["retry_after_ms"] = after
        else:
            params["error"] = self.client.codec.to_json(error)
        params["attempt"] = self.attempt
        reply: dict[str, Any] = await self._call("run.fail", params)
        if reply["retry"]:
            self.info = reply["run"]
        else:
            self._closed(reply["run"])
        return reply

    async def release(self) -> None:
        """Give the run back: it is queued, or paused while a step is unknown."""
        reply = await self._call("run.release", {})
        self._closed(reply["run"])

    def _closed(self, info: dict[str, Any]) -> None:
        self.info = info
        if self.lease is not None:
            self.client._runs.pop(self.lease, None)
        self.lease = None

    # What the workflow uses

    def _begin_again(self) -> None:
        """Prepare another execution of the workflow: failed steps are forgotten."""
        self._names = StepNames()
        self._journal = {
            name: record
            for name, record in self._journal.items()
            if record["status"] not in ("failed", "backoff", "running")
        }

    def _end(self, error: SidestepError) -> None:
        if self._final is None:
            self._final = error
        if self.lease is not None:
            self.client._runs.pop(self.lease, None)

    def _check(self) -> None:
        if self._final is not None:
            raise self._final

    def _is_final(self, error: Exception) -> bool:
        if isinstance(error, (StepUnknown, ConnectionLost)):
            return True
        return isinstance(error, (LeaseError, RunCancelled, RunClosed)) and error.run == self.id

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        self._check()
        if self.lease is None:
            raise RunClosed(
                f"run {self.id} is {self.info.get('status')} and not held here",
                data={"run": self.id},
            )
        try:
            return await self.client.call(method, {"lease": self.lease, **params})
        except (LeaseLost, RunCancelled) as error:
            self._end(error)
            raise

    async def _perform(
        self, name: str, function: Callable[..., Any], args: Any, kwargs: Any, options: StepOptions
    ) -> Any:
        self._check()
        parent = STEP.get()
        if parent is not None and parent.run is not self:
            parent = None
        full = self._names.next(name, None if parent is None else parent.name)
        fingerprint = options.fingerprint_of(args, kwargs)
        record = self._journal.get(full)
        if record is not None and record["status"] in ("completed", "failed"):
            self._compare(record, full, fingerprint)
            return self._recorded(record, function)
        self.replaying = False
        record = await self._execute(full, function, args, kwargs, options, fingerprint, record)
        self._journal[full] = record
        return self._recorded(record, function)

    def _compare(self, record: dict[str, Any], full: str, fingerprint: str | None) -> None:
        known = record.get("fingerprint")
        if fingerprint is None or known is None or fingerprint == known:
            return
        if not self._warn_only:
            raise StepMismatch(
                f"step {full} of run {self.id} was recorded with another fingerprint",
                data={"run": self.id, "step": full, "expected": known, "actual": fingerprint},
            )

    def _recorded(self, record: dict[str, Any], function: Callable[..., Any]) -> Any:
        if record["status"] == "failed":
            raise self._step_failed(record["step"], record.get("error")) from record.get("cause")
        return self.client.codec.from_json(record.get("output"), result_type(function))

    def _step_failed(self, full: str, failure: Any) -> StepFailed:
        text = f"step {full} of run {self.id} failed"
        if isinstance(failure, dict) and "type" in failure:
            text += f": {failure['type']}: {failure.get('message', '')}"
        return StepFailed(text, data={"run": self.id, "step": full, "failure": failure})

    async def _execute(
        self,
        full: str,
        function: Callable[..., Any],
        args: Any,
        kwargs: Any,
        options: StepOptions,
        fingerprint: str | None,
        record: dict[str, Any] | None,
    ) -> dict[str, Any]:
        begin: dict[str, Any] = {"step": full, **options.params}
        if fingerprint is not None:
            begin["fingerprint"] = fingerprint
        # Begun as a notification a step costs one round trip, its record. The answer is needed
        # when the body may be forbidden to start, or when a late record must be told apart.
        ask = options.at_most_once or "timeouts" in options.params or record is not None
        attempt: int | None = None
        while True:
            if ask:
                try:
                    reply = await self._call("step.begin", begin)
                except StepFailed as error:
                    return {"step": full, "status": "failed", "error": error.failure}
                if reply["status"] == "completed":
                    return {"step": full, "status": "completed", "output": reply.get("output")}
                attempt = reply["attempt"]
                if reply.get("delay_ms"):
                    await sleep(reply["delay_ms"] / 1000)
            else:
                self._check()
                await self.client.notify("step.begin", {"lease": self.lease, **begin})
            ask = options.at_most_once or "timeouts" in options.params
            context = StepContext(self, full, attempt)
            end: dict[str, Any] = {"step": full}
            if attempt is not None:
                end["attempt"] = attempt
            if fingerprint is not None:
                end["fingerprint"] = fingerprint
            try:
                value = await self._body(context, function, args, kwargs, options.timeout)
                try:
                    output = self.client.codec.to_json(value)
                except (TypeError, ValueError, RecursionError) as error:
                    raise _NotSerialisable(full, error) from error
                done = {"output": output, **context._members(), **end}
                await self._call("step.complete", done)
                return {"step": full, "status": "completed", "output": output}
            except AttemptSuperseded as error:
                if error.step != full:
                    raise
                ask = True  # a time-out ended this attempt; the daemon knows what comes
            except StepConflict as error:
                if error.step != full:
                    raise
                return {"step": full, "status": "completed", "output": error.output}
            except Exception as error:
                self._check()
                if self._is_final(error):
                    raise
                failed = await self._failed(error, end, options)
                if failed is None:
                    ask = True
                elif failed["retry"]:
                    attempt = failed["attempt"]
                    await sleep((failed.get("delay_ms") or 0) / 1000)
                else:
                    record = {"step": full, "status": "failed", "error": _failure(error)}
                    return {**record, "cause": error}
            self._names.forget(full)

    async def _body(
        self,
        context: StepContext,
        function: Callable[..., Any],
        args: Any,
        kwargs: Any,
        timeout: float | None,
    ) -> Any:
        run_token, step_token = RUN.set(self), STEP.set(context)
        try:
            return await call_body(function, args, kwargs, timeout)
        finally:
            STEP.reset(step_token)
            RUN.reset(run_token)

    async def _failed(
        self, error: Exception, end: dict[str, Any], options: StepOptions
    ) -> dict[str, Any] | None:
        """Record the failure of an attempt; None when the daemon had given it up already."""
        params = {**end, "error": _failure(error), "types": error_types(error)}
        if isinstance(error, BodyExpired):
            params["types"] = ["timeout", "TimeoutError", "Exception", "BaseException"]
        if isinstance(error, StepFailed) and error.type:
            params["types"].insert(0, error.type)
        if isinstance(error, _NotSerialisable):
            params["retryable"] = False
        after = getattr(error, "retry_after_ms", None)
        if isinstance(after, int):
            params["retry_after_ms"] = after
        if "retry" in options.params:
            params["retry"] = options.params["retry"]
        try:
            reply: dict[str, Any] = await self._call("step.fail", params)
        except AttemptSuperseded:
            return None
        return reply


class StepContext:
    """The step whose body is executing; `sidestep.current_step()` returns it.

    `name` is the recorded name; `attempt` is None where the daemon need not be asked for it.
    """

    def __init__(self, run: Run, name: str, attempt: int | None) -> None:
        self.run = run
        self.name = name
        self.attempt = attempt
        self.started_at = int(time.time() * 1000)
        self._usage: dict[str, Any] = {}

    @property
    def idempotency_key(self) -> str:
        """The stable key of this step to hand to the outside world."""
        return self.run.idempotency_key(self.name)

    def usage(self, **members: int | str) -> None:
        """Note what the step consumed: `model`, `requests`, `input_tokens`, `cost_micros`.

        Other names are kept as well; numbers of several calls add up.
        """
        for name, value in members.items():
            known = self._usage.get(name)
            summed = isinstance(value, int) and isinstance(known, int)
            self._usage[name] = value + known if summed else value  # type: ignore[operator]

    async def heartbeat(self, details: Any = None) -> None:
        """Tell that the body makes progress."""
        params: dict[str, Any] = {"step": self.name}
        if self.attempt is not None:
            params["attempt"] = self.attempt
        if details is not None:
            params["details"] = self.run.client.codec.to_json(details)
        await self.run._call("step.heartbeat", params)

    def _members(self) -> dict[str, Any]:
        return {"usage": self._usage} if self._usage else {}


class State:
    """Key/value pairs of a run, readable from outside."""

    def __init__(self, run: Run) -> None:
        self._run = run

    async def get(self, name: str, default: Any = None) -> Any:
        """Return a value, or `default` when there is none."""
        client = self._run.client
        reply = await client.call("state.get", {"run": self._run.id, "name": name})
        if reply.get("found") is False:
            return default
        return client.codec.from_json(reply.get("value"))

    async def set(self, name: str, value: Any) -> None:
        """Set a value."""
        value = self._run.client.codec.to_json(value)
        await self._run._call("state.set", {"name": name, "value": value})

    async def delete(self, name: str) -> None:
        """Remove a value."""
        await self._run._call("state.set", {"name": name})

    async def all(self) -> dict[str, Any]:
        """Return all pairs."""
        client = self._run.client
        reply = await client.call("state.list", {"run": self._run.id})
        return {name: client.codec.from_json(value) for name, value in reply["state"].items()}


class Checkpoint:
    """A checkpoint that was saved."""

    def __init__(self, reply: dict[str, Any]) -> None:
        self.id: str = reply["checkpoint"]
        self.resume_token: str = reply["resume_token"]
        self.sequence: int = reply["sequence"]
        self.message_count: int = reply["message_count"]
        self.new_bytes: int = reply["new_bytes"]

    def __repr__(self) -> str:
        return f"<Checkpoint {self.id} {self.sequence} with {self.message_count} messages>"


class _NotSerialisable(TypeError):
    def __init__(self, step: str, error: Exception) -> None:
        super().__init__(
            f"the result of step {step} cannot be recorded: {error}. Its effect has happened; it is"
            " not repeated. Return plain data, a dataclass or a pydantic model, or give a codec"
        )


def failed(run: str, status: str, error: Any) -> RunClosed:
    """Make the exception for a run that was closed without an output."""
    text = f"run {run} is {status}"
    if isinstance(error, dict) and "type" in error:
        text += f": {error['type']}: {error.get('message', '')}"
    return RunClosed(text, data={"run": run, "status": status, "failure": error})


def _failure(error: BaseException) -> Any:
    if isinstance(error, BodyExpired):
        text = "the attempt took longer than its time-out"
        return {"type": "timeout", "which": "start_to_close", "message": text}
    if isinstance(error, StepFailed) and isinstance(error.failure, dict):
        return {**error.failure, "step": error.step}
    if isinstance(error, _NotSerialisable):
        return {"type": "SerializationError", "message": str(error)}
    return error_to_wire(error)
