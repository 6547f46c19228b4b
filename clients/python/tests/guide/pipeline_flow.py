"""E02, E03: a pipeline of agents; checkpoints by hand.

The program as it is printed; only import lines are changed.
"""

from sidestep.durable.prefect import PrefectDurableAgent, FlowContext
from sidestep.durable.prefect import flow, task, get_run_logger
from sidestep.durable.prefect import create_markdown_artifact
from datetime import timedelta

@flow(
    name="multi-stage-agent-pipeline",
    retries=3,
    retry_delay_seconds=60,
    timeout_seconds=3600
)
async def multi_stage_pipeline(input_data: dict) -> dict:
    """Multi-stage durable pipeline with checkpoints."""

    logger = get_run_logger()

    # Stage 1: Data Collection
    collector_agent = PrefectDurableAgent(
        'openai:gpt-4o',
        checkpoint_every_n_steps=1,
        name='DataCollector'
    )

    logger.info("Starting data collection stage")
    collection_result = await collector_agent.run(
        f"Collect data about: {input_data['topic']}",
        flow_run_name="stage-1-collection"
    )

    # Create artifact in Prefect UI
    await create_markdown_artifact(
        key="collection-results",
        markdown=f"# Collection Results\n{collection_result.output}"
    )

    # Stage 2: Analysis
    analyst_agent = PrefectDurableAgent(
        'anthropic:claude-3-5-sonnet-latest',
        checkpoint_every_n_steps=1,
        name='DataAnalyst'
    )

    logger.info("Starting analysis stage")
    analysis_result = await analyst_agent.run(
        f"Analyze this data: {collection_result.output}",
        flow_run_name="stage-2-analysis"
    )

    # Stage 3: Report Generation
    writer_agent = PrefectDurableAgent(
        'openai:gpt-4o',
        checkpoint_every_n_steps=2,
        name='ReportWriter'
    )

    logger.info("Starting report generation")
    report_result = await writer_agent.run(
        f"Generate report from analysis: {analysis_result.output}",
        flow_run_name="stage-3-report"
    )

    return {
        'collection': collection_result.output,
        'analysis': analysis_result.output,
        'report': report_result.output
    }

# Manual checkpoint and resume
@flow(name="manual-checkpoint-example")
async def manual_checkpoint_workflow():
    """Demonstrate manual checkpoint control."""

    agent = PrefectDurableAgent(
        'openai:gpt-4o',
        checkpoint_every_n_steps=0,  # Disable automatic checkpointing
    )

    # Manual checkpoint creation
    checkpoint_id = await agent.create_checkpoint({
        'step': 1,
        'data': 'Initial state'
    })

    try:
        result = await agent.run("Complex query")

        # Checkpoint successful result
        await agent.create_checkpoint({
            'step': 2,
            'result': result.output
        })

    except Exception as e:
        # Resume from last checkpoint
        checkpoint = await agent.get_checkpoint(checkpoint_id)
        print(f"Resuming from: {checkpoint.state}")

        # Retry from checkpoint
        result = await agent.run_from_checkpoint(checkpoint_id)

    return result
