"""One life of daemon and client, in each odd environment: the same work, the same records, nothing left behind."""

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from environments import ENVIRONMENTS, IS_ROOT, Odd

from harness import Connection, Daemon, Refused, binary, descriptors, wait_for

ROUNDS = int(os.environ.get("SIDESTEP_ODD_ROUNDS", "1"))
OWNER = """
import sys, time
sys.path.insert(0, {folder!r})
from harness import Connection
connection = Connection({socket!r})
connection.call("resume", run={run!r}, owner={owner!r})
print("ready", flush=True)
time.sleep(60)
"""


def in_each(case: type) -> type:
    """A test of the class for each environment."""
    for odd in ENVIRONMENTS:
        def test(self, odd: Odd = odd) -> None:
            if odd.needs_root and not IS_ROOT:
                self.skipTest("needs root")
            with tempfile.TemporaryDirectory(prefix="sidestep-odd-") as self.folder:
                for self.round in range(ROUNDS):
                    self.live(odd)
        setattr(case, f"test_{odd.name}", test)
    return case


def daemon_below(process: subprocess.Popen) -> int:
    """The daemon's number, which stands behind what starts it (unshare)."""
    def found() -> int | None:
        pids = [process.pid]
        while pids:
            pid = pids.pop()
            try:
                if os.path.basename(os.readlink(f"/proc/{pid}/exe")).startswith("sidestepd"):
                    return pid
                pids += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
            except OSError:
                pass  # it has ended meanwhile
        return None
    return wait_for(found, what="the daemon's process")


def is_corpse(pid: int) -> bool:
    """Whether the process has ended and nobody has asked for its status."""
    try:
        return state(pid, "State").startswith("Z")
    except (FileNotFoundError, ProcessLookupError):
        return False


def state(pid: int, name: str) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.split(":")[1].strip() for line in lines if line.startswith(f"{name}:"))


@in_each
class Serving(unittest.TestCase):
    """A daemon that is started by hand."""

    def live(self, odd: Odd) -> None:
        daemon = Daemon(folder=self.folder, prefix=tuple(odd.command()), environment=odd.variables)
        try:
            daemon.start()
            pid = daemon_below(daemon.process)
            connection = daemon.connect()
            self.work(connection)
            self.programs(connection)
            self.death(daemon, connection)
            self.settled(pid)
            if odd.said and "--close" not in odd.launch:
                self.assertIn(odd.said, daemon.text())
            is_killed = self.round % 2 == 1
            os.kill(pid, signal.SIGKILL if is_killed else signal.SIGTERM)
            status = daemon.process.wait(60)
            if not is_killed:
                self.assertEqual((status, os.path.exists(daemon.socket)), (0, False))
            self.files()
        finally:
            daemon.close()

    def work(self, connection: Connection) -> None:
        """Records a step, finds those of the rounds before."""
        connection.call("resume", run="r")
        connection.call("step.complete", step=f"s{self.round}", output=self.round)
        steps = {step["step"]: step["status"] for step in connection.call("step.list", run="r", limit=1000)["steps"]}
        self.assertLessEqual({f"s{number}" for number in range(self.round + 1)}, steps.keys())

    def programs(self, connection: Connection) -> None:
        """A program's end is recorded as it was, whatever it leaves behind."""
        def program(name: str, script: str) -> dict:
            return connection.call("run-step", run="r", step=f"{name}-{self.round}", exec={"argv": ["sh", "-c", script]})

        self.assertEqual(program("good", "echo out; pwd")["output"], {"exit": 0, "stdout": "out\n/\n", "stderr": ""})
        with self.assertRaises(Refused) as caught:
            program("bad", "setsid sleep 0.1 & exit 3")
        self.assertEqual(caught.exception.data["failure"]["exit"], 3)
        masks = program("masks", "grep -E '^Sig(Blk|Ign)' /proc/self/status || :")["output"]["stdout"]
        # 32 and 33 are the C library's own: nobody can set them, and they may have come from above us.
        self.assertEqual([int(line.split()[1], 16) & ~(3 << 31) for line in masks.splitlines() if line], [0, 0] if masks else [])

    def death(self, daemon: Daemon, connection: Connection) -> None:
        """A dead owner loses its run, a living one does not."""
        # Of a process in another pid namespace there is only its connection.
        kind = "connection" if daemon_below(daemon.process) != daemon.process.pid else "process"

        def owner(run: str) -> subprocess.Popen:
            script = OWNER.format(folder=sys.path[0], socket=daemon.socket, run=run, owner=kind)
            process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
            self.addCleanup(process.stdout.close)
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
            self.assertEqual(process.stdout.readline(), "ready\n")
            return process

        if kind == "connection":
            with self.assertRaises(Refused) as caught:
                connection.call("resume", run="foreign", owner="process")
            self.assertEqual(caught.exception.kind, "unsupported")
        living, dead = owner(f"living-{self.round}"), owner(f"dead-{self.round}")
        dead.kill()
        dead.wait()
        wait_for(lambda: connection.call("run.get", run=f"dead-{self.round}")["run"]["status"] == "interrupted",
                 what="the death")
        self.assertEqual(connection.call("run.get", run=f"living-{self.round}")["run"]["status"], "running")
        living.kill()
        living.wait()

    def settled(self, pid: int) -> None:
        """Nothing of the parent's is left: neither directory nor descriptors, and no corpse is kept."""
        self.assertEqual(os.readlink(f"/proc/{pid}/cwd"), "/")
        self.assertEqual([name for name in descriptors(pid).values() if name.endswith("/launch")], [])
        self.assertTrue({0, 1, 2} <= set(descriptors(pid)))
        self.assertEqual(int(state(pid, "Umask"), 8), 0o077)
        children = Path(f"/proc/{pid}/task/{pid}/children")
        wait_for(lambda: not any(is_corpse(int(child)) for child in children.read_text().split()),
                 what="the end of corpses")

    def files(self) -> None:
        """Whatever the umask was, the files are the user's alone."""
        for path in Path(self.folder).iterdir():
            if path.name.startswith("sidestep.db"):
                self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path.name)


