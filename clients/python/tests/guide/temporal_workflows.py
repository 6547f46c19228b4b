"""E10 to E13: approval, a long task, a client, a worker.

The program as it is printed; only import lines are changed.
"""

from pydantic_ai import Agent
from sidestep.durable.temporal import TemporalDurableAgent
from sidestep.durable.temporal import workflow, activity
from sidestep.durable.temporal import Client
from sidestep.durable.temporal import Worker
from datetime import timedelta
import asyncio

@workflow.defn
class ResearchWorkflow:
    """Temporal workflow with durable agents."""

    @workflow.run
    async def run(self, topic: str) -> dict:
        """Main workflow execution."""

        # Create durable agent
        agent = TemporalDurableAgent(
            'openai:gpt-4o',
            workflow_context=workflow.info(),  # Link to Temporal workflow
            instructions='Conduct thorough research'
        )

        # Step 1: Initial research (automatically durable)
        research = await agent.run(
            f"Research: {topic}",
            activity_id="research_step"
        )

        # Step 2: Wait for human approval (Temporal signal)
        await workflow.wait_condition(lambda: self.approved)

        # Step 3: Continue after approval
        analysis = await agent.run(
            f"Analyze: {research.output}",
            activity_id="analysis_step"
        )

        return {
            'research': research.output,
            'analysis': analysis.output
        }

    @workflow.signal
    def approve(self):
        """Signal to approve and continue."""
        self.approved = True

# Long-running workflow with timeouts
@workflow.defn
class LongRunningAgentWorkflow:
    """Handle long-running agent tasks."""

    @workflow.run
    async def run(self, complex_task: str) -> str:
        """Execute long-running task with checkpoints."""

        agent = TemporalDurableAgent(
            'openai:gpt-4o',
            checkpoint_interval=timedelta(minutes=5)  # Checkpoint every 5 min
        )

        # Execute with activity heartbeating
        result = await agent.run(
            complex_task,
            activity_id="long_task",
            heartbeat_interval=timedelta(seconds=30),  # Heartbeat every 30s
            timeout=timedelta(hours=2)  # Max 2 hour timeout
        )

        return result.output

# Run workflow
async def run_temporal_workflow():
    """Execute Temporal workflow."""

    # Connect to Temporal
    client = await Client.connect("localhost:7233")

    # Start workflow
    handle = await client.start_workflow(
        ResearchWorkflow.run,
        "Quantum Computing",
        id="research-workflow-1",
        task_queue="agent-tasks"
    )

    print(f"Started workflow: {handle.id}")

    # Signal approval after 10 seconds
    await asyncio.sleep(10)
    await handle.signal(ResearchWorkflow.approve)

    # Wait for result
    result = await handle.result()
    print(f"Workflow completed: {result}")

# Worker to process workflows
async def run_worker():
    """Start Temporal worker."""

    client = await Client.connect("localhost:7233")

    worker = Worker(
        client,
        task_queue="agent-tasks",
        workflows=[ResearchWorkflow, LongRunningAgentWorkflow]
    )

    await worker.run()
