"""Disks that fill up, fail and come back: nothing acknowledged is lost, nothing half done, reads go on."""

import os
import signal
import sqlite3
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import Daemon, Refused, wait_for

SHIM = Path(__file__).with_name("faultfs.c")


class Disk(unittest.TestCase):
    @unittest.skipUnless(os.geteuid() == 0, "mounting a small file system needs root")
    def test_a_full_disk_refuses_writes_serves_reads_and_recovers_by_itself(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], check=True)
            try:
                with Daemon(folder=folder) as daemon:
                    self.fill_and_recover(daemon, folder)
            finally:
                subprocess.run(["umount", "-l", folder], check=True)

    def fill_and_recover(self, daemon: Daemon, folder: str) -> None:
        connection = daemon.connect()
        connection.call("resume", run="r")
        connection.call("step.complete", step="before", output="kept")
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        owner = self.owner_in_another_process(daemon)
        Path(f"{folder}/filler").write_bytes(b"x" * max(0, free - 65536))
        acknowledged = 0
        with self.assertRaises(Refused) as caught:
            for number in range(100):
                connection.call("step.complete", step=f"n{number}", output="y" * 200_000)
                acknowledged += 1
        self.assertEqual(caught.exception.kind, "storage_full")
        self.assertEqual(daemon.connect().call("step.get", run="r", step="before")["output"], "kept")
        os.killpg(owner.pid, signal.SIGKILL)
        owner.wait()
        connection.call("ping")
        os.unlink(f"{folder}/filler")
        connection.call("step.complete", step="after", output=1)
        wait_for(
            lambda: daemon.connect().call("run.get", run="of-a-dead-owner")["run"]["status"] == "interrupted",
            what="the end of a dead owner's lease",
        )
        steps = {s["step"] for s in daemon.connect().call("step.list", run="r")["steps"]}
        self.assertEqual(steps, {"before", "after"} | {f"n{i}" for i in range(acknowledged)})

    def owner_in_another_process(self, daemon: Daemon) -> subprocess.Popen:
        request = '{"jsonrpc":"2.0","id":1,"method":"resume","params":{"run":"of-a-dead-owner"}}'
        owner = subprocess.Popen(
            ["sh", "-c", f"(echo '{request}'; sleep 60) | socat - UNIX-CONNECT:{daemon.socket}"],
            stdout=subprocess.PIPE, start_new_session=True)
        owner.stdout.readline()
        return owner

    def shim(self, folder: str) -> str:
        library = f"{folder}/faultfs.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, str(SHIM), "-ldl"], check=True)
        return library

    def prepared(self, folder: str, fault: str) -> Daemon:
        """A daemon whose database exists already, so that a fault counts only the writes of requests."""
        with Daemon(folder=folder) as daemon:
            daemon.kill(signal.SIGTERM)
        return Daemon(folder=folder, environment={"LD_PRELOAD": self.shim(folder), "FAULTFS": fault})

    def test_a_failed_sync_is_answered_and_the_daemon_leaves_to_recover(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.prepared(folder, "fdatasync:-wal:20:20:5") as daemon:
                connection = daemon.connect()
                connection.call("resume", run="r")
                acknowledged = []
                with self.assertRaises(Refused) as caught:
                    for number in range(100):
                        connection.call("step.complete", step=f"n{number}", output=number)
                        acknowledged.append(f"n{number}")
                self.assertEqual(caught.exception.kind, "storage_error")
                self.assertEqual(daemon.process.wait(60), 74)
                daemon.environment = {}
                daemon.start()
                steps = {s["step"] for s in daemon.connect().call("step.list", run="r")["steps"]}
                self.assertLessEqual(set(acknowledged), steps)

    def test_a_failed_write_is_answered_and_the_daemon_goes_on(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.prepared(folder, "pwrite:-wal:200:204:5") as daemon:
                connection = daemon.connect()
                connection.call("resume", run="r")
                acknowledged, refused = set(), 0
                for number in range(400):
                    try:
                        connection.call("step.complete", step=f"n{number}", output="z" * 3000)
                        acknowledged.add(f"n{number}")
                    except Refused as error:
                        self.assertEqual(error.kind, "storage_error")
                        refused += 1
                self.assertGreater(refused, 0, "the fault was not met")
                self.assertIsNone(daemon.process.poll())
                steps = {s["step"] for s in daemon.connect().call("step.list", run="r", limit=1000)["steps"]}
                self.assertEqual(acknowledged, steps)

    def test_killed_at_the_nth_write_everything_acknowledged_is_there(self):
        for when in (5, 10, 21, 52, 100, 151, 303):
            with self.subTest(write=when), tempfile.TemporaryDirectory() as folder:
                with self.prepared(folder, f"pwrite:-wal:{when}:{when}:torn") as daemon:
                    connection = daemon.connect()
                    acknowledged = set()
                    try:
                        connection.call("resume", run="r")
                        for number in range(400):
                            connection.call("step.complete", step=f"n{number}", output=number)
                            acknowledged.add(f"n{number}")
                    except (ConnectionError, OSError):
                        pass
                    self.assertEqual(daemon.process.wait(60), -signal.SIGKILL)
                    daemon.environment = {}
                    daemon.start()
                    run = daemon.connect()
                    found = {s["step"] for s in run.call("step.list", run="r", limit=1000)["steps"]} if acknowledged else set()
                    self.assertLessEqual(acknowledged, found)
                    database = sqlite3.connect(f"file:{daemon.database}?mode=ro", uri=True)
                    self.assertEqual(database.execute("pragma integrity_check").fetchone()[0], "ok")
                    database.close()
