#!/usr/bin/env python3
"""The same agent as a graph of LangGraph: a node for the model, one for each call of a tool.

    with_langgraph.py --run ID --provider URL

The state of the graph is in the daemon after each superstep, and what a node does is a step. The sub-agent is a child
run, the payment waits for a person. Kill it at any moment and start it again with the same arguments.
"""

from __future__ import annotations

import json
import operator
from typing import Annotated, Any

import world
from langgraph.graph import END, START, StateGraph
from langgraph.types import Send
from typing_extensions import TypedDict

import sidestep
import sidestep.sync
from sidestep.langgraph import SidestepSaver


@sidestep.step(name="model:{role}", retry=world.PATIENT)
def model(role: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
    return world.chat(role, messages)


@sidestep.step(name="{name}:{what}", retry=world.PATIENT)
def use(name: str, what: Any) -> str:
    return world.tool(name, what=what)


@sidestep.workflow(name="research with langgraph")
def research(city: str) -> str:
    """The sub-agent: a run of its own."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": f"What is there to see in {city}?"}]
    while True:
        message = model("researcher", messages)
        messages.append(message)
        if not message.get("tool_calls"):
            return str(message["content"])
        messages += [answer(call) for call in message["tool_calls"]]


def answer(call: dict[str, Any]) -> dict[str, Any]:
    name, (what,) = call["function"]["name"], json.loads(call["function"]["arguments"]).values()
    if name == "research":
        result = research(what)
    elif name == "pay" and not sidestep.sync.current_run().wait_signal(f"approval:{call['id']}"):
        result = "pay: refused"
    else:
        result = use(name, what)
    return {"role": "tool", "tool_call_id": call["id"], "content": result}


class Talk(TypedDict):
    talk: Annotated[list[Any], operator.add]


def think(state: Talk) -> dict[str, Any]:
    return {"talk": [model("planner", state["talk"])]}


def act(call: dict[str, Any]) -> dict[str, Any]:
    return {"talk": [answer(call)]}


def after(state: Talk) -> Any:
    calls = state["talk"][-1].get("tool_calls")
    return [Send("act", call) for call in calls] if calls else END


@sidestep.workflow(name="plan with langgraph")
def plan(city: str) -> str:
    graph = StateGraph(Talk)
    graph.add_node("think", think)
    graph.add_node("act", act)  # type: ignore[type-var]
    graph.add_edge(START, "think")
    graph.add_conditional_edges("think", after, ["act", END])
    graph.add_edge("act", "think")
    with SidestepSaver() as saver:
        app = graph.compile(checkpointer=saver)
        config: Any = {"configurable": {"thread_id": sidestep.sync.current_run().id}}
        asked = {"talk": [{"role": "user", "content": f"Plan a trip to {city}."}]}
        state = app.invoke(None if app.get_state(config).values else asked, config, durability="sync")
    return str(state["talk"][-1]["content"])


def work(run: str) -> str:
    return plan.run("Bergen", run_id=run)


if __name__ == "__main__":
    print(work(world.arguments(__doc__)))
