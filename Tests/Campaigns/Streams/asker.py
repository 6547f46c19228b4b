#!/usr/bin/env python3
"""An agent that asks what a plan says, some of it at once: HTTP by hand, so that a thousand answers take seconds.

    asker.py PLAN OUT AT-ONCE

OUT gets a line of JSON for each answer that came whole: `model`, `recording`, `digest`; and for each that was refused for the budget.
Every request says in `x-ended` which recordings it has seen the end of, and in `x-refused` whether a call was refused before.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent))
from plan import PLACES, Call, read

TRIES = 8


@dataclass
class Heard:
    """What came of one try."""

    status: int = 0
    recording: int = 0
    body: bytes = b""
    is_whole: bool = False
    has_left: bool = False

    @property
    def has_error(self) -> bool:
        """Whether the provider said in the middle of it that it failed."""
        return b'"type": "error"' in self.body or b'data: {"error"' in self.body


@dataclass
class Asker:
    """The agent of one start."""

    out: Path
    ended: list[int] = field(default_factory=list)
    is_refused: bool = False

    async def answer(self, call: Call) -> None:
        """Ask until there is a whole answer; not for ever."""
        for number in range(TRIES):
            # The next start asks for what this one had to the end, or leaves nothing of it out.
            leaves = call.leaves if number == 0 and os.environ["SIDESTEP_EPOCH"] == "1" else None
            heard = await self.ask(call, leaves)
            if heard.recording and not heard.has_left:
                self.ended.append(heard.recording)
            if heard.status == 402:
                self.is_refused = True
                self.say({"model": call.model, "refused": True})
                # Whoever asks once more is refused once more.
                again = await self.ask(call, None)
                assert again.status == 402, f"{call.model}: {again.status} after a 402"
                return
            if heard.is_whole and heard.status == 200 and not heard.has_error:
                return self.check(call, heard)
            assert heard.status in (0, 200, 429, 500, 529), f"{call.model}: status {heard.status}: {heard.body!r}"
        raise AssertionError(f"{call.model}: no answer in {TRIES} tries")

    def check(self, call: Call, heard: Heard) -> None:
        """All of it is there: the last word, and what ends such a stream."""
        last = {
            "chat": b"[DONE]", "chat-usage": b"[DONE]", "responses": b"response.completed", "messages": b"message_stop",
            "gemini": b"finishReason",
        }[call.form]  # fmt: skip
        words = [b"SAMPLE", last, *([b"word%d" % (call.words - 3)] if call.words > 2 else [])]
        assert all(word in heard.body for word in words), f"{call.model}: not whole: {heard.body!r}"
        digest = hashlib.sha256(heard.body).hexdigest()[:16]
        self.say({"model": call.model, "recording": heard.recording, "digest": digest})

    def say(self, line: dict[str, object]) -> None:
        """Write a line at once: this process may be killed at any moment."""
        with self.out.open("a") as out:
            out.write(json.dumps(line) + "\n")

    async def ask(self, call: Call, leaves: int | None) -> Heard:
        """One try."""
        variable, path = PLACES[call.form]
        base = urlsplit(os.environ[variable])
        reader, writer = await asyncio.open_connection(base.hostname, base.port, limit=1 << 20)
        body = call.body
        writer.write(
            f"POST {base.path}{path.format(model=call.model)} HTTP/1.1\r\nHost: {base.netloc}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nX-Ended: {','.join(map(str, self.ended))}\r\nX-Refused: {int(self.is_refused)}\r\n\r\n"
            .encode() + body
        )  # fmt: skip
        heard = Heard()
        try:
            await self.hear(reader, heard, leaves, call.pause)
        except (ConnectionError, asyncio.IncompleteReadError):
            heard.is_whole = False
        finally:
            writer.close()
        return heard

    async def hear(self, reader: asyncio.StreamReader, heard: Heard, leaves: int | None, pause: float) -> None:
        """Read an answer to its end, or leave in the middle of it."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        heard.status = int(head.split()[1])
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        heard.recording = int(fields.get("x-sidestep-recording", 0))
        if "content-length" in fields:
            heard.body = await reader.readexactly(int(fields["content-length"]))
            heard.is_whole = True
            return
        while size := int(await reader.readuntil(b"\r\n"), 16):
            heard.body += (await reader.readexactly(size + 2))[:-2]
            if leaves is not None and len(heard.body) > leaves:
                heard.has_left = True
                return
            await asyncio.sleep(pause)
        heard.is_whole = True


async def main() -> None:
    """Ask all of it; leave with 3 once a call was refused."""
    plan, out, at_once = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    out.with_suffix(".pid").write_text(str(os.getpid()))
    asker = Asker(out)
    waiting = read(plan.read_text())

    async def work() -> None:
        while waiting and not asker.is_refused:
            await asker.answer(waiting.pop(0))

    await asyncio.gather(*(work() for _ in range(at_once)))
    sys.exit(3 if asker.is_refused else 0)


if __name__ == "__main__":
    asyncio.run(main())
