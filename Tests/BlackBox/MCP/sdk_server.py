"""A server made with the protocol's SDK. Its effects are lines of the file `effects`.

On standard streams, or with the word `http` on a port of loopback, which it writes into the file `port`.
"""

import os
import socket
import sys

import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from mcp_types import ToolAnnotations

server = MCPServer("effects")
total = 0


@server.tool()
async def add(number: int, context: Context) -> int:
    """Adds to the total, which only this process knows."""
    global total
    total += number
    with open("effects", "a") as file:
        file.write(f"add {number}\n")
    await context.report_progress(1, 1)
    return total


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def look() -> str:
    """Only reads."""
    with open("effects", "a") as file:
        file.write("look\n")
    return "seen"


@server.tool()
def fail() -> str:
    """Has no success."""
    with open("effects", "a") as file:
        file.write("fail\n")
    raise ValueError("no success")


def serve() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    with open("port.new", "w") as file:
        file.write(str(listener.getsockname()[1]))
    os.rename("port.new", "port")
    uvicorn.Server(uvicorn.Config(server.streamable_http_app(), log_level="warning")).run(sockets=[listener])


serve() if sys.argv[1:] == ["http"] else server.run()
