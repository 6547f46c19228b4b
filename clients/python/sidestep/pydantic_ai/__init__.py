"""Durable agents of Pydantic AI: ``Agent(…, capabilities=[SidestepDurability()])``.

Every model request and every tool call of the agent becomes a step of the run it works for. Needs
``pydantic-ai-slim`` 2.36 or later: ``pip install "sidestep[pydantic-ai]"``.
"""

from .._extras import needs

try:
    from ._approval import approval_by_signal
    from ._durability import SidestepDurability
except ImportError as error:
    raise needs("pydantic-ai", error) from error

__all__ = ["SidestepDurability", "approval_by_signal"]
