"""E01: a flow with an agent and two tools.

The program as it is printed; only import lines are changed.
"""

from pydantic_ai import Agent
from sidestep.durable.prefect import PrefectDurableAgent
from pydantic import BaseModel
from sidestep.durable.prefect import flow, task
import asyncio

class ResearchResult(BaseModel):
    topic: str
    findings: list[str]
    summary: str
    sources: list[str]

@flow(name="durable-research-agent", retries=3)
async def research_workflow(topic: str) -> ResearchResult:
    """Durable research workflow that survives failures."""

    # Create durable agent with automatic checkpointing
    agent = PrefectDurableAgent(
        'openai:gpt-4o',
        output_type=ResearchResult,
        instructions='Conduct thorough research on the topic',
        checkpoint_every_n_steps=1,  # Checkpoint after each tool call
        checkpoint_on_error=True,    # Checkpoint before raising errors
    )

    # Add research tools
    @agent.tool
    async def search_web(ctx, query: str) -> list[str]:
        """Search the web for information."""
        # Simulate web search
        await asyncio.sleep(2)
        return [f"Result for {query}"]

    @agent.tool
    async def analyze_sources(ctx, sources: list[str]) -> dict:
        """Analyze and summarize sources."""
        await asyncio.sleep(3)
        return {'analysis': 'Detailed analysis'}

    # Run with automatic durability
    result = await agent.run(
        f"Research the topic: {topic}",
        flow_run_name=f"research-{topic}"  # Track in Prefect UI
    )

    return result.output

# Usage
if __name__ == '__main__':
    result = asyncio.run(research_workflow("Quantum Computing"))
    print(f"Research completed: {result.topic}")
    print(f"Findings: {len(result.findings)}")
