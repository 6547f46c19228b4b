"""`sidestep doctor`: a program that drifts is told where and what cures it, and the cure is one."""

import json
import subprocess
import sys

from bench import BIN, LONG, wait_for
from recorded import ASK, Recording, completion
from upstream import whole

#: A number that is another one at each start.
COUNT = """
def count():
    place = PLACE / "starts"
    number = int(place.read_text()) + 1 if place.exists() else 1
    place.write_text(str(number))
    return number
"""
PROGRAM = "from agent import *\n" + ASK.replace('epoch = int(os.environ["SIDESTEP_EPOCH"])', COUNT)


class Doctor(Recording):
    def setUp(self):
        super().setUp()
        self.options = self.serve(lambda asked, writer: whole(
            writer, completion("yes"), "200 OK", "content-type: application/json"))  # fmt: skip

    def doctor(self, text, *options, status=0):
        program = self.folder / "program.py"
        program.write_text(PROGRAM + text)
        done = subprocess.run(
            [BIN / "sidestep", "doctor", *self.options, *map(str, options), "--", sys.executable, program],
            env=self.environment | {"PLACE": str(self.folder)}, capture_output=True, timeout=LONG,
            stdin=subprocess.DEVNULL, text=True)  # fmt: skip
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def test_a_program_that_asks_the_same_again_has_no_drift_and_pays_once(self):
        done = self.doctor("for n in range(3): say(told(str(n))[0])", "--id", "same")
        self.assertIn("no drift: all 3 calls would be replayed. The run is same", done.stderr)
        self.assertIn("happens twice", done.stderr)
        self.assertEqual(done.stdout, "200\n" * 6)
        self.assertEqual(len(self.upstream.asked), 3)
        self.assertEqual(self.states("same"), ["completed"] * 3)
        # Once more under the same id: it begins anew.
        self.doctor("say(told('x')[0])", "--id", "same")
        self.assertEqual(self.states("same"), ["completed"])

    def test_a_drift_is_named_with_its_place_both_texts_and_a_cure_that_is_one(self):
        text = "told('first'); told(f'It is 05:4{count()}:09 now')"
        done = self.doctor(text, status=1)
        self.assertIn("at /messages/0/content, byte 10: '05:42:09', where it was '05:41:09'", done.stderr)
        self.assertIn("with --mask time both are the same call", done.stderr)
        self.assertEqual(len(self.upstream.asked), 2)
        told = json.loads(self.doctor(text, "--json", status=1).stdout)
        self.assertEqual(
            told["drift"] | {"cure": None, "expected": None},
            {"expected": None, "pointer": "/messages/0/content", "offset": 10, "before": "05:43:09",
             "after": "05:44:09", "cure": None})  # fmt: skip
        self.assertEqual(told["drift"]["cure"]["option"], "--mask time")
        self.assertEqual((told["first"]["calls"], told["second"]["replayed"], told["drifts"]), (2, 1, True))
        self.assertEqual([entry["state"] for entry in self.recordings(told["run"])], ["completed"] * 2)
        cured = self.doctor(text, "--mask", "time", "--json")
        self.assertIs(json.loads(cured.stdout)["drifts"], False)

    def test_a_call_that_is_left_out_is_a_drift(self):
        done = self.doctor("told('first')\nif count() == 1: told('second')", status=1)
        self.assertIn("1 recorded calls were not made", done.stderr)
        self.assertIn("the program drifts", done.stderr)

    def test_a_program_that_ends_badly_or_asks_nothing_is_said_to_and_not_run_again(self):
        done = self.doctor("count(); told('x'); sys.exit(7)", status=7)
        self.assertIn("ended badly by itself (status 7)", done.stderr)
        done = self.doctor("count()", status=1)
        self.assertIn("0 calls seen", done.stderr)
        self.assertIn("--set-url", done.stderr)
        self.assertEqual((self.folder / "starts").read_text(), "2")

    def test_a_folder_is_set_back_in_between(self):
        work = self.folder / "work"
        work.mkdir()
        text = f"""
there = {str(work)!r} + "/notes"
told(str(os.path.exists(there)))
open(there, "a").write("x")
"""
        self.doctor(text, "--workspace", work)
        self.assertEqual((work / "notes").read_text(), "x")
        (work / "notes").unlink()
        self.doctor(text, status=1)


class Report(Recording):
    def test_a_call_whose_supervisor_was_killed_is_paid_twice_and_said_to_be(self):
        hold = []

        async def answer(asked, writer):
            hold.append(writer)
            if len(hold) == 1:
                await asked.reader.read()
                return False
            return await whole(writer, completion("x"), "200 OK", "content-type: application/json")

        options = self.serve(answer)
        text = ASK + "say(told('x')[0])"
        first = self.run_agent(text, *options)
        wait_for(lambda: hold, "the call")
        first.kill()
        first.communicate(timeout=LONG)
        self.assertEqual(self.finished(self.run_agent(text, *options)), [200])
        self.assertEqual(self.states(), ["in_doubt", "completed"])
        self.assertIn("; about 10 tokens paid twice, in 1 call sent again", self.said)

    def test_a_drift_is_told_with_its_cure_and_sessions_at_the_provider_as_not_covered(self):
        options = self.serve(lambda asked, writer: whole(
            writer, completion("x"), "200 OK", "content-type: application/json"))  # fmt: skip
        agent = self.run_agent(
            ASK + """
ask(path="/sessions")
told(f"today is 2026-11-0{epoch}")
raise SystemExit(epoch == 1)
""", *options, restart="on-failure")  # fmt: skip
        self.finished(agent)
        self.assertIn("1 drifted", self.said)
        self.assertIn("at /messages/0/content, byte 18: '2026-11-02', where it was '2026-11-01'", self.said)
        self.assertIn("cure: with --mask time", self.said)
        self.assertIn("not covered: POST /v1/sessions", self.said)
        self.assertNotIn("paid twice", self.said)
