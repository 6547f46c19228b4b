"""Disks that lose their power or are full: what was paid is recorded before the agent has the end of it, or it gets none."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from points import RIGHT, TURNS
from stage import ROOT, Stage, comes

sys.path.append(str(ROOT / "Tests/BlackBox/Daemon"))
from disk import Disk
from harness import Connection
from harness import Refused as Problem

FIRST = RIGHT.format(1)
MIB = 1 << 20


@unittest.skipUnless(os.geteuid() == 0, "mounting an image needs root")
class Power(unittest.TestCase):
    """C9: everything that was not synced is gone, and so are all processes."""

    def test_an_answer_whose_end_was_handed_out_survives_a_power_failure(self) -> None:
        with Disk() as disk, Stage(disk.place) as stage:
            stage.open("power-0", "power-1", "power-3")
            first = stage.program("power", TURNS + "turns(4)", TROUBLE="[gate:power-%]")
            stage.reached("power-2")
            comes("two answers", lambda: stage.answers("power") == [FIRST, FIRST])
            disk.cut_power()
            first.kill()
            stage.daemon.kill()
            disk.unmount()
            disk.mount()
            stage.daemon.start()
            stage.open("power-2")
            again = stage.program("power", TURNS + "turns(4)", TROUBLE="[gate:power-%]")
            self.assertEqual(again.end(), 0, again.said)
            self.assertEqual(stage.answers("power"), [FIRST, FIRST, RIGHT.format(2), FIRST])
            self.assertEqual(len(stage.calls()), 5)
            states = [entry["state"] for entry in stage.call("recording.list", run="power")["recordings"]]
            self.assertEqual(sorted(states), ["completed"] * 4 + ["in_doubt"])


@unittest.skipUnless(os.geteuid() == 0, "mounting a small file system needs root")
class Full(unittest.TestCase):
    """C13 and C14: a file system of 40 MiB that somebody else fills."""

    def setUp(self) -> None:
        self.place = self.enterContext(tempfile.TemporaryDirectory(prefix="sidestep-small-"))
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", self.place], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.place], check=True)
        self.stage = self.enterContext(Stage(self.place))
        self.filler = Path(self.place) / "filler"

    def fill(self) -> None:
        """Somebody else takes what is left, and what the daemon has for itself is used up."""
        with self.filler.open("ab", buffering=0) as file:
            while free := os.statvfs(self.place).f_bavail * os.statvfs(self.place).f_frsize:
                file.write(b"x" * min(free, MIB))
        connection = Connection(self.stage.daemon.socket)
        try:
            connection.call("resume", run="large")
            for number in range(1000):
                connection.call("state.set", run="large", name=f"n{number}", value="y" * 100_000)
            self.fail("the disk does not fill up")
        except Problem as problem:
            self.assertEqual(problem.kind, "storage_full")
        finally:
            connection.close()

    def test_a_call_that_cannot_be_written_down_is_refused_in_the_providers_words_and_not_sent(self) -> None:
        text = TURNS + """
import time
def wait(name):
    while not out.with_suffix(name).exists():
        time.sleep(0.01)
