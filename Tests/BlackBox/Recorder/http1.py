"""As much of HTTP/1.1 and of WebSocket (RFC 9112, RFC 6455) as a provider for tests needs: framing that tests can break on purpose."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass

REASONS = {200: "OK", 400: "Bad Request", 429: "Too Many Requests", 500: "Internal Server Error", 529: "Overloaded"}


@dataclass
class Request:
    """One request, its body read to the end; names of headers in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Connection:
    """One connection of a client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def request(self) -> Request | None:
        """The next request, or None when the client has gone."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = await self._chunks()
        else:
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return Request(method, path, headers, body)

    async def _chunks(self) -> bytes:
        body = b""
        while True:
            size = int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16)
            body += (await self.reader.readexactly(size + 2))[:-2]
            if size == 0:
                return body

    async def begin(self, status: int, media: str, length: int | None) -> None:
        """Send the head; without a length the body comes in chunks."""
        framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
        await self.send(
            f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}\r\nContent-Type: {media}\r\n"
            f"X-Request-Id: req-of-provider\r\nSet-Cookie: a=b\r\n{framing}\r\n\r\n".encode()
        )

    async def reply(self, status: int, media: str, body: bytes) -> None:
        """Send a whole answer."""
        await self.begin(status, media, len(body))
        await self.send(body)

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def chunk(self, data: bytes) -> None:
        """Send one chunk."""
        await self.send(b"%x\r\n%s\r\n" % (len(data), data))

    async def last_chunk(self) -> None:
        """End the body."""
        await self.send(b"0\r\n\r\n")

    def abort(self) -> None:
        """End the connection with a reset, and the body nowhere."""
        self.writer.transport.abort()

    async def upgrade(self, request: Request) -> None:
        """Make a WebSocket of it."""
        key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        await self.send(
            f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )

    async def message(self) -> str | None:
        """The next text that a WebSocket's client sends; None at its end."""
        text = b""
        while True:
            try:
                first, second = await self.reader.readexactly(2)
            except asyncio.IncompleteReadError:
                return None
            length = second & 0x7F
            if length > 125:
                length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
            mask = await self.reader.readexactly(4)
            data = bytes(byte ^ mask[place % 4] for place, byte in enumerate(await self.reader.readexactly(length)))
            if first & 0x0F == 8:
                await self.send(b"\x88" + bytes([len(data)]) + data)
                return None
            if first & 0x0F == 9:
                await self.send(b"\x8a" + bytes([len(data)]) + data)
                continue
            text += data
            if first & 0x80:
                return text.decode()

    async def text(self, text: str) -> None:
        """Send a text to a WebSocket's client."""
        data = text.encode()
        size = bytes([len(data)]) if len(data) < 126 else b"\x7e" + len(data).to_bytes(2, "big")
        await self.send(b"\x81" + (size if len(data) < 65536 else b"\x7f" + len(data).to_bytes(8, "big")) + data)
