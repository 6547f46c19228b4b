"""The machine's page on a real systemd: started by its socket, in its sandbox, for root and nobody else."""

import json
import os
import socket
import subprocess
import unittest
from pathlib import Path

from bench import command, show, systemctl
from harness import wait_for

PORT = 7077
UNIT = "sidestep-ui.service"


def ask(method: str, path: str, body: dict | None = None, cookie: str = "") -> tuple[int, str, str]:
    """The status, the head and the body of an answer."""
    text = json.dumps(body) if body is not None else ""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{PORT}", "Connection: close", f"Cookie: {cookie}"]
    if body is not None:
        lines += ["Sec-Fetch-Site: same-origin", "Content-Type: application/json", f"Content-Length: {len(text)}"]
    with socket.create_connection(("127.0.0.1", PORT), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "", text]).encode())
        answer = b""
        while got := connection.recv(1 << 16):
            answer += got
    head, body = answer.decode().split("\r\n\r\n", 1)
    return int(head.split()[1]), head, body


def enter() -> str:
    """A session by a link of the service's."""
    code = command("sidestep", "ui", "--link").split("#")[1]
    status, head, _ = ask("POST", "/session", {"code": code})
    assert status == 204, head
    return next(line for line in head.split("\r\n") if line.lower().startswith("set-cookie")).split(": ")[1].split(";")[0]


class Page(unittest.TestCase):
    def setUp(self):
        for unit in "sidestep-ui.socket", UNIT, "sidestepd.service":
            systemctl("stop", unit, check=False)
        systemctl("daemon-reload")
        systemctl("reset-failed", check=False)
        systemctl("start", "sidestepd.socket", "sidestep-ui.socket")
        self.addCleanup(systemctl, "stop", "sidestep-ui.socket", UNIT, check=False)

    def test_the_units_have_no_mistake(self):
        done = subprocess.run(["systemd-analyze", "verify", "sidestep-ui.socket", UNIT], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_sandbox_has_an_exposure_of_at_most_1_5(self):
        ask("GET", "/")
        command("systemd-analyze", "security", "--threshold=15", UNIT)

    def test_the_first_connection_starts_it_and_a_link_opens_it(self):
        self.assertEqual(show("ActiveState", UNIT), "inactive")
        self.assertEqual(ask("GET", "/")[0], 200)
        self.assertEqual(show("ActiveState", UNIT), "active")
        self.assertEqual(ask("GET", "/session")[0], 401)
        cookie = enter()
        facts = json.loads(ask("GET", "/session", cookie=cookie)[2])
        self.assertEqual((facts["daemon"], facts["socket"]), (True, "/run/sidestep/sidestep.sock"))
        found = json.loads(ask("POST", "/rpc", {"method": "run.list"}, cookie)[2])
        self.assertIn("runs", found["result"])

    def test_whoever_asks_for_a_link_starts_it(self):
        self.assertEqual(show("ActiveState", UNIT), "inactive")
        enter()
        self.assertEqual(show("ActiveState", UNIT), "active")

    def test_it_runs_as_the_daemons_user_without_any_capability_and_writes_nothing(self):
        ask("GET", "/")
        pid = show("MainPID", UNIT)
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
        self.assertEqual(status["Uid"].split(), [command("id", "-u", "sidestep")] * 4)
        self.assertEqual({int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")}, {0})
        self.assertEqual(os.listdir("/run/sidestep-ui"), [f"ui-{PORT}.sock"])

    def test_other_users_are_closed_and_get_no_link(self):
        ask("GET", "/")
        talk = (f"exec 3<>/dev/tcp/127.0.0.1/{PORT}; printf 'GET / HTTP/1.1\\r\\nHost: 127.0.0.1:{PORT}\\r\\n\\r\\n' >&3; "
                "timeout 20 head -c 12 <&3")
        for uid, answer in (0, "HTTP/1.1 200"), (65534, ""):
            done = subprocess.run(["bash", "-c", talk], capture_output=True, text=True, user=uid, group=uid,
                                  extra_groups=[], cwd="/")
            self.assertEqual(done.stdout, answer, done.stderr)
        link = subprocess.run(["sidestep", "ui", "--link"], capture_output=True, user=65534, group=65534, extra_groups=[], cwd="/")
        self.assertEqual(link.returncode, 69)

    def test_it_ends_in_order_and_its_links_are_not_in_the_journal(self):
        ask("GET", "/")
        enter()
        systemctl("stop", UNIT)
        self.assertEqual((show("Result", UNIT), show("ExecMainStatus", UNIT)), ("success", "0"))
        self.assertNotIn("/#", command("journalctl", "-o", "cat", "-u", UNIT))
        # The next connection starts it anew.
        self.assertEqual(ask("GET", "/")[0], 200)

    def test_a_daemon_that_is_restarted_is_found_again(self):
        cookie = (ask("GET", "/"), enter())[1]
        self.assertEqual(ask("POST", "/rpc", {"method": "ping"}, cookie)[0], 200)
        systemctl("restart", "sidestepd.service")
        wait_for(lambda: ask("POST", "/rpc", {"method": "ping"}, cookie)[0] == 200, 30, "the daemon")
