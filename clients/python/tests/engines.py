"""Executes an agent within the engine itself: ``engines.py dbos|prefect|temporal FOLDER``.

Prints, as JSON, what the agent said, how often its model and its tool were called, and the steps
that the engine has on record.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

folder = sys.argv[-1]
if __name__ == "__main__":  # before the engine is imported: it reads its settings once
    os.environ |= {
        "PREFECT_HOME": folder,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "DO_NOT_TRACK": "1",
    }

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
    from pydantic_ai.models.function import AgentInfo, FunctionModel

    from sidestep.durable import DurableAgent

calls: Counter[str] = Counter()


def think(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
    calls["model"] += 1
    if len(messages) == 1:
        return ModelResponse(parts=[ToolCallPart("look_up", {"city": "Oslo"})])
    return ModelResponse(parts=[TextPart("it has a harbour")])


def agent(engine: str) -> DurableAgent:
    made = DurableAgent(FunctionModel(think), backend=engine, name="trip")

    @made.tool_plain
    async def look_up(city: str) -> str:
        calls["tool"] += 1
        return f"{city} has a harbour"

    return made


async def in_dbos() -> Any:
    from dbos import DBOS, SetWorkflowID

    DBOS(config={"name": "trip", "system_database_url": f"sqlite:///{folder}/dbos.db"})
    made = agent("dbos")

    @DBOS.workflow()
    async def trip(prompt: str) -> str:
        return str((await made.run(prompt)).output)

    DBOS.launch()
    try:
        said = []
        for _ in range(2):
            with SetWorkflowID("trip-1"):
                said.append(await trip("where to?"))
        steps = await DBOS.list_workflow_steps_async("trip-1")
        return said, [step["function_name"] for step in steps]
    finally:
        DBOS.destroy()


async def in_prefect() -> Any:
    from prefect import flow
    from prefect.client.orchestration import get_client

    made = agent("prefect")

    @flow(name="trip")
    async def trip(prompt: str) -> str:
        return str((await made.run(prompt)).output)

    said = [await trip("where to?")]
    async with get_client() as client:
        done: list[str] = []
        for _ in range(3000):  # the server learns of tasks by events, a little later
            tasks = await client.read_task_runs()
            done = [task.name for task in tasks if task.state and task.state.is_completed()]
            if len(done) == 3:
                break
            await asyncio.sleep(0.1)
        return said, done


@workflow.defn
class Trip:
    @workflow.run
    async def run(self, prompt: str) -> str:
        return str((await TEMPORAL.run(prompt)).output)


async def in_temporal() -> Any:
    from pydantic_ai.durable_exec.temporal import AgentPlugin, PydanticAIPlugin
    from temporalio.testing import WorkflowEnvironment
    from temporalio.worker import Worker

    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(Path(sys.executable).with_name("temporal")),
        plugins=[PydanticAIPlugin()],
    )
    async with environment as local:
        plugins = [AgentPlugin(TEMPORAL.agent)]
        async with Worker(local.client, task_queue="trips", workflows=[Trip], plugins=plugins):
            handle = await local.client.start_workflow(
                Trip.run, "where to?", id="trip-1", task_queue="trips"
            )
            said = [await handle.result()]
        history = await handle.fetch_history()
        scheduled = [event.activity_task_scheduled_event_attributes for event in history.events]
        return said, [it.activity_type.name for it in scheduled if it.activity_type.name]


ENGINES = {"dbos": in_dbos, "prefect": in_prefect, "temporal": in_temporal}
if sys.argv[1:2] == ["temporal"]:
    TEMPORAL = agent("temporal")

if __name__ == "__main__":
    said, steps = asyncio.run(ENGINES[sys.argv[1]]())
    print(json.dumps({"said": said, "calls": calls, "steps": sorted(steps)}), flush=True)
    if sys.argv[1] == "temporal":
        # Threads of temporalio's native part outlive the event loop. Now and then (once in twelve
        # on a busy machine) one asks the ending interpreter for its lock, which aborts the process.
        os._exit(0)
