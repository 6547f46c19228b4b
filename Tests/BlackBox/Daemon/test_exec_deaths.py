"""Programs of steps, and the death of the daemon that has started them."""

import ctypes
import os
import signal
import time
import unittest
from pathlib import Path

from exec_bench import Bench, alive, blocked
from harness import Refused, p99_seconds, wait_for


class Deaths(Bench):
    """The daemon dies while programs run."""

    def restart(self) -> None:
        self.daemon.kill()
        self.daemon.start()
        self.open(if_owned="take_over")

    def test_a_program_of_a_killed_daemon_is_ended_and_run_again(self):
        log = f"{self.folder}/log"
        script = f"echo $$ >> {log}; [ $(wc -l < {log}) -ge 2 ] && exit 0; sleep {self.mark} & setsid sleep {self.mark} & wait"
        self.begin("s", "sh", "-c", script)
        wait_for(lambda: len(alive(self.mark, as_argument=True)) >= 2, what="the program")
        self.restart()
        self.assertEqual(self.step("s", "sh", "-c", script)["attempt"], 2)
        self.assertEqual(alive(self.mark), [])
        self.assertEqual(len(Path(log).read_text().splitlines()), 2)

    def test_a_program_that_cleared_its_environment_is_ended_by_pid_and_start(self):
        script = f"[ -e {self.folder}/second ] && exit 0; touch {self.folder}/second; exec env -i sleep {self.mark}"
        self.begin("s", "sh", "-c", script)
        wait_for(lambda: alive(self.mark, as_argument=True), what="the program")
        self.connection.call("run.get", run="r")
        self.restart()
        self.assertEqual(self.step("s", "sh", "-c", script)["attempt"], 2)
        self.assertEqual(alive(self.mark), [])

    def test_an_at_most_once_step_of_a_killed_daemon_is_unknown(self):
        self.begin("s", "sleep", self.mark, step={"at_most_once": True})
        wait_for(lambda: alive(self.mark, as_argument=True), what="the program")
        self.restart()
        wait_for(lambda: self.status("s")["status"] == "unknown", what="unknown")
        with self.assertRaises(Refused) as caught:
            self.step("s", "sleep", self.mark, step={"at_most_once": True})
        self.assertEqual(caught.exception.kind, "step_unknown")
        self.assertEqual(alive(self.mark), [])
        self.connection.call("step.resolve", run="r", step="s", **{"as": "rerun"})
        self.begin("s", "sleep", self.mark, step={"at_most_once": True})
        wait_for(lambda: alive(self.mark, as_argument=True), what="the program")

    def test_a_back_off_outlives_the_daemon(self):
        script = f"echo x >> {self.folder}/n; [ $(wc -l < {self.folder}/n) -ge 2 ]"
        more = {"step": {"retry": {"max_attempts": 2, "delays_ms": [700]}}}
        self.begin("s", "sh", "-c", script, **more)
        wait_for(lambda: self.status("s")["status"] == "backoff", what="the back-off")
        next_attempt = self.status("s")["next_attempt_at"]
        self.restart()
        self.assertEqual(self.step("s", "sh", "-c", script, **more)["attempt"], 2)
        self.assertGreaterEqual(self.status("s")["started_at"], next_attempt)

    def test_an_orderly_stop_ends_programs_and_the_next_start_takes_them_up(self):
        script = f"[ -e {self.folder}/second ] && exit 0; touch {self.folder}/second; sleep {self.mark}"
        self.begin("s", "sh", "-c", script)
        wait_for(lambda: alive(self.mark, as_argument=True), what="the program")
        self.daemon.kill(signal.SIGTERM)
        self.assertEqual(alive(self.mark), [])
        self.daemon.start()
        self.open(if_owned="take_over")
        self.assertEqual(self.step("s", "sh", "-c", script)["attempt"], 2)

    def test_a_signal_that_a_thread_of_a_library_gets_is_an_orderly_stop_too(self):
        self.begin("s", "sleep", self.mark)
        wait_for(lambda: alive(self.mark, as_argument=True), what="the program")
        pid = self.daemon.process.pid
        # The kernel gives it to any thread that lets it through while nobody is within sigwait(3).
        threads = [int(name) for name in os.listdir(f"/proc/{pid}/task") if int(name) != pid]
        open_ones = [thread for thread in threads if not blocked(pid, thread) >> (signal.SIGTERM - 1) & 1]
        for thread in open_ones[:1]:
            self.assertEqual(ctypes.CDLL(None).tgkill(pid, thread, signal.SIGTERM), 0)
        if not open_ones:
            self.daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.process.wait(60), 0)
        self.assertEqual(alive(self.mark), [])

    def test_64_programs_at_once_and_none_is_lost_when_the_daemon_is_killed(self):
        before = self.daemon.written_kib()
        begun = time.time()
        script = f"echo $0 >> {self.folder}/log; sleep 0.5; head -c 100000 /dev/zero | tr '\\0' x"
        for number in range(64):
            self.begin(f"s{number}", "sh", "-c", script, str(number))
        Path(f"{self.folder}/log").touch()
        wait_for(lambda: len(Path(f"{self.folder}/log").read_text().split()) >= 20, what="programs")
        peak = self.daemon.written_kib()
        self.restart()
        numbers = [
            self.connection.send("run-step", run="r", step=f"s{n}", exec={"argv": ["sh", "-c", script, str(n)]})
            for n in range(64)
        ]
        for number in numbers:
            self.assertEqual(len(self.connection.reply(number)["output"]["stdout"]), 100_000)
        self.assertEqual(set(Path(f"{self.folder}/log").read_text().split()), {str(n) for n in range(64)})
        self.assertLess(max(peak, self.daemon.written_kib()) - before, 100 << 10)
        steps = self.connection.call("step.list", run="r")["steps"]
        print(f"\n64 programs: {max(peak, self.daemon.written_kib()) - before} KiB over an idle daemon, "
              f"p99 {p99_seconds(steps, begun):.2f} s over a kill, each 0.5 s by itself")


if __name__ == "__main__":
    unittest.main()
