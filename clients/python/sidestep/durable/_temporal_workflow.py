"""Classes as workflows: `@workflow.defn`, its run method and its signals."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from .._aio._workflow import Workflow
from .._context import RUN
from .._decorators import step
from .._errors import TimeoutExpired
from ._flow import current

_log = logging.getLogger("sidestep.temporal")


class Info:
    """What a workflow can know about itself: its ids, its type, its attempt, its queue."""

    def __init__(self) -> None:
        run = current()
        self.workflow_id = run.id
        self.run_id = run.uid
        self.workflow_type = str(run.info.get("workflow"))
        self.attempt = run.attempt
        self.task_queue = run.info.get("queue")


class workflow:  # noqa: N801  (the name of a module there)
    """The decorators and calls of ``temporalio.workflow`` that there are here."""

    @staticmethod
    def defn(cls: Any = None, *, name: str | None = None) -> Any:
        """Make a class a workflow, known by its own name or by `name`."""

        def make(cls: type) -> type:
            cls.__sidestep_workflow__ = name or cls.__name__  # type: ignore[attr-defined]
            return cls

        return make if cls is None else make(cls)

    @staticmethod
    def run(function: Callable[..., Any]) -> Callable[..., Any]:
        """Mark the method that is the workflow."""
        function.__sidestep_run__ = True  # type: ignore[attr-defined]
        return function

    @staticmethod
    def signal(function: Any = None, *, name: str | None = None) -> Any:
        """Mark a method that handles a signal of its name."""

        def make(function: Callable[..., Any]) -> Callable[..., Any]:
            function.__sidestep_signal__ = name or function.__name__  # type: ignore[attr-defined]
            return function

        return make if function is None else make(function)

    @staticmethod
    def info() -> Info:
        """Return what the workflow can know about itself."""
        return Info()

    @staticmethod
    async def wait_condition(
        condition: Callable[[], bool], *, timeout: timedelta | None = None
    ) -> None:
        """Wait until a condition on the workflow's object is true; signals may make it so.

        An attribute of the object that no signal has set yet counts as false. Raises
        asyncio.TimeoutError when it is not true in time.
        """
        import asyncio

        instance = _INSTANCES[id(RUN.get())]
        handlers = _signals(type(instance))
        while not _true(condition, instance):
            try:
                seconds = None if timeout is None else timeout.total_seconds()
                arrival = await current().wait_first(
                    "condition", signals=sorted(handlers), timeout=seconds
                )
            except TimeoutExpired as error:
                raise asyncio.TimeoutError from error
            if arrival.by == "time":
                raise asyncio.TimeoutError
            handler = getattr(instance, handlers[str(arrival.name)])
            arguments = [] if handler.__code__.co_argcount < 2 else [arrival.value]
            result = handler(*arguments)
            if asyncio.iscoroutine(result):
                await result

    @staticmethod
    async def execute_activity(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Execute an activity as a step; `start_to_close_timeout` is its time-out."""
        span = options.get("start_to_close_timeout")
        seconds = None if span is None else span.total_seconds()
        body = getattr(function, "__wrapped__", function)
        return await current().step(function.__name__, body, *args, timeout=seconds)


class activity:  # noqa: N801
    """The decorators of ``temporalio.activity`` that there are here."""

    @staticmethod
    def defn(function: Any = None, *, name: str | None = None) -> Any:
        """Make a function a step of the workflow that calls it."""

        def make(function: Callable[..., Any]) -> Any:
            return step(name=name or function.__name__)(function)

        return make if function is None else make(function)


_INSTANCES: dict[int, Any] = {}


def native(cls: Any) -> Workflow[Any, Any]:
    """Return the workflow that a class is, as a function."""
    name = getattr(cls, "__sidestep_workflow__", None)
    methods = [item for item in vars(cls).values() if getattr(item, "__sidestep_run__", False)]
    if name is None or len(methods) != 1:
        raise TypeError(f"{cls.__name__} needs @workflow.defn, and one method with @workflow.run")

    async def execute(*args: Any) -> Any:
        run = current()
        instance = _INSTANCES[id(run)] = cls()
        try:
            return await methods[0](instance, *args)
        finally:
            del _INSTANCES[id(run)]

    execute.__annotations__ = {"return": methods[0].__annotations__.get("return")}
    return Workflow(execute, name)


def _signals(cls: type) -> dict[str, str]:
    """Return the names of a class's signals and of the methods that handle them."""
    found: dict[str, str] = {}
    for base in cls.__mro__:
        for method, item in vars(base).items():
            signal = getattr(item, "__sidestep_signal__", None)
            if signal is not None:
                found.setdefault(signal, method)
    return found


def _true(condition: Callable[[], bool], instance: Any) -> bool:
    try:
        return bool(condition())
    except AttributeError as error:
        if error.obj is not instance:
            raise
        _log.info("%s has no %s yet: not true", type(instance).__name__, error.name)
        return False
