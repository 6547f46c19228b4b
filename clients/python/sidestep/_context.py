"""Which run, and which step of it, the calling code belongs to."""

from __future__ import annotations

import sys
from contextvars import ContextVar
from typing import Any

# `_entering` sets and resets both.
RUN: ContextVar[Any] = ContextVar("sidestep_run", default=None)
STEP: ContextVar[Any] = ContextVar("sidestep_step", default=None)


def place() -> str | None:
    """Return the name of the framework's task that the calling code is, or None.

    LangGraph executes a node again, or leaves it out, by what its saver knows. Steps within a node
    are named within that task of the graph, so that what is left out shifts no other's name. The
    name is made of what is the same when the graph goes on: thread, node, number of the superstep,
    and for a `Send` its number.
    """
    module = sys.modules.get("langchain_core.runnables.config")
    if module is None:
        return None
    config = module.var_child_runnable_config.get()
    metadata = (config or {}).get("metadata") or {}
    node = metadata.get("langgraph_node")
    if node is None:
        return None
    outer = str(metadata.get("langgraph_checkpoint_ns", "")).split("|")[:-1]
    path = metadata.get("langgraph_path") or ()
    sent = ".".join(str(part) for part in path[1:] if isinstance(part, int) and part is not True)
    parts = [str((config.get("configurable") or {}).get("thread_id", "")), *outer]
    parts.append(f"{node}@{metadata.get('langgraph_step')}{'.' if sent else ''}{sent}")
    return "|".join(part for part in parts if part)
