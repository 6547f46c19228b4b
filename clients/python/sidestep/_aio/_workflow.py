"""Functions whose runs are durable."""

from __future__ import annotations

import functools
import types
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

from .._backends.aio import Background, Branches, aside
from .._context import RUN
from .._errors import Overloaded, RunConflict, RunNotFound, RunOwned
from .._fingerprint import of_call
from .._inputs import is_client, with_own
from .._names import new_run_id
from .._options import RunOptions
from .._starting import Starting
from ._client import Client, client_of, connect
from ._executing import Executable
from ._handle import RunHandle
from ._part import Part
from ._run import Run

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._start_keywords import StartKeywords
    from .._times import Span

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


# How often a run is looked for that another call has not just put in place of its own.
_TRIES = 50


class _Call(NamedTuple):
    """What a workflow is called with, and as which run."""

    run_id: str | None
    client: Client | None
    args: Any
    kwargs: dict[str, Any]


class Workflow(Executable[P, R]):
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
        super().__init__(function, name or function.__name__, options or RunOptions())
        self._starting = starting or Starting()

    def __get__(self, instance: Any, owner: Any = None) -> Workflow[Any, Any]:
        """Return the workflow as a method of `instance`, which is no part of a run's input."""
        if instance is None:
            return self
        method = types.MethodType(self.function, instance)
        return Workflow(method, self.name, self._options, self._starting)

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Execute the workflow as a new run, and return its output."""
        return await self._run(_Call(None, None, args, kwargs))

    async def run(
        self, *args: Any, run_id: str | None = None, client: Client | None = None, **kwargs: Any
    ) -> R:
        """Execute the workflow as the run `run_id`: begin it, or go on with it.

        A finished run returns its recorded output, and nothing is executed. Raises RunClosed for
        one that failed, RunOwned while another process executes it, RunConflict when the id was
        used with another workflow or other arguments. Where the function has a parameter `run_id`
        or `client` of its own that no other argument fills, it gets what is given here, too.
        """
        return await self._run(self._call(run_id, client, args, kwargs))

    async def start(
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

    def _handle(self, run: str, client: Client, work: Background[R] | None = None) -> RunHandle[R]:
        return RunHandle(
            run, client, result_type=self._result_type, codec=self._options.codec, work=work
        )

    async def _aside(self, run: Run, call: _Call, own: Client | None) -> R:
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

    def _call(self, run_id: str | None, client: Client | None, args: Any, kwargs: Any) -> _Call:
        run_id, client = run_id or self._starting.run_id, client or self._starting.client
        kwargs = with_own(self.function, args, kwargs, {"run_id": run_id, "client": client})
        client = None if "client" in kwargs and not is_client(client) else client
        return _Call(run_id, client, args, kwargs)

    async def _run(self, call: _Call) -> R:
        parent = _parent()
        if parent is None:
            return await aside(self._outermost, call)  # type: ignore[no-any-return]
        client = call.client or client_of(parent)
        if call.run_id is None:
            part, options = await self._as_part(parent, call.args, call.kwargs)
            run = f"{parent.id}/{part.name}"
            return await self._child(part, client, run, options, call.args, call.kwargs)
        return await self._execute(client, call.run_id, self._options, call.args, call.kwargs)

    async def _outermost(self, call: _Call) -> R:
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

    async def enqueue(
        self,
        *args: Any,
        run_id: str | None = None,
        client: Client | None = None,
        queue: str | None = None,
        priority: int | None = None,
        delay: Span | None = None,
        dedup_key: str | None = None,
        concurrency_key: str | None = None,
        **kwargs: Any,
    ) -> RunHandle[R]:
        """Have a worker execute the workflow; return the handle of the run.

        `delay` is in seconds. A `dedup_key` that an open run of the queue has returns that run;
        runs with the same `concurrency_key` are counted together by the queue's limit.
        """
        call = self._call(run_id, client, args, kwargs)
        given = {
            "queue": queue,
            "priority": priority,
            "delay": delay,
            "dedup_key": dedup_key,
            "concurrency_key": concurrency_key,
        }
        starting, _ = self._starting.changed({k: v for k, v in given.items() if v is not None})
        return await self._connected(call, lambda client: self._enqueue(client, call, starting))

    async def start_with_signal(
        self, signal: str, value: Any = None, /, *args: P.args, **kwargs: P.kwargs
    ) -> RunHandle[R]:
        """Have a worker execute the workflow unless that run is there, and send it a signal.

        The run is that of ``options(run_id=…)``; the signal comes first, and waits for it.
        """
        call = self._call(None, None, args, kwargs)
        if call.run_id is None:
            raise TypeError(f"{self.name}.options(run_id=…) says which run gets the signal")

        async def both(client: Client) -> RunHandle[R]:
            await client.signal(call.run_id, signal, value, create=True)  # type: ignore[arg-type]
            return await self._enqueue(client, call, self._starting)

        return await self._connected(call, both)

    async def debounce(
        self, key: str, delay: Span, /, *args: P.args, **kwargs: P.kwargs
    ) -> RunHandle[R]:
        """Have a worker execute the workflow once no call of this key has come for `delay` seconds.

        The arguments of the last call count: the run of an earlier one that waits is removed
        (RunNotFound to its handle), one that is executed is not, and the next comes after it.
        """
        call = self._call(None, None, args, kwargs)
        starting, _ = self._starting.changed({"delay": delay})
        return await self._connected(
            call, lambda client: self._debounce(client, call, starting, f"{self.name}:{key}")
        )

    async def _debounce(
        self, client: Client, call: _Call, starting: Starting, key: str
    ) -> RunHandle[R]:
        for _ in range(_TRIES):
            keyed, _ = starting.changed({"dedup_key": key})
            reply = await self._enqueued(client, call, keyed)
            run = reply["run"]
            if reply["created"]:
                return self._handle(run["id"], client)
            if run["epoch"] > 0 or not await _removed(client, run["id"]):
                key = f"{key}~{run['id']}"
        raise Overloaded(f"{key} is called by too many at the same time")

    async def _connected(self, call: _Call, ask: Callable[[Client], Awaitable[T]]) -> T:
        if call.client is not None:
            return await ask(call.client)
        async with await connect() as found:
            return await ask(found)

    async def _enqueue(self, client: Client, call: _Call, starting: Starting) -> RunHandle[R]:
        reply = await self._enqueued(client, call, starting)
        return self._handle(reply["run"]["id"], client)

    async def _enqueued(self, client: Client, call: _Call, starting: Starting) -> dict[str, Any]:
        params = {
            **self._options.enqueued(),
            **starting.enqueued(),
            "run": call.run_id or new_run_id(),
            "workflow": self.name,
        }
        input = self._input(client, call.args, call.kwargs)
        try:
            return await client.call("run.enqueue", {**params, "input": input})  # type: ignore[no-any-return]
        except RunConflict:
            same = await self._is_same_call(client, params["run"], input, call.args, call.kwargs)
            if not same:
                raise
            return await client.call("run.enqueue", params)  # type: ignore[no-any-return]


async def _removed(client: Client, run: str) -> bool:
    """Remove a run that nobody executes; whether it is gone."""
    try:
        await client.call("run.delete", {"run": run})
    except RunOwned:
        return False
    except RunNotFound:
        pass
    return True


def _parent() -> Run | None:
    """Return the run of this client that the calling code works for."""
    run = RUN.get()
    return run if isinstance(run, Run) else None
