"""E04: a flow that looks at itself.

The program as it is printed; only import lines are changed.
"""

from sidestep.durable.prefect import flow, get_run_logger
from sidestep.durable.prefect import get_client
from sidestep.durable.prefect import PrefectDurableAgent

@flow(name="monitored-durable-agent")
async def monitored_workflow(query: str):
    """Workflow with comprehensive monitoring."""

    logger = get_run_logger()

    agent = PrefectDurableAgent(
        'openai:gpt-4o',
        checkpoint_every_n_steps=1,
        on_checkpoint=lambda cp: logger.info(f"Checkpoint created: {cp.id}"),
        on_resume=lambda cp: logger.info(f"Resuming from: {cp.id}")
    )

    # Get flow run context
    async with get_client() as client:
        flow_run = await client.read_flow_run(get_run_logger().context['flow_run_id'])
        logger.info(f"Flow run: {flow_run.name}")

    result = await agent.run(query)

    # Log metrics
    logger.info(f"Tokens used: {result.usage().total_tokens}")
    logger.info(f"Checkpoints created: {agent.checkpoint_count}")

    return result.output
