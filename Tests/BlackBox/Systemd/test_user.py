"""The user's units on a real `systemd --user`, as an unprivileged user who logged in."""

import os
import socket
import stat
import subprocess
import unittest
from pathlib import Path

from harness import Connection, wait_for

RUNTIME = Path(os.environ["XDG_RUNTIME_DIR"])
SOCKET = f"{RUNTIME}/sidestep/sidestep.sock"
DATABASE = Path.home() / ".local/state/sidestep/sidestep.db"


def systemctl(*words: str) -> str:
    done = subprocess.run(["systemctl", "--user", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def show(name: str) -> str:
    return systemctl("show", "-P", name, "sidestepd.service")


def call(method: str, **params) -> dict:
    connection = Connection(SOCKET)
    try:
        return connection.call(method, **params)
    finally:
        connection.close()


class User(unittest.TestCase):
    def setUp(self):
        systemctl("stop", "sidestepd.service")
        systemctl("start", "sidestepd.socket")

    def test_the_units_have_no_mistake(self):
        done = subprocess.run(
            ["systemd-analyze", "--user", "verify", "sidestepd.socket", "sidestepd.service"],
            capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_page_is_started_by_its_socket_and_gives_links_to_its_user(self):
        done = subprocess.run(
            ["systemd-analyze", "--user", "verify", "sidestep-ui.socket", "sidestep-ui.service"],
            capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        systemctl("start", "sidestep-ui.socket")
        self.addCleanup(systemctl, "stop", "sidestep-ui.socket", "sidestep-ui.service")
        # Whoever asks for a link starts it.
        link = subprocess.run(["sidestep", "ui", "--link"], capture_output=True, text=True)
        self.assertEqual(link.returncode, 0, link.stderr)
        with socket.create_connection(("127.0.0.1", 7077), timeout=60) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:7077\r\n\r\n")
            self.assertEqual(connection.recv(12), b"HTTP/1.1 200")
        self.assertTrue(link.stdout.startswith("http://127.0.0.1:7077/#"))
        self.assertTrue((RUNTIME / "sidestep/ui-7077.sock").is_socket())

    def test_the_first_connection_starts_the_daemon_and_all_is_the_users_alone(self):
        self.assertEqual(show("ActiveState"), "inactive")
        info = call("system.info")
        self.assertEqual((info["database"], info["socket"]), (str(DATABASE), SOCKET))
        self.assertEqual(show("ActiveState"), "active")
        for path, mode in ((SOCKET, 0o600), (Path(SOCKET).parent, 0o700), (DATABASE, 0o600), (DATABASE.parent, 0o700)):
            self.assertEqual((stat.S_IMODE(os.stat(path).st_mode), os.stat(path).st_uid), (mode, os.getuid()), path)

    def test_sigkill_brings_it_back_with_all_that_was_acknowledged(self):
        connection = Connection(SOCKET)
        connection.call("resume", run="r")
        connection.call("step.complete", step="s", output=7)
        pid = show("MainPID")
        systemctl("kill", "--signal=KILL", "--kill-who=main", "sidestepd.service")
        wait_for(lambda: show("MainPID") not in ("0", pid), 20, "another process")
        self.assertEqual(call("step.get", run="r", step="s")["output"], 7)

    def test_the_command_line_tool_finds_it_without_being_told(self):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SIDESTEP")}
        done = subprocess.run(["sidestep", "ping"], capture_output=True, text=True, env=clean)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(show("ActiveState"), "active")

    def test_reload_and_stop_are_understood(self):
        call("ping")
        pid = show("MainPID")
        systemctl("reload", "sidestepd.service")
        self.assertEqual((show("MainPID"), show("ActiveState")), (pid, "active"))
        systemctl("stop", "sidestepd.service")
        self.assertEqual((show("ActiveState"), show("Result")), ("inactive", "success"))
