#!/usr/bin/env python3
"""A provider of language models on loopback that counts what it is asked, for tests.

    provider.py [--port N] [--log FILE]        prints the port it listens on

It speaks the wire formats of OpenAI (chat, completions, Responses, embeddings, images, speech, files), Anthropic and Gemini, with
streams and without. Every answer says which sample of its request it is: `SAMPLE 1` is the first one, and a request that was sent
twice, so paid twice, is answered with `SAMPLE 2`. Each call is a line of JSON in the log: `call, path, body (hash), sample, end`,
where `end` is `sent` when the whole answer left, or how it was broken off.

What a prompt says about trouble is done (several can stand in one):

    [words:N]        an answer of N words (20 without it), each an event of a stream
    [pace:S]         S seconds between two events
    [gate:NAME]      waits in the middle of the answer until the file NAME is there, in the folder of the log
    [at:N]           waits there before event N instead
    [cut:N]          the connection is cut after N events          [end:N]    it is ended cleanly, but too early
    [error:STATUS]   an error with that status                     [sse-error:N]   an error event after N events
    [once]           the trouble is for the first sample alone
    [tool:NAME]      asks for the tool NAME, unless a tool has answered already
    [usage:no]       no usage is reported

What is made in the background, and read until it is there, is that of background.py.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent))
from background import Background
from formats import Answer, format_of
from forms import reported
from http1 import Connection, Request


class Trouble:
    """What a prompt asks for beside an answer."""

    def __init__(self, prompt: str, sample: int) -> None:
        found = dict(re.findall(r"\[([a-z-]+)(?::([^\]]*))?\]", prompt))
        self.words = int(found.get("words", 20))
        self.pace = float(found.get("pace", 0))
        self.gate: str | None = found.get("gate")
        self.at = int(found["at"]) if "at" in found else None
        self.tool: str | None = found.get("tool")
        self.has_usage = found.get("usage") != "no"
        spared = "once" in found and sample > 1
        self.cut, self.end, self.event = (
            None if spared or name not in found else int(found[name]) for name in ("cut", "end", "sse-error")
        )
        self.status = 200 if spared else int(found.get("error", 200))


class Provider:
    """Answers, and counts."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.calls = 0
        self.samples: Counter[str] = Counter()
        self.background = Background()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after the other."""
        connection = Connection(reader, writer)
        try:
            while (request := await connection.request()) is not None:
                if request.headers.get("upgrade") == "websocket":
                    await self.converse(connection, request)
                    return
                await self.answer(connection, request)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def answer(self, connection: Connection, request: Request) -> None:
        """Answer one request, and note how that ended."""
        if request.method in ("GET", "HEAD"):
            status, media, told = self.background.read(request.path)
            with self.log.with_name("reads.jsonl").open("a") as log:
                log.write(json.dumps(request.path) + "\n")
            await connection.reply(status, media, told)
            return
        mark = hashlib.sha256(request.path.encode() + b"\0" + request.body).hexdigest()[:16]
        self.samples[mark] += 1
        self.calls += 1
        entry: dict[str, Any] = {
            "call": self.calls,
            "path": request.path,
            "body": mark,
            "sample": self.samples[mark],
            "key": request.headers.get("authorization") or request.headers.get("x-api-key"),
            "model": format_of(request).model,
            **{name: request.headers[name] for name in ("x-ended", "x-refused") if name in request.headers},
        }
        end = "cut by the caller"
        told: list[bytes] = []
        try:
            end = await self.speak(connection, request, self.samples[mark], told)
        finally:
            with self.log.open("a") as log:
                log.write(json.dumps({**entry, "end": end, "reported": reported(told)}) + "\n")

    async def speak(self, connection: Connection, request: Request, sample: int, told: list[bytes]) -> str:
        """Send an answer as its prompt wants it, and note what was sent; how it ended."""
        form = format_of(request)
        trouble = Trouble(form.prompt, sample)
        if trouble.status != 200:
            await connection.reply(trouble.status, "application/json", form.error(trouble.status))
            return f"error {trouble.status}"
        answer = Answer(sample, trouble.words, trouble.tool if form.may_call else None, trouble.has_usage)
        if not form.streams:
            body = form.whole(answer)
            body = self.background.begin(urlsplit(request.path).path, request.body, form.prompt, body) or body
            await connection.begin(200, form.media, len(body))
            await connection.send(body[: len(body) // 2])
            await self.hold(trouble)
            if trouble.cut is not None:
                connection.abort()
                return "cut"
            await connection.send(body[len(body) // 2 :])
            told.append(body)
            return "sent"
        events = form.events(answer)
        self.background.stream(urlsplit(request.path).path, request.body, events)
        await connection.begin(200, "text/event-stream", None)
        return await self.stream(connection, events, trouble, form.error_event(), told)

    async def stream(
        self, connection: Connection, events: list[bytes], trouble: Trouble, error: bytes, told: list[bytes]
    ) -> str:
        """Send events; how that ended."""
        for number, event in enumerate(events):
            if self.is_held(trouble, number, len(events)):
                await self.hold(trouble)
            if number == trouble.cut:
                connection.abort()
                return "cut"
            if number == trouble.event:
                await connection.chunk(error)
            if number in (trouble.end, trouble.event):
                await connection.last_chunk()
                return "ended early" if number == trouble.end else "error event"
            await connection.chunk(event)
            told.append(event)
            if trouble.pace:
                await asyncio.sleep(trouble.pace)
        await connection.last_chunk()
        return "sent"

    def is_held(self, trouble: Trouble, number: int, count: int) -> bool:
        """Whether an answer of so many events waits before this one."""
        return number == (count // 2 if trouble.at is None else trouble.at)

    async def hold(self, trouble: Trouble) -> None:
        """Wait for the file that a prompt names."""
        if trouble.gate is None:
            return
        (self.log.parent / f"{trouble.gate}.reached").touch()
        while not (self.log.parent / trouble.gate).exists():
            await asyncio.sleep(0.005)

    async def converse(self, connection: Connection, request: Request) -> None:
        """Answer the turns of a WebSocket of the Responses API."""
        await connection.upgrade(request)
        while (text := await connection.message()) is not None:
            turn = json.loads(text)
            if turn.pop("type") != "response.create":
                continue
            stream = turn.pop("stream_id", None)
            body = json.dumps({**turn, "stream": True}, sort_keys=True).encode()
            asked = Request("POST", request.path, request.headers, body)
            mark = hashlib.sha256(b"ws\0" + body).hexdigest()[:16]
            self.samples[mark] += 1
            self.calls += 1
            form = format_of(asked)
            trouble = Trouble(form.prompt, self.samples[mark])
            end = "cut by the caller"
            try:
                answer = Answer(self.samples[mark], trouble.words, None, trouble.has_usage)
                events = form.payloads(answer)
                self.background.stream(urlsplit(request.path).path, body, form.events(answer))
                for number, event in enumerate(events):
                    if self.is_held(trouble, number, len(events)):
                        await self.hold(trouble)
                    told = {**json.loads(event), **({"stream_id": stream} if stream else {})}
                    await connection.text(json.dumps(told))
                    if trouble.pace:
                        await asyncio.sleep(trouble.pace)
                end = "sent"
            finally:
                with self.log.open("a") as log:
                    entry = {"call": self.calls, "path": f"ws {request.path}", "body": mark}
                    log.write(json.dumps({**entry, "sample": self.samples[mark], "end": end}) + "\n")


async def main() -> None:
    """Listen until it is killed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, default=Path("calls.jsonl"))
    options = parser.parse_args()
    server = await asyncio.start_server(Provider(options.log).serve, "127.0.0.1", options.port, limit=1 << 27)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
