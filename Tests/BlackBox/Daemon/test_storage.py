"""What a disk does to the daemon while it works: said, survived, and with a way out."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import test_faults
from harness import ROOT, Daemon, Refused, binary, wait_for

# The Python client wants a version that the system's own may not have.
PYTHON = str(ROOT / ".venv/bin/python") if (ROOT / ".venv/bin/python").exists() else sys.executable

MIB = 1 << 20


class Small(unittest.TestCase):
    """A daemon on a file system of its own, 40 MiB large."""

    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest("mounting a small file system needs root")
        folder = tempfile.TemporaryDirectory(prefix="sidestep-small-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", self.folder], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.folder], check=True)
        self.daemon = Daemon(folder=self.folder).start()
        self.addCleanup(self.daemon.close)
        self.connection = self.daemon.connect()

    @property
    def free(self) -> int:
        facts = os.statvfs(self.folder)
        return facts.f_bavail * facts.f_frsize

    def fill(self) -> None:
        """Somebody else takes what is left."""
        with open(f"{self.folder}/filler", "ab") as file:
            while self.free:
                file.write(b"x" * min(self.free, MIB))
                file.flush()

    def write_until_full(self, run: str) -> int:
        """Completes steps until the disk is full; how many were acknowledged."""
        for number in range(1000):
            try:
                self.connection.call("state.set", run=run, name=f"n{number}", value="y" * 100_000)
            except Refused as error:
                self.assertEqual(error.kind, "storage_full")
                return number
        self.fail("the disk does not fill up")

    def storage(self) -> dict:
        return self.connection.call("system.info")["storage"]

    def start_runs(self, *runs: str) -> None:
        for run in runs:
            self.connection.call("resume", run=run)


class Full(Small):
    def test_what_ends_or_frees_something_works_on_a_full_disk(self):
        self.start_runs("large", "completed", "failed", "cancelled", "deleted")
        self.fill()
        self.assertGreater(self.write_until_full("large"), 0)
        self.fill_again()
        self.connection.call("step.complete", run="completed", step="paid", output={"receipt": 17})
        self.connection.call("run.complete", run="completed", output="done")
        self.connection.call("run.fail", run="failed", error={"type": "x", "message": "y"}, retryable=False)
        self.connection.call("run.release", run="cancelled")
        self.connection.call("run.cancel", run="cancelled")
        self.connection.call("run.release", run="deleted")
        self.assertTrue(self.connection.call("run.delete", run="deleted")["deleted"])
        for run, status in (("completed", "completed"), ("failed", "failed"), ("cancelled", "cancelled")):
            self.assertEqual(self.connection.call("run.get", run=run)["run"]["status"], status)
        with self.assertRaises(Refused) as caught:
            self.connection.call("resume", run="new")
        self.assertEqual(caught.exception.kind, "storage_full")
        self.assertIn("sidestep prune", caught.exception.data["hint"])

    def fill_again(self) -> None:
        """What writing met: nothing is left but the reserve, which was given up."""
        with self.assertRaises(Refused):
            self.connection.call("resume", run="other")
        wait_for(lambda: "the reserve was given up" in self.daemon.text(), what="the log")

    def test_removing_runs_lets_everybody_write_although_the_disk_stays_full(self):
        self.start_runs("large")
        self.fill()
        self.write_until_full("large")
        self.connection.call("run.release", run="large")
        self.connection.call("run.cancel", run="large")
        self.connection.call("run.prune", before=4_000_000_000_000)

        def writes() -> bool:
            try:
                self.connection.call("resume", run="after")
                return True
            except Refused as error:
                self.assertEqual(error.kind, "storage_full")
                return False

        wait_for(writes, 30, "a write")
        self.connection.call("step.complete", run="after", step="s", output="z" * 100_000)
        self.whole()

    def test_the_state_is_told_and_so_is_the_end_of_it(self):
        self.start_runs("large")
        self.assertEqual(self.storage()["state"], "ok")
        self.fill()
        self.write_until_full("large")
        told = self.storage()
        self.assertEqual(told["state"], "full")
        self.assertIn("full", told["message"])
        wait_for(lambda: self.daemon.text().count("the disk of the database is full") == 1, what="the log")
        for _ in range(20):
            with self.assertRaises(Refused):
                self.connection.call("resume", run="new")
        self.assertEqual(self.daemon.text().count("the disk of the database is full"), 1, "it is said once")
        self.assertEqual(self.storage()["since_at"], told["since_at"])
        os.unlink(f"{self.folder}/filler")
        self.connection.call("resume", run="new")
        self.assertEqual(self.storage()["state"], "ok")
        wait_for(lambda: "the disk of the database is well again" in self.daemon.text(), what="the log")
        self.assertTrue(Path(f"{self.daemon.database}.reserve").exists())

    def test_a_full_disk_survives_a_kill(self):
        self.start_runs("large")
        self.fill()
        acknowledged = self.write_until_full("large")
        self.daemon.kill()
        self.daemon.start()
        self.connection = self.daemon.connect()
        state = self.connection.call("state.list", run="large")["state"]
        self.assertGreaterEqual(len(state), acknowledged)
        self.whole()

    def whole(self) -> None:
        database = sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True)
        self.assertEqual(database.execute("pragma integrity_check").fetchall(), [("ok",)])
        database.close()


class Waiting(Small):
    """Clients whose step is done wait for space, say so once, and record it: nothing is done twice."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="sidestep-waiting-")
        self.addCleanup(folder.cleanup)
        self.place = folder.name
        self.start_runs("large")
        self.environment = {
            **os.environ, "SIDESTEP_SOCKET": self.daemon.socket, "SIDESTEP_AUTOSTART": "0", "TMPDIR": self.place,
            "PYTHONPATH": str(ROOT / "clients/python"),
            "PATH": f"{Path(binary('sidestep')).parent}:{os.environ['PATH']}"}

    def nothing_is_left(self) -> None:
        self.fill()
        self.write_until_full("large")
        self.fill()

    def waits_and_goes_on(self, *command: str, is_full_first: bool = False) -> str:
        """Runs a client whose work waits for the file `go`; what it prints."""
        if is_full_first:
            self.nothing_is_left()
        with open(f"{self.place}/said", "wb") as said:
            client = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=said, text=True, cwd=self.place)
        self.addCleanup(client.stdout.close)
        self.addCleanup(client.wait)
        self.addCleanup(client.kill)
        if not is_full_first:
            wait_for(lambda: os.path.exists(f"{self.place}/begun"), 30, "the beginning")
            self.nothing_is_left()
            Path(f"{self.place}/go").touch()
        wait_for(lambda: "waiting for space" in self.said(), 30, "a word about it")
        os.unlink(f"{self.folder}/filler")
        printed = client.communicate(timeout=60)[0]
        self.assertEqual(client.returncode, 0, self.said())
        self.assertEqual(self.said().count("waiting for space"), 1)
        self.assertIn("sidestep prune", self.said())
        return printed

    def said(self) -> str:
        return Path(f"{self.place}/said").read_text()

    WORK = "echo x >>begun; until [ -e go ]; do sleep 0.02; done; echo done"

    def recorded_once(self, run: str) -> None:
        steps = self.connection.call("step.list", run=run)["steps"]
        self.assertEqual([step["status"] for step in steps], ["completed"])
        self.assertEqual(Path(f"{self.place}/begun").read_text(), "x\n")

    def test_the_command_line_tool(self):
        script = f'eval "$(sidestep start tool)"; exec sidestep step s -- sh -c "{self.WORK}"'
        self.assertEqual(self.waits_and_goes_on("bash", "-c", script), "done\n")
        self.recorded_once("tool")

    def test_a_supervisor(self):
        self.assertEqual(self.waits_and_goes_on("sidestep", "run", "--id", "sup", "--", "sh", "-c", self.WORK), "done\n")
        self.assertEqual(self.connection.call("run.get", run="sup")["run"]["status"], "completed")

    def test_the_shell_client(self):
        script = f". {ROOT}/clients/shell/sidestep.sh; sidestep_start shell || exit; sidestep_step s sh -c '{self.WORK}'"
        self.assertEqual(self.waits_and_goes_on("bash", "-c", script), "done\n")
        self.recorded_once("shell")

    def test_the_python_client(self):
        script = (
            "import os, time, sidestep.sync\n"
            "def work():\n"
            "    open('begun', 'a').write('x\\n')\n"
            "    while not os.path.exists('go'): time.sleep(0.02)\n"
            "    return 'done'\n"
            "with sidestep.sync.connect() as client:\n"
            "    print(client.resume('python').step('s', work))\n")
        self.assertEqual(self.waits_and_goes_on(PYTHON, "-c", script), "done\n")
        self.recorded_once("python")

    def test_the_swift_client(self):
        os.mkdir(f"{self.place}/texts")
        Path(f"{self.place}/texts/one.txt").write_text("one two three\n")
        files = str(Path(binary("sidestep")).with_name("sidestep-example-files"))
        printed = self.waits_and_goes_on(files, f"{self.place}/texts", "swift", f"{self.place}/effects", is_full_first=True)
        self.assertIn("3 words", printed)


