"""Where things lie: one rule for the daemon, the command line, Python, Swift and the shell, on one list of scenarios.

The part of the odd environments that HOME, XDG_RUNTIME_DIR and their like are; and what a daemon does when its own place
is taken away.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from harness import ROOT, Connection, Daemon, binary, connected, wait_for

SCENARIOS = json.loads((ROOT / "clients/places/scenarios.json").read_text())["scenarios"]
STAGE = Path(__file__).with_name("places_stage.py")


def has_namespaces() -> bool:
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


class OneRule(unittest.TestCase):
    """Each scenario is asked of all five; what differs from the list is shown with its program."""

    def answers(self, scenario: dict) -> dict[str, dict]:
        folder = tempfile.TemporaryDirectory(prefix="places-")
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        command = [sys.executable, str(STAGE), folder.name]
        if has_namespaces():
            command = ["unshare", "--mount", "--propagation", "private", *command]
        done = subprocess.run(command, input=json.dumps(scenario), capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.folder, self.uid = folder.name, scenario.get("user", os.geteuid())
        return json.loads(done.stdout)

    def compare(self, scenario: dict) -> None:
        for program, answer in self.answers(scenario).items():
            with self.subTest(program=program):
                self.compare_one(scenario, program, answer)

    def compare_one(self, scenario: dict, program: str, answer: dict) -> None:
        refusal = scenario.get("refusal")
        status = 0 if refusal is None else 64 if program == "daemon" else 69
        self.assertEqual(answer["status"], status, answer)
        if refusal is not None:
            self.assertIn(refusal, answer["problem"])
            self.assertIn(scenario.get("hint", ""), answer["hint"])
            return
        self.assertIsNone(answer.get("problem"), answer)
        for name in ("socket", "database", "answers"):
            if name in scenario and not (program == "daemon" and name == "answers"):
                self.assertEqual(answer.get(name), self.text(scenario[name]), f"{program}: {name}")

    def text(self, value):
        if not isinstance(value, str):
            return value
        places = (("$T", self.folder), ("$UID", str(self.uid)), ("$ROOTHOME", os.path.expanduser("~root")))
        for name, replacement in places:
            value = value.replace(name, replacement)
        return value


def scenario_test(scenario: dict):
    def test(self: OneRule) -> None:
        if "root" in scenario.get("needs", []) and not has_namespaces():
            self.skipTest("needs root and a mount namespace")
        self.compare(scenario)

    test.__doc__ = scenario["name"]
    return test


for number, listed in enumerate(SCENARIOS):
    name = re.sub(r"\W+", "_", listed["name"].lower()).strip("_")
    setattr(OneRule, f"test_{number:02}_{name}", scenario_test(listed))


class Users(unittest.TestCase):
    """A user's home and run-time directory, and what is started there."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="places-", dir="/tmp")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for name in ("home", "run", "tmp"):
            os.mkdir(f"{self.folder}/{name}", 0o700)
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SIDESTEP")}
        self.environment = {**clean, "HOME": f"{self.folder}/home", "XDG_RUNTIME_DIR": f"{self.folder}/run",
                            "XDG_STATE_HOME": "", "XDG_CONFIG_HOME": "", "TMPDIR": f"{self.folder}/tmp",
                            "PATH": f"{Path(binary('sidestepd')).parent}:{os.environ['PATH']}",
                            "PYTHONPATH": str(ROOT / "clients/python"), "SIDESTEP_AUTOSTART": "1"}
        self.socket = f"{self.folder}/run/sidestep/sidestep.sock"
        self.database = f"{self.folder}/home/.local/state/sidestep/sidestep.db"
        self.addCleanup(self.end)

    def end(self) -> None:
        """Ends whoever has the database of this test, by the number in its lock."""
        pid = self.holder().get("pid")
        if pid and self.lives(int(pid)):
            os.kill(int(pid), signal.SIGKILL)

    def lives(self, pid: int) -> bool:
        try:
            return f"{self.folder}/" in Path(f"/proc/{pid}/environ").read_text(errors="replace") or os.geteuid() == 0
        except OSError:
            return False

    def holder(self) -> dict[str, str]:
        try:
            lines = Path(f"{self.database}.lock").read_text().splitlines()
        except OSError:
            return {}
        return dict(line.partition(" ")[::2] for line in lines)

    def spawn(self, *flags: str, **environment: str) -> subprocess.Popen:
        process = subprocess.Popen([binary("sidestepd"), "--user", *flags], cwd="/", stdin=subprocess.DEVNULL,
                                   stderr=open(f"{self.folder}/log", "ab"), env={**self.environment, **environment})
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        wait_for(lambda: process.poll() is not None or self.holder().get("pid") == str(process.pid) and
                 connected(self.holder()["socket"]), 20, "the daemon")
        return process

    def ask(self, *words: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(words, capture_output=True, text=True, timeout=60, cwd="/",
                              env={**self.environment, **environment})

    def log(self) -> str:
        return Path(f"{self.folder}/log").read_text()


class Lost(Users):
    def test_a_socket_that_is_gone_is_bound_again_and_connections_stay(self):
        self.spawn()
        kept = Connection(self.socket)
        os.unlink(self.socket)
        again = wait_for(lambda: connected(self.socket), 20, "the socket")
        self.assertEqual(again.call("system.info")["pid"], kept.call("system.info")["pid"])
        self.assertEqual(self.log().count("bound again"), 1)

    def test_a_run_time_directory_that_is_gone_leaves_a_place_where_clients_find_it(self):
        daemon = self.spawn()
        shutil.rmtree(f"{self.folder}/run")
        moved = f"{self.folder}/tmp/sidestep-{os.getuid()}/sidestep.sock"
        wait_for(lambda: self.holder().get("socket") == moved, 20, "another socket")
        self.assertEqual(Connection(moved).call("system.info")["socket"], moved)
        os.mkdir(f"{self.folder}/run", 0o700)
        found = json.loads(self.ask("sidestep", "where", "--json").stdout)
        self.assertEqual((found["answers"], found["socket"]), (True, moved))
        daemon.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(60), 0)
        self.assertFalse(os.path.exists(moved))

    def test_a_socket_that_took_its_place_is_left_alone(self):
        daemon = self.spawn()
        os.unlink(self.socket)
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(self.socket)
            wait_for(lambda: "another file has taken the place" in self.log(), 20, "a word about it")
            daemon.send_signal(signal.SIGTERM)
            self.assertEqual(daemon.wait(60), 0)
            self.assertTrue(os.path.exists(self.socket), "the socket of somebody else was removed")

    @unittest.skipUnless(os.geteuid() == 0, "needs another user")
    def test_a_directory_below_tmp_that_is_somebody_elses_is_refused(self):
        foreign = f"{self.folder}/tmp/sidestep-0"
        os.mkdir(foreign, 0o777)
        os.chown(foreign, 65534, 65534)
        daemon = self.spawn(XDG_RUNTIME_DIR="")
        self.assertEqual(daemon.wait(60), 73)
        self.assertIn("belongs to another user", self.log())

    def test_an_inherited_socket_is_known_by_its_own_path(self):
        path = f"{self.folder}/handed.sock"
        script = ("import os, sys\nos.dup2(int(sys.argv[1]), 3)\nos.set_inheritable(3, True)\n"
                  "os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES='rpc')\n"
                  "os.execv(sys.argv[2], sys.argv[2:])\n")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(path)
            listener.listen(16)
            process = subprocess.Popen(["python3", "-c", script, str(listener.fileno()), binary("sidestepd"), "--user"],
                                       pass_fds=[listener.fileno()], env=self.environment, stderr=subprocess.DEVNULL)
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
            connection = Connection(path)
            self.assertEqual(connection.call("system.info")["socket"], path)
            connection.call("resume", run="r")
            shown = connection.call("run-step", step="s", exec={"argv": ["sh", "-c", "echo $SIDESTEP_SOCKET"]})
            self.assertEqual(shown["output"]["stdout"], f"{path}\n")
            self.assertEqual(self.holder()["socket"], path)


