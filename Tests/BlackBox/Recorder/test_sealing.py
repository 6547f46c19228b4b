"""Recorded requests and answers that nobody reads without the user's key: not in the database, its log, a backup or an export."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

from stage import HANG, Staged, Supervised, comes, killed_at
from test_trouble import ASK

#: Words of a prompt and of the provider's answers.
PROMPT, ANSWER = "heliotrope", "word1"


class Sealed(Staged):
    """A stage with a key, made by the command that makes keys."""

    def setUp(self) -> None:
        super().setUp()
        self.key = self.stage.folder / "key"
        self.key.unlink(missing_ok=True)
        self.name = self.stage.sidestep("recording-key", str(self.key)).strip()
        self.options = ("--recording-key", str(self.key))

    def places_of(self, word: str) -> list[str]:
        """The files of the daemon's that have a word in them."""
        return [
            path.name
            for path in sorted(self.stage.daemon.directory.iterdir())
            if path.is_file() and path.suffix != ".log" and word.encode() in path.read_bytes()
        ]

    def check_hidden(self, *words: str) -> None:
        for word in words:
            self.assertEqual(self.places_of(word), [], word)

    def refused(self, it: Supervised, *words: str) -> None:
        """It does not begin, says why, and no call was made."""
        self.assertEqual(it.end(), 125)
        for word in words:
            self.assertIn(word, it.said)
        self.assertEqual(self.stage.calls(), [])