class Copying(unittest.TestCase):
    """The log that is to be copied into the database."""

    shim, prepared = test_faults.Disk.shim, test_faults.Disk.prepared

    def test_a_failed_sync_of_the_database_ends_the_daemon_as_one_of_a_commit_does(self):
        with tempfile.TemporaryDirectory() as folder, self.prepared(folder, "fdatasync:.db:1:1:5") as daemon:
            connection = daemon.connect()
            acknowledged = set()
            try:
                connection.call("resume", run="r")
                for number in range(5000):
                    connection.call("step.complete", step=f"n{number}", output="z" * 3000)
                    acknowledged.add(f"n{number}")
            except (Refused, ConnectionError, OSError):
                pass
            self.assertEqual(daemon.process.wait(60), 74)
            daemon.says("a sync failed")
            daemon.environment = {}
            daemon.start()
            steps, page = set(), {"more": None}
            while "steps" not in page or page.get("more"):
                cursor = {"cursor": page["more"]} if page.get("more") else {}
                page = daemon.connect().call("step.list", run="r", limit=1000, **cursor)
                steps |= {step["step"] for step in page["steps"]}
            self.assertLessEqual(acknowledged, steps)

    def test_a_copy_that_fails_is_said_writing_goes_on_and_the_end_of_it_is_said(self):
        with tempfile.TemporaryDirectory() as folder, self.prepared(folder, "pwrite:.db:1:40:5") as daemon:
            connection = daemon.connect()
            connection.call("resume", run="r")

            def state() -> str:
                connection.call("step.complete", step=f"n{next(numbers)}", output="z" * 3000)
                return connection.call("system.info")["storage"]["state"]

            numbers = iter(range(100_000))
            wait_for(lambda: state() == "failing", 30, "the failed copy")
            wait_for(lambda: "the disk of the database fails" in daemon.text(), what="the log")
            self.assertRegex(daemon.text(), r"the store could not read or write code=\d+ event=storage.fault problem=.* statement=copy_log")
            self.assertIn("copy_log", connection.call("system.info")["storage"]["message"])
            wait_for(lambda: state() == "ok", 60, "a copy that succeeds")
            wait_for(lambda: "the disk of the database is well again" in daemon.text(), what="the log")


