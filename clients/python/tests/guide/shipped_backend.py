"""E14: the same with the backend of this package.

The program as it is printed; only import lines are changed.
"""

from sidestep.durable import PostgreSQLDurableBackend

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