ask("before [words:4]")
out.with_suffix(".asked").touch()
wait(".full")
refusal = ask("full [words:4]" + "x" * 200_000)
out.with_suffix(".refused").touch()
wait(".free")
out.write_text(refusal + "\\n" + ask("after [words:4]"))
"""
        it = self.stage.program("started", text)
        comes("the first call", (self.stage.folder / "started.asked").exists)
        self.fill()
        (self.stage.folder / "started.full").touch()
        comes("the refusal", (self.stage.folder / "started.refused").exists)
        self.assertEqual(len(self.stage.calls()), 1)
        self.filler.unlink()
        (self.stage.folder / "started.free").touch()
        self.assertEqual(it.end(), 0, it.said)
        refusal, after = self.stage.answers("started")
        self.assertIn('"code":"sidestep_storage_full"', refusal)
        self.assertEqual(after, FIRST)
        recordings = self.stage.call("recording.list", run="started")["recordings"]
        self.assertEqual([entry["state"] for entry in recordings], ["completed"] * 2)
        self.assertEqual(len(self.stage.calls()), 2)

    def test_an_answer_that_cannot_be_recorded_waits_for_space_and_is_paid_once(self) -> None:
        text = TURNS.replace("[words:4]", "[words:4000]") + "turns(1)"
        it = self.stage.program("completed", text, TROUBLE="[gate:full][at:2]")
        self.stage.reached("full")
        self.fill()
        self.stage.open("full")
        comes("the provider's end", lambda: [call["end"] for call in self.stage.calls()] == ["sent"])
        self.assertEqual(self.stage.answers("completed"), [""])
        self.assertIsNone(it.process.poll())
        self.filler.unlink()
        self.assertEqual(it.end(), 0, it.said)
        self.assertTrue(self.stage.answers("completed")[0].endswith(" word3997 and all"))
        states = [entry["state"] for entry in self.stage.call("recording.list", run="completed")["recordings"]]
        self.assertEqual((states, len(self.stage.calls())), (["completed"], 1))

    def test_calls_that_cannot_be_written_down_go_unrecorded_where_that_was_said_and_it_is_told_once(self) -> None:
        text = TURNS + """
import time
def wait(name):
    while not out.with_suffix(name).exists():
        time.sleep(0.01)
ask("before [words:4]")
out.with_suffix(".asked").touch()
wait(".full")
told = [ask(f"full {n} [words:4]" + "x" * 200_000) for n in range(2)]
out.with_suffix(".told").touch()
wait(".free")
out.write_text("\\n".join([*told, ask("after [words:4]")]))
"""
        it = self.stage.program("passed", text, "--on-store-error", "pass")
        comes("the first call", (self.stage.folder / "passed.asked").exists)
        self.fill()
        (self.stage.folder / "passed.full").touch()
        comes("the answers", (self.stage.folder / "passed.told").exists)
        self.assertEqual(it.said.count("calls are not recorded"), 1)
        self.filler.unlink()
        (self.stage.folder / "passed.free").touch()
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.stage.answers("passed"), [FIRST] * 3)
        self.assertEqual(len(self.stage.calls()), 4)
        self.assertIn("4 calls in 1 start: 2 live, 2 not recorded", it.said)
        recordings = self.stage.call("recording.list", run="passed")["recordings"]
        self.assertEqual([entry["state"] for entry in recordings], ["completed"] * 2)

    def test_the_end_of_an_answer_waits_for_no_space_where_that_was_said(self) -> None:
        text = TURNS.replace("[words:4]", "[words:4000]") + "turns(1)"
        it = self.stage.program("ended", text, "--on-store-error", "pass", TROUBLE="[gate:ended][at:2]")
        self.stage.reached("ended")
        self.fill()
        self.stage.open("ended")
        comes("the end", lambda: self.stage.answers("ended")[0].endswith(" word3997 and all"))
        self.assertIn("calls are not recorded", it.said)
        self.filler.unlink()
        self.assertEqual(it.end(), 0, it.said)
        states = [entry["state"] for entry in self.stage.call("recording.list", run="ended")["recordings"]]
        self.assertEqual((states, len(self.stage.calls())), (["failed"], 1))


class Refused(unittest.TestCase):
    """An answer that the daemon will never record."""

    def test_it_has_no_end_for_the_agent(self) -> None:
        # The provider sends more headers that are kept than these.
        with Stage(settings="limits.headers = 1\n") as stage:
            text = TURNS + """
try:
    out.write_text(ask("refused [words:4]"))
except http.client.IncompleteRead as error:
    out.write_text("no end: " + ("DONE" if b"[DONE]" in error.partial else "without"))
"""
            it = stage.program("refused", text)
            self.assertEqual(it.end(), 0, it.said)
            self.assertEqual(stage.answers("refused"), ["no end: without"])
            self.assertIn("could not be recorded", it.said)
            [entry] = stage.call("recording.list", run="refused")["recordings"]
            self.assertEqual((entry["state"], entry["usage_source"]), ("failed", "estimated"))


if __name__ == "__main__":
    unittest.main()
