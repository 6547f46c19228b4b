"""Workflows for workers: begun now, with a signal, or when nothing has come for a while."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar, overload

from .._backends.aio import Background
from .._errors import Overloaded, RunConflict
from .._inputs import OTHER_KIND, is_client, with_own
from .._names import new_run_id
from .._options import RunOptions
from .._starting import Starting
from .._traces import begun_here
from ._client import Client, connect
from ._executing import Executable
from ._handle import RunHandle

if TYPE_CHECKING:
    from .._times import Span

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

# So many runs of a key are executed one after the other, at most.
_TRIES = 50


class Call(NamedTuple):
    """What a workflow is called with, and as which run."""

    run_id: str | None
    client: Client | None
    args: Any
    kwargs: dict[str, Any]


class Starts(Executable[P, R]):
    """What begins runs of a workflow that workers execute."""

    def __init__(
        self,
        function: Callable[P, Awaitable[R]],
        name: str,
        options: RunOptions,
        starting: Starting,
    ) -> None:
        super().__init__(function, name, options)
        self._starting = starting

    def _handle(self, run: str, client: Client, work: Background[R] | None = None) -> RunHandle[R]:
        return RunHandle(
            run, client, result_type=self._result_type, codec=self._options.codec, work=work
        )

    def _call(self, run_id: str | None, client: Client | None, args: Any, kwargs: Any) -> Call:
        run_id, client = run_id or self._starting.run_id, client or self._starting.client
        kwargs = with_own(self.function, args, kwargs, {"run_id": run_id, "client": client})
        client = None if "client" in kwargs and not is_client(client) else client
        if client is not None and not isinstance(client, Client):
            raise TypeError(f"the client that workflow {self.name} is given {OTHER_KIND}")
        return Call(run_id, client, args, kwargs)

    @overload
    async def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> RunHandle[R]: ...

    @overload
    async def enqueue(
        self, *args: Any, run_id: str, client: Client | None = None, **kwargs: Any
    ) -> RunHandle[R]: ...

    @overload
    async def enqueue(
        self, *args: Any, client: Client, run_id: str | None = None, **kwargs: Any
    ) -> RunHandle[R]: ...

    async def enqueue(  # type: ignore[misc]  # as `Workflow.run`
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
        self, client: Client, call: Call, starting: Starting, key: str
    ) -> RunHandle[R]:
        call = call._replace(run_id=call.run_id or new_run_id())  # known when it is sent again
        for _ in range(_TRIES):
            keyed, _ = starting.changed({"dedup_key": key, "if_duplicate": "replace"})
            reply = await self._enqueued(client, call, keyed)
            run = reply["run"]["id"]
            if run == call.run_id:
                return self._handle(run, client)
            key = f"{key}~{run}"  # that one is executed, or was: this comes after it
        raise Overloaded(f"{key} is called by too many at the same time")

    async def _connected(self, call: Call, ask: Callable[[Client], Awaitable[T]]) -> T:
        if call.client is not None:
            return await ask(call.client)
        async with await connect() as found:
            return await ask(found)

    async def _enqueue(self, client: Client, call: Call, starting: Starting) -> RunHandle[R]:
        reply = await self._enqueued(client, call, starting)
        return self._handle(reply["run"]["id"], client)

    async def _enqueued(self, client: Client, call: Call, starting: Starting) -> dict[str, Any]:
        params = {
            **self._options.enqueued(),
            **starting.enqueued(),
            "run": call.run_id or new_run_id(),
            "workflow": self.name,
        }
        params = begun_here(params)
        input = self._input(client, call.args, call.kwargs)
        try:
            return await client.call("run.enqueue", {**params, "input": input})  # type: ignore[no-any-return]
        except RunConflict:
            same = await self._is_same_call(client, params["run"], input, call.args, call.kwargs)
            if not same:
                raise
            return await client.call("run.enqueue", params)  # type: ignore[no-any-return]
