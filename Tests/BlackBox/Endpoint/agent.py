"""What the agents of these tests have: raw requests, so that every byte of them is the test's own."""

import http.client  # noqa: F401
import json
import os
import signal  # noqa: F401
import socket
import sys  # noqa: F401
import time  # noqa: F401
from pathlib import Path
from urllib.parse import urlsplit

PLACE = Path(os.environ["PLACE"])


def say(value):
    print(json.dumps(value), flush=True)


def base(name="OPENAI_BASE_URL"):
    return urlsplit(os.environ[name])


def raw(data, name="OPENAI_BASE_URL", chunks=None):
    """Sends bytes as they are; answers all that comes until the other side closes, or `chunks` reads."""
    with socket.create_connection((base(name).hostname, base(name).port), timeout=100) as connection:
        connection.sendall(data)
        received = b""
        while part := connection.recv(1 << 16):
            received += part
        return received


#: Where requests go: what no table knows is bytes.
WHERE = ["/x"]


def request(method="POST", path=None, body=b"{}", name="OPENAI_BASE_URL", close=True, **headers):
    """The bytes of a request to the endpoint."""
    lines = [f"{method} {base(name).path}{path or WHERE[0]} HTTP/1.1"]
    fields = {"host": f"127.0.0.1:{base(name).port}", "content-length": str(len(body))} | {
        key.replace("_", "-"): value for key, value in headers.items()
    }
    if close:
        fields["connection"] = "close"
    lines += [f"{key}: {value}" for key, value in fields.items() if value is not None]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def ask(*arguments, **options):
    """Status, headers and body of the answer to a request."""
    connection = http.client.HTTPConnection(base(options.get("name", "OPENAI_BASE_URL")).netloc, timeout=100)
    connection.connect()
    connection.sock.sendall(request(*arguments, **options))
    response = http.client.HTTPResponse(connection.sock)
    response.begin()
    body = response.read()
    connection.close()
    return response.status, {k.lower(): v for k, v in response.getheaders()}, body
