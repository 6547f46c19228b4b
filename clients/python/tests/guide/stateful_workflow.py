"""E15: phases with saved context.

The program as it is printed; only import lines are changed.
"""

from pydantic_ai import Agent
from sidestep.durable import Checkpoint, DurableAgent, DurableBackend, StatefulWorkflow
from pydantic import BaseModel
from typing import Any, Optional
from enum import Enum

class WorkflowPhase(str, Enum):
    PLANNING = 'planning'
    EXECUTION = 'execution'
    VALIDATION = 'validation'
    COMPLETION = 'completion'

class WorkflowContext(BaseModel):
    """Persistent workflow context."""
    phase: WorkflowPhase
    plan: Optional[str] = None
    execution_results: list[str] = []
    validation_errors: list[str] = []
    attempt_count: int = 0
    total_tokens_used: int = 0

class StatefulAgentWorkflow(StatefulWorkflow):
    """Multi-phase stateful workflow."""

    def __init__(self, backend):
        super().__init__(backend)
        self.context = WorkflowContext(phase=WorkflowPhase.PLANNING)

    async def run(self, task: str) -> dict:
        """Execute stateful workflow with automatic persistence."""

        # Phase 1: Planning
        self.context.phase = WorkflowPhase.PLANNING
        await self.save_state()

        planner = DurableAgent(
            'openai:gpt-4o',
            backend=self.backend,
            workflow_id=self.workflow_id
        )

        plan_result = await planner.run(f"Create a plan for: {task}")
        self.context.plan = plan_result.output
        self.context.total_tokens_used += plan_result.usage().total_tokens
        await self.save_state()

        # Phase 2: Execution
        self.context.phase = WorkflowPhase.EXECUTION
        await self.save_state()

        executor = DurableAgent(
            'anthropic:claude-3-5-sonnet-latest',
            backend=self.backend,
            workflow_id=self.workflow_id
        )

        exec_result = await executor.run(f"Execute: {self.context.plan}")
        self.context.execution_results.append(exec_result.output)
        self.context.total_tokens_used += exec_result.usage().total_tokens
        await self.save_state()

        # Phase 3: Validation
        self.context.phase = WorkflowPhase.VALIDATION
        await self.save_state()

        validator = DurableAgent(
            'openai:gpt-4o',
            backend=self.backend,
            workflow_id=self.workflow_id
        )

        validation_result = await validator.run(
            f"Validate: {self.context.execution_results[-1]}"
        )

        if "error" in validation_result.output.lower():
            self.context.validation_errors.append(validation_result.output)
            self.context.attempt_count += 1

            if self.context.attempt_count < 3:
                # Retry execution phase
                self.context.phase = WorkflowPhase.EXECUTION
                await self.save_state()
                return await self.run(task)  # Recursive retry

        # Phase 4: Completion
        self.context.phase = WorkflowPhase.COMPLETION
        await self.save_state()

        return {
            'plan': self.context.plan,
            'results': self.context.execution_results,
            'tokens_used': self.context.total_tokens_used,
            'attempts': self.context.attempt_count
        }

    async def save_state(self):
        """Persist current context."""
        await self.backend.save_checkpoint(
            self.workflow_id,
            Checkpoint(
                step_number=len(self.context.execution_results),
                agent_state=self.context.model_dump(),
                message_history=[],
                metadata={'phase': self.context.phase.value}
            )
        )

    @classmethod
    async def resume_from_checkpoint(
        cls,
        workflow_id: str,
        backend: DurableBackend
    ) -> 'StatefulAgentWorkflow':
        """Resume workflow from saved state."""

        checkpoints = await backend.list_checkpoints(workflow_id)

        if not checkpoints:
            raise ValueError(f"No checkpoints found for {workflow_id}")

        # Load latest checkpoint
        latest = await backend.load_checkpoint(checkpoints[-1])

        workflow = cls(backend)
        workflow.workflow_id = workflow_id
        workflow.context = WorkflowContext(**latest.agent_state)

        return workflow
