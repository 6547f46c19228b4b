"""example.org, as far as examples ask for it: a real HTTPS server on loopback that curl(1) is led to by its own settings."""

from __future__ import annotations

import http.server
import ssl
import subprocess
import threading
from pathlib import Path


class _Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(f"text of {self.path}\n".encode() * 3)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    do_PUT = do_POST

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep silent."""


class ExampleOrg:
    """The host example.org and its subdomains, with a certificate of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        certificate, key = folder / "certificate.pem", folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=example.org", "-addext",
             "subjectAltName=DNS:example.org,DNS:*.example.org", "-keyout", str(key), "-out", str(certificate)],
            check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def lead_curl(self, home: Path) -> None:
        """Write the settings that lead curl(1) of this home here."""
        port = self._server.server_address[1]
        (home / ".curlrc").write_text(
            f'connect-to = "::127.0.0.1:{port}"\ncacert = "{self._folder}/certificate.pem"\n')

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
