"""Functions whose calls go on with what was begun: shared by the three engines' words."""

from __future__ import annotations

import asyncio
import functools
import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from pydantic_ai.usage import RunUsage

from .._aio._client import Client, connect
from .._aio._run import Run
from .._aio._workflow import Workflow
from .._codec import JSONCodec
from .._context import RUN
from .._errors import RunOwned
from .._inputs import call_input
from .._inside import drive
from .._json import dumps
from .._names import new_run_id
from .._options import RunOptions
from ._agent import DurableResult

FLOWS: dict[str, DurableFunction] = {}
"""The functions that this process has made durable, by name."""


class ResultCodec(JSONCodec):
    """JSON that also holds the result of an agent."""

    def to_json(self, value: Any) -> Any:
        """Return `value` as plain types."""
        return super().to_json(value.model_dump() if isinstance(value, DurableResult) else value)

    def from_json(self, value: Any, type_: Any = None) -> Any:
        """Return the value, or the result of an agent that it stands for."""
        if isinstance(value, dict) and value.get("durable_result") == 1:
            return DurableResult(value["output"], RunUsage(**value["usage"]))
        return super().from_json(value, type_)


CODEC = ResultCodec()


class DurableFunction:
    """An async function each of whose calls is a run.

    A call goes on with the unfinished or failed run of the same function and arguments, which is
    what a program wants that is started again; when that is completed, a new one begins. `run`
    takes an id instead: the completed run of that id returns what it returned.
    """

    def __init__(self, function: Callable[..., Any], name: str, options: RunOptions) -> None:
        functools.update_wrapper(self, function)
        self.name = name
        self.options = options
        self.workflow: Workflow[Any, Any] = Workflow(_awaiting(function), name, options)
        FLOWS[name] = self

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Begin or go on, and return what the function returns."""
        if isinstance(RUN.get(), Run):
            return await self.workflow(*args, **kwargs)
        async with await connect(codec=CODEC) as client:
            run = await self._open(client, args, kwargs)
            return await drive(self.workflow, run, args, kwargs)

    async def run(self, *args: Any, run_id: str, **kwargs: Any) -> Any:
        """Begin the run `run_id`, or go on with it, also when it failed."""
        async with await connect(codec=CODEC) as client:
            run = await client.resume(
                run_id,
                workflow=self.name,
                input=call_input(args, kwargs),
                options=self.options.merged(RunOptions(if_closed="retry", wait=10.0)),
            )
            return await drive(self.workflow, run, args, kwargs)

    async def _open(self, client: Client, args: Any, kwargs: Any) -> Run:
        input = call_input(args, kwargs)
        digest = hashlib.sha256(dumps(client.codec.to_json(input)).encode()).hexdigest()
        run_id = f"{self.name}-{digest[:16]}"
        opening: dict[str, Any] = {"workflow": self.name, "input": input}
        options = self.options.merged(RunOptions(if_closed="retry"))
        try:
            run = await client.resume(run_id, options=options, **opening)
        except RunOwned:  # another process, or another call, executes the same one now
            return await client.resume(new_run_id(), options=options, **opening)
        if run.closed:
            rerun = options.merged(RunOptions(if_closed="rerun"))
            run = await client.resume(run_id, options=rerun, **opening)
        return run


_LATER: dict[int, list[asyncio.Future[Any]]] = {}


def later(run: Run, awaitable: Coroutine[Any, Any, Any]) -> asyncio.Future[Any]:
    """Start something that need not be awaited: the function does not end before it has."""
    future = asyncio.ensure_future(awaitable)
    _LATER.setdefault(id(run), []).append(future)
    return future


def _awaiting(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return await function(*args, **kwargs)
        finally:
            pending = _LATER.pop(id(RUN.get()), [])
            await asyncio.gather(*pending, return_exceptions=True)

    return call


def current() -> Run:
    """Return the run that the calling code works for; RuntimeError outside of one."""
    run = RUN.get()
    if not isinstance(run, Run):
        raise RuntimeError("this works within a flow or workflow only")
    return run
