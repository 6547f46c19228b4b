"""Recorded streams given again with the pauses that they had."""

from __future__ import annotations

import sqlite3
import unittest

from stage import Staged, comes
from test_trouble import ASK

#: One answer, and what of it came when; the first start dies of it.
TIMED = """
import time
told, moments = "", []
begun = time.monotonic()
for part in client.chat.completions.create(model="m", messages=[{"role": "user", "content": os.environ["PROMPT"]}], stream=True):
    told += part.choices[0].delta.content or "" if part.choices else ""
    moments.append(time.monotonic() - begun)
    out("part")
out(told, f"took {moments[-1] - moments[0]}")
sys.exit(os.environ["SIDESTEP_EPOCH"] == "1")
"""
PACE = 0.2


class Pace(Staged):
    """A provider that takes its time."""

    def lines(self, run: str, start: str) -> list[str]:
        written = (self.stage.folder / f"{run}.out").exists()
        return [line for line in self.stage.answers(run) if line.startswith(start)] if written else []

    def change(self, run: str, pauses: str | None) -> None:
        """What the recordings of a run say of their times."""
        with sqlite3.connect(self.stage.daemon.database, timeout=60) as database:
            of = "run = (SELECT key FROM run WHERE id = ?)"
            database.execute(f"UPDATE recording SET pauses = ? WHERE {of}", (pauses, run))
        database.close()

    def test_a_stream_comes_again_as_it_came_where_that_is_asked_for(self) -> None:
        prompt = f"paced [words:6][pace:{PACE}]"
        it = self.stage.program("paced", ASK + TIMED, "--replay-pace", "recorded", PROMPT=prompt)
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(len(self.stage.calls()), 1)
        self.assertEqual(len(set(self.lines("paced", "SAMPLE"))), 1)
        _, replayed = (float(line.split()[1]) for line in self.lines("paced", "took"))
        self.assertGreater(replayed, 3 * PACE)
        self.assertNotIn("without the times", it.said)
        found = self.stage.call("recording.get", run="paced", recording=1)["response"]
        self.assertEqual(len(found["pauses"]), len(found["splits"]) + 1)
        self.assertGreater(sum(found["pauses"]), 3000 * PACE)

    def test_a_stream_without_times_comes_at_once_and_that_is_said_once(self) -> None:
        text = ASK + """
for turn in range(2):
    out(ask(f"old {turn} [words:3]"))
while os.environ["SIDESTEP_EPOCH"] == "1":
    import time; time.sleep(0.05)
"""
        first = self.stage.program("old", text)
        comes("two answers", lambda: len(self.lines("old", "SAMPLE")) == 2)
        first.kill()
        self.change("old", None)
        again = self.stage.program("old", text, "--replay-pace", "recorded")
        self.assertEqual(again.end(), 0, again.said)
        self.assertEqual(len(self.lines("old", "SAMPLE")), 4)
        self.assertEqual(again.said.count("without the times of their events came at once"), 1)

    def test_a_replay_that_would_take_an_hour_ends_with_its_agent_and_with_its_supervisor(self) -> None:
        prompt = "slow [words:3]"
        first = self.stage.program("slow", ASK + TIMED, "--max-restarts", "0", PROMPT=prompt)
        self.assertEqual(first.end(), 76, first.said)
        splits = self.stage.call("recording.get", run="slow", recording=1)["response"]["splits"]
        self.change("slow", f"{[0] + [3600_000] * len(splits)}")
        self.stage.sidestep("unpause", "slow")
        parts = len(self.lines("slow", "part"))
        second = self.stage.program("slow", ASK + TIMED, "--replay-pace", "recorded", PROMPT=prompt)
        comes("the first part", lambda: len(self.lines("slow", "part")) > parts)
        second.process.terminate()
        self.assertEqual(second.end(), 143, second.said)
        self.assertEqual(len(self.lines("slow", "took")), 1)


if __name__ == "__main__":
    unittest.main()
