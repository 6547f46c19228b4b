"""The execution of a workflow: from the opening of a run to its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Generic, ParamSpec, TypeVar

from .._backends.aio import call_workflow, follow, sleep
from .._codec import recorded
from .._context import RUN, place
from .._declared import result_type
from .._entering import enter, leave
from .._errors import (
    RunCancelled,
    RunConflict,
    RunSuspended,
    SidestepError,
    StepMismatch,
    StepUnknown,
)
from .._failures import Suspended, Unfit, Unreadable, closed_error, every
from .._inputs import as_before_tags, recorded_input, same_call
from .._options import RunOptions
from ._client import Client
from ._run import Run

# Another execution of the workflow would end alike.
_FOR_GOOD = (Unfit, Unreadable, StepMismatch)
P = ParamSpec("P")
R = TypeVar("R")


class Executable(Generic[P, R]):
    """A function that runs execute; `Workflow` is how its users call it."""

    def __init__(self, function: Callable[P, Awaitable[R]], name: str, options: RunOptions) -> None:
        self.function = function
        self.name = name
        self._options = options

    async def _is_same_call(
        self, client: Client, run_id: str, input: Any, args: Any, kwargs: Any
    ) -> bool:
        """Whether a run was begun with these arguments, given in another way."""
        known = await client.get(run_id)
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

    async def _execute(
        self, client: Client, run_id: str | None, options: RunOptions, args: Any, kwargs: Any
    ) -> R:
        return await self._finish(
            await self._open(client, run_id, options, args, kwargs), args, kwargs
        )

    async def _open(
        self, client: Client, run_id: str | None, options: RunOptions, args: Any, kwargs: Any
    ) -> Run:
        """Begin a run, or come back to it."""
        input = self._input(client, args, kwargs)
        opening = {"workflow": self.name, "input": input}
        try:
            return await client._resume(run_id, opening, options)
        except RunConflict:
            if run_id is None or not await self._is_same_call(client, run_id, input, args, kwargs):
                raise
            opening = {"workflow": self.name, "create": False}
            return await client._resume(run_id, opening, options)

    async def _finish(self, run: Run, args: Any, kwargs: Any) -> R:
        """Execute the workflow for a run that was opened; return what it comes to."""
        try:
            return await self._drive(run, args, kwargs)
        except Suspended:
            raise RunSuspended(
                f"run {run.id} waits, and was left",
                data={"run": run.id, "hint": "a worker goes on with it, or the same call again"},
            ) from None

    async def _drive(self, run: Run, args: Any, kwargs: Any) -> R:
        """Execute the workflow for a run that this process holds, until it has an end."""
        while True:
            if run.closed:
                return self._result(run)
            try:
                output = await self._body(run, args, kwargs)
                run._check()
                await self._complete(run, output)
            except BaseException as error:
                if run._leaves(error):
                    if not isinstance(error, Suspended):
                        await let_go(run)  # the next process need not wait
                    raise
                await self._failed(run, error)
                await run._begin_again()

    async def _failed(self, run: Run, error: BaseException) -> None:
        """Return when the workflow is to be executed again, else raise what ended it."""
        if isinstance(run._final, RunCancelled):
            await run._compensate()
        if run._final is not None:
            if error is run._final:
                raise error
            raise run._final from error
        errors = every(error)
        if any(isinstance(e, StepUnknown) for e in errors):
            await let_go(run)
            raise error
        if any(run._is_final(e) for e in errors):
            raise error
        good = any(isinstance(e, _FOR_GOOD) for e in errors)
        reply = await run.fail(error, retryable=not good)
        if not reply["retry"]:
            raise error
        await sleep((reply.get("delay_ms") or 0) / 1000)

    async def _body(self, run: Run, args: Any, kwargs: Any) -> Any:
        if self._options.on_mismatch is not None:
            run._on_mismatch = self._options.on_mismatch
        run.codec = self._options.codec or run.codec
        run._parent, run._place = RUN.get(), place()
        follow()
        entered = enter(run, None)
        try:
            return await call_workflow(self.function, args, kwargs)
        finally:
            leave(entered)

    async def _complete(self, run: Run, output: Any) -> None:
        try:
            output, _ = recorded(run.codec, output, self._result_type)
        except Exception as error:
            raise Unfit(f"the output of run {run.id}", error) from error
        await run._complete_as(output)

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


async def let_go(run: Run) -> None:
    """Give the run back, for the next process."""
    if run.closed or run._final is not None:
        return
    if not run.client.connected:
        return  # who leaves does not wait for the daemon to come back
    try:
        await run.client.call("run.release", {"lease": run.lease}, timeout=5.0)
    except (OSError, SidestepError):
        pass  # the end of the process frees the run as well
    run._closed(run.info)
