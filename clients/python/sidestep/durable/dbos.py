"""Workflows, transactions and agents in the words of DBOS, on the daemon; DBOS is not needed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .._aio._client import connect
from .._aio._run import Run
from .._context import RUN
from .._errors import RunNotFound
from .._options import RunOptions
from . import _dbos_state as state
from ._agent import DurableAgent, DurableResult
from ._flow import CODEC, FLOWS, DurableFunction, current
from ._pool import Pool, transactional

__all__ = [
    "DBOS",
    "DBOSDurableAgent",
    "StepFacts",
    "WorkflowHistory",
    "state",
    "transaction",
    "workflow",
]


class DBOSDurableAgent(DurableAgent):
    """A `DurableAgent`; `step_name` of `run` names the agent run in the journal."""

    async def run(
        self, prompt: Any = None, *, step_name: str | None = None, **options: Any
    ) -> DurableResult:
        """Run the agent; see `DurableAgent.run`."""
        return await super().run(prompt, step_name=step_name, **options)


def workflow(name: str | None = None) -> Callable[[Callable[..., Any]], DurableFunction]:
    """Make an async function a workflow: each call is a run that outlives the process.

    A call goes on with the unfinished or failed run of the same arguments.
    """
    return lambda function: DurableFunction(function, name or function.__name__, RunOptions())


def transaction(name: str | None = None) -> Callable[[Callable[..., Any]], Any]:
    """Make an async function a transaction of the user's database.

    What it does on a connection of ``DBOS.pool`` and the record of the step are committed
    together, so the effect is *transactional*: it is there once, whatever dies when.
    """

    def make(function: Callable[..., Any]) -> Any:
        title = name or function.__name__

        @functools.wraps(function)
        async def call(*args: Any, **kwargs: Any) -> Any:
            run = RUN.get()
            if not isinstance(run, Run):
                return await function(*args, **kwargs)
            body = functools.partial(function, *args, **kwargs)
            return await run.step(title, transactional(DBOS.pool, body))

        return call

    return make


class StepFacts:
    """One step of a workflow: `name`, `status`, `input`, `output`, `error`, `metadata`.

    `metadata["tokens_used"]` is what the step consumed.
    """

    def __init__(self, facts: dict[str, Any]) -> None:
        usage = facts.get("usage") or {}
        tokens = usage.get("input_tokens", 0) + usage.get("output_tokens", 0)
        self.name: str = facts["step"]
        self.status: str = facts["status"]
        self.output = CODEC.from_json(facts.get("output"))
        self.error = facts.get("error")
        self.input = (facts.get("metadata") or {}).get("input")
        self.metadata = {**(facts.get("metadata") or {}), "tokens_used": tokens if usage else None}


class WorkflowHistory:
    """A workflow as it stands: its `status`, its `steps` in order, the `failed_step` or None."""

    def __init__(self, status: str, steps: list[StepFacts]) -> None:
        self.status = status
        self.steps = steps
        self.failed_step = next((item.name for item in steps if item.status == "failed"), None)


class _Meta(type):
    @property
    def workflow_id(cls) -> str | None:
        """The id of the run that the calling code works for."""
        run = RUN.get()
        return run.id if isinstance(run, Run) else None


class DBOS(metaclass=_Meta):
    """The workflows of this daemon, and the pool of the user's database.

    ``DBOS(database_url="postgresql://…")`` or ``sqlite:///FILE`` says which database; without one
    the environment variable ``DBOS_DATABASE_URL``.
    """

    pool = Pool()

    def __init__(self, database_url: str | None = None) -> None:
        if database_url is not None:
            DBOS.pool.url = database_url

    @staticmethod
    async def get_workflow_history(workflow_id: str) -> WorkflowHistory:
        """Return the steps of a workflow; RunNotFound when there is none."""
        async with await connect(codec=CODEC) as client:
            status = (await client.get(workflow_id))["run"]["status"]
            steps: list[StepFacts] = []
            params: dict[str, Any] = {"run": workflow_id}
            while True:
                page = await client.call("step.list", params)
                steps += [StepFacts(item) for item in page["steps"]]
                if page.get("more") is None:
                    return WorkflowHistory(status, steps)
                params["cursor"] = page["more"]

    @staticmethod
    async def resume_workflow(workflow_id: str) -> Any:
        """Go on with a workflow that failed or was left, in this process; return its result."""
        async with await connect() as client:
            facts = await client.get(workflow_id)
        function, args, kwargs = _known(facts)
        return await function.run(*args, run_id=workflow_id, **kwargs)

    @staticmethod
    async def replay_workflow(workflow_id: str, from_step: str | None = None) -> Any:
        """Fork a workflow before a step (its first, when left out) and execute the fork.

        The original stays as it is; steps before `from_step` are shared, not executed again.
        """
        async with await connect(codec=CODEC) as client:
            facts = await client.get(workflow_id)
            function, args, kwargs = _known(facts)
            steps = (await client.call("step.list", {"run": workflow_id, "limit": 1}))["steps"]
            before = from_step or (steps[0]["step"] if steps else None)
            params = {"run": workflow_id, "step": before}
            fork = (await client.call("run.fork", params))["run"]["id"]
        return await function.run(*args, run_id=fork, **kwargs)

    @staticmethod
    async def set_state(key: str, value: Any) -> None:
        """Set a value of the current workflow that can be read from outside."""
        await current().state.set(key, value)

    @staticmethod
    async def get_state(workflow_id: str, key: str) -> Any:
        """Return a value of a workflow, also of a finished one; None when there is none."""
        async with await connect(codec=CODEC) as client:
            try:
                reply = await client.call("state.get", {"run": workflow_id, "name": key})
            except RunNotFound:
                return None
            return client.codec.from_json(reply.get("value"))


def _known(facts: dict[str, Any]) -> tuple[DurableFunction, list[Any], dict[str, Any]]:
    name = facts["run"]["workflow"]
    if name not in FLOWS:
        raise ValueError(f"workflow {name!r} is not defined in this program; import its module")
    input = CODEC.from_json(facts.get("input") or [])
    if isinstance(input, dict):
        return FLOWS[name], input.get("args", []), input.get("kwargs", {})
    return FLOWS[name], input, {}
