"""A credential is sent on and stands nowhere else: every file, every answer and every report is searched byte for byte."""

import json
import subprocess

from recorded import Recording, completion
from upstream import whole

MARK = "s3cret-0123456789"

#: Each way in which clients send a key, over HTTP and in the handshake of a WebSocket, with answers and with errors.
ASK = f"""
import base64
WHERE[0] = "/chat/completions"
def told(path, name="OPENAI_BASE_URL", **headers):
    body = json.dumps({{"model": "m", "messages": [path.split("?")[0], len(headers)]}}).encode()
    say(ask(path=path, body=body, name=name, content_type="application/json", **headers)[0])
for path in "/chat/completions", "/refused/chat/completions":
    told(path, authorization="Bearer {MARK}-bearer")
    told(path, x_api_key="{MARK}-x", api_key="{MARK}-azure", x_goog_api_key="{MARK}-goog", cookie="session={MARK}-cookie")
    told(path + "?key={MARK}-query&alt=sse")
told("/v1beta/models/m:generateContent?key={MARK}-query", name="GOOGLE_GEMINI_BASE_URL")
turn = b'{{"type":"response.create","model":"m","input":[]}}'
frame = b"\\x81" + bytes([0x80 | len(turn)]) + b"\\0" * 4 + turn
text = request("GET", "/responses", b"", close=False, upgrade="websocket", connection="Upgrade", sec_websocket_version="13",
               sec_websocket_key="dGhlIHNhbXBsZSBub25jZQ==", authorization="Bearer {MARK}-socket")
with socket.create_connection((base().hostname, base().port), timeout=100) as connection:
    connection.sendall(text + frame)
    received = b""
    while b'"type":"error"' not in received and (part := connection.recv(1 << 16)):
        received += part
    say(b"{MARK}" in received)
"""


class Secrets(Recording):
    async def answer(self, asked, writer):
        if "refused" in asked.target or asked["upgrade"]:
            return await whole(writer, b'{"error":{"message":"no such key"}}', "401 Unauthorized", "content-type: application/json")
        gemini = b'{"candidates":[{"index":0,"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}]}'
        body = gemini if "generateContent" in asked.target else completion("x")
        return await whole(writer, body, "200 OK", "content-type: application/json")

    def assert_nowhere(self, *spared):
        """Every file of daemon and run, and all that the tool tells of the run."""
        self.assertTrue((self.folder / "d.db-wal").exists(), "the log of the database is searched as well")
        told = [self.sidestep(*words).stdout for words in (
            ("export", "agent"), ("recordings", "agent", "--json"), ("show", "agent", "--json"), ("history", "agent"),
            ("call", "recording.list", json.dumps({"run": "agent"})), ("why", "agent"), ("call", "run.get", '{"run":"agent"}'),
        )]  # fmt: skip
        for number in range(1, 10):
            asked = json.dumps({"run": "agent", "recording": number, "request": True})
            told.append(self.sidestep("call", "recording.get", asked).stdout)
        self.assertGreater(sum(map(len, told)), 1000)
        (self.folder / "told").write_bytes(b"\n".join([*told, self.said.encode()]))
        exclusions = [f"--exclude={name}" for name in ("program.py", *spared)]
        found = subprocess.run(["grep", "-rlaF", *exclusions, MARK, self.folder], capture_output=True, text=True)
        self.assertEqual((found.returncode, found.stdout), (1, ""))

    def test_a_key_of_the_agent_is_sent_on_and_written_down_nowhere(self):
        upstream = self.serve(self.answer)[1].removeprefix("openai=")
        options = [word for name in ("openai", "gemini") for word in ("--upstream", f"{name}={upstream}")]
        said = self.finished(self.run_agent(ASK, *options, "--usage"))
        self.assertEqual(said, [200, 200, 200, 401, 401, 401, 200, False])
        sent = json.dumps([[asked.target, asked.headers] for asked in self.upstream.asked])
        for name in ("bearer", "x", "azure", "goog", "query", "socket"):
            self.assertIn(f"{MARK}-{name}", sent, "it is the provider's to see")
        self.assert_nowhere()

    def test_a_key_of_the_recorder_is_seen_by_the_provider_and_not_by_the_agent(self):
        (self.folder / "key").write_text(f"{MARK}-injected\n")
        text = ASK.split("told(path, x_api_key")[0] + """
say("s3cret-0123456789-injected" in json.dumps(dict(os.environ)))
(PLACE / "environment").write_bytes(open("/proc/self/environ", "rb").read())
"""
        options = [*self.serve(self.answer), "--credential", f"openai={self.folder / 'key'}"]
        self.assertEqual(self.finished(self.run_agent(text, *options))[-1], False)
        for asked in self.upstream.asked:
            self.assertEqual(asked["authorization"], [f"Bearer {MARK}-injected"])
            self.assertNotIn(f"{MARK}-bearer", json.dumps(asked.headers))
        self.assert_nowhere("key")
