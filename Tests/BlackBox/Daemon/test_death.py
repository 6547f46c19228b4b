"""Death of owners as the kernel tells it: real processes, real signals."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import unittest

from harness import Connection, Daemon, Refused, binary, wait_for

OWNER = """
import sys, os, time
sys.path.insert(0, {folder!r})
from harness import Connection
connection = Connection({socket!r})
{body}
print("ready", flush=True)
time.sleep(60)
"""


class Death(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.close()

    def owner(self, body: str) -> subprocess.Popen:
        """A process that does `body` on a connection, says ready and sleeps."""
        script = OWNER.format(
            folder=os.path.dirname(__file__), socket=self.daemon.socket, body=textwrap.dedent(body))
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

    def status(self, run: str) -> dict:
        connection = self.daemon.connect()
        try:
            return connection.call("run.get", run=run)
        finally:
            connection.close()

    def test_sigkill_ends_the_lease_at_once_and_the_waiter_gets_the_run(self):
        owner = self.owner('connection.call("resume", run="a")')
        waiter = self.daemon.connect()
        number = waiter.send("resume", run="a", if_owned="wait", wait_ms=20000)
        waiter.call("ping")
        owner.kill()
        self.assertEqual(waiter.reply(number)["epoch"], 2)
        waiter.close()

    def test_a_child_that_keeps_the_socket_open_does_not_keep_the_lease(self):
        owner = self.owner(
            """
            connection.call("resume", run="forked")
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
            """
        )
        waiter = self.daemon.connect()
        number = waiter.send("resume", run="forked", if_owned="wait", wait_ms=10000)
        owner.kill()
        self.assertEqual(waiter.reply(number)["epoch"], 2)
        waiter.close()

    def test_a_stopped_owner_keeps_its_run(self):
        owner = self.owner('connection.call("resume", run="stopped")')
        owner.send_signal(signal.SIGSTOP)
        with self.assertRaises(Refused) as caught:
            self.daemon.connect().call("resume", run="stopped", if_owned="wait", wait_ms=300)
        self.assertEqual(caught.exception.kind, "run_owned")
        self.assertEqual(caught.exception.data["owner"]["pid"], owner.pid)

    def test_an_at_most_once_step_of_a_dead_owner_is_unknown_and_never_repeated(self):
        owner = self.owner(
            """
            connection.call("resume", run="once")
            connection.call("step.begin", step="pay", at_most_once=True)
            """
        )
        owner.kill()
        wait_for(lambda: self.status("once")["run"]["status"] == "interrupted", what="the interruption")
        connection = self.daemon.connect()
        resumed = connection.call("resume", run="once")
        self.assertEqual(resumed["steps"][0]["status"], "unknown")
        with self.assertRaises(Refused) as caught:
            connection.call("step.begin", step="pay", at_most_once=True)
        self.assertEqual(caught.exception.kind, "step_unknown")
        self.assertIn("sidestep resolve once pay", caught.exception.data["hint"])
        connection.call("step.resolve", run="once", step="pay", **{"as": "completed"}, output={"receipt": 1})
        self.assertEqual(connection.call("step.begin", step="pay")["output"], {"receipt": 1})
        connection.close()

    def test_two_callers_of_one_step_run_it_once_and_the_second_takes_over_from_a_dead_first(self):
        connection = self.daemon.connect()
        lease = connection.call("resume", run="shared")["lease"]
        first = self.owner(f'connection.call("step.begin", step="s", lease={lease!r})')
        number = connection.send("step.begin", step="s")
        connection.call("ping")
        first.kill()
        self.assertEqual(connection.reply(number)["status"], "execute")
        connection.call("step.complete", step="s", output=1)
        connection.close()

    def test_a_script_that_owns_its_run_loses_it_when_it_ends_and_its_children_with_it(self):
        script = self.owner('connection.call("resume", run="script", owner="process", owner_pid=os.getpid())')
        self.assertEqual(self.status("script")["run"]["status"], "running")
        script.kill()
        wait_for(lambda: self.status("script")["run"]["status"] == "interrupted", what="the interruption")

    def test_owner_pid_must_be_an_ancestor_of_the_caller(self):
        sibling = subprocess.Popen(["sleep", "30"])
        self.addCleanup(sibling.wait)
        self.addCleanup(sibling.kill)
        with self.assertRaises(Refused) as caught:
            self.daemon.connect().call("resume", run="x", owner="process", owner_pid=sibling.pid)
        self.assertEqual(caught.exception.kind, "not_permitted")

    def test_a_lost_connection_keeps_the_run_for_a_while_and_then_frees_it(self):
        connection = self.daemon.connect()
        lease = connection.call("resume", run="cut")["lease"]
        connection.close()
        again = self.daemon.connect()
        self.assertEqual(again.call("lease.renew", lease=lease)["epoch"], 1)
        again.call("step.begin", step="implied")
        again.close()
        wait_for(lambda: self.status("cut")["run"]["status"] == "interrupted", what="the end of the grace")
        third = self.daemon.connect()
        self.assertEqual(third.call("lease.renew", lease=lease)["epoch"], 1)
        self.assertEqual(self.status("cut")["run"]["status"], "running")
        third.close()

    def test_kill_ends_the_owner_and_hands_over(self):
        owner = self.owner('connection.call("resume", run="hung")')
        taken = self.daemon.connect().call("resume", run="hung", if_owned="kill", wait_ms=10000)
        self.assertEqual(taken["epoch"], 2)
        self.assertEqual(owner.wait(60), -signal.SIGTERM)

    def test_a_crash_loop_is_paused_and_unpaused(self):
        for _ in range(4):
            owner = self.owner('connection.call("resume", run="loop", max_interruptions=3)')
            owner.kill()
            wait_for(lambda: self.status("loop")["run"]["status"] != "running", what="the interruption")
        self.assertEqual(self.status("loop")["run"]["reason"], "crash_loop")
        connection = self.daemon.connect()
        with self.assertRaises(Refused) as caught:
            connection.call("resume", run="loop")
        self.assertEqual((caught.exception.kind, caught.exception.data["reason"]), ("run_paused", "crash_loop"))
        self.assertIn("sidestep why", caught.exception.data["hint"])
        connection.call("run.unpause", run="loop")
        self.assertEqual(connection.call("resume", run="loop")["epoch"], 5)


class Restart(unittest.TestCase):
    def test_a_living_owner_goes_on_with_its_lease_and_a_dead_one_loses_its_run_at_once(self):
        with Daemon() as daemon:
            alive = daemon.connect()
            lease = alive.call("resume", run="alive")["lease"]
            alive.call("step.complete", step="done", output=1)
            script = OWNER.format(
                folder=os.path.dirname(__file__), socket=daemon.socket, body='connection.call("resume", run="dead")')
            dead = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
            dead.stdout.readline()
            daemon.kill()
            dead.kill()
            dead.wait()
            daemon.start()
            other = daemon.connect()
            self.assertEqual(other.call("run.get", run="dead")["run"]["status"], "interrupted")
            with self.assertRaises(Refused) as caught:
                Connection(daemon.socket).call("step.complete", step="x", lease="l1.1.9." + "0" * 32)
            self.assertEqual(caught.exception.kind, "lease_lost")
            again = daemon.connect()
            self.assertEqual(again.call("step.complete", lease=lease, step="done", output=1)["attempt"], 1)
            self.assertEqual(again.call("step.begin", step="done")["output"], 1)


class Users(unittest.TestCase):
    @unittest.skipUnless(os.geteuid() == 0, "only root can become another user")
    def test_another_user_does_not_see_that_a_run_exists(self):
        with Daemon() as daemon:
            os.chmod(daemon.folder, 0o755)
            os.chmod(daemon.socket, 0o666)
            lease = daemon.connect().call("resume", run="private")["lease"]
            kinds = [
                self.ask(daemon, "run.get", run="private"),
                self.ask(daemon, "state.list", run="private"),
                self.ask(daemon, "step.complete", step="s", lease=lease),
                self.ask(daemon, "resume", run="private", create=False),
                self.ask(daemon, "resume", run="private"),
                self.ask(daemon, "run.delete", run="private"),
            ]
            self.assertEqual(
                kinds, ["run_not_found", "run_not_found", "lease_lost", "run_not_found", "created", "ok"])
            self.assertEqual(daemon.connect().call("run.get", run="private")["run"]["status"], "running")

    def ask(self, daemon: Daemon, method: str, **params) -> str:
        """What user 65534 is answered; through socat, since not every python3 is open to everybody."""
        line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        done = subprocess.run(
            ["socat", "-", f"UNIX-CONNECT:{daemon.socket}"], input=line + "\n", capture_output=True, text=True,
            timeout=60, user=65534, group=65534, extra_groups=[])
        answer = json.loads(done.stdout)
        if "error" in answer:
            return answer["error"]["data"]["kind"]
        return "created" if answer["result"].get("created") else "ok"
