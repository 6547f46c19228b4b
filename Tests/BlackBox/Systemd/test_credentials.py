"""Secrets that systemd hands over: they sign what is sent, and stand nowhere else."""

import hashlib
import hmac
import json
import secrets
import shutil
from pathlib import Path

from bench import CONFIGURATION, STATE, Unit, command, main_pid
from harness import wait_for
from test_webhooks import Receiver

STORED = Path("/etc/sidestep/credentials")


class Credentials(Unit):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.stop)
        self.secret = secrets.token_hex(32)
        self.addCleanup(shutil.rmtree, STORED)
        STORED.mkdir(mode=0o700, exist_ok=True)
        (STORED / "hook-key").write_text(self.secret + "\n")
        (STORED / "hook-key").chmod(0o600)
        CONFIGURATION.write_text("log_level = debug\nhttp_allow_private = yes\n")
        self.drop_in(f"LoadCredential=hook-key:{STORED}/hook-key")

    def test_a_credential_of_the_unit_signs_a_delivery_and_stands_nowhere_else(self):
        replies = [self.call("webhook.put", webhook="w", url=self.receiver.url, events=["*"], secret="hook-key")]
        replies.append(self.call("event.emit", event="paid", value={"n": 1}))
        headers, body = wait_for(lambda: self.receiver.letters, what="a letter")[0]
        parts = dict(part.split("=", 1) for part in headers["Sidestep-Signature"].split(","))
        wanted = hmac.new(self.secret.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        self.assertEqual(parts["v1"], wanted)
        wait_for(lambda: self.call("webhook.deliveries")["deliveries"][0]["status"] == "delivered", what="its record")
        replies += [self.call("webhook.list"), self.call("webhook.deliveries"), self.call("system.info")]
        self.assertNotIn(self.secret.encode(), body + json.dumps(headers).encode())
        self.assert_nowhere(replies)

    def test_a_credential_of_the_unit_reaches_an_http_step_and_stands_nowhere_else(self):
        connection = self.connect()
        replies = [connection.call("resume", run="r")]
        http = {"method": "POST", "url": self.receiver.url, "body": {}, "headers": {"Authorization": "Bearer {credential:hook-key}"}}
        replies.append(connection.call("run-step", run="r", step="s", http=http))
        [(headers, _)] = self.receiver.letters
        self.assertEqual(headers["Authorization"], f"Bearer {self.secret}")
        replies += [connection.call(method, run="r") for method in ("step.list", "run.history", "run.export")]
        self.assert_nowhere(replies)

    def assert_nowhere(self, replies: list) -> None:
        """The secret is in no reply, file, log or word about the process."""
        places = {
            "replies": json.dumps(replies).encode(),
            "journal": command("journalctl", "-o", "export", "--cursor", self.cursor).encode(),
            "environment": Path(f"/proc/{main_pid()}/environ").read_bytes(),
            "command line": Path(f"/proc/{main_pid()}/cmdline").read_bytes(),
            **{str(path): path.read_bytes() for path in STATE.rglob("*") if path.is_file()},
        }
        self.assertIn(str(STATE / "sidestep.db"), places)
        self.assertEqual([name for name, content in places.items() if self.secret.encode() in content], [])

    def test_the_daemon_cannot_read_the_stored_file_itself(self):
        self.drop_in()
        self.call("webhook.put", webhook="w", url=self.receiver.url, events=["*"], secret="hook-key", max_attempts=1)
        self.call("event.emit", event="paid")
        delivery = wait_for(
            lambda: (found := self.call("webhook.deliveries")["deliveries"][0])["status"] == "dead" and found,
            what="the end of the delivery")
        self.assertIn("hook-key", json.dumps(delivery))
        self.assertEqual(self.receiver.letters, [])
