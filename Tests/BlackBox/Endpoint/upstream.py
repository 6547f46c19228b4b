"""A provider on loopback, of raw sockets: what it was sent is kept byte for byte, and what it answers is written by the
test down to the last byte."""

import asyncio
import threading


class Asked:
    """One request as it came."""

    def __init__(self, line, headers, body):
        self.method, self.target, _ = line.split(" ", 2)
        self.line, self.headers, self.body = line, headers, body

    def __getitem__(self, name):
        return [value for key, value in self.headers if key.lower() == name]


class Upstream:
    """Answers every request with what `answer(asked, writer)` writes; keeps connections open when that returns True."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(30)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def close(self):
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(30)

    def _end(self):
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.call_soon(self._loop.stop)

    def _run(self):
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 27))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = [tuple(line.split(": ", 1)) for line in head[1:] if line]
                length = int(dict((k.lower(), v) for k, v in headers).get("content-length", 0))
                asked = Asked(head[0], headers, await reader.readexactly(length))
                asked.reader = reader
                self.asked.append(asked)
                if not await self.answer(asked, writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def head(status="200 OK", *lines):
    return ("\r\n".join([f"HTTP/1.1 {status}", *lines]) + "\r\n\r\n").encode()


async def whole(writer, body, status="200 OK", *lines):
    """An answer with its length; the connection stays."""
    writer.write(head(status, f"content-length: {len(body)}", *lines) + body)
    await writer.drain()
    return True


async def chunk(writer, data):
    writer.write(b"%x\r\n%s\r\n" % (len(data), data))
    await writer.drain()


async def stream(writer, events, *lines):
    """A stream of events, each a chunk of its own, and its end."""
    writer.write(head("200 OK", "content-type: text/event-stream", "transfer-encoding: chunked", *lines))
    for event in events:
        await chunk(writer, event)
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True
