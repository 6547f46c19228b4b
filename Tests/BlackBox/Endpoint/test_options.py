"""Options of recording: what each does, and that none is lost when a program is handed to the daemon."""

import json
import re
import sys

from bench import ROOT, Bench, wait_for
from recorded import ASK, Recording, completion
from upstream import whole

TOOL = """
def tool(said):
    messages = [{"role": "assistant", "tool_calls": [{"id": "c1"}]},
                {"role": "tool", "tool_call_id": "c1", "content": said}]
    return ask(body=json.dumps({"messages": messages}).encode(), content_type="application/json")
"""

#: Of every option a value that is not the standard one. Those without a value stand for themselves.
VALUES = {
    "--upstream": ["mine=http://127.0.0.1:9/x"], "--profile": ["goose"], "--set-url": ["MY_URL=openai/v1"],
    "--token": ["header"], "--max-body": ["1000000"], "--unknown": ["pass"], "--on-divergence": ["fail"],
    "--buffer": ["full"], "--detach-grace": ["3000ms"], "--inflight-max": ["4000ms"], "--mask": ["time"],
    "--tool-drift": ["any"], "--store-requests": ["none"], "--reroll": ["never"], "--max-reroll": ["5"],
    "--credentials": ["inject"], "--budget-mode": ["hard"], "--unknown-price": ["allow"], "--budget-usd": ["1.5"],
    "--usage": [],
    "--upstream-retries": ["2"],
}  # fmt: skip
#: The budget in tokens is the run's by then, and what a run needs of that of money is `--budget-usd`.
NOT_HANDED_OVER = {"--budget-tokens"}


class Explanation(Bench):
    def test_it_tells_the_guarantees_in_the_words_of_the_guide_and_starts_nothing(self):
        guide = (ROOT / "docs/guides/unmodified-agents.md").read_text()
        said = guide.split("\n## What is promised\n")[1].split("\n## Tried with\n")[0]
        items = re.findall(r"^- (.*(?:\n  .*)*)", said, re.M)
        names = [f"G{n}" for n in range(1, 9)] + [f"N{n}" for n in range(1, 11)]
        self.assertEqual([item.removeprefix("**").split()[0] for item in items], names)
        # Links and marks of the page are none of its words.
        wanted = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", item).replace("*", "").split() for item in items]
        self.stop_daemon()
        for words in (("run",), ("record",), ("run", "--record", "--id", "never", "--", "false")):
            told = self.sidestep(*words[:1], "--explain", *words[1:])
            self.assertEqual((told.returncode, told.stderr), (0, b""))
            found = re.findall(r"^[GN]\d+ (?:.*\n)(?:  +.*\n)*", told.stdout.decode(), re.M)
            self.assertEqual([item.split() for item in found], wanted)


class Options(Recording):
    def test_every_option_of_recording_is_handed_to_the_daemon_with_the_program(self):
        (self.folder / "key").write_text("secret")
        (self.folder / "prices").write_text("* 1 1 1\n")
        sealing = self.folder / "sealing"
        self.assertEqual(self.sidestep("recording-key", str(sealing)).returncode, 0)
        values = VALUES | {
            "--recording-key": [str(sealing)], "--retain": ["604800000ms"], "--forget-on-success": [],
            "--replay-pace": ["recorded"],
            "--credential": [f"openai={self.folder}/key"], "--prices": [str(self.folder / "prices")],
            "--http-socket": [str(self.folder / "http.sock")],
        }  # fmt: skip
        self.hand_over("far", values)
        # No budget allows it.
        alone = {"--on-store-error": ["pass"]}
        self.hand_over("alone", alone)
        help = json.loads(self.sidestep("record", "--experimental-dump-help").stdout)["command"]["arguments"]
        own = {"--run", "--socket", "--json", "--help", "--version", "--user", "--system", "--explain"}
        known = {f"--{name['name']}" for entry in help for name in entry.get("names", []) if name["kind"] == "long"}
        self.assertEqual(known - own - {"--record"}, set(values) | set(alone) | NOT_HANDED_OVER)

    def hand_over(self, run, values):
        """Give a program to the daemon with options: its supervisor there is given them all."""
        words = [word for name, value in values.items() for word in (name, *value)]
        program, place = self.folder / f"{run}.py", self.folder / run
        program.write_text(f'''import os
with open("{place}.part", "w") as out:
    out.write(open(f"/proc/{{os.getppid()}}/cmdline").read().replace("\\0", " "))
os.rename("{place}.part", "{place}")
''')
        began = self.sidestep(
            "run", "--detach", "--record", "--id", run, "--restart", "no", *words, "--", sys.executable, program)
        self.assertEqual(began.returncode, 0, began.stderr)
        wait_for(place.exists, "the program")
        handed = place.read_text()
        for name, value in values.items():
            self.assertIn(" " + " ".join([name, *value]) + " ", handed)

    def test_what_is_not_recorded_is_counted_in_no_budget_so_both_together_are_refused(self):
        for budget in (("--budget-tokens", "5"), ("--budget-usd", "1")):
            done = self.sidestep("run", "--record", "--on-store-error", "pass", *budget, "--", "true")
            self.assertEqual(done.returncode, 64)
            self.assertIn(b"counted in no budget", done.stderr)
        run = ("run", "--record", "--id", "b", "--restart", "no")
        self.assertEqual(self.sidestep(*run, "--budget-tokens", "5", "--", "false").returncode, 1)
        done = self.sidestep(*run, "--on-store-error", "pass", "--", "false")
        self.assertEqual(done.returncode, 125)
        self.assertIn(b"counted in no budget", done.stderr)

    def test_results_of_tools_may_be_any_where_that_is_said(self):
        answer = json.loads(completion("x"))
        answer["choices"][0]["message"]["tool_calls"] = [{"id": "c1", "function": {"name": "look"}}]
        options = self.serve(lambda asked, writer: whole(
            writer, json.dumps(answer).encode(), "200 OK", "content-type: application/json"))  # fmt: skip
        text = ASK + TOOL + 'told("look")\nsay(tool("approved" if epoch == 1 else "denied")[1].get("x-sidestep-match"))\n'
        text += "raise SystemExit(epoch == 1)"
        said = self.finished(self.run_agent(text, *options, "--tool-drift", "any", restart="on-failure"))
        self.assertEqual(said, [None, "toolDrift"])
        self.assertEqual(len(self.upstream.asked), 2)
        said = self.finished(self.run_agent(text, *options, restart="on-failure", run="strict"))
        self.assertEqual(said, [None, None])
        self.assertEqual(len(self.upstream.asked), 5)

    def test_requests_are_known_again_also_where_they_are_not_kept(self):
        options = self.serve(lambda asked, writer: whole(
            writer, completion("x"), "200 OK", "content-type: application/json"))  # fmt: skip
        text = ASK + 'told("the words of a prompt")\ntold(f"number {epoch}")\nraise SystemExit(epoch == 1)'
        agent = self.run_agent(text, *options, "--store-requests", "none", restart="on-failure")
        self.finished(agent)
        self.assertEqual(len(self.upstream.asked), 3)
        self.assertIn("recording 2 was to be expected (the requests are not kept)", self.said)
        kept = b"".join(path.read_bytes() for path in self.folder.glob("d.db*"))
        self.assertNotIn(b"the words of a prompt", kept)
        self.assertNotIn("request_bytes", self.recordings()[0])
