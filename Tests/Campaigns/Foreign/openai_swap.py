"""Gives the tests of the OpenAI Agents SDK Sidestep's session where they ask for the one on SQLite."""

from __future__ import annotations

import itertools
from typing import Any

import agents
import agents.memory
import agents.memory.sqlite_session
import foreign_daemon

from sidestep.openai_agents import SidestepSession

SOCKET = foreign_daemon.socket()
MADE = itertools.count()


class SQLiteSession(SidestepSession):
    """A session that another one of the same file and id is, too; in memory each is its own."""

    def __init__(
        self,
        session_id: str,
        db_path: Any = ":memory:",
        sessions_table: str = "agent_sessions",
        messages_table: str = "agent_messages",
        session_settings: Any = None,
    ) -> None:
        place = f"memory-{next(MADE)}" if str(db_path) == ":memory:" else str(db_path)
        super().__init__(session_id, socket=SOCKET, session_settings=session_settings)
        self._name = f"foreign/{place}/{sessions_table}/{session_id}"

    def close(self) -> None:
        """Have nothing to close: a connection ends with its loop."""


for module in (agents, agents.memory, agents.memory.sqlite_session):
    module.SQLiteSession = SQLiteSession  # type: ignore[attr-defined]
