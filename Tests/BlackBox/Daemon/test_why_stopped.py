"""Runs that were asked to end, or are paused: `run.explain` says why, and its very command helps."""

import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import Daemon, Refused, binary, wait_for
from reasons import HOUR, Why, tells


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


if __name__ == "__main__":
    unittest.main()
