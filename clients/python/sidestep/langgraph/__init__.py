"""A checkpointer for LangGraph: ``graph.compile(checkpointer=SidestepSaver())``.

Needs ``langgraph``: ``pip install "sidestep[langgraph]"``.
"""

from ._saver import SidestepSaver

__all__ = ["SidestepSaver"]
