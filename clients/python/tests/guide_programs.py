"""Executes the programs of `guide/` in processes of their own, with models that are functions.

A program's effects are the calls of its models and its tools, one line each with the step that made
it; a process can be killed before or after its n-th effect.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import runpy
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from processes import child_says
from pydantic_ai.models.test import TestModel
from pydantic_ai.toolsets import FunctionToolset

import sidestep
from sidestep.durable import SidestepBackend, models

sys.path.insert(0, str(Path(__file__).parent / "guide"))

log: Path
kill_at: int | None = None
passed = 0


def effect(text: str) -> None:
    """Note an effect, and die before or after it when this is the point."""
    global passed
    step = sidestep.get_step()
    point()
    with log.open("ab", buffering=0) as file:
        file.write(json.dumps([text, step.idempotency_key if step else None]).encode() + b"\n")
    point()


def point() -> None:
    global passed
    passed += 1
    if passed == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)


class Fake(TestModel):
    """Calls every tool once, then says something; each request is an effect."""

    failures = 0  # 1: the very first request fails

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        fails = not log.exists() and Fake.failures > 0
        effect("model that fails" if fails else "model")
        if fails:
            raise TimeoutError("the model does not answer")
        return await super().request(*args, **kwargs)

    def gen_tool_args(self, tool_def: Any) -> Any:
        if tool_def.name == "fetch_document":
            return {"url": os.environ["DOCUMENT"]}
        return super().gen_tool_args(tool_def)


def prepare() -> None:
    """Fake the models, note the calls of tools, and let the programs' pauses be short."""
    for name in ("openai:gpt-4o", "anthropic:claude-3-5-sonnet-latest"):
        models[name] = Fake()
    original = FunctionToolset.call_tool

    async def call_tool(self: Any, name: str, args: Any, ctx: Any, tool: Any) -> Any:
        effect(f"tool {name}")
        return await original(self, name, args, ctx, tool)

    FunctionToolset.call_tool = call_tool  # type: ignore[assignment, method-assign]
    sleep = asyncio.sleep

    async def short(delay: float, *args: Any) -> Any:
        return await sleep(min(delay, 0.2), *args)

    asyncio.sleep = short  # type: ignore[assignment]


def module(name: str) -> Any:
    return importlib.import_module(name)


# The programs: what to call, and what is left of the call


async def research() -> Any:
    result = await module("research_flow").research_workflow("Quantum Computing")
    return [type(result).__name__, result.topic, result.findings]


async def pipeline() -> Any:
    return await module("pipeline_flow").multi_stage_pipeline({"topic": "tides"})


async def manual_checkpoints() -> Any:
    return (await module("pipeline_flow").manual_checkpoint_workflow()).output


async def manual_checkpoints_after_an_error() -> Any:
    Fake.failures = 1
    return (await module("pipeline_flow").manual_checkpoint_workflow()).output


async def monitored() -> Any:
    return await module("monitored_flow").monitored_workflow("why?")


async def transactions() -> Any:
    result = await module("dbos_workflows").durable_agent_workflow("tides")
    rows = database().execute("SELECT data FROM research").fetchall()
    return [result, rows]


async def debugging() -> Any:
    program = module("dbos_workflows")
    Fake.failures = 1
    try:
        await program.durable_agent_workflow.run("tides", run_id="debug-1")
    except Exception:
        await program.debug_workflow("debug-1")
    return database().execute("SELECT data FROM research").fetchall()


async def several_agents() -> Any:
    return await module("dbos_workflows").multi_agent_dbos_workflow("tides")


async def state() -> Any:
    return await module("dbos_state").stateful_workflow("tides")


async def state_after_a_failure() -> Any:
    program = module("dbos_state")
    Fake.failures = 1
    run_id = "state-1"
    try:
        await program.stateful_workflow.run("tides", run_id=run_id)
    except Exception:
        final = await program.resume_failed_workflow(run_id)
        return [final.current_step, sorted(final.results)]
    final = await sidestep_state(run_id)
    return [final["current_step"], sorted(final["results"])]


async def sidestep_state(run_id: str) -> Any:
    from sidestep.durable.dbos import DBOS

    return await DBOS.get_state(run_id, "workflow_state")


async def approval() -> Any:
    program = module("temporal_workflows")
    worker = asyncio.create_task(program.run_worker())
    try:
        await program.run_temporal_workflow()
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
    async with await sidestep.connect() as client:
        return await client.result("research-workflow-1")


