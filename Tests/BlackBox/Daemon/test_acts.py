"""Who did it, and what an operator reads: the journals of runs, the daemon's own, and the log."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

from harness import Connection, Daemon, DaemonTest, Refused, binary, connected, wait_for

OTHER = 4711


class Acts(DaemonTest):
    def setUp(self):
        super().setUp()
        self.me = {"uid": os.geteuid(), "pid": os.getpid()}
        self.connection = self.daemon.connect()
        self.count = 0

    def run_of(self, **more) -> str:
        """A run that another process owns, so that the acts of this one are told apart from its owner's."""
        self.count += 1
        self.connection.call("run.enqueue", run=f"r{self.count}", workflow="w", **more)
        return f"r{self.count}"

    def entries(self, run: str, kind: str) -> list[dict]:
        return [e for e in self.connection.call("run.history", run=run)["entries"] if e["kind"] == kind]

    def acts(self) -> list[dict]:
        return self.connection.call("system.acts")["acts"]

    def said(self, **fields) -> list[dict]:
        """The lines of the log that have these fields, as fields."""
        found = []
        for text in self.daemon.text().splitlines():
            line = {}
            for name, value in re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|\S+)', text):
                line[name] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value[0] == '"' else value
            if all(line.get(name) == str(value) for name, value in fields.items()):
                found.append({**line, "level": text.split(": ")[1]})
        return found

    def wait_said(self, **fields) -> dict:
        return wait_for(lambda: self.said(**fields), what=f"a line with {fields}")[0]


