"""Workers and the daemon under SIGKILL: no run is lost, no recorded step is repeated, no limit is exceeded."""

import collections
import random
import signal
import subprocess
import sys
import unittest
from pathlib import Path

from harness import Daemon, DaemonTest, Refused, wait_for

HERE = Path(__file__).parent
RUNS = 60
KILLS = 60


class Workers(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon("--log-level", "error").start()
        self.addCleanup(self.daemon.close)
        self.effects = Path(self.daemon.folder) / "effects"
        self.workers: list[subprocess.Popen] = []
        self.addCleanup(self.end_workers)

    def end_workers(self):
        for worker in self.workers:
            worker.kill()
            worker.wait()

    def start_worker(self) -> subprocess.Popen:
        command = [sys.executable, HERE / "worker.py", self.daemon.socket, self.effects]
        worker = subprocess.Popen([str(part) for part in command], cwd=HERE)
        self.workers.append(worker)
        return worker

    def enqueue(self, count: int):
        connection = self.daemon.connect()
        connection.call("limit.put", limit="two", concurrency=2)
        for number in range(count):
            connection.call("run.enqueue", run=f"r{number}", workflow="work", max_interruptions=1000)
        connection.close()

    def statuses(self) -> collections.Counter:
        try:
            connection = self.daemon.connect()
            runs = connection.call("run.list", limit=1000)["runs"]
            connection.close()
        except (OSError, Refused):
            return collections.Counter()
        return collections.Counter(run["status"] for run in runs)

    def lines(self) -> list[list[str]]:
        return [line.split() for line in self.effects.read_text().splitlines()] if self.effects.exists() else []

    def test_killed_workers_and_daemons_lose_no_run_and_repeat_no_recorded_step(self):
        chance = random.Random(7)
        self.enqueue(RUNS)
        running = [self.start_worker() for _ in range(3)]
        for kill in range(KILLS):
            seen = len(self.lines())
            # Something happens between two kills, so that each of them hits work.
            wait_for(lambda: len(self.lines()) > seen or self.statuses()["completed"] == RUNS, what="an effect")
            if kill % 6 == 5:
                self.daemon.kill()
                self.daemon.start()
                continue
            index = chance.randrange(len(running))
            running[index].kill()
            running[index].wait()
            running[index] = self.start_worker()
        wait_for(lambda: self.statuses()["completed"] == RUNS, 60, "the end of all runs")
        self.check_effects()

    def check_effects(self):
        recorded: set[tuple[str, str]] = set()
        for verb, run, *step in self.lines():
            if verb == "begin":
                self.assertNotIn((run, step[0]), recorded, "a recorded step was begun again")
            if verb == "recorded":
                recorded.add((run, step[0]))
        done = collections.Counter((run, step[0]) for verb, run, *step in self.lines() if verb == "end")
        self.assertEqual(len(done), RUNS * 4, "every step of every run was done")
        repeated = sum(count - 1 for count in done.values())
        self.assertLessEqual(repeated, KILLS, "a kill repeats one effect at most")
        print(f"workers: {KILLS} kills, {len(done)} steps, {repeated} done again between effect and record")


CLAIMS = """
import json, os, socket, sys
line = {"jsonrpc": "2.0", "method": "worker.claim", "params": {"workflows": ["work"], "wait_ms": 60000}}
daemon = socket.socket(socket.AF_UNIX)
daemon.connect(sys.argv[1])
daemon.sendall(b"".join(json.dumps({**line, "id": number}).encode() + b"\\n" for number in range(int(sys.argv[2]))))
print("sent", flush=True)
if sys.argv[2] == "1":
    os._exit(0)
if os.fork():
    sys.stdin.read()
else:  # it keeps the connection open, and says how each claim ended
    for line in daemon.makefile():
        print(json.loads(line).get("error", {}).get("data", {}).get("kind", "granted"), flush=True)
"""


class ClaimsOfTheDead(DaemonTest):
    """A request outlives the process that sent it; a run is neither given to it nor blamed for its death."""

    def claimant(self, claims: int) -> subprocess.Popen:
        child = subprocess.Popen(
            [sys.executable, "-c", CLAIMS, self.daemon.socket, str(claims)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.stdin.close)
        self.addCleanup(child.kill)
        self.assertEqual(child.stdout.readline(), b"sent\n")
        return child

    def run_is(self, connection, status: str) -> dict:
        def look():
            run = connection.call("run.get", run="r")["run"]
            return run if run["status"] == status else None

        return wait_for(look, what=f"status {status}")

    def test_a_killed_workers_run_is_not_offered_to_its_other_claims(self):
        connection = self.daemon.connect()
        self.addCleanup(connection.close)
        worker = self.claimant(3)
        connection.call("run.enqueue", run="r", workflow="work")
        self.assertEqual(worker.stdout.readline(), b"granted\n")
        worker.kill()
        worker.wait()
        ends = [worker.stdout.readline() for _ in range(2)]
        self.assertEqual(ends, [b"not_permitted\n"] * 2)
        self.assertEqual(self.run_is(connection, "interrupted")["epoch"], 1)

    def test_a_run_that_a_dead_process_claimed_has_no_interruption(self):
        connection = self.daemon.connect()
        self.addCleanup(connection.close)
        connection.call("run.enqueue", run="r", workflow="work")
        self.daemon.process.send_signal(signal.SIGSTOP)
        try:
            self.claimant(1).wait()
        finally:
            self.daemon.process.send_signal(signal.SIGCONT)
        run = self.run_is(connection, "interrupted")
        self.assertEqual((run["epoch"], run.get("interruptions", 0)), (1, 0))


if __name__ == "__main__":
    unittest.main()
