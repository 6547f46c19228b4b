"""The agent of the guide: durable, with named checkpoints."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable
from typing import Any

from pydantic_ai import Agent
from pydantic_ai.messages import ModelMessagesTypeAdapter
from pydantic_ai.models import Model
from pydantic_ai.tools import RunContext
from pydantic_ai.usage import RunUsage

from .._aio._run import Run
from .._aio._scope import RunScope
from .._context import RUN
from .._names import new_run_id
from .._options import RunOptions
from ..pydantic_ai import SidestepDurability
from ..pydantic_ai._journal import Journal
from ._backend import DurableBackend, SidestepBackend
from ._checkpoint import Checkpoint
from ._snapshots import Snapshots

models: dict[str, Model] = {}
"""Models by name, used instead of those of the providers: for tests, and for offline work."""

_COUNTS = ("requests", "tool_calls", "input_tokens", "output_tokens")
_ENGINES = {
    "prefect": "PrefectDurability",
    "dbos": "DBOSDurability",
    "temporal": "TemporalDurability",
}


class DurableAgent:
    """An agent whose model requests and tool calls are steps of a run.

    Within a workflow the agent works for the workflow's run, else for a run of its own, whose id
    is `workflow_id`: `run` with the id of an unfinished run goes on with it.
    `checkpoint_every_n_steps` counts answers of the model and sets only how often a named
    checkpoint is saved (0: never); each step is recorded anyway. `backend` is where those
    checkpoints are kept: ``"sidestep"`` (the daemon) or a `DurableBackend`. ``"prefect"``,
    ``"dbos"`` and ``"temporal"`` make it an agent of that engine instead, by the framework's own
    capability, to be run within that engine.
    """

    def __init__(
        self,
        model: Model | str | None = None,
        *,
        checkpoint_every_n_steps: int = 1,
        backend: DurableBackend | str = "sidestep",
        workflow_id: str | None = None,
        checkpoint_on_error: bool = False,
        name: str | None = None,
        output_type: Any = str,
        instructions: Any = None,
        on_checkpoint: Callable[[Checkpoint], Any] | None = None,
        on_resume: Callable[[Checkpoint], Any] | None = None,
        **agent_options: Any,
    ) -> None:
        self.name = name or "agent"
        self.model = model
        self.workflow_id = workflow_id
        self._engine = backend if isinstance(backend, str) and backend in _ENGINES else None
        self.backend = _backend(backend)
        self._on_resume = on_resume
        self._every = checkpoint_every_n_steps
        self._history: list[Any] | None = None
        self._resumed_from: Checkpoint | None = None
        self._snapshots = Snapshots(
            self.name, self.backend, checkpoint_every_n_steps, checkpoint_on_error,
            on_checkpoint, self._state,
        )  # fmt: skip
        durable = (
            [_engine(self._engine)] if self._engine else [self._snapshots, SidestepDurability()]
        )
        known = models.get(model, model) if isinstance(model, str) else model
        self.agent: Agent[Any, Any] = Agent(
            known,
            name=self.name,
            output_type=output_type,
            instructions=instructions,
            capabilities=[*agent_options.pop("capabilities", ()), *durable],
            **agent_options,
        )

    @classmethod
    def from_checkpoint(
        cls, checkpoint: Checkpoint, backend: DurableBackend | str = "sidestep", **options: Any
    ) -> DurableAgent:
        """Return an agent that goes on from a checkpoint.

        `run` with the workflow id of the checkpoint replays that workflow and goes on where it was;
        without one it continues the conversation, as a new run. Model, name and settings come from
        the checkpoint unless `options` say otherwise; tools and output types come from the code.
        """
        state = checkpoint.agent_state if isinstance(checkpoint.agent_state, dict) else {}
        kept = {name: state.get(name) for name in ("model", "name", "checkpoint_every_n_steps")}
        kept = {name: value for name, value in kept.items() if value is not None}
        agent = cls(backend=backend, **{**kept, **options})
        agent._resumed_from = checkpoint
        return agent

    @property
    def checkpoint_count(self) -> int:
        """How many checkpoints this agent has saved in its runs, the replayed ones included."""
        return self._snapshots.count

    def tool(self, function: Any = None, /, **options: Any) -> Any:
        """Register a tool whose first parameter is the run context, annotated or not."""
        if function is None:
            return lambda later: self.tool(later, **options)
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        if names and names[0] not in function.__annotations__:
            function.__annotations__ = {names[0]: RunContext[Any], **function.__annotations__}
        return self.agent.tool(**options)(function) if options else self.agent.tool(function)

    def tool_plain(self, function: Any = None, /, **options: Any) -> Any:
        """Register a tool without the run context."""
        if function is None:
            return lambda later: self.tool_plain(later, **options)
        register = self.agent.tool_plain(**options) if options else self.agent.tool_plain
        return register(function)

    async def run(
        self,
        prompt: Any = None,
        *,
        workflow_id: str | None = None,
        step_name: str | None = None,
        tags: dict[str, str] | None = None,
        metadata: Any = None,
        **options: Any,
    ) -> DurableResult:
        """Run the agent and return its result (`output`, `usage`).

        `step_name` names the agent run in the journal instead of the agent's name. The id of a
        finished run returns the recorded answers without a call of the model.
        """
        if self._engine is not None:
            return DurableResult.of(await self.agent.run(prompt, **options))
        current = RUN.get()
        if isinstance(current, Run):
            return await self._within(current, prompt, step_name, options)
        run_id, options = self._where(prompt, workflow_id, options)
        opening = RunOptions(if_closed="retry", wait=10.0, tags=tags, metadata=metadata)
        async with RunScope(self.name, run_id, opening) as run:
            result = await self._within(run, prompt, step_name, options)
            if not run.closed:
                run.output = result.model_dump()
            return result

    async def create_checkpoint(self, state: Any) -> str:
        """Save a checkpoint with this state by hand, in the run of the agent; return its id."""
        run = RUN.get()
        workflow_id = run.id if isinstance(run, Run) else self.workflow_id
        if workflow_id is None:
            workflow_id = self.workflow_id = new_run_id()
        return await self._snapshots.save(workflow_id, Checkpoint(agent_state=state))

    async def get_checkpoint(self, checkpoint_id: str) -> Checkpoint | None:
        """Return a checkpoint of the agent's backend."""
        return await self.backend.load_checkpoint(checkpoint_id)

    async def run_from_checkpoint(self, checkpoint_id: str, prompt: Any = None) -> DurableResult:
        """Go on from the history that a checkpoint holds, with a prompt or without one."""
        checkpoint = await self.backend.load_checkpoint(checkpoint_id)
        if checkpoint is None:
            raise ValueError(f"there is no checkpoint {checkpoint_id}")
        history = ModelMessagesTypeAdapter.validate_python(checkpoint.message_history)
        if not history and prompt is None:
            prompt = "Continue."
        return await self.run(prompt, message_history=history)

    async def _within(
        self, run: Run, prompt: Any, step_name: str | None, options: dict[str, Any]
    ) -> DurableResult:
        run_id = Journal(run, self.name).new_agent_run(step_name)
        saved = run.last_checkpoint
        if saved is not None and run.replaying and self._on_resume is not None:
            kept = Checkpoint(saved.get("state"), metadata=saved.get("metadata"))
            kept.id, kept.step_number = saved["checkpoint"], saved.get("step_number")
            self._on_resume(kept)
        result = await self.agent.run(prompt, run_id=run_id, **options)
        return DurableResult.of(result)

    def _where(
        self, prompt: Any, workflow_id: str | None, options: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        """Return the run to work for outside of a workflow, and the history to go on with."""
        from_ = self._resumed_from
        if from_ is None or workflow_id is not None:
            return workflow_id or self.workflow_id or new_run_id(), options
        state = from_.agent_state if isinstance(from_.agent_state, dict) else {}
        digest = hashlib.sha256(repr((from_.id, prompt)).encode()).hexdigest()[:16]
        run_id = f"{state.get('workflow_id') or self.name}/{digest}"
        history = ModelMessagesTypeAdapter.validate_python(from_.message_history)
        return run_id, {"message_history": history, **options}

    def _state(self, workflow_id: str, step: int) -> dict[str, Any]:
        model = self.model if isinstance(self.model, str) else None
        return {
            "workflow_id": workflow_id,
            "name": self.name,
            "model": model,
            "checkpoint_every_n_steps": self._every,
            "step": step,
        }


class DurableResult:
    """What an agent run ended with: `output`, `usage`, and all else the framework's result has."""

    def __init__(self, output: Any, usage: RunUsage, result: Any = None) -> None:
        self.output = output
        self.usage = _Usage.of(usage)
        self._result = result

    @classmethod
    def of(cls, result: Any) -> DurableResult:
        """Make it of the framework's result."""
        return cls(result.output, result.usage, result)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or self._result is None:
            raise AttributeError(name)
        return getattr(self._result, name)

    def model_dump(self, mode: str = "json") -> dict[str, Any]:
        """Return output and usage as plain data."""
        dump = getattr(self.output, "model_dump", None)
        output = self.output if dump is None else dump(mode="json")
        counts = {name: getattr(self.usage, name) for name in _COUNTS}
        return {"durable_result": 1, "output": output, "usage": counts}


class _Usage(RunUsage):
    """Works as an attribute and as a call: ``result.usage().total_tokens``."""

    @classmethod
    def of(cls, usage: RunUsage) -> _Usage:
        made = cls()
        made.incr(usage)
        return made

    def __call__(self) -> _Usage:
        return self


def _backend(backend: DurableBackend | str) -> DurableBackend:
    if isinstance(backend, DurableBackend):
        return backend
    if backend == "sidestep" or backend in _ENGINES:
        return SidestepBackend()
    if backend == "custom":
        raise ValueError("backend='custom' needs the backend itself: a DurableBackend")
    raise ValueError(
        f"there is no backend {backend!r}: sidestep, prefect, dbos, temporal or an object"
    )


def _engine(name: str) -> Any:
    try:
        module = importlib.import_module(f"pydantic_ai.durable_exec.{name}")
    except ImportError as error:
        raise ImportError(
            f"backend={name!r} hands the agent to {name} itself, which is not installed: "
            f'pip install "sidestep[{name}]"'
        ) from error
    return getattr(module, _ENGINES[name])()
