"""Durable agents with named checkpoints, on any store of checkpoints.

`DurableAgent` is an agent of Pydantic AI whose model requests and tool calls are steps of a run,
and which saves a checkpoint every n answers of its model. `sidestep.durable.prefect`, `.dbos` and
`.temporal` offer the same in the words of those engines; none of them is needed.
"""

from .._extras import needs

try:
    from ._agent import DurableAgent, DurableResult, models
    from ._backend import DurableBackend, InMemoryDurableBackend, SidestepBackend
    from ._checkpoint import Checkpoint
    from ._postgresql import PostgreSQLDurableBackend
    from ._resilience import CircuitBreaker, CircuitState, RetryPolicy
    from ._stateful import StatefulWorkflow
except ImportError as error:
    raise needs("pydantic-ai", error) from error

__all__ = [
    "Checkpoint",
    "CircuitBreaker",
    "CircuitState",
    "DurableAgent",
    "DurableBackend",
    "DurableResult",
    "InMemoryDurableBackend",
    "PostgreSQLDurableBackend",
    "RetryPolicy",
    "SidestepBackend",
    "StatefulWorkflow",
    "models",
]
