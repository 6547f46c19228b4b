"""Recorded bodies that are to be gone are found in no file of the daemon: neither in its database nor in the log beside it."""

import os
import random
import unittest
from pathlib import Path

from harness import Daemon, wait_for

DAY = 86_400_000
CHANCE = random.Random(23)


def text(mark: str, size: int) -> str:
    """Words around a mark, so that it is found wherever a page or a row was cut."""
    return " ".join(f"{mark}{CHANCE.randrange(1 << 30)}" for _ in range(max(1, size // 20)))


class Forgetting(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon("--test-time", "0").start()
        self.addCleanup(self.daemon.close)
        self.connection = self.daemon.connect()

    def record(self, run: str, mark: str, calls: int = 12, **options) -> dict:
        """Calls of all sizes, each of which sends what went before it again, in a run that holds its mark elsewhere, too."""
        opened = self.connection.call(
            "resume", run=run, owner="process", owner_pid=os.getpid(), input={"argv": [text(mark, 60)]})
        said = {"run": run, "lease": opened["lease"]}
        self.connection.call("recording.open", recorder="r", **said, **options)
        history, cuts = text(mark, 100), []
        for number in range(1, calls + 1):
            begun = self.connection.call(
                "recording.begin", recorder="r", call=f"c{number}", upstream="openai", http_method="POST", path="/v1",
                keys=[f"k{number}"], request={"text": history, "cuts": cuts, **({"base": number - 1} if cuts else {})},
                **said)["recording"]
            size = (20, 700, 3000, 40_000)[number % 4]
            self.connection.call(
                "recording.complete", run=run, recording=begun, call=f"c{number}", status=200, text=text(mark, size),
                headers=[["x-request-id", text(mark, 30)]], usage={"tokens": 7})
            cuts.append(len(history))
            history += text(mark, (40, 1500, 20_000)[number % 3])
        # It would be found.
        self.assertTrue(self.places(mark))
        return said

    def complete(self, said: dict):
        self.connection.call("run.complete", lease=said["lease"], output="done")

    def places(self, mark: str) -> list[str]:
        files = sorted(Path(self.daemon.folder).glob("sidestep.db*"))
        return [path.name for path in files if mark.encode() in path.read_bytes()]

    def gone(self, mark: str):
        wait_for(lambda: not self.places(mark), what=f"the end of {mark} in the files")
        self.daemon.kill()
        self.assertEqual(self.places(mark), [])
        self.daemon.start()
        self.connection = self.daemon.connect()
        self.assertEqual(self.places(mark), [])
        self.assertEqual(self.connection.call("system.check")["problems"], [])

    def forgotten(self, run: str) -> bool:
        return all("forgotten_at" in call for call in self.connection.call("recording.list", run=run)["recordings"])

    def test_bodies_that_are_to_go_with_success_are_in_no_file_after_it_and_their_usage_stays(self):
        kept = self.record("kept", "amaranth")
        # Rows of both stand beside each other.
        said = [self.record(f"r{number}", f"heliotrope{number}x", forget_on_success=True) for number in range(3)]
        self.assertTrue(self.places("heliotrope1x"))
        for one in said:
            self.complete(one)
        for number in range(3):
            wait_for(lambda number=number: self.forgotten(f"r{number}"), what="the bodies' end")
            [first, *_] = self.connection.call("recording.list", run=f"r{number}")["recordings"]
            self.assertEqual((first["state"], first["keys"], first["usage"]), ("completed", [], {"tokens": 7}))
            found = self.connection.call("recording.get", run=f"r{number}", recording=1, request=True)
            self.assertNotIn("response", found)
            self.assertNotIn("request", found)
        # The input is the run's, and stays with it; what is left of the mark is that.
        for number in range(3):
            self.connection.call("run.delete", run=f"r{number}")
        for number in range(3):
            self.gone(f"heliotrope{number}x")
        self.assertTrue(self.places("amaranth"))
        found = self.connection.call("recording.get", run=kept["run"], recording=12, request=True)
        self.assertIn("amaranth", found["response"]["text"])

    def test_bodies_are_kept_for_as_long_as_was_said_and_are_in_no_file_afterwards(self):
        said = self.record("r", "heliotrope", retain_ms=7 * DAY)
        self.complete(said)
        self.connection.call("system.advance", ms=6 * DAY)
        self.assertFalse(self.forgotten("r"))
        self.connection.call("system.advance", ms=2 * DAY)
        wait_for(lambda: self.forgotten("r"), what="the bodies' end")
        self.connection.call("run.delete", run="r")
        self.gone("heliotrope")

    def test_nothing_of_a_recorded_run_is_in_any_file_when_it_was_deleted(self):
        said = self.record("r", "heliotrope")
        other = self.record("other", "amaranth")
        self.complete(said)
        self.connection.call("run.delete", run="r")
        self.gone("heliotrope")
        self.assertIn("amaranth", self.connection.call("recording.get", run=other["run"], recording=3)["response"]["text"])

    def test_a_reader_that_stays_holds_up_the_end_of_the_log_and_not_for_ever(self):
        import sqlite3

        said = self.record("r", "heliotrope", forget_on_success=True)
        reader = sqlite3.connect(self.daemon.database, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM run").fetchone()
        self.complete(said)
        wait_for(lambda: self.forgotten("r"), what="the bodies' end")
        self.connection.call("run.delete", run="r")
        self.assertIn("sidestep.db-wal", self.places("heliotrope"))
        reader.execute("COMMIT")
        reader.close()
        self.gone("heliotrope")


if __name__ == "__main__":
    unittest.main()