class Journals(Acts):
    def test_what_somebody_did_to_a_run_says_who(self):
        for kind, method, more in (
            ("run.paused", "run.pause", {}), ("run.unpaused", "run.unpause", {}),
            ("signal.sent", "signal.send", {"signal": "s"}), ("promise.settled", "promise.resolve", {"promise": "p"}),
            ("promise.settled", "promise.reject", {"promise": "q"}), ("run.updated", "run.update", {"tags": {"a": "b"}}),
            ("run.cancel_requested", "run.cancel", {}),
        ):
            with self.subTest(method):
                run = self.run_of(compensates=True)
                if method == "run.unpause":
                    self.connection.call("run.pause", run=run)
                self.connection.call(method, run=run, **more)
                self.assertEqual(self.entries(run, kind)[-1]["detail"]["by"], self.me)

    def test_a_resolved_step_and_a_fork_say_who(self):
        run = self.unknown_step()
        self.connection.call("step.resolve", run=run, step="pay", **{"as": "completed"}, output=1)
        self.assertEqual(self.entries(run, "step.resolved")[0]["detail"], {"as": "completed", "by": self.me})
        fork = self.connection.call("run.fork", run=run)["run"]["id"]
        self.assertEqual(self.entries(fork, "run.created")[0]["detail"]["by"], self.me)

    def unknown_step(self) -> str:
        script = ("import sys, os; sys.path.insert(0, sys.argv[1])\nfrom harness import Connection\n"
                  "c = Connection(sys.argv[2]); c.call('resume', run='u', workflow='w')\n"
                  "c.call('step.begin', step='pay', at_most_once=True)\nos.kill(os.getpid(), 9)\n")
        subprocess.run([sys.executable, "-c", script, str(Path(__file__).parent), self.daemon.socket], timeout=60)
        wait_for(lambda: self.connection.call("step.inflight")["steps"], what="the unknown step")
        return "u"

    def test_what_time_or_a_parent_brings_about_names_nobody_or_who_ended_the_parent(self):
        parent = self.run_of()
        child = self.run_of(parent=parent)
        self.connection.call("run.cancel", run=parent)
        self.assertEqual(self.entries(child, "run.cancel_requested")[0]["detail"]["by"], self.me)
        late = self.run_of(deadline_at=1)
        found = wait_for(lambda: self.entries(late, "run.cancel_requested"), what="the deadline")
        self.assertNotIn("by", found[0]["detail"])

    def test_deletions_and_changes_of_what_has_no_journal_leave_a_line_in_the_daemons_own(self):
        call = self.connection.call
        run = self.run_of()
        call("run.delete", run=run)
        call("schedule.put", schedule="s", workflow="w", every_ms=60_000)
        call("schedule.pause", schedule="s")
        call("schedule.trigger", schedule="s", run="t")
        call("schedule.delete", schedule="s")
        call("webhook.put", webhook="h", url="https://example.org/", events=["*"])
        call("webhook.delete", webhook="h")
        call("queue.put", queue="q", concurrency=1)
        call("queue.pause", queue="q")
        call("limit.put", limit="l", concurrency=1)
        call("limit.delete", limit="l")
        call("breaker.put", breaker="b")
        call("breaker.reset", breaker="b")
        call("retention.put", workflow="w", keep_ms=1000)
        call("conversation.append", conversation="c", entries=[1])
        call("conversation.delete", conversation="c")
        found = [(act["method"], act.get("subject")) for act in self.acts()]
        self.assertEqual(found, [
            ("run.delete", run), ("schedule.put", "s"), ("schedule.pause", "s"), ("schedule.trigger", "s"),
            ("schedule.delete", "s"), ("webhook.put", "h"), ("webhook.delete", "h"), ("queue.put", "q"), ("queue.pause", "q"),
            ("limit.put", "l"), ("limit.delete", "l"), ("breaker.put", "b"), ("breaker.reset", "b"), ("retention.put", "w"),
            ("conversation.delete", "c")])
        for act in self.acts():
            self.assertEqual((act["by"], act["uid"]), (self.me, os.geteuid()))
        self.assertEqual(self.acts()[0]["detail"]["workflow"], "w")

    def test_what_changes_nothing_leaves_no_line(self):
        for _ in range(3):
            self.connection.call("schedule.put", schedule="s", workflow="w", every_ms=60_000)
            self.connection.call("webhook.put", webhook="h", url="https://example.org/", events=["*"])
            self.connection.call("queue.put", queue="q", concurrency=1)
            self.connection.call("limit.put", limit="l", concurrency=1)
            self.connection.call("breaker.put", breaker="b")
            self.connection.call("run.delete", run="none")
            self.connection.call("webhook.delete", webhook="none")
        self.assertEqual([act["method"] for act in self.acts()],
                         ["schedule.put", "webhook.put", "queue.put", "limit.put", "breaker.put"])

    def test_pages_of_it_go_on_behind_the_last_line(self):
        for number in range(5):
            self.connection.call("queue.put", queue=f"q{number}", concurrency=1)
        first = self.connection.call("system.acts", limit=3)
        rest = self.connection.call("system.acts", after=first["more"], limit=3)
        self.assertEqual([act["subject"] for act in first["acts"] + rest["acts"]], [f"q{number}" for number in range(5)])
        self.assertIsNone(rest.get("more"))

    @unittest.skipUnless(os.geteuid() == 0, "needs another user")
    def test_each_reads_what_is_his_or_by_him_and_administrators_all(self):
        os.chmod(self.daemon.folder, 0o755)
        os.chmod(self.daemon.socket, 0o666)
        self.as_other("run.enqueue", {"run": "theirs", "workflow": "w"})
        self.as_other("queue.put", {"queue": "theirs", "concurrency": 1})
        self.connection.call("run.delete", run="theirs")
        self.connection.call("queue.put", queue="mine", concurrency=1)
        found = self.as_other("system.acts", {})["acts"]
        self.assertEqual([(act["method"], act["uid"], act["by"]["uid"]) for act in found],
                         [("queue.put", OTHER, OTHER), ("run.delete", OTHER, 0)])
        self.assertEqual(len(self.acts()), 3)

    def as_other(self, method: str, params: dict) -> dict:
        script = ("import json, sys; sys.path.insert(0, sys.argv[1])\nfrom harness import Connection\n"
                  "print(json.dumps(Connection(sys.argv[2]).call(sys.argv[3], **json.loads(sys.argv[4]))))\n")
        done = subprocess.run(
            ["python3", "-c", script, str(Path(__file__).parent), self.daemon.socket, method, json.dumps(params)],
            capture_output=True, text=True, timeout=60, user=OTHER, group=OTHER, extra_groups=[], cwd="/")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)


