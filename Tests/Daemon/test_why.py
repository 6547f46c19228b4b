"""`run.explain` knows every reason: each is brought about on a real daemon, the very command that it names is run by
a shell, and the run goes on."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from harness import ROOT, Connection, Daemon, DaemonTest, Refused, binary, wait_for
from puppet import Puppet

REASONS = re.findall(r"^\| `(\w+)`", (ROOT / "docs/reference/reasons.md").read_text(), re.M)
# Told in whole minutes, it is 60 of them for the next half minute.
HOUR = 3_630_000
covered: set[str] = set()


def tells(reason: str):
    """Says which reason a test is about."""
    covered.add(reason)
    return lambda test: test


class Why(DaemonTest):
    def setUp(self):
        super().setUp()
        self.open(self.daemon)

    def open(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.connection = daemon.connect()
        self.addCleanup(self.connection.close)
        self.call = self.connection.call

    def puppet(self) -> Puppet:
        puppet = Puppet(self.daemon.socket)
        self.addCleanup(puppet.kill)
        return puppet

    def why(self, run: str = "r") -> dict:
        return self.call("run.explain", run=run)

    def expect(self, reason: str, run: str = "r", first: bool = True) -> dict:
        """What is said once the reason is among those that are given, or the first of them."""
        found: dict = {}

        def is_there() -> bool:
            found.update(self.why(run))
            names = found["reasons"][:1] if first else found["reasons"]
            return reason in names

        try:
            wait_for(is_there, what=f"the reason {reason}")
        except AssertionError as error:
            raise AssertionError(f"{error}; there are {found}") from None
        return found

    def do(self, found: dict) -> str:
        """Runs the command as a person who pastes it; answers what it prints."""
        self.assertIsNotNone(found.get("command"), found)
        tools = str(Path(binary("sidestep")).parent)
        environment = {"PATH": f"{tools}:{os.environ['PATH']}", "SIDESTEP_SOCKET": self.daemon.socket,
                       "HOME": self.folder}
        done = subprocess.run(["sh", "-c", found["command"]], capture_output=True, text=True, timeout=60,
                              cwd=self.folder, env=environment)
        self.assertEqual(done.returncode, 0, (found["command"], done.stdout, done.stderr))
        return done.stdout

    def says(self, found: dict, *words: str) -> None:
        text = " ".join([*found["sentences"], found["next"]])
        for word in words:
            self.assertIn(word, text)

    def status(self, run: str = "r") -> str:
        return self.call("run.get", run=run)["run"]["status"]

    def claims(self, run: str = "r", **more) -> Connection:
        """A worker gets the run and completes it: it has gone on."""
        worker = self.daemon.connect()
        self.addCleanup(worker.close)
        claimed = worker.call("worker.claim", workflows=["w"], wait_ms=20_000, **more)
        self.assertEqual(claimed["run"]["id"], run)
        return worker

    def completes(self, run: str = "r", **more) -> None:
        self.claims(run, **more).call("run.complete", run=run, output=1)
        self.assertEqual(self.status(run), "completed")

    def refused(self, method: str, kind: str, **params) -> Refused:
        with self.assertRaises(Refused) as caught:
            self.call(method, **params)
        self.assertEqual(caught.exception.kind, kind)
        return caught.exception

    def waiting_claim(self, **params) -> threading.Thread:
        """A worker that waits for a run; the thread ends when it has one, which it completes."""
        worker = self.daemon.connect()
        self.addCleanup(worker.close)
        # Once it was seen, it is known as a worker.
        worker.call("worker.claim", workflows=["w"], wait_ms=0, **params)

        def wait() -> None:
            claimed = worker.call("worker.claim", workflows=["w"], wait_ms=19_000, **params)
            worker.call("run.complete", run=claimed["run"]["id"], output=1)

        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        return thread


class Stopped(Why):
    """What somebody has to end."""

    @tells("cancelling")
    def test_a_run_that_was_asked_to_end_is_over_with_the_command(self):
        self.puppet().call("resume", run="r", workflow="w", compensates=True)
        self.call("run.cancel", run="r", reason="enough", grace_ms=HOUR)
        found = self.expect("cancelling")
        self.says(found, "asked to end", "(enough)", f"by process {os.getpid()} of uid {os.getuid()}", "60 min it is over")
        self.do(found)
        wait_for(lambda: self.status() == "cancelled", what="the end of the run")

    @tells("cancelled_with_parent")
    def test_a_child_that_ends_with_its_parent_says_so(self):
        self.puppet().call("resume", run="p", workflow="w", compensates=True)
        self.puppet().call("resume", run="r", workflow="w", compensates=True, parent="p")
        self.call("run.cancel", run="p", grace_ms=HOUR)
        found = self.expect("cancelled_with_parent", first=False)
        self.says(found, "its parent 'p'")
        self.do(found)
        wait_for(lambda: self.status() == "cancelled", what="the end of the child")
        self.says(self.expect("cancelled_with_parent", first=False), "its parent 'p'")

    @tells("paused_by_operator")
    def test_a_paused_run_names_who_paused_it_and_goes_on(self):
        self.call("run.enqueue", run="r", workflow="w")
        self.call("run.pause", run="r")
        found = self.expect("paused_by_operator")
        self.says(found, f"Process {os.getpid()} of uid {os.getuid()} paused it.")
        self.assertEqual(found["last_act"]["kind"], "run.paused")
        self.assertEqual(found["last_act"]["by"], {"uid": os.getuid(), "pid": os.getpid()})
        self.do(found)
        self.completes()

    @tells("crash_loop")
    def test_a_run_whose_owners_die_is_paused_and_goes_on(self):
        self.call("run.enqueue", run="r", workflow="w", max_interruptions=0)
        owner = self.puppet()
        owner.call("worker.claim", workflows=["w"])
        owner.kill()
        found = self.expect("crash_loop")
        self.says(found, "lost 1 times without progress, more than 0", "died")
        self.do(found)
        self.completes()

    @tells("budget")
    def test_a_budget_that_is_used_up_is_told_in_numbers_and_raised(self):
        self.call("run.enqueue", run="r", workflow="w", budget={"tokens": 10})
        self.claims()
        step = {"run": "r", "step": "s", "client": True, "reserve": {"tokens": 25}}
        owner = self.daemon.connect()
        lease = owner.call("resume", run="r", if_owned="take_over")["lease"]
        with self.assertRaises(Refused):
            owner.call("run-step", lease=lease, **{k: v for k, v in step.items() if k != "run"})
        found = self.expect("budget")
        self.says(found, "Its budget of 10 tokens has 0 used; a step asked for 25.")
        self.do(found)
        again = self.claims()
        self.assertEqual(again.call("run-step", **step)["status"], "execute")

    @tells("budget")
    def test_the_budget_of_a_parent_is_told_and_raised_there(self):
        parent = self.puppet()
        parent.call("resume", run="p", workflow="p", budget={"calls": 1})
        self.call("run.enqueue", run="r", workflow="w", parent="p")
        worker = self.claims()
        step = {"run": "r", "client": True, "reserve": {"calls": 1}}
        worker.call("run-step", step="one", **step)
        worker.call("step.complete", run="r", step="one")
        with self.assertRaises(Refused):
            worker.call("run-step", step="two", **step)
        found = self.expect("budget")
        self.says(found, "Its parent's (p) budget of 1 calls has 1 used")
        self.do(found)
        self.assertEqual(self.claims().call("run-step", step="two", **step)["status"], "execute")

    @tells("code_version")
    def test_another_code_version_is_told_with_both_names_and_let_on(self):
        self.call("resume", run="r", workflow="w", code_version="v1")
        self.call("run.release", run="r")
        self.refused("resume", "run_paused", run="r", code_version="v2", on_code_change="pause")
        found = self.expect("code_version")
        self.says(found, "Code version 'v1' had it, and 'v2' came to go on with it.")
        self.do(found)
        self.completes(code_version="v2")

    @tells("step_unknown")
    def test_an_unknown_step_is_resolved(self):
        owner = self.puppet()
        owner.call("resume", run="r", workflow="w")
        owner.call("step.begin", step="pay it", at_most_once=True)
        owner.kill()
        found = self.expect("step_unknown")
        self.says(found, "'pay it'", "--completed JSON")
        self.assertEqual(found["command"], "sidestep resolve r 'pay it' --rerun")
        self.do(found)
        worker = self.claims()
        self.assertEqual(worker.call("step.begin", run="r", step="pay it", at_most_once=True)["status"], "execute")

    @tells("step_unknown")
    def test_a_run_that_is_paused_for_an_unknown_step_goes_on_with_its_answer(self):
        owner = self.puppet()
        owner.call("resume", run="r", workflow="w")
        owner.call("step.begin", step="pay", at_most_once=True)
        owner.call("run.release", run="r")
        self.assertEqual(self.status(), "paused")
        self.do(self.expect("step_unknown"))
        self.claims()

    @tells("supervisor_failing")
    def test_a_program_whose_supervisor_cannot_be_started_is_run_from_here(self):
        tool = shutil.copy(binary("sidestep"), f"{self.folder}/tool")
        program = f"echo up >> {self.folder}/up; while [ ! -e {self.folder}/go ]; do sleep 0.02; done"
        environment = {**os.environ, "SIDESTEP_SOCKET": self.daemon.socket}
        subprocess.run([tool, "run", "--detach", "--id", "r", "--", "sh", "-c", program], env=environment, check=True,
                       capture_output=True, timeout=60)
        wait_for(Path(f"{self.folder}/up").exists, what="the program")
        os.unlink(tool)
        os.kill(self.call("run.get", run="r")["run"]["owner"]["pid"], signal.SIGKILL)
        found = self.expect("supervisor_failing")
        self.says(found, "cannot keep its supervisor running", "attempt")
        Path(f"{self.folder}/go").touch()
        self.do(found)
        self.assertEqual(self.status(), "completed")

    @unittest.skipUnless(os.geteuid() == 0, "mounting a small file system needs root")
    @tells("storage")
    def test_a_full_disk_is_a_reason(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], check=True)
            try:
                with Daemon(folder=folder) as daemon:
                    self.open(daemon)
                    self.fill(folder)
            finally:
                subprocess.run(["umount", "-l", folder], check=True)

    def fill(self, folder: str) -> None:
        self.call("resume", run="r", workflow="w")
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        Path(f"{folder}/filler").write_bytes(b"x" * max(0, free - 65536))
        with self.assertRaises(Refused):
            for number in range(100):
                self.call("step.complete", step=f"n{number}", output="y" * 200_000)
        found = self.expect("storage")
        self.says(found, "The disk of the database is full", "once there is space again")
        os.unlink(f"{folder}/filler")
        self.call("step.complete", step="after", output=1)
        wait_for(lambda: "storage" not in self.why()["reasons"], what="the end of it")


class Queued(Why):
    """Without an owner."""

    @tells("delayed")
    def test_a_run_that_begins_later_says_when_and_begins_then(self):
        self.call("run.enqueue", run="r", workflow="w", delay_ms=1500)
        self.says(self.expect("delayed"), "It was to begin later")
        self.completes()

    @tells("run_backoff")
    def test_a_run_that_failed_says_which_attempt_comes_when(self):
        retry = {"max_attempts": 3, "initial_ms": 1500, "jitter": 0}
        self.call("resume", run="r", workflow="w", retry=retry)
        self.call("run.fail", run="r", error={"type": "x", "message": "m"})
        self.says(self.expect("run_backoff"), "Attempt 2 of it begins in")
        self.call("run.release", run="r")
        self.says(self.expect("run_backoff"), "Attempt 2 of it begins in")
        self.completes()

    @tells("crash_backoff")
    def test_a_run_whose_owners_keep_dying_says_when_it_is_handed_out(self):
        self.call("run.enqueue", run="r", workflow="w")
        for _ in range(2):
            owner = self.puppet()
            owner.call("worker.claim", workflows=["w"], wait_ms=20_000)
            owner.kill()
            wait_for(lambda: self.status() == "interrupted", what="the loss of the owner")
        found = self.expect("crash_backoff")
        self.says(found, "its owners keep dying", "lost 2 times without progress (died)")
        self.completes()

    @tells("interrupted")
    def test_a_run_whose_owner_is_gone_says_how_it_went(self):
        owner = self.puppet()
        owner.call("resume", run="r", workflow="w")
        owner.kill()
        found = self.expect("interrupted", first=False)
        self.says(found, "lost 1 times without progress (died); more than 10 pause it.")
        self.completes()

    @tells("queue_paused")
    def test_a_paused_queue_goes_on(self):
        self.call("queue.pause", queue="q 1", paused=True)
        self.call("run.enqueue", run="r", workflow="w", queue="q 1")
        thread = self.waiting_claim(queues=["q 1"])
        found = self.expect("queue_paused")
        self.assertEqual(found["command"], "sidestep queue unpause 'q 1'")
        self.do(found)
        thread.join(20)
        self.assertEqual(self.status(), "completed")

    @tells("queue_full")
    def test_a_full_queue_names_who_is_there_and_is_made_wider_and_keeps_its_other_limits(self):
        self.call("queue.put", queue="default", concurrency=1, key_concurrency=5,
                  rate={"count": 100, "per_ms": 1500, "burst": 7})
        self.call("run.enqueue", run="first", workflow="w")
        self.claims("first")
        for run in ("before", "r"):
            self.call("run.enqueue", run=run, workflow="w")
        threads = [self.waiting_claim(), self.waiting_claim()]
        found = self.expect("queue_full")
        self.says(found, "at its limit of 1 runs: 'first' have owners; one run goes before it")
        self.do(found)
        for thread in threads:
            thread.join(20)
        self.assertEqual(self.status(), "completed")
        queue = next(q for q in self.call("queue.list")["queues"] if q["queue"] == "default")
        self.assertEqual((queue["key_concurrency"], queue["rate"]), (5, {"count": 100, "per_ms": 1500, "burst": 7}))

    @tells("queue_rate")
    def test_a_queue_that_has_handed_out_its_share_is_made_faster(self):
        self.call("queue.put", queue="default", rate={"count": 1, "per_ms": HOUR})
        self.call("run.enqueue", run="first", workflow="w")
        self.claims("first")
        self.call("run.enqueue", run="r", workflow="w")
        thread = self.waiting_claim()
        found = self.expect("queue_rate")
        self.says(found, "hands out 1 in 60 min", "it is the next one")
        self.do(found)
        thread.join(20)
        self.assertEqual(self.status(), "completed")

    @tells("key_full")
    def test_a_full_concurrency_key_names_who_has_it_and_is_widened(self):
        self.call("queue.put", queue="default", key_concurrency=1)
        for run in ("first", "r"):
            self.call("run.enqueue", run=run, workflow="w", concurrency_key="k")
        self.claims("first")
        thread = self.waiting_claim()
        found = self.expect("key_full")
        self.says(found, "lets 1 runs of key 'k' have owners: 'first' do.")
        self.do(found)
        thread.join(20)
        self.assertEqual(self.status(), "completed")

    @tells("other_version")
    def test_a_run_pinned_to_another_version_names_those_that_are_there(self):
        self.call("run.enqueue", run="r", workflow="w", code_version="v2")
        worker = self.daemon.connect()
        worker.call("worker.claim", workflows=["w"], code_version="v1", wait_ms=0)
        self.says(self.expect("other_version"), "code version 'v2': those that are have 'v1'")
        self.completes(code_version="v2")

    @tells("no_worker")
    def test_a_run_that_nobody_serves_says_what_a_worker_would_need(self):
        self.call("run.enqueue", run="r", workflow="w")
        self.says(self.expect("no_worker"), "serves queue 'default' and has workflow 'w'")
        self.completes()

    @tells("workers_busy")
    def test_a_run_whose_workers_have_others_says_its_place(self):
        for run in ("first", "before", "r"):
            self.call("run.enqueue", run=run, workflow="w")
        worker = self.claims("first")
        self.says(self.expect("workers_busy"), "The one connected worker that would take it has a run; one run goes")
        worker.call("run.complete", run="first")
        self.completes("before")
        self.completes()

    @tells("ready")
    def test_a_run_that_the_next_worker_gets_says_so(self):
        worker = self.daemon.connect()
        worker.call("worker.claim", workflows=["w"], wait_ms=0)
        self.call("run.enqueue", run="r", workflow="w")
        self.says(self.expect("ready"), "1 connected workers serve queue 'default'", "it is the next one")
        self.completes()

    @tells("start_deadline")
    def test_a_run_that_has_to_be_claimed_in_time_says_so(self):
        self.call("run.enqueue", run="r", workflow="w", schedule_to_start_ms=HOUR)
        self.says(self.expect("start_deadline", first=False), "has to claim it within 60 min")
        self.completes()


class Owned(Why):
    """With an owner."""

    @tells("owner_stopped")
    def test_a_stopped_owner_is_let_go_on(self):
        owner = self.puppet()
        owner.call("resume", run="r", workflow="w")
        os.kill(owner.pid, signal.SIGSTOP)
        owner.send("run.complete", run="r", output=1)
        found = self.expect("owner_stopped")
        self.says(found, f"Process {owner.pid} is stopped")
        self.do(found)
        self.assertEqual(owner.answer()["result"]["run"]["status"], "completed")

    @tells("owner_away")
    def test_an_owner_whose_connection_is_closed_may_come_back(self):
        owner = self.puppet()
        owner.call("resume", run="r", workflow="w")
        owner.call("close")
        self.expect("owner_away")
        owner.call("open")
        owner.call("resume", run="r", if_owned="wait")
        owner.call("run.complete", run="r")
        self.assertEqual(self.status(), "completed")

    @tells("owner_silent")
    def test_a_run_of_a_silent_owner_is_given_to_another_one(self):
        owner = self.puppet()
        owner.call("resume", run="r", workflow="w")
        self.expect("between_steps")
        found = self.expect("owner_silent")
        self.says(found, "has called nothing for")
        self.do(found)
        self.completes()

    @tells("lease_ending")
    def test_a_lease_that_ends_by_itself_says_when(self):
        self.call("resume", run="r", workflow="w", owner="ttl", ttl_ms=2000)
        self.says(self.expect("lease_ending", first=False), "Its lease is over in", "unless it is renewed")
        self.completes()

    @tells("between_steps")
    def test_an_owner_between_two_steps_is_just_that(self):
        self.call("resume", run="r", workflow="w")
        self.says(self.expect("between_steps"), f"Process {os.getpid()} of uid {os.getuid()} owns it")
        self.assertEqual(self.why()["command"], "sidestep pause r")

    @tells("deadline")
    def test_a_deadline_is_told(self):
        self.call("resume", run="r", workflow="w", deadline_at=int(time.time() * 1000) + HOUR)
        self.says(self.expect("deadline", first=False), "Its deadline is in 60 min")

    @tells("schedule_waits")
    def test_a_schedule_that_waits_for_the_run_goes_on_with_its_end(self):
        for overlap, words in (("queue", "waits for its end"), ("skip", "leaves out what is due")):
            with self.subTest(overlap):
                schedule = f"s-{overlap}"
                self.call("schedule.put", schedule=schedule, workflow="w", every_ms=1000, overlap=overlap)
                first = wait_for(lambda: self.runs(schedule), what="the first run")[0]
                found = self.expect("schedule_waits", first, first=False)
                self.says(found, f"Schedule '{schedule}' {words}")
                self.do(found)
                wait_for(lambda: len(self.runs(schedule)) > 1, what="the next run")
                self.call("schedule.delete", schedule=schedule)

    def runs(self, schedule: str) -> list[str]:
        runs = self.call("run.list", limit=100)["runs"]
        return sorted(run["id"] for run in runs if run["id"].startswith(f"{schedule}/"))


class Steps(Why):
    """What its steps wait for."""

    def begin(self, run: str, step: str, **more) -> Puppet:
        """Another process opens the run and is about to begin the step."""
        owner = self.puppet()
        owner.call("resume", run=run, workflow="w")
        owner.send("run-step", run=run, step=step, client=True, **more)
        return owner

    @tells("limit_full")
    def test_a_full_limit_names_who_holds_it_and_is_made_wider(self):
        self.call("limit.put", limit="l", concurrency=1, rate={"count": 100, "per_ms": 250, "burst": 50})
        self.begin("other", "holding", limit="l").answer()
        owner = self.begin("r", "waiting", limit="l")
        found = self.expect("limit_full")
        self.says(found, "Step 'waiting' waits for room in limit 'l', which 1 of 1 steps hold",
                  "step 'holding' of run 'other' since")
        self.do(found)
        self.assertEqual(owner.answer()["result"]["status"], "execute")
        limit = self.call("limit.list")["limits"][0]
        self.assertEqual(limit["rate"], {"count": 100, "per_ms": 250, "burst": 50})
        self.assertNotIn("limit_full", self.why()["reasons"])

    @tells("limit_rate")
    def test_a_limit_that_lets_no_more_begin_is_made_faster(self):
        self.call("limit.put", limit="l", rate={"count": 1, "per_ms": HOUR})
        self.begin("other", "one", limit="l").answer()
        owner = self.begin("r", "two", limit="l")
        found = self.expect("limit_rate")
        self.says(found, "lets 1 in 60 min begin", "the next one in 60 min")
        self.do(found)
        self.assertEqual(owner.answer()["result"]["status"], "execute")

    @tells("limit_full")
    def test_a_call_that_gave_up_waits_no_longer(self):
        self.call("limit.put", limit="l", concurrency=1)
        self.begin("other", "holding", limit="l").answer()
        owner = self.begin("r", "waiting", limit="l")
        self.expect("limit_full")
        owner.kill()
        wait_for(lambda: "limit_full" not in self.why()["reasons"], what="the end of the wait")

    @tells("breaker_open")
    def test_an_open_breaker_says_until_when_and_is_closed(self):
        self.call("breaker.put", breaker="b", failures=1, cooldown_ms=HOUR)
        self.call("resume", run="r", workflow="w")
        begin = {"run": "r", "client": True, "breaker": "b"}
        self.call("run-step", step="one", **begin)
        self.fail_step("one")
        self.refused("run-step", "circuit_open", step="two", **begin)
        found = self.expect("breaker_open")
        self.says(found, "Breaker 'b' is open after 1 failures in a row, for 60 min more; it refused step 'two'.")
        self.do(found)
        self.assertEqual(self.call("run-step", step="two", **begin)["status"], "execute")
        self.assertNotIn("breaker_open", self.why()["reasons"])

    def fail_step(self, step: str) -> None:
        self.call("step.fail", run="r", step=step, error={"type": "x", "message": "m"}, retryable=True)

    @tells("breaker_open")
    def test_a_step_of_the_daemon_that_a_breaker_holds_up_goes_on_when_it_is_closed(self):
        self.call("breaker.put", breaker="b", failures=1, cooldown_ms=HOUR)
        self.call("resume", run="r", workflow="w")
        program = {"argv": ["sh", "-c", f"echo x >> {self.folder}/tries; [ -e {self.folder}/well ]"]}
        number = self.connection.send("run-step", run="r", step="s", exec=program, breaker="b",
                                      retry={"max_attempts": 9, "initial_ms": 1})
        other = self.daemon.connect()
        found: dict = {}

        def is_open() -> bool:
            found.update(other.call("run.explain", run="r"))
            return found["reasons"][0] == "breaker_open"

        wait_for(is_open, what="the breaker")
        Path(f"{self.folder}/well").touch()
        self.do(found)
        self.assertEqual(self.connection.reply(number)["status"], "completed")
        self.assertEqual(Path(f"{self.folder}/tries").read_text(), "x\nx\n")

    @tells("execution_waits")
    def test_a_program_that_waits_for_its_turn_says_so(self):
        self.call("resume", run="r", workflow="w")
        self.call("resume", run="many", workflow="w")
        for number in range(128):
            self.refused("run-step", "timeout", run="many", step=f"s{number}", exec={"argv": ["sleep", "600"]},
                         wait_ms=0)
        self.refused("run-step", "timeout", run="r", step="s", exec={"argv": ["true"]}, wait_ms=0)
        self.says(self.expect("execution_waits"), "Step 's' waits its turn")
        self.call("run.cancel", run="many", grace_ms=0)
        self.assertEqual(self.call("run-step", run="r", step="s", exec={"argv": ["true"]})["output"]["exit"], 0)

    @tells("step_backoff")
    def test_a_step_that_is_tried_again_says_when(self):
        self.call("resume", run="r", workflow="w")
        self.call("step.begin", run="r", step="s", retry={"max_attempts": 3, "initial_ms": HOUR, "max_ms": HOUR, "jitter": 0})
        self.fail_step("s")
        self.says(self.expect("step_backoff"), "Step 's' is tried again (attempt 2) in 60 min.")

    @tells("wait_given_up")
    def test_a_wait_that_was_given_up_says_so_until_it_is_taken_up_again(self):
        lease = self.call("resume", run="r", workflow="w")["lease"]
        waiter = self.daemon.connect()
        self.addCleanup(waiter.close)
        waiter.send("signal.wait", run="r", lease=lease, signal="go", step="w")
        self.expect("awaits_signal")
        self.call("wait.cancel", run="r", step="w")
        self.says(self.expect("wait_given_up"), "Step 'w' is a wait that was given up", "takes it up again")
        self.call("signal.send", run="r", signal="go")
        self.call("signal.wait", run="r", signal="go", step="w")
        self.assertNotIn("wait_given_up", self.call("run.explain", run="r")["reasons"])

    @tells("step_running")
    def test_a_step_that_runs_says_since_when_and_for_how_long_at_most(self):
        self.call("resume", run="r", workflow="w")
        self.call("step.begin", run="r", step="s", timeouts={"start_to_close_ms": HOUR})
        self.says(self.expect("step_running"), "Step 's' runs since", "min more at most.")

    def wait_in(self, step: str, method: str = "wait.first", run: str = "r", **more) -> Puppet:
        owner = self.puppet()
        owner.call("resume", run=run, workflow="w")
        owner.send(method, step=step, **more)
        return owner

    @tells("awaits_signal")
    def test_a_signal_is_sent_with_the_command(self):
        owner = self.wait_in("s", any=[{"signal": "it's fine"}])
        found = self.expect("awaits_signal")
        self.says(found, "waits for signal 'it's fine'")
        self.do(found)
        self.assertEqual(owner.answer()["result"]["status"], "completed")

    @tells("awaits_promise")
    def test_a_promise_is_settled_with_the_command(self):
        owner = self.wait_in("s", any=[{"promise": "p"}])
        self.do(self.expect("awaits_promise"))
        self.assertEqual(owner.answer()["result"]["status"], "completed")

    @tells("awaits_run")
    def test_a_run_that_is_waited_for_is_explained_by_the_command(self):
        self.call("run.enqueue", run="other", workflow="w")
        owner = self.wait_in("s", any=[{"run": "other"}])
        printed = self.do(self.expect("awaits_run"))
        self.assertIn("Run 'other' of workflow 'w' is queued", printed)
        self.completes("other")
        self.assertEqual(owner.answer()["result"]["status"], "completed")

    @tells("awaits_time")
    def test_a_sleep_says_for_how_long(self):
        owner = self.wait_in("s", any=[], timeout_ms=1500)
        self.says(self.expect("awaits_time"), "Step 's' sleeps since")
        self.assertEqual(owner.answer()["result"]["status"], "completed")


class Ended(Why):
    """Closed runs."""

    @tells("completed")
    def test_a_completed_run_needs_nothing(self):
        self.call("resume", run="r", workflow="w")
        self.call("run.complete", run="r")
        self.assertIsNone(self.expect("completed").get("command"))

    @tells("failed")
    def test_a_failed_run_of_workers_is_queued_again(self):
        self.call("run.enqueue", run="r", workflow="w", input={"x": 1})
        self.claims().call("run.fail", run="r", error={"type": "x", "message": "m"}, retryable=False)
        self.do(self.expect("failed"))
        self.completes()

    @tells("failed")
    def test_a_failed_run_of_a_script_is_opened_in_the_shell(self):
        self.call("resume", run="r", workflow="w", owner="process", owner_pid=os.getpid())
        self.call("run.fail", run="r", error={"type": "x", "message": "m"}, retryable=False)
        found = self.expect("failed")
        found["command"] += "; sidestep finish"
        self.do(found)
        self.assertEqual(self.status(), "completed")

    @tells("cancelled")
    def test_a_cancelled_run_says_who_did_it_and_is_queued_again(self):
        self.call("run.enqueue", run="r", workflow="w")
        self.call("run.cancel", run="r", reason="enough")
        found = self.expect("cancelled")
        self.says(found, f"(enough), by process {os.getpid()} of uid {os.getuid()}.")
        self.do(found)
        self.completes()

    @tells("undone")
    def test_a_run_whose_steps_were_undone_is_run_anew(self):
        self.call("resume", run="r", workflow="w", owner="process", owner_pid=os.getpid(), compensates=True)
        self.call("step.complete", run="r", step="book")
        self.call("run.cancel", run="r", grace_ms=HOUR)
        self.call("step.begin", run="r", step="return", compensation=True)
        self.call("step.complete", run="r", step="return")
        self.call("run.release", run="r")
        found = self.expect("undone")
        self.says(found, "undone by 'return'")
        found["command"] += "; sidestep finish"
        self.do(found)
        self.assertEqual((self.status(), self.call("run.get", run="r")["run"]["generation"]), ("completed", 2))


class All(unittest.TestCase):
    def test_every_reason_has_a_test_of_its_own(self):
        self.assertEqual(set(REASONS) - covered, set())
        self.assertEqual(covered - set(REASONS), set())


if __name__ == "__main__":
    unittest.main()
