"""`@workflow` and `@step`, for async and plain functions alike."""

from __future__ import annotations

import functools
import sys
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from ._context import RUN
from ._fingerprint import filled
from ._inside import loop_of, perform
from ._options import PLAIN_STEP, RunOptions, StepOptions
from ._threads import refuse_stray

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._aio._client import Client as AsyncClient
    from ._aio._run import Run as AsyncRun
    from ._aio._workflow import Workflow as AsyncWorkflow
    from ._keywords import StepKeywords, WorkflowKeywords
    from ._sync._client import Client as SyncClient
    from ._sync._run import Run as SyncRun
    from ._sync._workflow import Workflow as SyncWorkflow

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])

_CO_GENERATORS = 0x20 | 0x200  # inspect.CO_GENERATOR, inspect.CO_ASYNC_GENERATOR
_CO_COROUTINE = 0x80  # inspect.CO_COROUTINE, without importing inspect


def is_async(function: Any) -> bool:
    """Return whether the function is an `async def`, also within a partial."""
    while isinstance(function, functools.partial):
        function = function.func
    code = getattr(function, "__code__", None)
    return code is not None and bool(code.co_flags & _CO_COROUTINE)


def refuse_generator(function: Any, what: str) -> None:
    """Raise TypeError for a generator: what it yields cannot be recorded as one result."""
    code = getattr(function, "__code__", None)
    if code is not None and code.co_flags & _CO_GENERATORS:
        raise TypeError(
            f"{function.__qualname__} is a generator, and a {what} returns one result: return a"
            " list, or append to a stream of the run (`run.append`)"
        )