class Sealing(Sealed):
    """A run whose bodies are encrypted."""

    def record(self, run: str, *options: str, words: int = 3) -> None:
        it = self.stage.program(run, ASK + f'out(ask("{run} {PROMPT}-{run} [words:{words}]"))', *self.options, *options)
        self.assertEqual(it.end(), 0, it.said)
        self.stage.log.unlink(missing_ok=True)

    def other_key(self) -> str:
        place = self.stage.folder / "other"
        self.stage.sidestep("recording-key", str(place))
        return str(place)

    def fails(self, *words: str) -> str:
        done = subprocess.run(
            ["sidestep", *words], env=self.stage.environment, capture_output=True, text=True, check=False, timeout=HANG
        )
        self.assertEqual(done.returncode, 64, done)
        return done.stderr

    def test_an_agent_that_is_killed_goes_on_and_no_file_of_the_daemon_tells_what_was_said(self) -> None:
        # The control: without the key the words are found.
        plain = self.stage.start("plain", "openai_chat", 1, "amaranth [words:2]")
        self.assertEqual(plain.end(), 0, plain.said)
        self.assertIn("sidestep.db-wal", self.places_of("amaranth"))
        self.stage.log.unlink()
        # A command line is the run's input, so the prompt is not in it.
        script = ASK + f'''
from pathlib import Path
told = Path(os.environ["OUT"])
told.with_suffix(".pid").write_text(str(os.getpid()))
told.unlink(missing_ok=True)
for turn in range(3):
    out(ask(f"{PROMPT}-{{turn}} [words:8][gate:killed-{{turn}}]"))
'''
        self.stage.open("killed-0", "killed-2")
        it = self.stage.program("killed", script, *self.options)
        self.stage.reached("killed-1")
        self.stage.kill_agent("killed")
        self.stage.open("killed-1")
        self.assertEqual(it.end(), 0, it.said)
        told = " ".join(f"word{n}" for n in range(6))
        self.assertEqual(self.stage.answers("killed"), [*[f"SAMPLE 1 {told}"] * 3, ""])
        self.assertEqual(len(self.stage.calls()), 3)
        self.stage.sidestep("backup", str(self.stage.daemon.directory / "copy.db"))
        exported = self.stage.sidestep("export", "killed")
        for word in (PROMPT, ANSWER, "chat.completion.chunk"):
            self.assertNotIn(word, exported)
        self.check_hidden(f"{PROMPT}-0", f"{PROMPT}-1", f"{PROMPT}-2")
        found = self.stage.call("recording.list", run="killed")["recordings"]
        self.assertEqual({entry["sealed"].split(":")[1] for entry in found}, {self.name})
        # What budgets and matching need stays readable.
        self.assertTrue(all(entry["model"] and entry["usage"] for entry in found))

    def test_a_supervisor_that_is_killed_is_followed_by_one_that_reads_what_it_recorded(self) -> None:
        with killed_at(self.stage, "followed", "openai_chat_stream", lambda it: it.kill(), *self.options):
            pass
        comes("the agent's end", lambda: not Path(f"/proc/{(self.stage.folder / 'followed.pid').read_text()}").exists())
        calls = len(self.stage.calls())
        again = self.stage.start("followed", "openai_chat_stream", 3, "[words:8][gate:followed-%]", *self.options)
        self.assertEqual(again.end(), 0, again.said)
        self.assertIn("1 replayed", again.said)
        self.assertEqual(len(self.stage.calls()), calls + 2)

    def test_without_the_key_or_with_another_one_nothing_begins_and_nothing_is_paid(self) -> None:
        script = ASK + 'out(ask("refused [words:2]")); sys.exit(7)'
        first = self.stage.program("refused", script, *self.options, "--no-restart-exit", "7")
        self.assertEqual(first.end(), 7, first.said)
        self.stage.log.unlink()
        self.refused(self.stage.program("refused", script), self.name, "--recording-key")
        self.refused(self.stage.program("refused", script, "--recording-key", self.other_key()), self.name, "--recording-key")
        again = self.stage.program("refused", script.replace("sys.exit(7)", ""), *self.options)
        self.assertEqual(again.end(), 0, again.said)
        self.assertEqual(self.stage.calls(), [])

    def test_a_run_that_began_without_a_key_is_not_gone_on_with_by_one(self) -> None:
        script = ASK + 'out(ask("began [words:2]")); sys.exit(7)'
        first = self.stage.program("began", script, "--no-restart-exit", "7")
        self.assertEqual(first.end(), 7, first.said)
        self.stage.log.unlink()
        self.refused(self.stage.program("began", script, *self.options), "not encrypted")

    def test_a_key_that_others_may_read_is_refused_with_what_to_do(self) -> None:
        self.key.chmod(0o640)
        self.refused(self.stage.program("open", ASK, *self.options), f"chmod 600 {self.key}")
        self.key.chmod(0o600)
        self.refused(self.stage.program("none", ASK, "--recording-key", str(self.key) + "-none"), "recording-key")
        self.key.write_text("short")
        self.refused(self.stage.program("short", ASK, *self.options), "holds no key")

    def test_the_command_that_makes_keys_leaves_the_one_that_is_there(self) -> None:
        self.assertEqual(self.key.stat().st_mode & 0o777, 0o600)
        before = self.key.read_bytes()
        self.assertEqual(len(before), 32)
        told = json.loads(self.stage.sidestep("recording-key", "--json", str(self.key)))
        self.assertEqual(told, {"key": self.name, "created": False})
        self.assertEqual(self.key.read_bytes(), before)

    def test_a_credential_of_the_unit_is_found_by_its_name(self) -> None:
        folder = self.stage.folder / "credentials"
        folder.mkdir(exist_ok=True)
        (folder / "sidestep-recording-key").write_text(self.key.read_bytes().hex() + "\n")
        it = self.stage.program("unit", ASK + 'out(ask("unit [words:2]"))', CREDENTIALS_DIRECTORY=str(folder))
        self.assertEqual(it.end(), 0, it.said)
        [found] = self.stage.call("recording.list", run="unit")["recordings"]
        self.assertIn(self.name, found["sealed"])

    def test_commands_show_bodies_to_who_has_the_key_and_all_else_to_everybody(self) -> None:
        script = ASK + f'''
for word in ("first", "second"):
    out(ask(f"shown {{word}} {PROMPT} [words:3]"))
'''
        it = self.stage.program("shown", script, *self.options)
        self.assertEqual(it.end(), 0, it.said)
        self.assertIn(PROMPT, self.stage.sidestep("recordings", "shown", "1", "--request", *self.options))
        self.assertIn(ANSWER[:-1], self.stage.sidestep("recordings", "shown", "1", "--response", *self.options))
        told = json.loads(self.stage.sidestep("recordings", "shown", "1", "--json", *self.options))
        self.assertIn(PROMPT, told["request"]["text"])
        self.assertTrue(told["response"]["splits"])
        self.assertIn("base64", json.loads(self.stage.sidestep("recordings", "shown", "1", "--json"))["request"])
        self.assertIn(f"with the key {self.name}", self.stage.sidestep("recordings", "shown", "1"))
        differs = self.stage.sidestep("diff", "shown", "2", *self.options, status=1)
        self.assertIn("second", differs)
        for words in (["recordings", "shown", "1", "--request"], ["diff", "shown", "2"]):
            said = self.fails(*words)
            self.assertIn(self.name, said)
            self.assertIn("--recording-key", said)

    def test_a_fork_goes_on_from_another_answer_that_is_encrypted_as_well(self) -> None:
        self.record("source")
        answer = self.stage.folder / "answer"
        answer.write_bytes(subprocess.run(
            ["sidestep", "recordings", "source", "1", "--response", *self.options], env=self.stage.environment,
            capture_output=True, check=True, timeout=HANG).stdout.replace(b"SAMPLE", b"FORKED"))  # fmt: skip
        fork = ["fork", "source", "--recording", "1", "--response", str(answer), "--id", "forked"]
        self.assertIn("--recording-key", self.fails(*fork))
        self.stage.sidestep(*fork, *self.options)
        script = ASK + f'out(ask("source {PROMPT}-source [words:3]"))'
        it = self.stage.program("forked", script, *self.options, "--allow-change")
        self.assertEqual(it.end(), 0, it.said)
        self.assertTrue(self.stage.answers("forked")[0].startswith("FORKED 1"))
        self.assertEqual(self.stage.calls(), [])

    def test_a_program_is_compared_with_what_is_encrypted(self) -> None:
        self.record("compared")
        script = self.stage.folder / "compared.py"
        check = ["replay", "--check", "compared", *self.stage.upstreams, "--", sys.executable, str(script)]
        os.environ["OUT"] = str(self.stage.folder / "compared.out")
        self.addCleanup(os.environ.pop, "OUT")
        self.stage.sidestep(*check[:3], *self.options, *check[3:])
        script.write_text(script.read_text().replace("-compared ", "-changed "))
        self.stage.sidestep(*check[:3], *self.options, *check[3:], status=1)
        self.stage.sidestep(*check, status=125)
        self.assertEqual(self.stage.calls(), [])

    def test_answers_that_were_swapped_in_the_database_are_errors_and_not_answers(self) -> None:
        import sqlite3

        script = ASK + 'out(ask("swapped a [words:2]")); out(ask("swapped b [words:3]"))\nsys.exit(7)'
        first = self.stage.program("swapped", script, *self.options, "--no-restart-exit", "7")
        self.assertEqual(first.end(), 7, first.said)
        self.stage.log.unlink()
        with sqlite3.connect(self.stage.daemon.database, timeout=HANG) as database:
            of = "run = (SELECT key FROM run WHERE id = 'swapped')"
            [one, two] = [row[0] for row in database.execute(f"SELECT response FROM recording WHERE {of} ORDER BY number")]
            for number, block in ((1, two), (2, one)):
                database.execute(f"UPDATE recording SET response = ? WHERE {of} AND number = ?", (block, number))
        database.close()
        again = self.stage.program("swapped", script, *self.options, "--no-restart-exit", "1", RETRIES="0")
        self.assertEqual(again.end(), 1, again.said)
        self.assertIn("was changed in the database", again.said)
        self.assertEqual(self.stage.calls(), [])


if __name__ == "__main__":
    unittest.main()
