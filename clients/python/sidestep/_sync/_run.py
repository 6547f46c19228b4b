# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""A run that this process owns: its steps, and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from .._backends.sync import check_caller, follow
from .._calls import Calls
from .._codec import Codec, outward
from .._declared import result_type as declared_result
from .._failures import run_failure
from .._fingerprint import ANY
from .._options import PLAIN_STEP, Fingerprint, OnMismatch, StepOptions
from .._retry import RetryLike, Types
from .._threads import install
from ._announce import Announcements
from ._artifacts import Artifacts
from ._checkpoint import Checkpoints
from ._daemon import Daemon
from ._daemon_steps import DaemonSteps
from ._part import Part
from ._recorder import CallRecorders
from ._state import State
from ._step import StepExecution

if TYPE_CHECKING:
    from .._budget import Budget
    from .._keywords import Timeouts
    from .._times import Span

T = TypeVar("T")


class Run(Checkpoints, DaemonSteps, Announcements, Artifacts, CallRecorders):
    """One durable execution, held by this process.

    `id` is the user's, `uid` names this generation for good. `replaying` is true until the first
    step that has no record yet.
    """

    def __init__(self, client: Daemon, reply: dict[str, Any], params: dict[str, Any]) -> None:
        super().__init__(client, reply)
        self.epoch: int = reply["epoch"]
        self.created: bool = reply["created"]
        self._output: Any = reply.get("output")
        self.error: Any = reply.get("error")
        self.input: Any = reply.get("input")
        self.state = State(self)
        self._loop: Any = check_caller()
        install()
        self._undo: list[tuple[str, Callable[..., Any], Any, Any]] = []

    def __repr__(self) -> str:
        return f"<Run {self.id!r} {self.info.get('status')}>"

    @property
    def output(self) -> Any:
        """What the run has come to, or is to come to when a block that is its workflow ends."""
        return self.codec.from_json(self._output)

    @output.setter
    def output(self, value: Any) -> None:
        self._output = self.codec.to_json(value)

    @property
    def attempt(self) -> int:
        """Which execution of the workflow this is, by the run's retry policy."""
        return self.info.get("attempt") or 1

    # Steps

    def step(
        self,
        name: str,
        function: Callable[..., T],
        *args: Any,
        retry: RetryLike | None = None,
        retry_on: Types | None = None,
        fail_on: Types | None = None,
        at_most_once: bool = False,
        timeout: Span | None = None,
        timeouts: Timeouts | None = None,
        fingerprint: Fingerprint | None = None,
        compensation: bool = False,
        limit: str | None = None,
        breaker: str | None = None,
        reserve: Budget | None = None,
        metadata: Any = None,
        on_mismatch: OnMismatch | None = None,
        codec: Codec | None = None,
        result_type: Any = None,
        **kwargs: Any,
    ) -> T:
        """Run `function` as the step `name`, or return its recorded result.

        The result is what JSON gives back, on the first execution as on a replay. Raises
        StepFailed when the step failed for good, StepMismatch when it was recorded with other
        arguments (`on_mismatch`). A `compensation` may run after a cancel. That is
        ``step.begin``, with ``step.complete`` or ``step.fail``.
        """
        options = StepOptions(
            retry=retry,
            retry_on=retry_on,
            fail_on=fail_on,
            at_most_once=at_most_once,
            timeout=timeout,
            timeouts=timeouts,
            fingerprint=fingerprint,
            compensation=compensation,
            limit=limit,
            breaker=breaker,
            reserve=reserve,
            metadata=metadata,
            on_mismatch=on_mismatch,
            codec=codec,
            result_type=result_type,
        )
        result: T = self._perform(name, function, args, kwargs, options)
        return result

    def compensate(
        self, name: str, function: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> None:
        """Undo something when the run is cancelled: `function` is executed as the step `name`.

        Say it after the step that it undoes. On a cancel the last said is executed first; each is
        recorded like any step, so what is undone stays undone over a crash.
        """
        self._undo.append((name, function, args, kwargs))

    # The end

    def complete(self, output: Any = None) -> Any:
        """Close the run with its output (``run.complete``); return it as it is recorded."""
        self._complete_as(self.codec.to_json(output))
        return self.output

    def _complete_as(self, output: Any) -> None:
        reply = self._call("run.complete", {"output": output})
        self._closed(reply["run"])
        self._output = output

    def _compensate(self) -> None:
        """Undo what was promised to be undone, and let the cancelled run go."""
        options = StepOptions(compensation=True)
        for name, function, args, kwargs in reversed(self._undo):
            self._perform(name, function, args, kwargs, options)
        self.release()

    def fail(self, error: BaseException | Any, *, retryable: bool = True) -> dict[str, Any]:
        """Report a failure (``run.fail``).

        The answer's `retry` says whether the workflow is executed again.
        """
        if isinstance(error, BaseException):
            params = run_failure(error, retryable)
        else:
            params = {"retryable": retryable, "error": outward(self.codec, error)}
        params["attempt"] = self.attempt
        reply: dict[str, Any] = self._call("run.fail", params)
        if reply["retry"]:
            self.info = reply["run"]
        else:
            self._closed(reply["run"])
        return reply

    def release(self) -> None:
        """Give the run back: queued, or paused while a step is unknown (``run.release``)."""
        reply = self._call("run.release", {}, compensating=True)
        self._closed(reply["run"])

    # What the workflow uses

    def _begin_again(self) -> None:
        """Prepare another execution of the workflow: steps that failed are tried again.

        It gets what is recorded, not what the last one may have made of it.
        """
        for step in self.client.steps(self.id):
            if self._journal.get(step["step"], {}).get("status") == step["status"] == "completed":
                self._journal[step["step"]]["output"] = step.get("output")
        self._undo = []
        self._appended = {}
        self._kept = {}
        self._calls = Calls(self._journal, self._is_old)
        # They are still known, so that their next attempt asks for its number.
        for name, record in self._journal.items():
            if record["status"] == "failed":
                self._journal[name] = {**record, "status": "backoff"}

    def _open(self, base: str, options: StepOptions, fingerprint: str = ANY) -> StepExecution:
        if not options.compensation:
            self._check()
        call = self._identify(base, fingerprint, options)
        return StepExecution(self, call, options, fingerprint)

    def _part(self, name: str, fingerprint: str) -> Part:
        """Return a part of the run that has a name of its own: a child, the run of an agent."""
        follow()
        return Part(self, self._open(self._scoped(name), PLAIN_STEP, fingerprint))

    def _perform(
        self, name: str, function: Callable[..., Any], args: Any, kwargs: Any, options: StepOptions
    ) -> Any:
        if self._final is not None and not options.compensation:
            raise self._final
        fingerprint = options.fingerprint_of(function, args, kwargs)
        base = self._scoped(name)
        call = self._calls.next(base, fingerprint)
        if call is None:
            call = self._identify(base, fingerprint, options)
        step = StepExecution(self, call, options, fingerprint)
        type_ = options.result_type or declared_result(function)
        record = step.record or step.perform(function, args, kwargs, type_)
        return step.result(record, type_)