class ClassWorkflow(classmethod):  # type: ignore[type-arg]
    """A workflow that is a method of a class, which it binds as any workflow binds its object.

    From Python 3.13 on the classmethod of the language does not ask what it holds to bind it.
    """

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the workflow as a method of the class."""
        return self.__func__.__get__(type(instance) if owner is None else owner)


class WorkflowMaker:
    """What `workflow(…)` with options returns: a decorator, and a context manager for a block."""

    def __init__(self, name: str | None, run: str | None, client: Any, options: RunOptions) -> None:
        self._name = name
        self._run = run
        self._client = client
        self._options = options
        self._scope: Any = None

    @overload
    def __call__(  # type: ignore[overload-overlap]
        self, function: Callable[P, Coroutine[Any, Any, R]], /
    ) -> AsyncWorkflow[P, R]: ...

    @overload
    def __call__(self, function: Callable[P, R], /) -> SyncWorkflow[P, R]: ...

    def __call__(self, function: Callable[..., Any], /) -> Any:
        """Make a workflow of the function."""
        if isinstance(function, classmethod):
            return ClassWorkflow(self(function.__func__))
        if isinstance(function, staticmethod):
            return staticmethod(self(function.__func__))
        refuse_generator(function, "workflow")
        if is_async(function):
            from ._aio._workflow import Workflow as AsyncWorkflow

            return AsyncWorkflow(function, self._name, self._options)
        from ._sync._workflow import Workflow as SyncWorkflow

        return SyncWorkflow(function, self._name, self._options)

    def __enter__(self) -> SyncRun:
        from ._sync._scope import RunScope

        self._scope = RunScope(self._scope_name(), self._run, self._options, self._client)
        run: SyncRun = self._scope.__enter__()
        return run

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._scope.__exit__(kind, error, traceback)

    async def __aenter__(self) -> AsyncRun:
        from ._aio._scope import RunScope

        self._scope = RunScope(self._scope_name(), self._run, self._options, self._client)
        run: AsyncRun = await self._scope.__aenter__()
        return run

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._scope.__aexit__(kind, error, traceback)

    def _scope_name(self) -> str:
        if self._name is None:
            raise TypeError("a block needs the workflow's name: workflow('name', run='id')")
        return self._name


@overload
def workflow(  # type: ignore[overload-overlap]
    function: Callable[P, Coroutine[Any, Any, R]], /
) -> AsyncWorkflow[P, R]: ...


@overload
def workflow(function: Callable[P, R], /) -> SyncWorkflow[P, R]: ...


@overload
def workflow(
    name: str | None = None,
    /,
    *,
    run: str | None = None,
    client: AsyncClient | SyncClient | None = None,
    **options: Unpack[WorkflowKeywords],
) -> WorkflowMaker: ...


@overload
def workflow(
    *,
    name: str,
    run: str | None = None,
    client: AsyncClient | SyncClient | None = None,
    **options: Unpack[WorkflowKeywords],
) -> WorkflowMaker: ...


def workflow(
    item: Any = None,
    /,
    *,
    name: str | None = None,
    run: str | None = None,
    client: Any = None,
    **options: Unpack[WorkflowKeywords],
) -> Any:
    """Make a function durable, or a block: ``with workflow("trip", run="order-17") as run``.

    An `async def` becomes a workflow on asyncio, a plain function one that blocks. `wait` is in
    seconds; the other options are those of ``resume``.
    """
    if callable(item) or isinstance(item, (staticmethod, classmethod)):
        return WorkflowMaker(name, run, client, RunOptions(**options))(item)
    return WorkflowMaker(item if name is None else name, run, client, RunOptions(**options))


@overload
def step(function: F, /) -> F: ...


@overload
def step(
    name: str | None = None,
    /,
    **options: Unpack[StepKeywords],
) -> Callable[[F], F]: ...


@overload
def step(
    *,
    name: str,
    **options: Unpack[StepKeywords],
) -> Callable[[F], F]: ...


def step(item: Any = None, /, *, name: str | None = None, **options: Unpack[StepKeywords]) -> Any:
    """Make a function a step: within a run its result is recorded once and replayed.

    Outside of a run it is the function it was. In an async workflow a decorated plain function is
    executed in a thread and must be awaited. `timeout` is in seconds.

    A replay finds the record of a call by its name and arguments, whatever the order of the calls.
    The name may be made from the arguments: ``@step(name="fetch:{doc}")``. `on_mismatch` says what
    becomes of a call that fits no record while records of its name are left: ``error`` (the
    default) raises StepMismatch, ``reuse`` takes the first of them, ``run`` executes it as a new
    step. `fingerprint` stands in for the arguments; False says that they tell nothing.
    """
    if callable(item) or isinstance(item, (staticmethod, classmethod)):
        return _durable(item, name, StepOptions(**options) if options else PLAIN_STEP)
    settings = StepOptions(**options)
    return lambda function: _durable(function, name or item, settings)


def awaited(result: R | Awaitable[R]) -> Awaitable[R]:
    """Return the result of a plain step in an async workflow as what it is there: awaitable.

    There its body is executed in a thread: ``text = await awaited(read(page))``. The type of the
    step, ``str``, is that of a call in a plain workflow.
    """
    if hasattr(result, "__await__"):
        return result
    raise TypeError("awaited(…) is for the result of a step that an async workflow calls")


def _durable(function: Callable[..., Any], name: str | None, options: StepOptions) -> Any:
    if isinstance(function, (staticmethod, classmethod)):
        return type(function)(_durable(function.__func__, name, options))
    refuse_generator(function, "step")
    title = name or function.__name__
    has_places = "{" in title

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        run = RUN.get()
        if run is None:
            refuse_stray(title)
            return function(*args, **kwargs)
        called = filled(title, function, args, kwargs) if has_places else title
        result = perform(run, called, function, args, kwargs, options)
        loop = loop_of(run)
        if loop is not None:
            # Within the body of a plain step, which runs in a thread: wait for the loop.
            return sys.modules["sidestep._backends.aio"].from_thread(result, loop)
        return result

    if is_async(function):
        return _as_coroutine_function(call)
    return call


def _as_coroutine_function(call: Callable[..., Any]) -> Any:
    """Return what `inspect` and frameworks take for the coroutine function that it is."""
    if sys.version_info >= (3, 12):
        import inspect

        return inspect.markcoroutinefunction(call)

    @functools.wraps(call)
    async def coroutine(*args: Any, **kwargs: Any) -> Any:
        return await call(*args, **kwargs)

    return coroutine
