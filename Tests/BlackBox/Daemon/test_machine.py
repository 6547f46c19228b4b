"""What a machine does to daemon and clients: read-only file systems, killed groups, stopped processes."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import test_faults
from harness import Daemon, Refused, binary, wait_for

# Asks for a large state many times, stops itself, and counts the replies when it goes on.
STOPPED_CLIENT = """
import json, os, signal, socket, sys
client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
client.connect(sys.argv[1])
for number in range(int(sys.argv[2])):
    request = {"jsonrpc": "2.0", "id": number, "method": "state.get", "params": {"run": "r", "name": "large"}}
    client.sendall(json.dumps(request).encode() + b"\\n")
os.kill(os.getpid(), signal.SIGSTOP)
replies = client.makefile("rb")
print(sum(len(json.loads(next(replies))["result"]["value"]) for _ in range(int(sys.argv[2]))))
"""

# Makes the daemon the leader of a process group that others can join.
LEADER = (sys.executable, "-c", "import os, sys; os.setpgid(0, 0); os.execv(sys.argv[1], sys.argv[1:])")


class ReadOnly(unittest.TestCase):
    # The shim is the other test's; a daemon whose database exists already, too.
    shim, prepared = test_faults.Disk.shim, test_faults.Disk.prepared

    @unittest.skipUnless(os.geteuid() == 0, "mounting needs root")
    def test_a_read_only_file_system_is_refused_at_the_start_and_nothing_is_touched(self):
        with Daemon() as daemon, tempfile.TemporaryDirectory() as view:
            daemon.connect().call("resume", run="r")
            daemon.kill(signal.SIGTERM)
            subprocess.run(["mount", "--bind", daemon.folder, view], check=True)
            try:
                subprocess.run(["mount", "-o", "remount,bind,ro", view], check=True)
                before = Path(daemon.database).read_bytes()
                refused = subprocess.run(
                    [binary("sidestepd"), "--socket", f"{daemon.folder}/other", "--database", f"{view}/sidestep.db"],
                    capture_output=True, text=True, timeout=60)
                self.assertIn(refused.returncode, (73, 74))
                self.assertIn(f"{view}/sidestep.db", refused.stderr)
                self.assertEqual(Path(daemon.database).read_bytes(), before)
            finally:
                subprocess.run(["umount", view], check=True)

    def test_a_file_system_that_becomes_read_only_refuses_writes_and_serves_reads(self):
        # EROFS (30) is what an open file gets after the kernel has remounted its file system.
        with tempfile.TemporaryDirectory() as folder, self.prepared(folder, "pwrite:-wal:60:99:30") as daemon:
            connection = daemon.connect()
            connection.call("resume", run="r")
            acknowledged, refused = set(), 0
            for number in range(300):
                try:
                    connection.call("step.complete", step=f"n{number}", output="z" * 3000)
                    acknowledged.add(f"n{number}")
                except Refused as error:
                    self.assertEqual(error.kind, "storage_error")
                    self.assertEqual(connection.call("step.get", run="r", step="n0")["output"], "z" * 3000)
                    refused += 1
            self.assertGreater(refused, 0, "the fault was not met")
            steps = {step["step"] for step in connection.call("step.list", run="r", limit=1000)["steps"]}
            self.assertEqual(steps, acknowledged)


class Processes(unittest.TestCase):
    def test_a_group_killed_at_once_daemon_and_owner_together_loses_no_acknowledged_step(self):
        with tempfile.TemporaryDirectory() as folder:
            with Daemon(folder=folder, prefix=LEADER) as daemon:
                owner = self.owner_in_the_group_of(daemon)
                told = [json.loads(owner.stdout.readline())["id"] for _ in range(200)]
                os.killpg(daemon.process.pid, signal.SIGKILL)
                self.assertEqual((daemon.process.wait(60), owner.wait(10)), (-signal.SIGKILL, -signal.SIGKILL))
                daemon.prefix = ()
                daemon.start()
                connection = daemon.connect()
                self.assertEqual(connection.call("run.get", run="r")["run"]["status"], "interrupted")
                found = {step["step"] for step in connection.call("step.list", run="r", limit=1000)["steps"]}
                self.assertLessEqual({f"s{number}" for number in told if number}, found)

    def owner_in_the_group_of(self, daemon: Daemon) -> subprocess.Popen:
        """Completes step after step and prints the replies; in the process group of the daemon."""
        program = (
            "import json, socket, sys\n"
            "client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM); client.connect(sys.argv[1])\n"
            "replies = client.makefile('rb')\n"
            "for number in range(100000):\n"
            "    method = 'step.complete' if number else 'resume'\n"
            "    params = {'step': f's{number}', 'output': number} if number else {'run': 'r'}\n"
            "    client.sendall(json.dumps({'jsonrpc': '2.0', 'id': number, 'method': method, 'params': params}).encode() + b'\\n')\n"
            "    print(replies.readline().decode(), end='', flush=True)\n")
        return subprocess.Popen(
            [sys.executable, "-c", program, daemon.socket], stdout=subprocess.PIPE, text=True,
            process_group=daemon.process.pid)

    def test_a_stopped_client_holds_up_nobody_and_gets_its_replies_when_it_goes_on(self):
        with Daemon() as daemon:
            connection = daemon.connect()
            connection.call("resume", run="r")
            connection.call("state.set", name="large", value="x" * 50_000)
            stopped = subprocess.Popen(
                [sys.executable, "-c", STOPPED_CLIENT, daemon.socket, "200"], stdout=subprocess.PIPE, text=True)
            try:
                wait_for(lambda: Path(f"/proc/{stopped.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T",
                         what="the stop")
                before = daemon.written_kib()
                for number in range(200):
                    connection.call("step.complete", step=f"n{number}", output=number)
                # What was not read is held, beside the results that it is made of; no more of it for each reply.
                self.assertLess(daemon.written_kib() - before, 3 * 200 * 50_000 // 1024)
                stopped.send_signal(signal.SIGCONT)
                self.assertEqual(stopped.communicate(timeout=60)[0].strip(), str(200 * 50_000))
            finally:
                stopped.kill()
                stopped.wait()

    def test_a_step_of_a_script_whose_daemon_is_restarted_meanwhile_is_recorded_and_not_run_again(self):
        with Daemon() as daemon, tempfile.TemporaryDirectory() as place:
            environment = {**os.environ, "SIDESTEP_SOCKET": daemon.socket, "SIDESTEP_AUTOSTART": "0",
                           "PATH": f"{Path(binary('sidestep')).parent}:{os.environ['PATH']}"}
            work = "echo x >>begun; until [ -e go ]; do sleep 0.02; done; echo done"
            script = f'eval "$(sidestep start r)"; exec sidestep step s -- sh -c "{work}"'
            step = subprocess.Popen(["bash", "-c", script], env=environment, stdout=subprocess.PIPE, text=True, cwd=place)
            try:
                wait_for(lambda: os.path.exists(f"{place}/begun"), what="the beginning")
                daemon.kill()
                Path(f"{place}/go").touch()
                daemon.start()
                self.assertEqual((step.communicate(timeout=60)[0], step.returncode), ("done\n", 0))
                self.assertEqual(daemon.connect().call("step.get", run="r", step="s")["status"], "completed")
                self.assertEqual(Path(f"{place}/begun").read_text(), "x\n")
            finally:
                step.kill()
                step.communicate()