class Log(Acts):
    settings = "http_allow_private = yes\n"

    def test_every_act_of_a_person_is_a_line_with_who_and_what(self):
        run = self.run_of()
        for method in ("run.pause", "run.unpause", "run.cancel"):
            self.connection.call(method, run=run)
            line = self.wait_said(event="act", method=method)
            self.assertEqual((line["subject"], line["uid"], line["pid"], line["level"]),
                             (run, str(os.geteuid()), str(os.getpid()), "notice"))
        self.connection.call("run.delete", run=run)
        self.wait_said(event="act", method="run.delete", subject=run)
        self.connection.call("retention.put", workflow="w", keep_ms=1)
        self.wait_said(event="act", method="retention.put", subject="w")

    def test_a_name_with_line_breaks_is_one_line(self):
        name = "r\nsidestepd: error: forged"
        self.connection.call("run.enqueue", run=name, workflow="w")
        self.connection.call("run.cancel", run=name)
        wait_for(lambda: "run.cancel" in self.daemon.text(), what="the line")
        self.assertFalse([line for line in self.daemon.text().splitlines() if line.startswith("sidestepd: error")])

    def test_a_paused_run_is_a_line_with_its_reason(self):
        run = self.run_of()
        self.connection.call("run.pause", run=run)
        self.assertEqual(self.wait_said(event="run.paused", run=run)["reason"], "operator")

    def test_a_limit_that_refuses_is_a_line_once_and_not_for_each_refusal(self):
        for _ in range(50):
            with self.assertRaises(Refused):
                self.connection.call("resume", run="r", tags={"n": "x" * 2000})
            with self.assertRaises(Refused):
                self.connection.call("run.import", lines=[{}] * 2001)
        self.wait_said(event="limit.refused")
        refused = self.said(event="limit.refused")
        self.assertEqual(len(refused), len({line["limit"] for line in refused}), refused)
        self.assertLess(len(refused), 4)

    @unittest.skipUnless(os.geteuid() == 0, "needs another user")
    def test_a_denied_call_is_a_line_with_who_and_what(self):
        os.chmod(self.daemon.folder, 0o755)
        os.chmod(self.daemon.socket, 0o666)
        script = ("import sys; sys.path.insert(0, sys.argv[1])\nfrom harness import Connection, Refused\n"
                  "c = Connection(sys.argv[2])\n"
                  "for _ in range(20):\n    try: c.call('system.vacuum')\n    except Refused: pass\n")
        subprocess.run(["python3", "-c", script, str(Path(__file__).parent), self.daemon.socket], check=True, timeout=60,
                       user=OTHER, group=OTHER, extra_groups=[], cwd="/")
        self.assertEqual(self.wait_said(event="call.denied", method="system.vacuum", uid=OTHER)["level"], "warning")
        self.assertEqual(len(self.said(event="call.denied")), 1)

    def test_a_breaker_that_opens_and_closes_is_a_line(self):
        self.connection.call("breaker.put", breaker="b", failures=1, cooldown_ms=1)
        self.connection.call("resume", run="r")
        self.connection.call("run-step", step="s", client=True, breaker="b")
        self.connection.call("step.fail", step="s", error={"message": "no"})
        self.assertEqual(self.wait_said(event="breaker.opened", breaker="b")["level"], "warning")

        def probe() -> bool:
            try:
                return self.connection.call("run-step", step="t", client=True, breaker="b")["status"] == "execute"
            except Refused:
                return False

        wait_for(probe, what="the probe")
        self.connection.call("step.complete", step="t", output=1)
        self.wait_said(event="breaker.closed", breaker="b")

    def test_a_webhook_that_does_not_take_its_letters_is_a_line_and_so_is_a_letter_that_is_given_up(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        self.connection.call("webhook.put", webhook="h", url=url, events=["*"], max_attempts=2)
        self.connection.call("event.emit", event="e")
        failed = self.wait_said(event="webhook.failed", webhook="h")
        self.assertEqual(failed["attempts"], "1")
        self.assertEqual(self.wait_said(event="webhook.dead", webhook="h")["level"], "error")

    def test_maintenance_is_a_line_at_its_beginning_and_its_end(self):
        self.connection.call("system.check")
        self.connection.call("system.vacuum")
        for task in ("check", "vacuum"):
            self.wait_said(event="maintenance.began", task=task, uid=os.geteuid(), pid=os.getpid())
            self.wait_said(event="maintenance.ended", task=task)
        with self.assertRaises(Refused):
            self.connection.call("system.backup", path=f"{self.folder}/none/b.db")
        self.assertEqual(self.wait_said(event="maintenance.failed", task="backup")["level"], "error")

    def test_a_pipe_that_nobody_reads_holds_up_nobody(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        process = subprocess.Popen([binary("sidestepd"), "--socket", f"{folder.name}/s", "--database", f"{folder.name}/d.db"],
                                   stderr=writer, stdin=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        os.close(writer)
        connection = wait_for(lambda: connected(f"{folder.name}/s"), what="the socket")
        # Each is a line of its own, and together they are many times what a pipe holds.
        for number in range(3000):
            connection.call("queue.put", queue=f"q{number}-{'x' * 200}", concurrency=1)
            if number % 100 == 0:
                connection.call("run.enqueue", run=f"r{number}", workflow=f"w{number}-{'x' * 900}")
                connection.call("run.pause", run=f"r{number}")
        self.assertEqual(connection.call("ping"), {})
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(60), 0)


if __name__ == "__main__":
    unittest.main()
