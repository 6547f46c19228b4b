"""Budgets hold over restarts, and no key is written down anywhere."""

from __future__ import annotations

import subprocess
import unittest

from points import RIGHT, TURNS
from stage import Staged, comes
from test_trouble import ASK

COUNTED = ASK + """
from openai import APIStatusError
for n in range(6):
    try:
        out(ask(f"{n} [words:50]"))
    except APIStatusError as error:
        out(f"{error.status_code} {error.code}")
        sys.exit(3)
"""


class Money(Staged):
    """What is spent."""

    def test_a_budget_holds_over_restarts_and_more_of_it_goes_on(self) -> None:
        it = self.stage.program("tokens", COUNTED, "--budget-tokens", "200")
        self.assertEqual(it.end(), 77, it.said)
        lines = [line for line in self.stage.answers("tokens") if line]
        self.assertEqual(lines[-1], "402 sidestep_budget_exhausted")
        paid = len(self.stage.calls())
        self.assertGreater(paid, 1)
        self.assertLess(paid, 6)
        run = self.stage.call("run.get", run="tokens")
        self.assertEqual((run["run"]["status"], run["run"]["reason"]), ("paused", "budget"))
        # What the provider said was used, and nothing else.
        used = sum(entry["usage"]["input_tokens"] + entry["usage"]["output_tokens"] for entry in self.recordings("tokens"))
        self.assertEqual(run["budget"]["tokens"]["used"], used)
        again = self.stage.program("tokens", COUNTED, "--budget-tokens", "200")
        self.assertEqual(again.end(), 77, again.said)
        self.assertEqual(len(self.stage.calls()), paid)
        self.stage.sidestep("budget", "set", "tokens", "tokens=100000")
        self.stage.sidestep("unpause", "tokens")
        last = self.stage.program("tokens", COUNTED)
        self.assertEqual(last.end(), 0, last.said)
        self.assertEqual(len(self.stage.calls()), 6)

    def test_a_call_in_flight_when_the_budget_ends_the_run_is_read_to_its_end_and_not_paid_again(self) -> None:
        text = TURNS + """
import threading, time
if os.environ["SIDESTEP_EPOCH"] == "1":
    threading.Thread(target=ask, args=("held [words:4][gate:held]",), daemon=True).start()
    while not (out.parent / "held.reached").exists():
        time.sleep(0.01)
    os.kill(os.getpid(), 9)
told = ask("x" * 2000)
if "budget_exhausted" in told:
    sys.exit(3)
out.write_text(ask("held [words:4][gate:held]"))
"""
        it = self.stage.program("held", text, "--budget-tokens", "200")
        comes("the pause", lambda: self.stage.reached("held") or "still being answered" in it.said)
        self.assertEqual(self.stage.call("run.get", run="held")["run"]["reason"], "budget")
        self.assertIsNone(it.process.poll())
        self.stage.open("held")
        self.assertEqual(it.end(), 77, it.said)
        self.assertEqual([entry["state"] for entry in self.stage.call("recording.list", run="held")["recordings"]], ["completed"])
        self.stage.sidestep("budget", "set", "held", "tokens=100000")
        self.stage.sidestep("unpause", "held")
        again = self.stage.program("held", text)
        self.assertEqual(again.end(), 0, again.said)
        self.assertEqual(self.stage.answers("held"), [RIGHT.format(1)])
        self.assertEqual(len(self.stage.calls()), 2)

    def test_a_budget_that_another_command_has_set_is_kept_as_well(self) -> None:
        first = self.stage.program("later", COUNTED.replace("range(6)", "range(1)") + "sys.exit(1)", "--restart", "no")
        self.assertEqual(first.end(), 1, first.said)
        self.stage.sidestep("budget", "set", "later", "tokens=150")
        again = self.stage.program("later", COUNTED)
        self.assertEqual(again.end(), 77, again.said)
        self.assertLess(len(self.stage.calls()), 6)
        # The usage of its streams was asked for, which is asked for where there is a budget.
        sources = [entry["usage_source"] for entry in self.recordings("later")]
        self.assertEqual(sources[-1], "reported")

    def recordings(self, run: str) -> list[dict]:  # type: ignore[type-arg]
        entries = self.stage.call("recording.list", run=run)["recordings"]
        return [entry for entry in entries if entry["state"] == "completed"]

    def test_an_unknown_price_refuses_before_anything_is_paid(self) -> None:
        it = self.stage.program("price", COUNTED, "--budget-usd", "1", "--restart", "no")
        self.assertNotEqual(it.end(), 0)
        self.assertEqual(self.stage.calls(), [])
        self.assertIn("price", it.said)

    def test_a_key_stands_in_no_file_and_no_error(self) -> None:
        text = ASK + 'out(ask("secret [words:2]")); ask("secret [error:500]")'
        it = self.stage.program(
            "secret", text, "--restart", "no", OPENAI_API_KEY="sk-of-the-user-0123456789", RETRIES="0"
        )
        self.assertEqual(it.end(), 1, it.said)
        self.assertEqual({call["key"] for call in self.stage.calls()}, {"Bearer sk-of-the-user-0123456789"})
        (self.stage.folder / "export").write_text(self.stage.sidestep("export", "secret"))
        found = subprocess.run(
            ["grep", "-rlF", "--exclude=calls.jsonl", "sk-of-the-user-0123456789", self.stage.folder, self.stage.daemon.directory],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.assertEqual(found.stdout, "")


if __name__ == "__main__":
    unittest.main()