class Private(Users):
    """A daemon that a client started for its user."""

    PYTHON = "import sidestep.sync as s\nwith s.connect() as c: print(c.call('system.info')['pid'])"

    def clients(self):
        yield "cli", ["sidestep", "call", "ping"]
        yield "python", ["python3", "-c", self.PYTHON]
        yield "shell", ["sh", "-euc", f". '{ROOT}/clients/shell/sidestep.sh'; sidestep_call ping"]

    def test_each_client_starts_it_on_the_same_files_and_says_so_once(self):
        for name, command in self.clients():
            with self.subTest(name):
                first = self.ask(*command)
                self.assertEqual(first.returncode, 0, first.stderr)
                self.assertEqual(first.stderr.count("\n"), 1)
                for part in ("started a daemon for", f"socket {self.socket}", f"database {self.database}", "log "):
                    self.assertIn(part, first.stderr)
                self.assertEqual(self.ask(*command).stderr, "")
                self.assertIn("private", self.holder())
                self.stop()

    def test_one_that_ends_at_once_is_told_with_its_own_message(self):
        os.makedirs(f"{self.folder}/home/.config/sidestep")
        Path(f"{self.folder}/home/.config/sidestep/sidestep.conf").write_text("log_level = nonsense\n")
        for name, command in self.clients():
            with self.subTest(name):
                done = self.ask(*command)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("sidestepd ended at once: sidestepd: error: ", done.stderr)
                self.assertIn("sidestep.conf, line 1: log_level is one of debug", done.stderr)

    def test_it_is_started_quietly_for_who_wants_that(self):
        for name, command in self.clients():
            with self.subTest(name):
                self.assertEqual(self.ask(*command, SIDESTEP_AUTOSTART="quiet").stderr, "")
                self.stop()

    def stop(self) -> None:
        pid = int(self.holder()["pid"])
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not os.path.exists(f"/proc/{pid}"), 20, "the end of the daemon")

    def test_many_clients_of_all_kinds_at_once_start_one(self):
        commands = [command for _, command in self.clients()] * 3
        started = [subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                    text=True) for command in commands]
        said = "".join(process.communicate(timeout=60)[1] for process in started)
        self.assertEqual([process.returncode for process in started], [0] * len(commands), said)
        self.assertEqual(said.count("started a daemon"), 1, said)

    def test_it_makes_way_for_a_daemon_that_is_started_on_purpose(self):
        connection = None
        self.ask("sidestep", "ping")
        private = int(self.holder()["pid"])
        connection = Connection(self.socket)
        connection.call("resume", run="r")
        connection.call("step.complete", step="s", output=7)
        daemon = self.spawn("--socket", f"{self.folder}/purpose.sock")
        self.assertIsNone(daemon.poll(), self.log())
        wait_for(lambda: not os.path.exists(f"/proc/{private}"), 20, "the end of the private one")
        self.assertNotIn("private", self.holder())
        self.assertEqual(Connection(f"{self.folder}/purpose.sock").call("step.get", run="r", step="s")["output"], 7)
        # The client's usual place has nobody; the lock says where the daemon is.
        self.assertEqual(self.ask("sidestep", "ping").returncode, 0)

    def test_a_daemon_that_was_started_on_purpose_makes_way_for_nobody(self):
        first = self.spawn()
        second = self.spawn("--socket", f"{self.folder}/second.sock")
        self.assertEqual(second.wait(60), 75)
        self.assertIsNone(first.poll())

    def test_one_that_died_is_started_again_for_the_program_that_was_using_it(self):
        script = (
            "import os, signal, sidestep.sync as s\n"
            "with s.connect() as c:\n"
            "    run = c.resume('r')\n"
            "    run.step('one', int)\n"
            "    os.kill(c.call('system.info')['pid'], signal.SIGKILL)\n"
            "    print(run.step('two', int))\n")
        done = self.ask("python3", "-c", script)
        self.assertEqual((done.returncode, done.stdout), (0, "0\n"), done.stderr)
        self.assertEqual(done.stderr.count("started a daemon"), 2)

    def test_no_other_daemon_is_taken_for_one_that_was_lost(self):
        other = Daemon().start()
        self.addCleanup(other.close)
        script = (
            "import os, signal, sys, sidestep, sidestep.sync as s\n"
            "with s.connect(reconnect_timeout=1) as c:\n"
            "    c.call('ping')\n"
            "    os.kill(c.call('system.info')['pid'], signal.SIGKILL)\n"
            "    try: c.call('ping')\n"
            "    except sidestep.ConnectionLost: print('lost')\n")
        done = self.ask("python3", "-c", script, SIDESTEP_SOCKET=other.socket)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "lost\n", ""))
        self.assertFalse(os.path.exists(self.socket), "a daemon of the user's own was started")


if __name__ == "__main__":
    unittest.main()
