"""A named checkpoint: what an agent needs to go on."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Checkpoint:
    """Saved agent state.

    `agent_state`, `tool_results` and `metadata` are plain JSON data, `message_history` a list of
    messages as JSON; nothing is checked before it is saved. `step_number` is an attribute only:
    checkpoints are ordered by when they were saved. `id` is None until then.
    """

    agent_state: Any = None
    message_history: list[Any] = field(default_factory=list)
    tool_results: Any = None
    step_number: int | None = None
    metadata: Any = None
    id: str | None = None
    resume_token: str | None = None

    @property
    def state(self) -> Any:
        """The agent state."""
        return self.agent_state

    def create_resume_token(self) -> str:
        """Return the token by which its holder resumes from here: ``sidestep.resume(token=…)``.

        It is the same each time, and resolves once the checkpoint is saved.
        """
        if self.resume_token is None:
            self.resume_token = secrets.token_urlsafe(24)
        return self.resume_token
