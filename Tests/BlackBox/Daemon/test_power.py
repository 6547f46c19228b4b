"""Power failures: what was acknowledged is on the disk, and what was not synced is really lost before we look."""

import os
import sqlite3
import threading
import unittest

from disk import Disk
from harness import Daemon, Refused, wait_for

CONNECTIONS = 8
ACKNOWLEDGED = 2000


@unittest.skipUnless(os.geteuid() == 0, "mounting an image needs root")
class Power(unittest.TestCase):
    def test_every_acknowledged_step_survives_a_power_failure_in_the_middle_of_work(self):
        with Disk() as disk:
            daemon = Daemon(folder=disk.place)
            try:
                daemon.start()
                acknowledged = self.work_until_the_power_fails(daemon, disk)
                self.assertGreaterEqual(sum(map(len, acknowledged.values())), ACKNOWLEDGED)
                disk.unmount()
                disk.mount()
                daemon.start()
                self.assertEqual(self.lost(daemon, acknowledged), set())
                self.assert_whole(daemon.database)
            finally:
                daemon.close()

    def work_until_the_power_fails(self, daemon: Daemon, disk: Disk) -> dict[str, set[str]]:
        """Completes steps on several connections at once; returns what was acknowledged, by run."""
        acknowledged: dict[str, set[str]] = {f"r{number}": set() for number in range(CONNECTIONS)}
        refused: list[str] = []

        def work(run: str) -> None:
            connection = daemon.connect()
            try:
                connection.call("resume", run=run)
                while len(acknowledged[run]) < ACKNOWLEDGED:
                    step = f"s{len(acknowledged[run])}"
                    connection.call("step.complete", step=step, output=step)
                    acknowledged[run].add(step)
            except Refused as error:
                refused.append(error.kind)
            except OSError:
                pass  # the daemon has left
            finally:
                connection.close()

        workers = [threading.Thread(target=work, args=(run,)) for run in acknowledged]
        for worker in workers:
            worker.start()
        try:
            wait_for(lambda: sum(map(len, acknowledged.values())) >= ACKNOWLEDGED, 120, f"{ACKNOWLEDGED} replies")
            disk.cut_power()
        finally:
            daemon.kill()
            for worker in workers:
                worker.join()
        # After the cut no sync succeeds, so nothing may be called done; a refusal says so.
        self.assertLessEqual(set(refused), {"storage_error", "shutting_down"})
        return acknowledged

    def lost(self, daemon: Daemon, acknowledged: dict[str, set[str]]) -> set[str]:
        """The acknowledged steps that are not there, or not with their output."""
        connection = daemon.connect()
        missing = set()
        for run, steps in acknowledged.items():
            found, page = set(), {"more": None}
            while "steps" not in page or page.get("more"):
                cursor = {"cursor": page["more"]} if page.get("more") else {}
                page = connection.call("step.list", run=run, **cursor)
                found |= {s["step"] for s in page["steps"] if s["status"] == "completed" and s["output"] == s["step"]}
            missing |= {f"{run}/{step}" for step in steps - found}
        connection.close()
        return missing

    def assert_whole(self, path: str) -> None:
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            self.assertEqual(database.execute("pragma integrity_check").fetchall(), [("ok",)])
        finally:
            database.close()