class Log(unittest.TestCase):
    """The size of the log."""

    def setUp(self):
        self.daemon = Daemon().start()
        self.addCleanup(self.daemon.close)
        self.connection = self.daemon.connect()
        self.connection.call("resume", run="r")

    @property
    def size(self) -> int:
        return os.path.getsize(f"{self.daemon.database}-wal")

    def grow(self, bytes: int) -> None:
        number = 0
        while self.size < bytes:
            self.connection.call("state.set", name=f"n{number}", value="x" * 500_000)
            number += 1

    def reader(self) -> sqlite3.Connection:
        """Somebody who looks at the database and stays."""
        outside = sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True, isolation_level=None)
        outside.execute("begin")
        outside.execute("select count(*) from run").fetchone()
        return outside

    def test_it_is_short_again_when_a_reader_that_stayed_long_has_left_though_nobody_writes(self):
        reader = self.reader()
        self.grow(40 * MIB)
        reader.close()
        wait_for(lambda: self.size <= 8 * MIB, 60, "a short log")
        self.assertGreaterEqual(self.size, 4 * MIB)

    def test_it_is_short_again_after_a_vacuum(self):
        self.grow(4 * MIB)
        for number in range(40):
            self.connection.call("state.set", name=f"more{number}", value="x" * 500_000)
        self.connection.call("system.vacuum")
        wait_for(lambda: self.size <= 8 * MIB, 60, "a short log")

    def test_at_the_end_it_has_its_first_size_and_holds_nothing(self):
        reader = self.reader()
        self.grow(20 * MIB)
        reader.close()
        self.assertEqual(self.daemon.kill(signal.SIGTERM), 0)
        self.assertTrue(4 * MIB <= self.size <= 4 * MIB + 128 * 1024, self.size)
        self.assertEqual(Path(f"{self.daemon.database}-wal").read_bytes()[:32], bytes(32))
        self.daemon.start()
        self.assertTrue(self.size >= 4 * MIB)

    def test_what_systemd_is_told(self):
        self.daemon.kill(signal.SIGTERM)
        shim = test_faults.Disk().shim(self.daemon.folder)
        heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(heard.close)
        heard.bind(f"{self.daemon.folder}/notify")
        heard.settimeout(60)
        self.daemon.environment = {"NOTIFY_SOCKET": f"{self.daemon.folder}/notify", "LD_PRELOAD": shim,
                                   "FAULTFS": "pwrite:-wal:40:42:28"}
        self.daemon.start()
        connection = self.daemon.connect()
        connection.call("resume", run="again")
        for number in range(100):
            try:
                connection.call("step.complete", step=f"n{number}", output=number)
            except Refused as error:
                self.assertEqual(error.kind, "storage_full")
        for word in ("STATUS=the disk is full", "STATUS=serving"):
            for _ in range(100):
                if word in heard.recv(4096).decode():
                    break
            else:
                self.fail(f"{word} was not heard")
