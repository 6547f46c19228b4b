"""What a run tells others: streams of items, artifacts, events."""

from __future__ import annotations

from typing import Any

from .._codec import outward
from .._fingerprint import of_value
from ._daemon import Daemon
from ._held import Held


class Announcements(Held):
    """What a run can tell others while it goes on."""

    def __init__(self, client: Daemon, reply: dict[str, Any]) -> None:
        super().__init__(client, reply)
        self._appended: dict[str, int] = {}

    async def append(self, stream: str, *items: Any) -> int:
        """Append items to a stream of the run; return how many it has (``stream.append``).

        A replay appends the same items again, and they are there once; others than before raise
        InvalidArgument.
        """
        start = self._appended.get(stream, 0)
        params = {"stream": stream, "items": self.client.codec.to_json(list(items)), "from": start}
        await self._call("stream.append", params)
        self._appended[stream] = start + len(items)
        return self._appended[stream]

    async def close_stream(self, stream: str, final: Any = ..., *, compact: bool = False) -> None:
        """Say that no item follows (``stream.close``).

        With `compact` the items give way to `final`.
        """
        params: dict[str, Any] = {"stream": stream, "compact": compact}
        if final is not ...:
            params["final"] = self.client.codec.to_json(final)
        await self._call("stream.close", params)

    async def put_artifact(
        self, name: str, content: Any, type: str = "markdown", *, description: str | None = None
    ) -> int:
        """Attach a document to the run and return its version (``artifact.put``).

        `type` is ``markdown``, ``json``, ``link`` or ``file`` (`content` is its path then). The
        same document again is no new version.
        """
        params: dict[str, Any] = {"artifact": name, "type": type}
        if description is not None:
            params["description"] = description
        params["path" if type == "file" else "content"] = outward(self.client.codec, content)
        reply = await self._call("artifact.put", params)
        return reply["version"]  # type: ignore[no-any-return]

    async def emit(self, event: str, value: Any = None) -> int:
        """Announce an event once, to whoever listens and to webhooks; return its sequence."""
        value = outward(self.client.codec, value)
        # Known by what it says: two at the same time may be announced in another order by a replay.
        call = self._calls.add(self._scoped(f"event:{event}"), of_value([value]))
        params = {"event": event, "value": value, "event_id": f"{self.uid}/{call.key}"}
        return (await self._call("event.emit", params))["sequence"]  # type: ignore[no-any-return]
