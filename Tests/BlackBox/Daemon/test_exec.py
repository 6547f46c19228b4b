"""Steps that the daemon executes as programs: real processes, real signals."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

from exec_bench import Bench, alive, processor_seconds
from harness import Refused, wait_for


class Programs(Bench):
    """The daemon lives."""

    def test_a_program_runs_once_and_its_outputs_are_recorded(self):
        log = f"{self.folder}/log"
        argv = ["sh", "-c", f"echo ran >> {log}; cat; echo problem >&2"]
        first = self.step("s", *argv, stdin="hello")
        self.assertEqual(first["output"], {"exit": 0, "stdout": "hello", "stderr": "problem\n"})
        self.assertFalse(first["replayed"])
        again = self.step("s", *argv, stdin="hello")
        self.assertEqual((again["output"], again["replayed"]), (first["output"], True))
        self.assertEqual(Path(log).read_text(), "ran\n")

    def test_arguments_reach_the_program_as_they_are(self):
        odd = ["a b", "$HOME", "*", "", "'\"\\", "ü\n"]
        output = self.step("s", sys.executable, "-c", "import sys, json; print(json.dumps(sys.argv[1:]))", *odd)
        self.assertEqual(json.loads(output["output"]["stdout"]), odd)

    def test_the_environment_has_the_run_the_step_and_the_key_but_nothing_of_the_daemon(self):
        self.daemon.kill(signal.SIGTERM)
        self.daemon.environment = {"NOTIFY_SOCKET": "/nowhere", "LISTEN_PID": "1", "KEPT": "yes"}
        self.daemon.start()
        self.open()
        text = self.step("s", "env", env={"MINE": "1"})["output"]["stdout"]
        names = dict(line.split("=", 1) for line in text.splitlines())
        uid = self.connection.call("run.get", run="r")["run"]["uid"]
        self.assertEqual(names["SIDESTEP_SOCKET"], self.daemon.socket)
        self.assertEqual((names["SIDESTEP_RUN"], names["SIDESTEP_STEP"]), ("r", "s"))
        self.assertEqual(names["SIDESTEP_IDEMPOTENCY_KEY"], f"{uid}/s")
        self.assertEqual((names["MINE"], names["KEPT"]), ("1", "yes"))
        self.assertEqual([n for n in names if n.startswith(("NOTIFY", "LISTEN"))], [])

    def test_no_signal_is_blocked_or_ignored_in_the_program(self):
        text = self.step("s", "grep", "^Sig[BI]", "/proc/self/status")["output"]["stdout"]
        masks = {line.split(":")[0]: int(line.split()[1], 16) for line in text.splitlines()}
        # 32 and 33 are the C library's own: nobody can set them, and they may have come from above us.
        masks["SigIgn"] &= ~(3 << 31)
        self.assertEqual(masks, {"SigBlk": 0, "SigIgn": 0})

    def test_the_program_inherits_no_descriptor_of_the_daemon(self):
        text = self.step("s", "sh", "-c", "ls -l /proc/$$/fd")["output"]["stdout"]
        opened = [line.split(" -> ")[1] for line in text.splitlines() if " -> " in line]
        self.assertEqual([name for name in opened if "socket" in name or ".db" in name or "epoll" in name], [])
        self.assertEqual(len(opened), 3)

    def test_exit_statuses_signals_and_missing_programs_are_told_apart(self):
        self.assertEqual(self.failure("exit", "sh", "-c", "echo out; exit 3")["exit"], 3)
        killed = self.failure("signal", "sh", "-c", "kill -9 $$")
        self.assertEqual((killed["type"], killed["signal"], killed["exit"]), ("signal", 9, 137))
        missing = self.failure("missing", "no-such-program", step={"retry": {"max_attempts": 5, "initial_ms": 60000}})
        self.assertEqual((missing["type"], missing["exit"]), ("not_started", 127))
        self.assertEqual(self.failure("directory", "true", cwd="/no/such/place")["type"], "not_started")

    def test_the_directory_is_the_one_asked_for(self):
        self.assertEqual(self.step("s", "pwd", cwd="/usr")["output"]["stdout"], "/usr\n")

    def test_bytes_that_are_no_text_come_back_as_base64(self):
        output = self.step("s", "printf", r"\377\000x")["output"]
        self.assertEqual(base64.b64decode(output["stdout_base64"]), b"\xff\0x")

    def test_of_long_output_the_end_is_kept_at_the_limit_and_one_past_it(self):
        program = "import sys; sys.stdout.write('a' * 99 + 'é' + 'b' * int(sys.argv[1]))"
        whole = self.step("at", sys.executable, "-c", program, "899", max_output_bytes=1000)["output"]
        self.assertEqual((len(whole["stdout"].encode()), whole.get("stdout_bytes")), (1000, None))
        cut = self.step("past", sys.executable, "-c", program, "900", max_output_bytes=1000)["output"]
        self.assertEqual((len(cut["stdout"].encode()), cut["stdout_bytes"]), (1000, 1001))
        torn = self.step("torn", sys.executable, "-c", program, "999", max_output_bytes=1000)["output"]
        self.assertEqual(torn["stdout"], "b" * 999)

    def test_a_program_that_prints_a_gigabyte_leaves_the_daemon_small(self):
        before = self.daemon.written_kib()
        output = self.step("s", "head", "-c", str(1 << 30), "/dev/zero", max_output_bytes=1000)["output"]
        self.assertEqual(output["stdout_bytes"], 1 << 30)
        self.assertLess(self.daemon.written_kib() - before, 40 << 10)

    def test_input_that_nobody_reads_does_not_fail_the_step(self):
        for number in range(20):
            self.assertEqual(self.step(f"s{number}", "true", stdin="x" * 1_000_000)["output"]["exit"], 0)

    def test_input_at_the_limit_is_read_and_one_byte_more_is_refused(self):
        self.assertEqual(self.step("s", "wc", "-c", stdin="x" * (8 << 20))["output"]["stdout"].strip(), str(8 << 20))
        with self.assertRaises(Refused) as caught:
            self.step("t", "wc", "-c", stdin="x" * ((8 << 20) + 1))
        self.assertEqual(caught.exception.kind, "invalid_argument")

    def test_what_cannot_be_meant_is_refused(self):
        cases = [
            {"exec": {"argv": []}}, {"exec": {"argv": [""]}}, {"exec": {}}, {"exec": {"argv": ["a"], "env": {"A=B": "1"}}},
            {"exec": {"argv": ["a"], "max_output_bytes": (8 << 20) + 1}}, {"exec": {"argv": ["a"], "kill_grace_ms": 600_001}},
            {"exec": {"argv": ["a"]}, "client": True}, {"exec": {"argv": ["a"]}, "http": {"url": "http://x"}},
            {"exec": {"argv": ["x" * (128 << 10)]}}, {"exec": {"argv": ["a\0b"]}}, {"exec": {"argv": ["a"], "shell": True}},
        ]
        for case in cases:
            with self.assertRaises(Refused, msg=str(case)[:80]) as caught:
                self.connection.call("run-step", run="r", step="s", **case)
            self.assertEqual(caught.exception.code, -32602, case)

    def test_a_failed_attempt_is_tried_again_by_the_daemon(self):
        counter = f"{self.folder}/n"
        script = f"echo x >> {counter}; [ $(wc -l < {counter}) -ge 3 ]"
        done = self.step("s", "sh", "-c", script, step={"retry": {"max_attempts": 5, "initial_ms": 20}})
        self.assertEqual((done["attempt"], Path(counter).read_text()), (3, "x\n" * 3))

    def test_errors_may_be_named_that_are_not_tried_again(self):
        policy = {"max_attempts": 5, "initial_ms": 60000, "fail_on": ["exit:7"]}
        self.failure("s", "sh", "-c", "exit 7", step={"retry": policy})
        self.assertEqual(self.status("s")["attempt"], 1)

    def test_a_program_that_takes_too_long_is_ended_with_all_it_started(self):
        script = f"trap '' TERM; sleep {self.mark} & setsid sleep {self.mark} & wait"
        late = self.failure("s", "sh", "-c", script, timeout_ms=200, kill_grace_ms=200)
        self.assertEqual(late["type"], "timeout")
        self.assertEqual(alive(self.mark), [])

    def test_a_program_gets_its_grace_after_sigterm(self):
        script = "trap 'echo cleaned; exit 0' TERM; echo begun; while :; do sleep 0.02; done"
        late = self.failure("s", "sh", "-c", script, timeout_ms=300)
        self.assertEqual((late["type"], late["stdout"]), ("timeout", "begun\ncleaned\n"))

    def test_the_time_limit_of_the_step_ends_the_program_too(self):
        late = self.failure("s", "sleep", self.mark, step={"timeouts": {"start_to_close_ms": 200}})
        self.assertEqual((late["type"], late["which"]), ("timeout", "start_to_close"))
        wait_for(lambda: not alive(self.mark), what="the end of the program")

    def test_what_the_program_left_in_its_group_is_ended(self):
        self.assertEqual(self.step("s", "sh", "-c", f"sleep {self.mark} & echo on")["output"]["stdout"], "on\n")
        wait_for(lambda: not alive(self.mark), what="the end of the process left behind")

    def test_the_step_goes_on_when_its_caller_is_killed(self):
        go = f"{self.folder}/go"
        child = subprocess.Popen(
            [sys.executable, "-c", f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
from harness import Connection
c = Connection({self.daemon.socket!r})
c.call("resume", run="other")
c.send("run-step", run="other", step="s", exec={{"argv": ["sh", "-c", "while [ ! -e {go} ]; do sleep 0.01; done; echo done"]}})
input()
"""], stdin=subprocess.PIPE)

        def running() -> bool:
            try:
                return self.connection.call("step.get", run="other", step="s")["status"] == "running"
            except Refused:
                return False

        wait_for(running, what="the step")
        child.kill()
        child.wait()
        wait_for(lambda: self.connection.call("run.get", run="other")["run"]["status"] == "interrupted")
        self.assertEqual(self.connection.call("step.get", run="other", step="s")["status"], "running")
        Path(go).touch()
        wait_for(lambda: self.connection.call("step.get", run="other", step="s")["status"] == "completed")
        self.connection.call("resume", run="other")
        argv = ["sh", "-c", f"while [ ! -e {go} ]; do sleep 0.01; done; echo done"]
        again = self.connection.call("run-step", run="other", step="s", exec={"argv": argv})
        self.assertEqual((again["output"]["stdout"], again["attempt"], again["replayed"]), ("done\n", 1, True))

    def test_two_callers_of_one_step_share_its_one_program(self):
        log = f"{self.folder}/log"
        argv = ["sh", "-c", f"echo ran >> {log}; sleep 0.2; echo out"]
        numbers = [self.connection.send("run-step", run="r", step="s", exec={"argv": argv}) for _ in range(5)]
        self.assertEqual({self.connection.reply(n)["output"]["stdout"] for n in numbers}, {"out\n"})
        self.assertEqual(Path(log).read_text(), "ran\n")

    def test_another_command_under_the_same_name_is_a_mismatch(self):
        self.step("s", "true")
        with self.assertRaises(Refused) as caught:
            self.step("s", "false")
        self.assertEqual(caught.exception.kind, "step_mismatch")

    def test_the_end_of_the_run_ends_its_programs(self):
        self.begin("s", "sleep", self.mark)
        wait_for(lambda: alive(self.mark, as_argument=True), what="the program")
        self.connection.call("run.complete", run="r")
        wait_for(lambda: not alive(self.mark), what="the end of the program")

    def test_a_paused_run_begins_no_attempt_until_it_goes_on(self):
        counter = f"{self.folder}/n"
        script = f"echo x >> {counter}; [ $(wc -l < {counter}) -ge 2 ]"
        self.begin("s", "sh", "-c", script, step={"retry": {"max_attempts": 2, "delays_ms": [200]}})
        wait_for(lambda: self.status("s")["status"] == "backoff", what="the back-off")
        self.connection.call("run.pause", run="r")
        due = self.status("s")["next_attempt_at"]
        wait_for(lambda: time.time() * 1000 > due + 300, what="a while past the time")
        self.assertEqual(self.status("s")["status"], "backoff")
        self.connection.call("run.unpause", run="r")
        wait_for(lambda: self.status("s")["status"] == "completed", what="the outcome")

    def test_a_client_cannot_record_an_outcome_of_a_program(self):
        self.begin("s", "sleep", self.mark)
        for method in ["step.complete", "step.fail"]:
            with self.assertRaises(Refused) as caught:
                self.connection.call(method, run="r", step="s")
            self.assertEqual(caught.exception.kind, "invalid_argument")

    def test_a_limit_holds_for_programs_and_their_repetitions(self):
        self.connection.call("limit.put", limit="one", concurrency=1)
        log = f"{self.folder}/log"
        script = f"echo in >> {log}; sleep 0.05; echo out >> {log}"
        numbers = [
            self.connection.send("run-step", run="r", step=f"s{n}", limit="one", exec={"argv": ["sh", "-c", script]})
            for n in range(8)
        ]
        for number in numbers:
            self.connection.reply(number)
        self.assertEqual(Path(log).read_text(), "in\nout\n" * 8)

    def test_a_thousand_repetitions_that_wait_for_a_limit_cost_nothing(self):
        count = 1001  # more than are found with one look
        self.connection.call("limit.put", limit="one", concurrency=2000)
        policy = {"max_attempts": 0, "delays_ms": [15000]}
        for number in range(count):
            self.begin(f"s{number}", "false", step={"limit": "one", "retry": policy})
        wait_for(lambda: len(self.connection.call("step.list", run="r", status="backoff", limit=2000)["steps"]) == count,
                 what="a first attempt of each")
        self.connection.call("limit.put", limit="one", concurrency=1)
        self.begin("holder", "sleep", self.mark, step={"limit": "one"})
        wait_for(lambda: alive(self.mark, as_argument=True), what="the program that has the limit")
        steps = self.connection.call("step.list", run="r", status="backoff", limit=2000)["steps"]
        due = max(step["next_attempt_at"] for step in steps) / 1000
        wait_for(lambda: time.time() > due, what="the time of the second attempts")
        burner = subprocess.Popen(["sh", "-c", "while :; do :; done"])
        self.addCleanup(burner.wait)
        self.addCleanup(burner.kill)

        def rests() -> bool:
            daemon, begun = processor_seconds(self.daemon.process.pid), processor_seconds(burner.pid)
            wait_for(lambda: processor_seconds(burner.pid) > begun + 0.5, what="half a second of processor time")
            return processor_seconds(self.daemon.process.pid) < daemon + 0.1

        wait_for(rests, what="rest, once all of them wait")

    def test_other_users_programs_are_refused_with_the_reason(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to be somebody else")
        os.chmod(self.daemon.folder, 0o755)
        os.chmod(self.daemon.socket, 0o666)
        script = f"""
import sys, os; sys.path.insert(0, {str(Path(__file__).parent)!r})
from harness import Connection, Refused
os.setuid(65534)
c = Connection({self.daemon.socket!r}); c.call("resume", run="x")
for work in [dict(exec={{"argv": ["id"]}}), dict(http={{"url": "http://x", "body_file": "/etc/shadow"}}),
             dict(http={{"url": "http://x", "headers": {{"a": "{{credential:k}}"}}}})]:
    try: c.call("run-step", run="x", step="s", **work)
    except Refused as e: print(e.kind, e.data["hint"][:20])
"""
        out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        self.assertEqual([line.split()[0] for line in out.stdout.splitlines()], ["not_permitted"] * 3, out.stderr)


if __name__ == "__main__":
    unittest.main()
