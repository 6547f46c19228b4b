"""A checkpointer for LangGraph: ``graph.compile(checkpointer=SidestepSaver())``.

Needs ``langgraph``: ``pip install "sidestep[langgraph]"``.
"""

from .._extras import needs

try:
    from ._saver import SidestepSaver
except ImportError as error:
    raise needs("langgraph", error) from error

__all__ = ["SidestepSaver"]
