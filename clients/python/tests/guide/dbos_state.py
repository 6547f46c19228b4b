"""E08, E09: state, and going on after a failure.

The program as it is printed; only import lines are changed.
"""

from sidestep.durable.dbos import DBOS, DBOSDurableAgent, workflow, state
from pydantic import BaseModel
from typing import Any

class WorkflowState(BaseModel):
    """Type-safe workflow state."""
    current_step: int
    results: dict[str, Any]
    tokens_used: int
    errors: list[str]

@workflow()
async def stateful_workflow(query: str) -> dict:
    """Workflow with managed state."""

    # Initialize state
    wf_state = WorkflowState(
        current_step=0,
        results={},
        tokens_used=0,
        errors=[]
    )

    agent = DBOSDurableAgent('openai:gpt-4o')

    try:
        # Step 1
        wf_state.current_step = 1
        result1 = await agent.run("Step 1", step_name="step_1")
        wf_state.results['step_1'] = result1.output
        wf_state.tokens_used += result1.usage().total_tokens

        # Persist state
        await DBOS.set_state('workflow_state', wf_state.model_dump())

        # Step 2
        wf_state.current_step = 2
        result2 = await agent.run("Step 2", step_name="step_2")
        wf_state.results['step_2'] = result2.output
        wf_state.tokens_used += result2.usage().total_tokens

        await DBOS.set_state('workflow_state', wf_state.model_dump())

    except Exception as e:
        wf_state.errors.append(str(e))
        await DBOS.set_state('workflow_state', wf_state.model_dump())

        # Workflow will automatically retry from last checkpoint
        raise

    return wf_state.results

# Resume workflow from failure
async def resume_failed_workflow(workflow_id: str):
    """Resume a failed workflow."""

    # DBOS automatically resumes from last successful checkpoint
    result = await DBOS.resume_workflow(workflow_id)

    # Get final state
    final_state = await DBOS.get_state(workflow_id, 'workflow_state')

    return WorkflowState(**final_state)
