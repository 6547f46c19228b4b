"""E14: a backend of one's own; its two INDEX lines, which no database takes, are left out.

The program as it is printed; only import lines are changed.
"""

from sidestep.durable import DurableBackend, Checkpoint
from typing import Optional, Any
import json
import asyncio
from datetime import datetime

class PostgreSQLDurableBackend(DurableBackend):
    """Custom durable backend using PostgreSQL."""

    def __init__(self, connection_string: str):
        self.connection_string = connection_string
        self.pool = None

    async def initialize(self):
        """Initialize database connection pool."""
        import asyncpg

        self.pool = await asyncpg.create_pool(self.connection_string)

        # Create checkpoints table
        async with self.pool.acquire() as conn:
            await conn.execute("""
                CREATE TABLE IF NOT EXISTS agent_checkpoints (
                    id SERIAL PRIMARY KEY,
                    workflow_id VARCHAR(255) NOT NULL,
                    checkpoint_id VARCHAR(255) UNIQUE NOT NULL,
                    step_number INTEGER NOT NULL,
                    agent_state JSONB NOT NULL,
                    message_history JSONB NOT NULL,
                    tool_results JSONB,
                    metadata JSONB,
                    created_at TIMESTAMP DEFAULT NOW()
                )
            """)

    async def save_checkpoint(
        self,
        workflow_id: str,
        checkpoint: Checkpoint
    ) -> str:
        """Save checkpoint to database."""

        async with self.pool.acquire() as conn:
            checkpoint_id = f"{workflow_id}-{checkpoint.step_number}"

            await conn.execute("""
                INSERT INTO agent_checkpoints (
                    workflow_id, checkpoint_id, step_number,
                    agent_state, message_history, tool_results, metadata
                ) VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (checkpoint_id) DO UPDATE SET
                    agent_state = EXCLUDED.agent_state,
                    message_history = EXCLUDED.message_history,
                    tool_results = EXCLUDED.tool_results,
                    metadata = EXCLUDED.metadata
            """,
                workflow_id,
                checkpoint_id,
                checkpoint.step_number,
                json.dumps(checkpoint.agent_state),
                json.dumps(checkpoint.message_history),
                json.dumps(checkpoint.tool_results or {}),
                json.dumps(checkpoint.metadata or {})
            )

            return checkpoint_id

    async def load_checkpoint(
        self,
        checkpoint_id: str
    ) -> Optional[Checkpoint]:
        """Load checkpoint from database."""

        async with self.pool.acquire() as conn:
            row = await conn.fetchrow("""
                SELECT step_number, agent_state, message_history,
                       tool_results, metadata
                FROM agent_checkpoints
                WHERE checkpoint_id = $1
            """, checkpoint_id)

            if not row:
                return None

            return Checkpoint(
                step_number=row['step_number'],
                agent_state=json.loads(row['agent_state']),
                message_history=json.loads(row['message_history']),
                tool_results=json.loads(row['tool_results']),
                metadata=json.loads(row['metadata'])
            )

    async def list_checkpoints(
        self,
        workflow_id: str
    ) -> list[str]:
        """List all checkpoints for a workflow."""

        async with self.pool.acquire() as conn:
            rows = await conn.fetch("""
                SELECT checkpoint_id
                FROM agent_checkpoints
                WHERE workflow_id = $1
                ORDER BY step_number ASC
            """, workflow_id)

            return [row['checkpoint_id'] for row in rows]

    async def delete_checkpoints(
        self,
        workflow_id: str,
        before_step: Optional[int] = None
    ):
        """Delete old checkpoints."""

        async with self.pool.acquire() as conn:
            if before_step:
                await conn.execute("""
                    DELETE FROM agent_checkpoints
                    WHERE workflow_id = $1 AND step_number < $2
                """, workflow_id, before_step)
            else:
                await conn.execute("""
                    DELETE FROM agent_checkpoints
                    WHERE workflow_id = $1
                """, workflow_id)

# Use custom backend
async def use_custom_backend():
    """Use custom PostgreSQL backend."""

    from pydantic_ai import Agent
    from sidestep.durable import DurableAgent

    # Initialize backend
    backend = PostgreSQLDurableBackend(
        "postgresql://user:pass@localhost/agents"
    )
    await backend.initialize()

    # Create durable agent with custom backend
    agent = DurableAgent(
        'openai:gpt-4o',
        backend=backend,
        workflow_id='custom-workflow-123',
        checkpoint_every_n_steps=1
    )

    # Run workflow
    result = await agent.run("Complex multi-step query")

    # List checkpoints
    checkpoints = await backend.list_checkpoints('custom-workflow-123')
    print(f"Created {len(checkpoints)} checkpoints")

    # Resume from specific checkpoint
    if checkpoints:
        checkpoint = await backend.load_checkpoint(checkpoints[-1])
        resumed_agent = DurableAgent.from_checkpoint(
            checkpoint,
            backend=backend
        )

        continued_result = await resumed_agent.run("Continue from checkpoint")
