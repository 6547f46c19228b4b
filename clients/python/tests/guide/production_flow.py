"""E18: a production flow and its deployment.

The program as it is printed; only import lines are changed.
"""

from sidestep.durable.prefect import PrefectDurableAgent
from sidestep.durable.prefect import flow, task, get_run_logger
from sidestep.durable.prefect import Secret
from pydantic import BaseModel
from typing import List, Optional
import asyncio

class DocumentAnalysis(BaseModel):
    """Analysis result schema."""
    summary: str
    key_points: List[str]
    sentiment: str
    action_items: List[str]
    confidence: float

@flow(
    name="production-document-analysis",
    retries=3,
    retry_delay_seconds=[60, 300, 900],  # Exponential backoff
    timeout_seconds=3600,
    persist_result=True
)
async def production_analysis_workflow(
    document_url: str,
    user_id: str
) -> DocumentAnalysis:
    """
    Production-grade document analysis with full durability.

    Features:
    - Automatic checkpointing
    - Retry with exponential backoff
    - State persistence
    - Comprehensive error handling
    - Observability integration
    """

    logger = get_run_logger()
    logger.info(f"Starting analysis for user {user_id}")

    # Fetch API key from Prefect secret
    api_key_block = await Secret.load("openai-api-key")
    api_key = api_key_block.get()

    # Create durable agent with production configuration
    agent = PrefectDurableAgent(
        'openai:gpt-4o',
        output_type=DocumentAnalysis,
        instructions="""
        Analyze documents thoroughly and provide:
        1. Concise summary
        2. 3-5 key points
        3. Overall sentiment
        4. Actionable items
        5. Confidence score
        """,
        checkpoint_every_n_steps=1,
        checkpoint_on_error=True,
        name=f"DocumentAnalyzer-{user_id}"
    )

    # Add document fetching tool
    @agent.tool
    async def fetch_document(ctx, url: str) -> str:
        """Fetch document content from URL."""
        import httpx

        async with httpx.AsyncClient() as client:
            response = await client.get(url, timeout=30)
            response.raise_for_status()
            return response.text[:10000]  # Limit to 10k chars

    # Execute analysis with full durability
    try:
        result = await agent.run(
            f"Analyze the document at: {document_url}",
            flow_run_name=f"analysis-{user_id}-{document_url}",
            metadata={
                'user_id': user_id,
                'document_url': document_url
            }
        )

        logger.info(f"Analysis completed: {result.usage().total_tokens} tokens used")

        # Validate output
        analysis = result.output

        if analysis.confidence < 0.7:
            logger.warning(f"Low confidence analysis: {analysis.confidence}")

        return analysis

    except Exception as e:
        logger.error(f"Analysis failed: {e}")

        # Log failure for monitoring
        from sidestep.durable.prefect import emit_event
        emit_event(
            event="document-analysis.failed",
            resource={"prefect.flow-run.id": str(get_run_logger().context['flow_run_id'])},
            payload={'error': str(e), 'user_id': user_id}
        )

        raise

# Deploy to Prefect Cloud
if __name__ == '__main__':
    # Deploy workflow
    from sidestep.durable.prefect import Deployment
    from sidestep.durable.prefect import CronSchedule

    deployment = Deployment.build_from_flow(
        flow=production_analysis_workflow,
        name="production-document-analysis",
        work_queue_name="agent-queue",
        parameters={
            "document_url": "https://example.com/doc.pdf",
            "user_id": "default"
        },
        description="Durable document analysis workflow",
        tags=["production", "agents", "durable"]
    )

    deployment.apply()
