"""Named checkpoints in a PostgreSQL database of the user's."""

from __future__ import annotations

import json
from typing import Any

from .._extras import needs
from .._names import new_run_id
from ._backend import DurableBackend
from ._checkpoint import Checkpoint

_TABLE = """
CREATE TABLE IF NOT EXISTS agent_checkpoints (
    id BIGSERIAL PRIMARY KEY,
    workflow_id VARCHAR(255) NOT NULL,
    checkpoint_id VARCHAR(320) UNIQUE NOT NULL,
    step_number INTEGER,
    agent_state JSONB NOT NULL,
    message_history JSONB NOT NULL,
    tool_results JSONB,
    metadata JSONB,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
)
"""
_INDEX = "CREATE INDEX IF NOT EXISTS idx_workflow ON agent_checkpoints (workflow_id, id)"
_SAVE = """
INSERT INTO agent_checkpoints (
    workflow_id, checkpoint_id, step_number, agent_state, message_history, tool_results, metadata
) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_LOAD = """
SELECT checkpoint_id, step_number, agent_state, message_history, tool_results, metadata
FROM agent_checkpoints WHERE checkpoint_id = $1
"""
_LIST = "SELECT checkpoint_id FROM agent_checkpoints WHERE workflow_id = $1 ORDER BY id"
_DELETE = """
DELETE FROM agent_checkpoints
WHERE workflow_id = $1 AND ($2::integer IS NULL OR step_number < $2::integer)
"""


class PostgreSQLDurableBackend(DurableBackend):
    """Keeps checkpoints in the table ``agent_checkpoints`` of a PostgreSQL database.

    Needs asyncpg: ``pip install "sidestep[postgres]"``. `connection_string` is a
    ``postgresql://`` URL. Call `initialize` first, within the event loop that uses it.
    """

    def __init__(self, connection_string: str) -> None:
        self.connection_string = connection_string
        self.pool: Any = None

    async def initialize(self) -> None:
        """Connect, and create the table when there is none."""
        if self.pool is not None:
            return
        try:
            import asyncpg
        except ImportError as error:
            raise needs("postgres", error) from error

        self.pool = await asyncpg.create_pool(self.connection_string, min_size=1)
        async with self.pool.acquire() as connection, connection.transaction():
            # Two that start at the same time must not both create it.
            await connection.execute("SELECT pg_advisory_xact_lock(8465311)")
            await connection.execute(_TABLE)
            await connection.execute(_INDEX)

    async def close(self) -> None:
        """Close the connections."""
        if self.pool is not None:
            await self.pool.close()
            self.pool = None

    async def save_checkpoint(self, workflow_id: str, checkpoint: Checkpoint) -> str:
        """Save a checkpoint under an id of its own."""
        checkpoint_id = f"{workflow_id}-{new_run_id()}"
        await self.pool.execute(
            _SAVE,
            workflow_id,
            checkpoint_id,
            checkpoint.step_number,
            json.dumps(checkpoint.agent_state),
            json.dumps(checkpoint.message_history),
            _json(checkpoint.tool_results),
            _json(checkpoint.metadata),
        )
        return checkpoint_id

    async def load_checkpoint(self, checkpoint_id: str) -> Checkpoint | None:
        """Return a checkpoint, or None."""
        row = await self.pool.fetchrow(_LOAD, checkpoint_id)
        if row is None:
            return None
        return Checkpoint(
            agent_state=json.loads(row["agent_state"]),
            message_history=json.loads(row["message_history"]),
            tool_results=json.loads(row["tool_results"] or "null"),
            step_number=row["step_number"],
            metadata=json.loads(row["metadata"] or "null"),
            id=row["checkpoint_id"],
        )

    async def list_checkpoints(self, workflow_id: str) -> list[str]:
        """Return the ids, the oldest first."""
        return [row["checkpoint_id"] for row in await self.pool.fetch(_LIST, workflow_id)]

    async def delete_checkpoints(self, workflow_id: str, before_step: int | None = None) -> None:
        """Delete all, or those with a lower number."""
        await self.pool.execute(_DELETE, workflow_id, before_step)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)
