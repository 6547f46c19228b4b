# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""Saved agent state, and the message history that goes with it."""

from __future__ import annotations

from typing import Any

from .._errors import CheckpointNotFound
from ._daemon import Daemon
from ._held import Held


class Checkpoint:
    """A checkpoint that was saved."""

    def __init__(self, reply: dict[str, Any]) -> None:
        self.id: str = reply["checkpoint"]
        self.resume_token: str = reply["resume_token"]
        self.sequence: int = reply["sequence"]
        self.message_count: int = reply["message_count"]
        self.new_bytes: int = reply["new_bytes"]

    def __repr__(self) -> str:
        return f"<Checkpoint {self.id} {self.sequence} with {self.message_count} messages>"


_PAYLOADS = ("state", "tool_results", "metadata")


class Checkpoints(Held):
    """What a run can do with checkpoints."""

    def __init__(self, client: Daemon, reply: dict[str, Any]) -> None:
        super().__init__(client, reply)
        self.last_checkpoint = self._of_checkpoint(reply.get("checkpoint"))
        self._message_count = (self.last_checkpoint or {}).get("message_count", 0)

    def _of_checkpoint(self, saved: dict[str, Any] | None) -> dict[str, Any] | None:
        if saved is None:
            return None
        read = self.client.codec.from_json
        payloads = {key: read(saved[key]) for key in _PAYLOADS if saved.get(key) is not None}
        return {**saved, **payloads}

    def checkpoint(
        self,
        state: Any = ...,
        *,
        messages: list[Any] | None = None,
        append: list[Any] | None = None,
        keep: int | None = None,
        step_number: int | None = None,
        tool_results: Any = ...,
        metadata: Any = ...,
        name: str | None = None,
        resume_token: str | None = None,
    ) -> Checkpoint:
        """Save agent state; earlier checkpoints stay (``checkpoint``).

        `messages` is the whole history (only what is new is written), `append` what comes after
        the first `keep` messages (all of them when left out). A replay saves again: guard it
        with `replaying`, or save within a step.
        """
        params: dict[str, Any] = {"step_number": step_number, "name": name}
        params["resume_token"] = resume_token
        params = {key: value for key, value in params.items() if value is not None}
        payloads = {"state": state, "tool_results": tool_results, "metadata": metadata}
        for key, value in payloads.items():
            if value is not ...:
                params[key] = self.client.codec.to_json(value)
        if messages is not None:
            if append is not None or keep is not None:
                raise ValueError("give either messages, or append and keep")
            params["messages"] = {"all": self.client.codec.to_json(messages)}
        elif append is not None or keep is not None:
            params["messages"] = {
                "keep": self._message_count if keep is None else keep,
                "append": self.client.codec.to_json(append or []),
            }
        result = Checkpoint(self._call("checkpoint", params))
        self._message_count = result.message_count
        return result

    def messages(
        self, *, from_: int = 0, count: int | None = None, last: int | None = None
    ) -> list[Any]:
        """Return the messages of the newest checkpoint, or some (``checkpoint.messages``)."""
        params: dict[str, Any] = {"run": self.id}
        if last is not None:
            params["last"] = last
        else:
            params["from"] = from_
            if count is not None:
                params["count"] = count
        found: list[Any] = []
        while True:
            try:
                page = self.client.call("checkpoint.messages", params)
            except CheckpointNotFound:
                return []
            found += page["messages"]
            if page.get("more") is None:
                return [self.client.codec.from_json(message) for message in found]
            params.pop("last", None)
            params["from"] = page["more"]
            if count is not None:
                params["count"] = count - len(found)
