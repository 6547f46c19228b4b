"""Settings are used or refused: what holds and what said it, what a reload changes, what is exit status 64."""

import os
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import Daemon, Refused, binary, wait_for

NOBODY = 65534


def check(*flags: str, environment: dict | None = None, user: int | None = None) -> tuple[int, str, str]:
    """What `sidestepd --check-configuration` says: its status and both of its streams."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SIDESTEP")}
    who = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    done = subprocess.run([binary("sidestepd"), "--check-configuration", *flags], capture_output=True, text=True,
                          timeout=60, cwd="/", env={**clean, **(environment or {})}, **who)
    return done.returncode, done.stdout, done.stderr


class Checked(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.file = Path(f"{self.folder}/conf")

    def refused(self, *words: str, flags: tuple = (), environment: dict | None = None) -> None:
        flags = flags or ("--config", str(self.file))
        status, shown, said = check(*flags, environment=environment)
        self.assertEqual((status, shown), (64, ""), said)
        for word in words:
            self.assertIn(word, said)
        # The daemon itself refuses the same with the same words.
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SIDESTEP")}
        done = subprocess.run([binary("sidestepd"), *flags], capture_output=True, text=True, timeout=60,
                              env={**clean, **(environment or {})})
        self.assertEqual((done.returncode, done.stderr), (64, said))

    def test_every_setting_is_printed_with_what_said_it(self):
        self.file.write_text("retention_days = 7 # a week\nlog_level = debug\ndatabase = /from/the/file.db\n")
        status, shown, said = check("--user", "--config", str(self.file), "--socket", "s",
                                    environment={"SIDESTEP_DATABASE": "/from/the/environment.db", "SIDESTEP_LOG_LEVEL": ""})
        self.assertEqual((status, said), (0, ""))
        lines = shown.splitlines()
        self.assertIn(f"# read: {self.file}", lines)
        self.assertIn(f"retention_days = 7  # {self.file}, line 1", lines)
        self.assertIn(f"log_level = debug  # {self.file}, line 2", lines)
        self.assertIn("database = /from/the/environment.db  # SIDESTEP_DATABASE", lines)
        self.assertIn("socket = //s  # --socket", lines)
        self.assertIn("idle_exit_ms = 0  # default", lines)

    def test_what_is_printed_is_a_configuration_that_holds(self):
        self.file.write_text("exec_users = root, 7\nhttp_hosts = .example.org\nlimits.depth = 100\n")
        _, first, _ = check("--user", "--config", str(self.file))
        self.file.write_text(first)
        status, second, said = check("--user", "--config", str(self.file))
        self.assertEqual((status, said), (0, ""))
        self.assertEqual([line.split("#")[0] for line in second.splitlines()[1:]],
                         [line.split("#")[0] for line in first.splitlines()[1:]])

    def test_a_value_that_cannot_be_meant_is_refused_with_file_line_and_what_it_may_be(self):
        for line, word in (
            ("admin_group = no-such-group", "group `no-such-group`"), ("exec_users = root, no-such-user", "no-such-user"),
            ("http_proxy = nonsense at all", "address of a proxy"), ("http_hosts = http://a/", "name of a host"),
            ("limits.depth = 3", "8 to 512"), ("limits.connections = 60001", "60000"), ("retention_days = 2.5", "36500"),
            ("idle_exit_ms = 10", "1000"), ("database = relative.db", "slash"), ("credentials_directory = c", "slash"),
            ("log_level = info\nlog_level = debug", "stands in line 2 already"), ("nonsense", "name = value"),
            ("sokcet = /s", "Known: admin_group"), ("#" + "x" * 4096, "4096"),
        ):
            with self.subTest(line[:40]):
                self.file.write_text(f"# one\n{line}\n")
                self.refused(f"{self.file}, line {2 + line.count(chr(10))}", word)

    def test_a_file_that_is_no_text_or_too_large_is_refused(self):
        for content, word in ((b"socket = /\xff\n", "UTF-8"), (b"socket = /\0\n", "UTF-8"), (b"#\n" * 600_000, "bytes")):
            self.file.write_bytes(content)
            self.refused(str(self.file), word)

    def test_a_file_that_was_named_has_to_be_there_and_readable(self):
        self.refused("No such file", flags=("--config", f"{self.folder}/none"))
        self.refused("Is a directory", flags=("--config", self.folder))
        self.refused("No such file", flags=("--user",), environment={"SIDESTEP_CONFIG": f"{self.folder}/none"})

    def test_the_usual_file_need_not_be_there_and_counts_when_it_is(self):
        home = {"HOME": self.folder, "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": ""}
        self.assertIn("# no configuration file", check("--user", environment=home)[1])
        usual = Path(self.folder, ".config/sidestep/sidestep.conf")
        usual.mkdir(parents=True)
        self.refused("cannot read the configuration file", flags=("--user",), environment=home)

    @unittest.skipUnless(os.geteuid() == 0, "needs another user")
    def test_the_usual_file_that_its_user_cannot_read_is_refused(self):
        usual = Path(self.folder, ".config/sidestep/sidestep.conf")
        usual.parent.mkdir(parents=True)
        usual.write_text("log_level = debug\n")
        usual.chmod(0)
        os.chmod(self.folder, 0o755)
        os.chown(self.folder, NOBODY, NOBODY)
        status, _, said = check(environment={"HOME": self.folder, "XDG_CONFIG_HOME": ""}, user=NOBODY)
        self.assertEqual(status, 64)
        self.assertIn(f"cannot read the configuration file {usual}: Permission denied", said)

    def test_flags_and_variables_are_refused_like_lines(self):
        self.refused("--log-level", "warning", flags=("--log-level", "loud"))
        self.refused("--state-directory is empty", flags=("--state-directory", ""))
        self.refused("SIDESTEP_DATABASE", "slash", flags=("--user",), environment={"SIDESTEP_DATABASE": "d.db"})
        self.refused("SIDESTEP_LOG_LEVEL", flags=("--user",), environment={"SIDESTEP_LOG_LEVEL": "all"})


class Reloaded(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.file = Path(f"{self.folder}/conf")
        self.file.write_text("")
        self.daemon = Daemon("--config", str(self.file)).start()
        self.addCleanup(self.daemon.close)
        self.count = 0

    def reload(self, *lines: str) -> str:
        """Hands over new settings; what the daemon says about it."""
        self.file.write_text("\n".join([*lines, ""]))
        before = len(self.daemon.text())
        self.daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "\n" in self.daemon.text()[before:] and "configuration" in self.daemon.text()[before:],
                 what="a word about the configuration")
        return self.daemon.text()[before:]

    def shown(self, name: str) -> dict:
        return self.daemon.connect().call("system.info")["settings"][name]

    def test_what_can_be_changed_is_changed_and_the_rest_is_named(self):
        said = self.reload("log_level = debug", "database = /elsewhere.db", "retention_days = 3", "socket = /elsewhere")
        self.assertIn('changed="log_level retention_days"', said)
        # The flags of this daemon name both places: the file says nothing new.
        self.assertNotIn("elsewhere", said)
        self.assertEqual(self.shown("retention_days"), {"value": "3", "from": f"{self.file}, line 3"})
        self.assertEqual(self.shown("database")["from"], "--database")
        days = self.daemon.connect().call("retention.list")["default_keep_ms"] / 86_400_000
        self.assertEqual(days, 3)

    def test_a_place_that_changes_waits_for_the_next_start_and_is_named(self):
        place = {"SIDESTEP_DATABASE": "", "SIDESTEP_SOCKET": ""}
        self.file.write_text(f"socket = {self.folder}/a\ndatabase = {self.folder}/d.db\n")
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SIDESTEP")}
        with open(f"{self.folder}/log", "wb") as log:
            process = subprocess.Popen([binary("sidestepd"), "--config", str(self.file)], stderr=log, env={**clean, **place})
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.daemon.close()
        self.daemon = Daemon(folder=self.folder)
        self.daemon.socket, self.daemon.process = f"{self.folder}/a", process
        self.daemon.wait_until_ready()
        said = self.reload(f"socket = {self.folder}/b", f"database = {self.folder}/d.db", "log_level = debug")
        self.assertIn("at_next_start=socket", said)
        self.assertIn("changed=log_level", said)
        self.assertEqual(self.shown("socket")["value"], f"{self.folder}/a")
        self.assertFalse(os.path.exists(f"{self.folder}/b"))

    def test_a_mistake_leaves_everything_as_it_was(self):
        self.reload("retention_days = 3")
        said = self.reload("retention_days = 4", "log_level = loud")
        self.assertIn("stays as it was", said)
        self.assertEqual(self.shown("retention_days")["value"], "3")

    def test_limits_are_those_of_the_next_line(self):
        connection = self.daemon.connect()
        connection.call("resume", run="r", tags={"n": "x" * 100})
        self.reload("limits.name_bytes = 64")
        with self.assertRaises(Refused):
            connection.call("resume", run="s" * 65)
        self.assertEqual(connection.call("hello")["limits"]["name_bytes"], 64)

    def test_policies_of_requests_and_their_secrets_are_those_of_the_next_step(self):
        secrets = Path(self.folder, "secrets")
        secrets.mkdir()
        Path(secrets, "key").write_text("s3cret")
        Path(secrets, "key").chmod(0o600)
        self.assertIn("there is no credential", self.failure("{credential:key}", "http://127.0.0.1:1/"))
        self.reload(f"credentials_directory = {secrets}", "http_hosts = example.org")
        self.assertIn("http_hosts", self.failure("{credential:key}", "http://127.0.0.1:1/"))
        self.reload("http_allow_private = yes")
        self.assertIn("connect", self.failure("x", "http://127.0.0.1:1/").lower())
        self.reload("")
        self.assertNotIn("failed to connect", self.failure("x", "http://127.0.0.1:1/").lower())

    def failure(self, header: str, url: str) -> str:
        self.count += 1
        connection = self.daemon.connect()
        connection.call("resume", run=f"r{self.count}")
        with self.assertRaises(Refused) as caught:
            connection.call("run-step", step="s", http={"method": "GET", "url": url, "headers": {"A": header}})
        return str(caught.exception.data["failure"]["message"])

    @unittest.skipUnless(os.geteuid() == 0, "needs another user")
    def test_who_may_have_programs_run_and_who_is_an_administrator_changes(self):
        os.chmod(self.daemon.folder, 0o755)
        os.chmod(self.daemon.socket, 0o666)
        self.assertIn("not_permitted", self.as_nobody("exec"))
        self.reload(f"exec_users = {NOBODY}", f"admin_group = {NOBODY}")
        self.assertIn("completed", self.as_nobody("exec"))
        self.assertIn("settings", self.as_nobody("info"))
        self.reload("")
        self.assertIn("not_permitted", self.as_nobody("exec"))
        self.assertNotIn("settings", self.as_nobody("info"))

    def as_nobody(self, what: str) -> str:
        """What another user, in a process of its own, is answered."""
        self.count += 1
        script = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "from harness import Connection, Refused\n"
            "c = Connection(sys.argv[2])\n"
            "try:\n"
            "    if sys.argv[3] == 'info': print(sorted(c.call('system.info')))\n"
            "    else:\n"
            "        c.call('resume', run=sys.argv[4])\n"
            "        print(c.call('run-step', step='s', exec={'argv': ['true']})['status'])\n"
            "except Refused as error: print(error.kind)\n"
        )
        done = subprocess.run(
            ["python3", "-c", script, str(Path(__file__).parent), self.daemon.socket, what, f"n{self.count}"],
            capture_output=True, text=True, timeout=60, user=NOBODY, group=NOBODY, extra_groups=[], cwd="/")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


if __name__ == "__main__":
    unittest.main()