@in_each
class Tool(unittest.TestCase):
    """The command line tool, on a daemon that lives as usual."""

    def live(self, odd: Odd) -> None:
        with Daemon(folder=self.folder) as daemon:
            self.environment = {**os.environ, **odd.variables, "SIDESTEP_SOCKET": daemon.socket, "SIDESTEP_RUN": "r"}
            connection = daemon.connect()
            self.environment["SIDESTEP_LEASE"] = connection.call("resume", run="r", owner="process")["lease"]
            for name, script, status in (("good", "echo out", 0), ("bad", "setsid sleep 0.1 & exit 3", 3)):
                self.assertEqual(self.run_in(odd, "step", f"{name}-{self.round}", "--", "sh", "-c", script), status)
                step = connection.call("step.get", run="r", step=f"{name}-{self.round}")
                self.assertEqual(step["status"], "completed" if status == 0 else "failed")
                self.assertEqual((step.get("output") or step.get("error"))["exit"], status)
            for run, status in (("done", 0), ("failed", 5)):
                name = f"{run}-{self.round}"
                ended = self.run_in(odd, "run", "--id", name, "--restart", "no", "--", "sh", "-c", f"exit {status}")
                self.assertEqual(ended, status)
                found = connection.call("run.get", run=name)["run"]["status"]
                self.assertEqual(found, "completed" if status == 0 else "failed")

    def run_in(self, odd: Odd, *words: str) -> int:
        command = odd.command(binary("sidestep"), *words)
        return subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=60, cwd=self.folder).returncode


@in_each
class Autostart(unittest.TestCase):
    """A daemon that the first caller starts, and that is to be nobody's."""

    def live(self, odd: Odd) -> None:
        runtime, caller = f"{self.folder}/runtime", f"{self.folder}/caller"
        os.makedirs(runtime, mode=0o700, exist_ok=True)
        os.makedirs(caller, exist_ok=True)
        environment = {
            "PATH": f"{Path(binary('sidestep')).parent}:{os.environ['PATH']}", "HOME": self.folder, "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": runtime, "API_KEY": "the first caller's", "NOTIFY_SOCKET": "/nowhere/notify",
            "SIDESTEP_LEASE": "the first caller's", "SIDESTEP_DATABASE": f"{self.folder}/sidestep.db", "SIDESTEPD": binary("sidestepd"),
            "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", ""), **odd.variables,
        }
        subprocess.run(odd.command(binary("sidestep"), "ping"), env=environment, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, cwd=caller)
        if "process_1" == odd.name:
            return  # the daemon ended with its namespace
        connection = wait_for(lambda: self.connected(f"{runtime}/sidestep/sidestep.sock"), what="the daemon")
        pid = connection.call("system.info")["pid"]
        try:
            self.assertEqual(os.readlink(f"/proc/{pid}/cwd"), "/")
            self.assertTrue(os.path.exists(f"{self.folder}/sidestep.db"))
            given = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
            names = {entry.split("=")[0] for entry in given if entry}
            if odd.name != "no_proc":
                self.assertEqual(names & {"API_KEY", "NOTIFY_SOCKET", "SIDESTEP_LEASE"}, set())
            connection.call("resume", run="r")
            shown = connection.call("run-step", run="r", step=f"env-{self.round}", exec={"argv": ["env"]})["output"]["stdout"]
            variables = dict(line.split("=", 1) for line in shown.splitlines())
            self.assertEqual((variables["HOME"], variables["LANG"]), (self.folder, "C.UTF-8"))
            self.assertNotIn("API_KEY", variables)
            if IS_ROOT:
                self.assertEqual(os.getpriority(os.PRIO_PROCESS, pid), 0)
        finally:
            connection.close()
            os.kill(pid, signal.SIGTERM)
            wait_for(lambda: not os.path.exists(f"/proc/{pid}") or state(pid, "State").startswith("Z"), what="its end")

    def connected(self, path: str) -> Connection | None:
        try:
            return Connection(path)
        except OSError:
            return None


del in_each