async def long_task() -> Any:
    program = module("temporal_workflows")
    client = await program.Client.connect("localhost:7233")
    worker = asyncio.create_task(program.run_worker())
    handle = await client.start_workflow(
        program.LongRunningAgentWorkflow.run, "a lot", id="long-1", task_queue="agent-tasks"
    )
    try:
        return await handle.result()
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await client.close()


async def own_backend() -> Any:
    return await module("custom_backend").use_custom_backend()


async def shipped_backend() -> Any:
    return await module("shipped_backend").use_custom_backend()


async def phases() -> Any:
    workflow = module("stateful_workflow").StatefulAgentWorkflow(SidestepBackend())
    workflow.workflow_id = "phases-1"
    result = await workflow.run("tides")
    restored = await type(workflow).resume_from_checkpoint("phases-1", SidestepBackend())
    return [result, restored.context.phase.value]


async def recovery() -> Any:
    program = module("fault_tolerance")
    Fake.failures = 1
    agent = program.ResilientDurableAgent("openai:gpt-4o", backend=SidestepBackend())
    return await agent.run_with_recovery("why?", workflow_id="recovery-1")


async def breaker() -> Any:
    return await module("fault_tolerance").fault_tolerant_workflow()


async def shipped_breaker() -> Any:
    from sidestep.durable import CircuitBreaker

    module("fault_tolerance").CircuitBreaker = CircuitBreaker
    return await breaker()


async def deployment() -> Any:
    path = str(module("production_flow").__file__)
    program = await asyncio.to_thread(runpy.run_path, path, run_name="__main__")
    run_id = await asyncio.to_thread(program["deployment"].trigger, "deployment-1")
    flow = program["production_analysis_workflow"]
    async with await sidestep.connect() as client:
        worker = sidestep.Worker(flow.workflow, queues=["agent-queue"], client=client)
        await worker.run(until_idle=True)
        return (await client.result(run_id, wait=60))["sentiment"]


async def production() -> Any:
    program = module("production_flow")
    result = await program.production_analysis_workflow(os.environ["DOCUMENT"], "anna")
    return [type(result).__name__, result.sentiment]


PROGRAMS: dict[str, tuple[Callable[[], Coroutine[Any, Any, Any]], int]] = {
    # what to call, and how many effects the whole of it has
    "research": (research, 4),
    "pipeline": (pipeline, 3),
    "manual_checkpoints": (manual_checkpoints, 1),
    "manual_checkpoints_after_an_error": (manual_checkpoints_after_an_error, 2),
    "monitored": (monitored, 1),
    "transactions": (transactions, 2),
    "debugging": (debugging, 3),
    "several_agents": (several_agents, 3),
    "state": (state, 2),
    "state_after_a_failure": (state_after_a_failure, 3),
    "approval": (approval, 2),
    "long_task": (long_task, 1),
    "own_backend": (own_backend, 2),
    "shipped_backend": (shipped_backend, 2),
    "phases": (phases, 3),
    "recovery": (recovery, 2),
    "breaker": (breaker, 1),
    "shipped_breaker": (shipped_breaker, 1),
    "production": (production, 3),
    "deployment": (deployment, 3),
}
NEEDS_POSTGRES = {"own_backend", "shipped_backend", "breaker", "shipped_breaker"}


def database() -> sqlite3.Connection:
    return sqlite3.connect(os.environ["DBOS_DATABASE_URL"].removeprefix("sqlite:///"))


def start(program: str, folder: Path, environment: dict[str, str], point: int | None) -> Any:
    """Execute a program in a child process; return its result, or ``killed``."""
    status, result = child_says(lambda say: say(execute(program, folder, environment, point)))
    if status == -signal.SIGKILL:
        return "killed"
    if status != 0:
        raise AssertionError(f"{program} ended with an error; see its output")
    return json.loads(result)


def execute(program: str, folder: Path, environment: dict[str, str], point: int | None) -> str:
    global log, kill_at
    os.environ.update(environment)
    log, kill_at = folder / "effects", point
    signal.alarm(25)  # a program that does not end is a failure, not a wait
    prepare()
    return json.dumps(asyncio.run(PROGRAMS[program][0]()))


def effects(folder: Path) -> Counter[Any]:
    path = folder / "effects"
    lines = path.read_text().splitlines() if path.exists() else []
    return Counter(tuple(json.loads(line)) for line in lines)
