"""E05, E06, E07: a transaction, several agents, looking back.

The program as it is printed; only import lines and two words of promise are changed.
"""

from pydantic_ai import Agent
from sidestep.durable.dbos import DBOSDurableAgent, workflow, transaction
from sidestep.durable.dbos import DBOS
import asyncio

# Initialize DBOS
dbos = DBOS()

@workflow()
async def durable_agent_workflow(topic: str) -> dict:
    """
    DBOS workflow with automatic durability.

    DBOS guarantees:
    - Each step is recorded once
    - Automatic recovery from any failure
    - Complete audit trail
    - Time-travel debugging
    """

    # Create DBOS durable agent
    agent = DBOSDurableAgent(
        'openai:gpt-4o',
        instructions='You are a research assistant',
        workflow_id=DBOS.workflow_id  # Link to DBOS workflow
    )

    # Step 1: Research (durable)
    research_result = await agent.run(
        f"Research {topic}",
        step_name="research"  # Named step for checkpointing
    )

    # Step 2: Save to database (transactional)
    await save_research(research_result.output)

    # Step 3: Analyze (durable)
    analysis_result = await agent.run(
        f"Analyze: {research_result.output}",
        step_name="analysis"
    )

    return {
        'research': research_result.output,
        'analysis': analysis_result.output
    }

@transaction()
async def save_research(data: str):
    """Transactional database operation."""
    # The effect and the record of the step are committed together
    async with DBOS.pool.acquire() as conn:
        await conn.execute(
            "INSERT INTO research (data, timestamp) VALUES ($1, NOW())",
            data
        )

# Advanced: Multi-agent DBOS workflow
@workflow()
async def multi_agent_dbos_workflow(task: str) -> dict:
    """Coordinate multiple durable agents."""

    # Agent 1: Planner
    planner = DBOSDurableAgent(
        'openai:gpt-4o',
        name='Planner',
        workflow_id=DBOS.workflow_id
    )

    plan = await planner.run(
        f"Create a plan for: {task}",
        step_name="planning"
    )

    # Agent 2: Executor
    executor = DBOSDurableAgent(
        'anthropic:claude-3-5-sonnet-latest',
        name='Executor',
        workflow_id=DBOS.workflow_id
    )

    execution = await executor.run(
        f"Execute this plan: {plan.output}",
        step_name="execution"
    )

    # Agent 3: Reviewer
    reviewer = DBOSDurableAgent(
        'openai:gpt-4o',
        name='Reviewer',
        workflow_id=DBOS.workflow_id
    )

    review = await reviewer.run(
        f"Review execution: {execution.output}",
        step_name="review"
    )

    return {
        'plan': plan.output,
        'execution': execution.output,
        'review': review.output
    }

# Time-travel debugging
async def debug_workflow(workflow_id: str):
    """Debug workflow by replaying from any checkpoint."""

    # Get workflow history
    history = await DBOS.get_workflow_history(workflow_id)

    print(f"Workflow steps: {len(history.steps)}")

    for step in history.steps:
        print(f"Step: {step.name}, Status: {step.status}")
        print(f"  Input: {step.input}")
        print(f"  Output: {step.output}")
        print(f"  Tokens: {step.metadata.get('tokens_used')}")

    # Replay from specific step
    if history.status == 'failed':
        print(f"Replaying from step: {history.failed_step}")
        await DBOS.replay_workflow(workflow_id, from_step=history.failed_step)
