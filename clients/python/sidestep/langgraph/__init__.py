"""A checkpointer and a store for LangGraph.

``graph.compile(checkpointer=SidestepSaver(), store=SidestepStore())``.

Needs ``langgraph``: ``pip install "sidestep[langgraph]"``.
"""

from .._extras import needs

try:
    from ._saver import SidestepSaver
    from ._store import SidestepStore
except ImportError as error:
    raise needs("langgraph", error) from error

__all__ = ["SidestepSaver", "SidestepStore"]
