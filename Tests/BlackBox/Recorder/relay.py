#!/usr/bin/env python3
"""A relay between a recorder and the daemon that stops at one message, so that something can die exactly there.

    relay.py LISTEN DAEMON METHOD NUMBER SIDE

Everything passes as it is. The NUMBERth request of METHOD is held before it reaches the daemon (SIDE is `request`), or its answer
before it reaches the recorder (`answer`): then the file LISTEN.held is there, and the message goes on when LISTEN.go is. When the
daemon dies, so does its connection here, and what is held with it. The owner of the run is this process, as the daemon sees it: who
kills the recorder kills it, too.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path


class Relay:
    """Counts the requests of all connections."""

    def __init__(self, listen: Path, daemon: str, method: str, number: int, side: str) -> None:
        self.listen, self.daemon = listen, daemon
        self.method, self.number, self.side = method, number, side
        self.seen = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        try:
            answers, requests = await asyncio.open_unix_connection(self.daemon, limit=1 << 27)
        except OSError:
            return writer.close()
        held: list[int] = []
        ways = {
            asyncio.ensure_future(self.pass_requests(reader, requests, held)),
            asyncio.ensure_future(self.pass_answers(answers, writer, held)),
        }
        _, left = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in left:
            way.cancel()
        requests.close()
        writer.close()

    async def pass_requests(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, held: list[int]
    ) -> None:
        while line := await reader.readline():
            request = json.loads(line)
            if request.get("method") == self.method:
                self.seen += 1
                if self.seen == self.number:
                    if self.side == "request":
                        await self.hold()
                    else:
                        held.append(request["id"])
            writer.write(line)

    async def pass_answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, held: list[int]) -> None:
        while line := await reader.readline():
            # What is held after the daemon's death is never handed on.
            if held and json.loads(line).get("id") in held and not await self.hold(reader):
                return
            writer.write(line)

    async def hold(self, reader: asyncio.StreamReader | None = None) -> bool:
        """Wait for leave to go on; false when the other side has gone meanwhile."""
        self.listen.with_suffix(".held").touch()
        while not self.listen.with_suffix(".go").exists():
            if reader is not None and reader.at_eof():
                return False
            await asyncio.sleep(0.005)
        return True


async def main() -> None:
    """Listen until it is killed."""
    listen, daemon, method, number, side = sys.argv[1:]
    relay = Relay(Path(listen), daemon, method, int(number), side)
    server = await asyncio.start_unix_server(relay.serve, listen, limit=1 << 27)
    print("listens", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
