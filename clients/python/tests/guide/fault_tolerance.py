"""E16, E17: recovery and a circuit breaker.

The program as it is printed; only import lines are changed.
"""

from sidestep.durable import DurableAgent, DurableBackend, PostgreSQLDurableBackend, RetryPolicy
from typing import Optional
import asyncio

class ResilientDurableAgent:
    """Durable agent with comprehensive fault tolerance."""

    def __init__(
        self,
        model: str,
        backend: DurableBackend,
        max_retries: int = 3,
        retry_delay: float = 1.0
    ):
        self.agent = DurableAgent(
            model,
            backend=backend,
            checkpoint_every_n_steps=1,
            checkpoint_on_error=True
        )

        self.retry_policy = RetryPolicy(
            max_retries=max_retries,
            retry_delay=retry_delay,
            exponential_backoff=True,
            retry_on_errors=['APIError', 'TimeoutError', 'RateLimitError']
        )

    async def run_with_recovery(
        self,
        query: str,
        workflow_id: str
    ) -> Optional[str]:
        """Run agent with automatic recovery."""

        attempt = 0
        last_error = None

        while attempt < self.retry_policy.max_retries:
            try:
                # Try to run agent
                result = await self.agent.run(query, workflow_id=workflow_id)
                return result.output

            except Exception as e:
                last_error = e
                error_type = type(e).__name__

                # Check if error is retryable
                if error_type not in self.retry_policy.retry_on_errors:
                    raise

                attempt += 1

                # Calculate backoff delay
                if self.retry_policy.exponential_backoff:
                    delay = self.retry_policy.retry_delay * (2 ** attempt)
                else:
                    delay = self.retry_policy.retry_delay

                print(f"Attempt {attempt} failed: {e}. Retrying in {delay}s...")
                await asyncio.sleep(delay)

                # Try to resume from last checkpoint
                checkpoints = await self.agent.backend.list_checkpoints(workflow_id)

                if checkpoints:
                    print(f"Resuming from checkpoint: {checkpoints[-1]}")
                    checkpoint = await self.agent.backend.load_checkpoint(
                        checkpoints[-1]
                    )

                    # Resume execution
                    self.agent = DurableAgent.from_checkpoint(
                        checkpoint,
                        backend=self.agent.backend
                    )

        # All retries exhausted
        raise last_error

# Circuit breaker pattern
from enum import Enum
from datetime import datetime, timedelta

class CircuitState(str, Enum):
    CLOSED = 'closed'  # Normal operation
    OPEN = 'open'      # Failing, reject requests
    HALF_OPEN = 'half_open'  # Testing recovery

class CircuitBreaker:
    """Circuit breaker for durable agents."""

    def __init__(
        self,
        failure_threshold: int = 5,
        timeout: timedelta = timedelta(minutes=1)
    ):
        self.state = CircuitState.CLOSED
        self.failure_count = 0
        self.failure_threshold = failure_threshold
        self.timeout = timeout
        self.last_failure_time = None

    async def call(self, agent_func):
        """Execute agent function through circuit breaker."""

        if self.state == CircuitState.OPEN:
            # Check if timeout has elapsed
            if datetime.now() - self.last_failure_time > self.timeout:
                self.state = CircuitState.HALF_OPEN
            else:
                raise Exception("Circuit breaker is OPEN")

        try:
            result = await agent_func()

            # Success - reset if in half-open state
            if self.state == CircuitState.HALF_OPEN:
                self.state = CircuitState.CLOSED
                self.failure_count = 0

            return result

        except Exception as e:
            self.failure_count += 1
            self.last_failure_time = datetime.now()

            if self.failure_count >= self.failure_threshold:
                self.state = CircuitState.OPEN

            raise

# Usage
async def fault_tolerant_workflow():
    """Complete fault-tolerant workflow."""

    backend = PostgreSQLDurableBackend("postgresql://localhost/agents")
    await backend.initialize()

    # Create resilient agent
    resilient_agent = ResilientDurableAgent(
        'openai:gpt-4o',
        backend=backend,
        max_retries=3
    )

    # Wrap in circuit breaker
    circuit_breaker = CircuitBreaker(failure_threshold=5)

    try:
        result = await circuit_breaker.call(
            lambda: resilient_agent.run_with_recovery(
                "Complex query that might fail",
                workflow_id="fault-tolerant-workflow-1"
            )
        )

        print(f"Success: {result}")

    except Exception as e:
        print(f"All recovery attempts failed: {e}")
