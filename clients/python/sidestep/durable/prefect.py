"""Flows, tasks and agents in the words of Prefect, on the daemon; Prefect is not needed."""

from __future__ import annotations

import inspect
import logging
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from .._aio._client import connect
from .._aio._run import Run
from .._context import RUN
from .._decorators import step
from .._options import RunOptions
from .._retry import Retry
from ._agent import DurableAgent, DurableResult
from ._deployment import CronSchedule, Deployment
from ._flow import DurableFunction, current, later

__all__ = [
    "CronSchedule",
    "Deployment",
    "FlowContext",
    "PrefectDurableAgent",
    "Secret",
    "create_markdown_artifact",
    "emit_event",
    "flow",
    "get_client",
    "get_run_logger",
    "task",
]


class PrefectDurableAgent(DurableAgent):
    """A `DurableAgent`; `flow_run_name` of `run` names the agent run in the journal."""

    async def run(
        self, prompt: Any = None, *, flow_run_name: str | None = None, **options: Any
    ) -> DurableResult:
        """Run the agent; see `DurableAgent.run`."""
        if flow_run_name is not None and not isinstance(RUN.get(), Run):
            options.setdefault("tags", {"flow_run_name": flow_run_name})
        return await super().run(prompt, step_name=flow_run_name, **options)


class FlowContext:
    """What a flow can know about its run: `id`, `name`, `attempt`."""

    def __init__(self, run: Run) -> None:
        self.id = run.id
        self.name = str(run.info.get("workflow"))
        self.attempt = run.attempt

    @classmethod
    def get(cls) -> FlowContext | None:
        """Return the context of the flow that the calling code is part of, or None."""
        run = RUN.get()
        return cls(run) if isinstance(run, Run) else None


def flow(
    function: Any = None,
    /,
    *,
    name: str | None = None,
    retries: int = 0,
    retry_delay_seconds: float | Sequence[float] = 0,
    timeout_seconds: float | None = None,
    persist_result: bool = True,
    **_: Any,
) -> Any:
    """Make an async function a flow: each call is a run that outlives the process.

    `retries` counts the tries after the first; the daemon keeps the count and the delays. A call
    goes on with the unfinished run of the same arguments. `timeout_seconds` holds for an attempt
    of the function. Results are always kept, whatever `persist_result` says.
    """

    def make(function: Callable[..., Any]) -> DurableFunction:
        body = function if timeout_seconds is None else _timed(function, timeout_seconds)
        options = RunOptions(retry=_retry(retries, retry_delay_seconds))
        return DurableFunction(body, name or function.__name__, options)

    return make if function is None else make(function)


def task(
    function: Any = None,
    /,
    *,
    name: str | None = None,
    retries: int = 0,
    retry_delay_seconds: float | Sequence[float] = 0,
    timeout_seconds: float | None = None,
    **_: Any,
) -> Any:
    """Make a function a step of the flow that calls it."""

    def make(function: Callable[..., Any]) -> Any:
        policy = _retry(retries, retry_delay_seconds)
        return step(name=name or function.__name__, retry=policy, timeout=timeout_seconds)(function)

    return make if function is None else make(function)


class _RunLogger(logging.LoggerAdapter[logging.Logger]):
    """A logger that knows its flow run: `context` has `flow_run_id` and `flow_run_name`."""

    def __init__(self, context: dict[str, str]) -> None:
        super().__init__(logging.getLogger("sidestep.flow"), {})
        self.context = context

    def process(self, msg: Any, kwargs: Any) -> Any:
        return f"[{self.context['flow_run_id']}] {msg}", kwargs


def get_run_logger() -> Any:
    """Return the logger of the flow run; `context["flow_run_id"]` is its id."""
    run = current()
    return _RunLogger({"flow_run_id": run.id, "flow_run_name": _flow_run_name(run.info)})


class _PrefectClient:
    def __init__(self, client: Any) -> None:
        self._client = client

    async def read_flow_run(self, flow_run_id: str) -> Any:
        """Return a run: `id`, `name`, `state_name`, `parameters`."""
        facts = await self._client.get(flow_run_id)
        run = facts["run"]
        return SimpleNamespace(
            id=run["id"],
            name=_flow_run_name(run),
            state_name=run["status"],
            parameters=facts.get("input"),
        )


@asynccontextmanager
async def get_client() -> AsyncIterator[_PrefectClient]:
    """Connect to the daemon, for ``await client.read_flow_run(id)``."""
    async with await connect() as client:
        yield _PrefectClient(client)


async def create_markdown_artifact(key: str, markdown: str, description: str | None = None) -> str:
    """Attach a document to the run of the flow; return its key."""
    await current().put_artifact(key, markdown, description=description)
    return key


def emit_event(event: str, resource: dict[str, str], payload: Any = None, **_: Any) -> Any:
    """Announce a fact once, to whoever listens and to webhooks.

    May be awaited or not; a flow does not end before it is announced.
    """
    run = current()
    return later(run, run.emit(event, {"resource": resource, "payload": payload}))


class Secret:
    """A secret that systemd or the environment gives to this process; it is never recorded."""

    def __init__(self, value: str) -> None:
        self._value = value

    @classmethod
    async def load(cls, name: str) -> Secret:
        """Return the systemd credential `name`, else the environment variable (``OPENAI_API_KEY``).

        Raises ValueError when there is neither.
        """
        directory = os.environ.get("CREDENTIALS_DIRECTORY")
        if directory and os.path.isfile(f"{directory}/{name}"):
            with open(f"{directory}/{name}") as file:
                return cls(file.read().rstrip("\n"))
        variable = name.upper().replace("-", "_")
        if variable in os.environ:
            return cls(os.environ[variable])
        raise ValueError(
            f"there is no secret {name!r}: give it as a systemd credential of that name "
            f"(LoadCredential={name}:FILE), or set {variable}"
        )

    def get(self) -> str:
        """Return the secret itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"


def _flow_run_name(run: Any) -> str:
    return str((run.get("tags") or {}).get("flow_run_name") or run.get("workflow"))


def _retry(retries: int, delay: float | Sequence[float]) -> Retry | None:
    if retries <= 0:
        return None
    delays = [delay] if isinstance(delay, (int, float)) else list(delay)
    return Retry(retries + 1, delays=delays)


def _timed(function: Callable[..., Any], seconds: float) -> Callable[..., Any]:
    import asyncio
    import functools

    @functools.wraps(function)
    async def run(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        return await asyncio.wait_for(result, seconds) if inspect.isawaitable(result) else result

    return run
