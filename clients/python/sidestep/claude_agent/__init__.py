"""A session store for the Claude Agent SDK: ``ClaudeAgentOptions(session_store=…)``.

Needs ``claude-agent-sdk``: ``pip install "sidestep[claude-agent]"``. The SDK mirrors its
transcripts here, so a session can be resumed on another machine or by another process.
"""

from __future__ import annotations

from typing import Any

from .._extras import needs

try:
    from claude_agent_sdk import fold_session_summary
    from claude_agent_sdk.types import SessionKey, SessionStore
except ImportError as error:
    raise needs("claude-agent", error) from error

from .._loops import LoopClients

__all__ = ["SidestepSessionStore"]


class SidestepSessionStore(SessionStore):
    """Keeps transcripts as conversations in the daemon, with summaries beside them.

    An entry that is sent again under its ``uuid`` is there once. Several processes may write at
    the same time. `socket` is where the daemon answers; without one it is found.
    """

    def __init__(self, *, socket: str | None = None, name: str = "claude-agent") -> None:
        self._prefix = name
        self._daemon = LoopClients(socket)

    async def append(self, key: SessionKey, entries: list[Any]) -> None:
        """Add entries in order, and keep the summary of a main transcript."""
        name = self._name(key)
        new: dict[str, Any] = {}
        for entry in entries:
            new.setdefault(self._id(entry), entry)
        while True:
            found = await self._daemon.call("conversation.read", {"conversation": name, "count": 0})
            params: dict[str, Any] = {"conversation": name, "entries": [*new.values()]}
            params["expected_revision"] = found.get("revision") or 0
            params["ids"] = [*new]
            if not key.get("subpath"):
                summary = (found.get("metadata") or {}).get("summary")
                params["metadata"] = {"summary": fold_session_summary(summary, key, entries)}
            if (await self._daemon.call("conversation.append", params))["appended"]:
                return

    async def load(self, key: SessionKey) -> list[Any] | None:
        """Return the entries of a transcript, or None when it was never written."""
        found = await self._daemon.entries(self._name(key))
        return None if found is None else found["entries"]

    async def list_sessions(self, project_key: str) -> list[Any]:
        """Return the sessions of a project with their times."""
        return [
            {"session_id": session, "mtime": item["updated_at"]}
            for session, subpath, item in await self._listed(project_key)
            if not subpath
        ]

    async def list_session_summaries(self, project_key: str) -> list[Any]:
        """Return the summaries of a project's sessions."""
        return [
            {**item["metadata"]["summary"], "session_id": session, "mtime": item["updated_at"]}
            for session, subpath, item in await self._listed(project_key)
            if not subpath and item.get("metadata")
        ]

    async def delete(self, key: SessionKey) -> None:
        """Forget a transcript; a session's with those of its subagents."""
        wanted = key.get("subpath")
        for session, subpath, item in await self._listed(key["project_key"]):
            if session == key["session_id"] and (not wanted or subpath == wanted):
                params = {"conversation": item["conversation"]}
                await self._daemon.call("conversation.delete", params)

    async def list_subkeys(self, key: Any) -> list[str]:
        """Return the subpaths of a session."""
        listed = await self._listed(key["project_key"])
        return [sub for session, sub, _ in listed if session == key["session_id"] and sub]

    async def aclose(self) -> None:
        """Close the connection of the running event loop."""
        await self._daemon.close()

    def _name(self, key: SessionKey) -> str:
        parts = [self._prefix, key["project_key"], key["session_id"], key.get("subpath") or ""]
        return "\x1f".join(parts)  # no part has this character, which separates

    def _id(self, entry: Any) -> str:
        # Entries without an id of their own are added as often as they are sent.
        import uuid

        return entry.get("uuid") or f"-{uuid.uuid4()}"

    async def _listed(self, project_key: str) -> list[tuple[str, str, Any]]:
        prefix = f"{self._prefix}\x1f{project_key}\x1f"
        found = await self._daemon.conversations(prefix)
        parts = [(*item["conversation"][len(prefix) :].split("\x1f"), item) for item in found]
        return [(session, subpath, item) for session, subpath, item in parts]
