"""What a provider makes in its own time, and how it is read: responses in the background, batches and files.

A prompt says how often something is not ready yet (`[polls:N]`, 2 without it), and that it is gone once it was read whole (`[forget]`).
"""

from __future__ import annotations

import json
import re
from typing import Any


class Made:
    """One thing that is being made, in the states that those who read it see one after the other."""

    def __init__(self, states: list[dict[str, Any]], is_forgotten: bool) -> None:
        self.states, self.is_forgotten = states, is_forgotten

    def read(self) -> dict[str, Any] | None:
        """The next state; the last one for ever, or once."""
        if len(self.states) > 1 or (self.is_forgotten and self.states):
            return self.states.pop(0)
        return self.states[0] if self.states else None


class Background:
    """All that a provider makes, by path."""

    def __init__(self) -> None:
        self.made: dict[str, Made] = {}
        self.contents: dict[str, bytes] = {}
        self.streams: dict[str, bytes] = {}

    def stream(self, path: str, body: bytes, events: list[bytes]) -> None:
        """Keep the events of what goes on when nobody listens any more."""
        asked = json.loads(body)
        if asked.get("background") and path.endswith("/responses"):
            first = json.loads(events[0].partition(b"data: ")[2])
            self.streams[f"/responses/{first['response']['id']}"] = b"" if "[forget]" in body.decode() else b"".join(events)

    def begin(self, path: str, body: bytes, prompt: str, whole: bytes) -> bytes | None:
        """What a request is answered that begins something; None for one that does not."""
        try:
            asked = json.loads(body)
        except ValueError:
            return None
        found = dict(re.findall(r"\[([a-z-]+)(?::([^\]]*))?\]", prompt))
        polls = int(found.get("polls", 2))
        if path.endswith("/responses") and asked.get("background"):
            done = {**json.loads(whole), "background": True}
            waiting = {**done, "status": "queued", "output": [], "usage": None}
        elif path.endswith("/interactions") and asked.get("background"):
            done = json.loads(whole)
            waiting = {**done, "status": "in_progress", "steps": [], "usage": None}
        elif path.endswith("/batches"):
            times = {"created_at": 1, "completion_window": "24h", "endpoint": "/v1/responses"}
            waiting = {"id": "batch-1", "object": "batch", "status": "validating", **times, "input_file_id": "file-1"}
            done = {**waiting, "status": "completed", "output_file_id": "file-out"}
            self.contents["/files/file-out/content"] = b'{"custom_id":"a"}\n{"custom_id":"b"}\n'
        else:
            return None
        place = f"{path[path.rindex('/'):]}/{waiting['id']}"
        self.made[place] = Made([waiting] * polls + [done], "forget" in found)
        return json.dumps(waiting).encode()

    def read(self, path: str) -> tuple[int, str, bytes]:
        """What a request is answered that reads: status, media type, body."""
        place = "/" + "/".join(path.partition("?")[0].split("/")[-2:])
        if "stream=true" in path and place in self.streams:
            events = self.streams[place]
            return (200, "text/event-stream", events) if events else (404, "application/json", b'{"error":{}}')
        if place in self.made:
            state = self.made[place].read()
            told = json.dumps(state if state else {"error": {"message": "it is gone", "code": 404}}).encode()
            return (200 if state else 404), "application/json", told
        content = self.contents.get("/" + "/".join(path.split("/")[-3:]))
        if content is not None:
            return 200, "application/octet-stream", content
        return 200, "application/json", b'{"object":"list","data":[],"models":[]}'
