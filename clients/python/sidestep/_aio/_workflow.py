"""Functions whose runs are durable."""

from __future__ import annotations

import functools
import types
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from .._backends.aio import Background, Branches, aside
from .._context import RUN
from .._fingerprint import of_call
from .._options import RunOptions
from .._starting import Starting
from ._client import Client, client_of, connect
from ._handle import RunHandle
from ._part import Part
from ._run import Run
from ._starts import Call, Starts

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._start_keywords import StartKeywords

P = ParamSpec("P")
R = TypeVar("R")


class Workflow(Starts[P, R]):
    """A function that goes on where it was when its process is started again.

    Call it as the function it is (a new run each time), or give the run an id with `run`.
    """

    def __init__(
        self,
        function: Callable[P, Awaitable[R]],
        name: str | None = None,
        options: RunOptions | None = None,
        starting: Starting | None = None,
    ) -> None:
        functools.update_wrapper(self, function)
        given = options or RunOptions(), starting or Starting()
        super().__init__(function, name or function.__name__, *given)

    def __get__(self, instance: Any, owner: Any = None) -> Workflow[Any, Any]:
        """Return the workflow as a method of `instance`, which is no part of a run's input."""
        if instance is None:
            return self
        method = types.MethodType(self.function, instance)
        return Workflow(method, self.name, self._options, self._starting)

    def __reduce__(self) -> str:
        """Return the name by which it is pickled, as a function is."""
        return self.function.__qualname__

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Execute the workflow as a new run, and return its output."""
        return await self._run(Call(None, None, args, kwargs))

    @overload
    async def run(self, *args: P.args, **kwargs: P.kwargs) -> R: ...

    @overload
    async def run(
        self, *args: Any, run_id: str, client: Client | None = None, **kwargs: Any
    ) -> R: ...

    @overload
    async def run(
        self, *args: Any, client: Client, run_id: str | None = None, **kwargs: Any
    ) -> R: ...

    async def run(  # type: ignore[misc]  # a parameter of the function may be called `run_id`
        self, *args: Any, run_id: str | None = None, client: Client | None = None, **kwargs: Any
    ) -> R:
        """Execute the workflow as the run `run_id`: begin it, or go on with it.

        `options(run_id=…)` says the same, and type checkers then know all arguments. A finished run
        returns its recorded output, and nothing is executed. Raises RunClosed for one that failed,
        RunOwned while another process executes it, RunConflict when the id was used with another
        workflow or other arguments. Where the function has a parameter `run_id` or `client` of its
        own that no other argument fills, it gets what is given here, too.
        """
        return await self._run(self._call(run_id, client, args, kwargs))

    @overload
    async def start(self, *args: P.args, **kwargs: P.kwargs) -> RunHandle[R]: ...

    @overload
    async def start(
        self, *args: Any, run_id: str, client: Client | None = None, **kwargs: Any
    ) -> RunHandle[R]: ...

    @overload
    async def start(
        self, *args: Any, client: Client, run_id: str | None = None, **kwargs: Any
    ) -> RunHandle[R]: ...

    async def start(  # type: ignore[misc]  # as `run`
        self, *args: Any, run_id: str | None = None, client: Client | None = None, **kwargs: Any
    ) -> RunHandle[R]:
        """Execute the workflow in the background of this program, as `run` does; return its handle.

        In an event loop that is a task, else a thread. The run is on record when this returns;
        within a workflow it is a child. A program that ends before it has left it as if it had
        died: it goes on when somebody takes it up again.
        """
        call = self._call(run_id, client, args, kwargs)
        parent = _parent()
        if parent is not None and call.run_id is None:
            part, options = await self._as_part(parent, args, kwargs)
            connected = call.client or client_of(parent)
            run = f"{parent.id}/{part.name}"
            work = Background(self._child, part, connected, run, options, args, kwargs)
            return self._handle(run, connected, work)
        own: Client | None = None
        if call.client is not None:
            connected = call.client
        elif parent is not None:
            connected = client_of(parent)
        else:
            own = connected = await connect()
        try:
            opened = await self._open(connected, call.run_id, self._options, call.args, call.kwargs)
        except BaseException:
            if own is not None:
                await own.close()
            raise
        work = Background(self._aside, opened, call, own)
        return self._handle(opened.id, connected, work)

    async def _aside(self, run: Run, call: Call, own: Client | None) -> R:
        """Execute a run that was opened elsewhere; close the connection that is its own."""
        run._branches = Branches()  # of this thread
        try:
            return await self._finish(run, call.args, call.kwargs)
        finally:
            if own is not None:
                await own.close()

    def options(self, **options: Unpack[StartKeywords]) -> Workflow[P, R]:
        """Return the workflow with other options: those of `sidestep.workflow` and of a run.

        `run_id` and `client` are those of `run`; `queue`, `priority`, `delay` (seconds),
        `dedup_key` and `concurrency_key` those of `enqueue`.
        """
        starting, others = self._starting.changed(options)
        merged = self._options.merged(RunOptions(**others))
        return Workflow(self.function, self.name, merged, starting)

    async def _run(self, call: Call) -> R:
        parent = _parent()
        if parent is None:
            return await aside(self._outermost, call)  # type: ignore[no-any-return]
        client = call.client or client_of(parent)
        if call.run_id is None:
            part, options = await self._as_part(parent, call.args, call.kwargs)
            run = f"{parent.id}/{part.name}"
            return await self._child(part, client, run, options, call.args, call.kwargs)
        return await self._execute(client, call.run_id, self._options, call.args, call.kwargs)

    async def _outermost(self, call: Call) -> R:
        if call.client is not None:
            return await self._execute(
                call.client, call.run_id, self._options, call.args, call.kwargs
            )
        async with await connect() as own:
            return await self._execute(own, call.run_id, self._options, call.args, call.kwargs)

    async def _as_part(self, parent: Run, args: Any, kwargs: Any) -> tuple[Part, RunOptions]:
        """Return the part that a child is: a replay finds it by its name and its arguments."""
        part = await parent._part(self.name, of_call(self.function, args, kwargs))
        options = RunOptions(
            parent=parent.id,
            on_mismatch=parent._on_mismatch,
            # A part that has no outcome is to get one: the parent is executed again.
            if_closed=None if part.is_settled else "retry",
        )
        return part, options.merged(self._options)

    async def _child(
        self, part: Part, client: Client, run: str, options: RunOptions, args: Any, kwargs: Any
    ) -> R:
        async with part:
            return await self._execute(client, run, options, args, kwargs)


def _parent() -> Run | None:
    """Return the run of this client that the calling code works for."""
    run = RUN.get()
    return run if isinstance(run, Run) else None
