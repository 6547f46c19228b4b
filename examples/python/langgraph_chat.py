#!/usr/bin/env python3
"""A graph of LangGraph whose state survives, offline: its model is a function.

    langgraph_chat.py --run THREAD [--effects FILE] [--delay SECONDS]

Three nodes, one after the other; after each its state is in the daemon. Kill it at any moment and start it again
with the same thread: finished nodes are not executed again. Each execution of a node leaves a line in EFFECTS.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Annotated, Any

try:
    import sidestep
except ImportError:  # not installed: the package of this checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients" / "python"))
    import sidestep

from langgraph.channels.delta import DeltaChannel
from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict

from sidestep.langgraph import SidestepSaver


def add(messages: list[str], writes: list[list[str]]) -> list[str]:
    return messages + [message for write in writes for message in write]


class Talk(TypedDict):
    messages: Annotated[list, DeltaChannel(add)]  # only what is added is stored


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", default="talk", metavar="THREAD", help="the thread")
    parser.add_argument("--effects", default="", metavar="FILE", help="where each node leaves a line")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="how long a node takes")
    options = parser.parse_args()

    def node(name: str) -> Any:
        def run(state: Talk) -> dict[str, Any]:
            time.sleep(options.delay)
            if options.effects:
                with open(options.effects, "a") as file:
                    file.write(name + "\n")
            return {"messages": [f"{name} after {len(state['messages'])} messages"]}

        return run

    graph = StateGraph(Talk)
    names = ("research", "draft", "review")
    for name in names:
        graph.add_node(name, node(name))
    for before, name in zip((START, *names), names):
        graph.add_edge(before, name)
    saver = SidestepSaver()
    app = graph.compile(checkpointer=saver)
    config: Any = {"configurable": {"thread_id": options.run}}
    state = app.get_state(config)
    if not state.values:
        app.invoke({"messages": ["write about the sea"]}, config, durability="sync")
    elif state.tasks:  # also when the last of them was done, and only its step was not closed
        app.invoke(None, config, durability="sync")
    print("; ".join(app.get_state(config).values["messages"]))
    saver.close()


if __name__ == "__main__":
    main()
