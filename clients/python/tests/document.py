"""A document on a local HTTP server."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Document(BaseHTTPRequestHandler):
    """The document that the production flow fetches."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"a document")

    def log_message(self, *_: Any) -> None:
        pass


def serve_document() -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Document)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
