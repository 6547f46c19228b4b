"""Machines that give no pidfds: only the kernel's word "no such process" is a death."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
import unittest
from pathlib import Path

from harness import ROOT, Daemon, Refused, wait_for

LAUNCH = str(ROOT / "Tests/BlackBox/Odd/launch")
OWNER = """
import os, sys, time
sys.path.insert(0, {folder!r})
from harness import Connection
connection = Connection({socket!r})
connection.call("resume", **{params!r})
print("ready", flush=True)
time.sleep(60)
"""
# Its first thread ends; another one goes on and owns the run.
HEADLESS = """
import ctypes, sys, threading, time
sys.path.insert(0, {folder!r})
from harness import Connection
def work():
    while open("/proc/self/stat").read().rsplit(")", 1)[1].split()[0] != "Z":
        time.sleep(0.005)
    connection = Connection({socket!r})
    connection.call("resume", **{params!r})
    print("ready", flush=True)
    time.sleep(60)
threading.Thread(target=work).start()
ctypes.CDLL(None).pthread_exit(None)
"""


class OwnerTest(unittest.TestCase):
    def daemon(self, *launch: str, prefix: tuple = ()) -> Daemon:
        daemon = Daemon(prefix=(LAUNCH, *launch, "--", *prefix) if launch else prefix)
        self.addCleanup(daemon.close)
        return daemon.start()

    def owner(self, daemon: Daemon, program: str = OWNER, **params) -> subprocess.Popen:
        script = program.format(folder=os.path.dirname(__file__), socket=daemon.socket, params=params)
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

    def status(self, daemon: Daemon, run: str) -> str:
        connection = daemon.connect()
        try:
            return connection.call("run.get", run=run)["run"]["status"]
        finally:
            connection.close()

    def await_status(self, daemon: Daemon, run: str, status: str) -> None:
        wait_for(lambda: self.status(daemon, run) == status, what=f"{run} to be {status}")


class WithoutPidfds(OwnerTest):
    """The kernel is too old for pidfds, or a sandbox forbids them."""

    def denied(self, error: str) -> Daemon:
        return self.daemon("--deny", f"pidfd_open={error}", "--deny", "peerpidfd=ENOPROTOOPT",
                           "--deny", f"pidfd_send_signal={error}")

    def test_living_owners_keep_their_runs_and_dead_ones_lose_them(self):
        for error in ("ENOSYS", "EPERM"):
            with self.subTest(error):
                daemon = self.denied(error)
                self.owner(daemon, run="alive")
                # Not waited for: a corpse keeps its number, and is dead all the same.
                self.owner(daemon, run="dead").kill()
                self.await_status(daemon, "dead", "interrupted")
                self.assertEqual(self.status(daemon, "alive"), "running")
                self.assertEqual(daemon.text().count("there is no pidfd for a process"), 1, "it is said once")

    def test_over_a_restart_the_living_owner_stays_and_the_dead_one_is_found(self):
        daemon = self.denied("ENOSYS")
        self.owner(daemon, run="alive", owner="process")
        dead = self.owner(daemon, run="dead", owner="process")
        daemon.kill()
        dead.kill()
        dead.wait()
        daemon.start()
        self.assertEqual(self.status(daemon, "dead"), "interrupted")
        self.assertEqual(self.status(daemon, "alive"), "running")

    def test_an_owner_can_be_ended(self):
        daemon = self.denied("EPERM")
        owner = self.owner(daemon, run="r")
        self.assertEqual(daemon.connect().call("resume", run="r", if_owned="kill", wait_ms=10_000)["epoch"], 2)
        self.assertEqual(owner.wait(60), -signal.SIGTERM)

    def test_the_daemon_runs_programs_and_records_how_they_ended(self):
        daemon = self.denied("ENOSYS")
        connection = daemon.connect()
        connection.call("resume", run="r")
        done = connection.call("run-step", step="good", exec={"argv": ["sh", "-c", "echo out"]})
        self.assertEqual((done["output"]["exit"], done["output"]["stdout"]), (0, "out\n"))
        with self.assertRaises(Refused) as caught:
            connection.call("run-step", step="bad", exec={"argv": ["sh", "-c", "exit 3"]})
        self.assertEqual(caught.exception.data["failure"]["exit"], 3)


class FullTable(OwnerTest):
    def test_without_a_free_descriptor_a_living_owner_keeps_its_run_and_gets_its_pidfd_when_there_is_one(self):
        daemon = self.daemon()
        connection = daemon.connect()
        connection.call("ping")
        soft, hard = resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE)
        # What is open stays; there is no number for more.
        resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (3, hard))
        connection.call("resume", run="r")
        wait_for(lambda: "there is no pidfd for a process" in daemon.text(), what="the warning")
        self.assertEqual(connection.call("run.get", run="r")["run"]["status"], "running")
        resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (soft, hard))
        wait_for(lambda: "there are pidfds again" in daemon.text(), what="the pidfd")
        self.assertEqual(connection.call("run.get", run="r")["run"]["status"], "running")


@unittest.skipUnless(os.geteuid() == 0, "mounting needs root")
class WithoutProc(OwnerTest):
    """/proc is not mounted: nothing is known of processes but that their numbers are in use."""

    def hidden(self, *launch: str) -> Daemon:
        return self.daemon(*launch, prefix=("unshare", "--mount", "sh", "-c",
                                            'mount -t tmpfs none /proc && exec "$@"', "sh"))

    def test_a_living_owner_keeps_its_run_and_a_dead_one_loses_it(self):
        for launch in ((), ("--deny", "pidfd_open=ENOSYS", "--deny", "peerpidfd=ENOPROTOOPT")):
            with self.subTest(launch):
                daemon = self.hidden(*launch)
                self.owner(daemon, run="alive")
                dead = self.owner(daemon, run="dead", owner="process")
                dead.kill()
                # Without pidfds only the number tells, and it is in use until somebody has waited for the corpse.
                dead.wait()
                self.await_status(daemon, "dead", "interrupted")
                self.assertEqual(self.status(daemon, "alive"), "running")

    def test_what_cannot_be_known_for_certain_is_refused_and_says_why(self):
        daemon = self.hidden()
        self.owner(daemon, run="r")
        connection = daemon.connect()
        with self.assertRaises(Refused) as caught:
            connection.call("resume", run="r", if_owned="kill", wait_ms=1000)
        self.assertEqual(caught.exception.kind, "not_permitted")
        self.assertIn("cannot be told from another process", caught.exception.message)
        with self.assertRaises(Refused) as caught:
            connection.call("resume", run="x", owner="process", owner_pid=os.getpid())
        self.assertIn("/proc is hidden", caught.exception.message)


class Odd(OwnerTest):
    def test_an_owner_whose_first_thread_has_ended_lives(self):
        for launch in ((), ("--deny", "pidfd_open=ENOSYS", "--deny", "peerpidfd=ENOPROTOOPT")):
            with self.subTest(launch):
                daemon = self.daemon(*launch)
                owner = self.owner(daemon, HEADLESS, run="headless")
                self.owner(daemon, run="later").kill()
                self.await_status(daemon, "later", "interrupted")
                self.assertEqual(self.status(daemon, "headless"), "running")
                owner.kill()
                self.await_status(daemon, "headless", "interrupted")

    @unittest.skipUnless(os.access("/proc/sys/kernel/ns_last_pid", os.W_OK), "the next pid cannot be chosen here")
    def test_a_process_that_has_the_number_of_a_peer_which_ended_meanwhile_is_not_taken_for_it(self):
        daemon = self.daemon()
        daemon.process.send_signal(signal.SIGSTOP)
        request = {"jsonrpc": "2.0", "id": 1, "method": "resume", "params": {"run": "r", "owner": "process"}}
        peer = os.fork()
        if peer == 0:
            client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            client.connect(daemon.socket)
            client.sendall(json.dumps(request).encode() + b"\n")
            os._exit(0)
        os.waitpid(peer, 0)
        heir = self.process_with_number(peer)
        daemon.process.send_signal(signal.SIGCONT)
        client = daemon.connect()
        wait_for(lambda: client.call("run.list")["runs"], what="the run")
        self.await_status(daemon, "r", "interrupted")
        self.assertIsNone(heir.poll())

    def process_with_number(self, number: int) -> subprocess.Popen:
        for _ in range(50):
            Path("/proc/sys/kernel/ns_last_pid").write_text(str(number - 1))
            process = subprocess.Popen(["sleep", "60"])
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
            if process.pid == number:
                return process
        self.skipTest("others took the number each time")
