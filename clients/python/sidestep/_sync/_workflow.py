# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""Functions whose runs are durable."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from .._backends.sync import aside, call_workflow, follow, sleep
from .._codec import recorded
from .._context import RUN, STEP, place
from .._declared import result_type
from .._errors import (
    RunCancelled,
    RunConflict,
    RunSuspended,
    SidestepError,
    StepMismatch,
    StepUnknown,
)
from .._failures import Suspended, Unfit, Unreadable, closed_error, every
from .._fingerprint import of_call
from .._inputs import as_before_tags, is_client, recorded_input, same_call, with_own
from .._names import new_run_id
from .._options import RunOptions
from ._client import Client, client_of, connect
from ._run import Run

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._keywords import RunKeywords

# Another execution of the workflow would end alike.
_FOR_GOOD = (Unfit, Unreadable, StepMismatch)
P = ParamSpec("P")
R = TypeVar("R")


class Workflow(Generic[P, R]):
    """A function that goes on where it was when its process is started again.

    Call it as the function it is (a new run each time), or give the run an id with `run`.
    """

    def __init__(
        self,
        function: Callable[P, R],
        name: str | None = None,
        options: RunOptions | None = None,
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.name = name or function.__name__
        self._options = options or RunOptions()

    def __get__(self, instance: Any, owner: Any = None) -> Workflow[Any, Any]:
        """Return the workflow as a method of `instance`, which is no part of a run's input."""
        if instance is None:
            return self
        return Workflow(types.MethodType(self.function, instance), self.name, self._options)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Execute the workflow as a new run, and return its output."""
        return self._run(None, None, args, kwargs)

    def run(
        self, *args: Any, run_id: str | None = None, client: Client | None = None, **kwargs: Any
    ) -> R:
        """Execute the workflow as the run `run_id`: begin it, or go on with it.

        A finished run returns its recorded output, and nothing is executed. Raises RunClosed for
        one that failed, RunOwned while another process executes it, RunConflict when the id was
        used with another workflow or other arguments. Where the function has a parameter `run_id`
        or `client` of its own that no other argument fills, it gets what is given here, too.
        """
        own = {"run_id": run_id, "client": client}
        kwargs = with_own(self.function, args, kwargs, own)
        client = None if "client" in kwargs and not is_client(client) else client
        return self._run(run_id, client, args, kwargs)

    def options(self, **options: Unpack[RunKeywords]) -> Workflow[P, R]:
        """Return the workflow with other options (those of `sidestep.workflow`)."""
        merged = self._options.merged(RunOptions(**options))
        return Workflow(self.function, self.name, merged)

    def _run(self, run_id: str | None, client: Client | None, args: Any, kwargs: Any) -> R:
        parent: Run | None = RUN.get()
        if parent is not None and not isinstance(parent, Run):
            parent = None
        if parent is None:
            return aside(self._outermost, client, run_id, args, kwargs)  # type: ignore[no-any-return]
        client = client or client_of(parent)
        if run_id is None:
            return self._as_child(parent, client, args, kwargs)
        return self._execute(client, run_id, self._options, args, kwargs)

    def _outermost(
        self, client: Client | None, run_id: str | None, args: Any, kwargs: Any
    ) -> R:
        if client is not None:
            return self._execute(client, run_id, self._options, args, kwargs)
        with connect() as own:
            return self._execute(own, run_id, self._options, args, kwargs)

    def _as_child(self, parent: Run, client: Client, args: Any, kwargs: Any) -> R:
        """Execute the workflow as a child: a replay finds it by its name and its arguments."""
        part = parent._part(self.name, of_call(self.function, args, kwargs))
        options = RunOptions(
            parent=parent.id,
            on_mismatch=parent._on_mismatch,
            # A part that has no outcome is to get one: the parent is executed again.
            if_closed=None if part.is_settled else "retry",
        ).merged(self._options)
        with part:
            return self._execute(client, f"{parent.id}/{part.name}", options, args, kwargs)

    def enqueue(
        self,
        *args: Any,
        run_id: str | None = None,
        client: Client | None = None,
        queue: str | None = None,
        priority: int | None = None,
        delay: float | None = None,
        dedup_key: str | None = None,
        concurrency_key: str | None = None,
        **kwargs: Any,
    ) -> str:
        """Have a worker execute the workflow; return the id of the run.

        `delay` is in seconds. A `dedup_key` that an open run of the queue has returns that run;
        runs with the same `concurrency_key` are counted together by the queue's limit.
        """
        own = {"run_id": run_id, "client": client}
        kwargs = with_own(self.function, args, kwargs, own)
        client = None if "client" in kwargs and not is_client(client) else client
        params = {
            "run": run_id or new_run_id(),
            "workflow": self.name,
            "queue": queue,
            "priority": priority,
            "delay_ms": None if delay is None else round(delay * 1000),
            "dedup_key": dedup_key,
            "concurrency_key": concurrency_key,
            **self._options.enqueued(),
        }
        params = {name: value for name, value in params.items() if value is not None}
        if client is not None:
            return self._enqueue(client, params, args, kwargs)
        with connect() as found:
            return self._enqueue(found, params, args, kwargs)

    def _enqueue(self, client: Client, params: dict[str, Any], args: Any, kwargs: Any) -> str:
        input = self._input(client, args, kwargs)
        try:
            reply = client.call("run.enqueue", {**params, "input": input})
        except RunConflict:
            if not self._is_same_call(client, params["run"], input, args, kwargs):
                raise
            reply = client.call("run.enqueue", params)
        return reply["run"]["id"]  # type: ignore[no-any-return]

    def _is_same_call(
        self, client: Client, run_id: str, input: Any, args: Any, kwargs: Any
    ) -> bool:
        """Whether a run was begun with these arguments, given in another way."""
        known = client.get(run_id)
        if known["run"]["workflow"] != self.name:
            return False
        older = as_before_tags(args, kwargs)
        recorded = known.get("input")
        return any(same_call(self.function, recorded, each) for each in (input, older))

    def _input(self, client: Client, args: Any, kwargs: Any) -> Any:
        try:
            codec = self._options.codec or client.codec
            return recorded_input(codec, self.function, args, kwargs)
        except Exception as error:
            raise Unfit(f"what workflow {self.name} is called with", error) from error

    def _execute(
        self, client: Client, run_id: str | None, options: RunOptions, args: Any, kwargs: Any
    ) -> R:
        input = self._input(client, args, kwargs)
        opening = {"workflow": self.name, "input": input}
        try:
            run = client._resume(run_id, opening, options)
        except RunConflict:
            if run_id is None or not self._is_same_call(client, run_id, input, args, kwargs):
                raise
            opening = {"workflow": self.name, "create": False}
            run = client._resume(run_id, opening, options)
        try:
            return self._drive(run, args, kwargs)
        except Suspended:
            raise RunSuspended(
                f"run {run.id} waits, and was left",
                data={"run": run.id, "hint": "a worker goes on with it, or the same call again"},
            ) from None

    def _drive(self, run: Run, args: Any, kwargs: Any) -> R:
        """Execute the workflow for a run that this process holds, until it has an end."""
        while True:
            if run.closed:
                return self._result(run)
            try:
                output = self._body(run, args, kwargs)
                run._check()
                self._complete(run, output)
            except BaseException as error:
                if run._leaves(error):
                    if not isinstance(error, Suspended):
                        let_go(run)  # the next process need not wait
                    raise
                self._failed(run, error)
                run._begin_again()

    def _failed(self, run: Run, error: BaseException) -> None:
        """Return when the workflow is to be executed again, else raise what ended it."""
        if isinstance(run._final, RunCancelled):
            run._compensate()
        if run._final is not None:
            if error is run._final:
                raise error
            raise run._final from error
        errors = every(error)
        if any(isinstance(e, StepUnknown) for e in errors):
            let_go(run)
            raise error
        if any(run._is_final(e) for e in errors):
            raise error
        good = any(isinstance(e, _FOR_GOOD) for e in errors)
        reply = run.fail(error, retryable=not good)
        if not reply["retry"]:
            raise error
        sleep((reply.get("delay_ms") or 0) / 1000)

    def _body(self, run: Run, args: Any, kwargs: Any) -> Any:
        if self._options.on_mismatch is not None:
            run._on_mismatch = self._options.on_mismatch
        run.codec = self._options.codec or run.codec
        run._parent, run._place = RUN.get(), place()
        follow()
        run_token, step_token = RUN.set(run), STEP.set(None)
        try:
            return call_workflow(self.function, args, kwargs)
        finally:
            STEP.reset(step_token)
            RUN.reset(run_token)

    def _complete(self, run: Run, output: Any) -> None:
        try:
            output, _ = recorded(run.codec, output, self._result_type)
        except Exception as error:
            raise Unfit(f"the output of run {run.id}", error) from error
        run._complete_as(output)

    @property
    def _result_type(self) -> Any:
        return self._options.result_type or result_type(self.function)

    def _result(self, run: Run) -> R:
        if run.info["status"] != "completed":
            raise closed_error(run.id, run.info["status"], run.error)
        try:
            return run.codec.from_json(run._output, self._result_type)  # type: ignore[no-any-return]
        except Exception as error:
            raise Unreadable(f"the output of run {run.id}", error) from error


def let_go(run: Run) -> None:
    """Give the run back, for the next process."""
    if run.closed or run._final is not None:
        return
    if not run.client.connected:
        return  # who leaves does not wait for the daemon to come back
    try:
        run.client.call("run.release", {"lease": run.lease}, timeout=5.0)
    except (OSError, SidestepError):
        pass  # the end of the process frees the run as well
    run._closed(run.info)
