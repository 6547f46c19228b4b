"""What a secret leaves in the daemon's memory, and what becomes of that memory when the daemon crashes."""

import os
import secrets
import signal
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from harness import Daemon, Refused, wait_for
from test_http import Requests, reply


def memory(pid: int) -> list[bytes]:
    """All that the process may write: what a core file would hold."""
    found = []
    with open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, access = line.split()[:2]
            if "w" in access:
                begin, end = (int(part, 16) for part in span.split("-"))
                try:
                    mem.seek(begin)
                    found.append(mem.read(end - begin))
                except OSError:
                    pass
    return found


def leaves_core(folder: str) -> bool:
    """Whether a program that crashes in this folder leaves a core file there, as core(5) is set here."""
    script = f"ulimit -c unlimited && cd {folder} && exec sleep 60"
    process = subprocess.Popen(["sh", "-c", script], stderr=subprocess.DEVNULL)
    wait_for(lambda: Path(f"/proc/{process.pid}/comm").read_text() == "sleep\n", what="the program")
    process.send_signal(signal.SIGABRT)
    process.wait()
    cores = list(Path(folder).iterdir())
    for core in cores:
        core.unlink()
    return bool(cores)


class Memory(Requests):
    """A daemon that could leave core files in a folder, and a secret."""

    def setUp(self):
        super().setUp()
        cores = tempfile.TemporaryDirectory()
        self.addCleanup(cores.cleanup)
        self.cores = cores.name
        self.connection.close()
        self.daemon.kill()
        self.daemon.prefix = ("sh", "-c", f'ulimit -c unlimited && cd {self.cores} && exec "$0" "$@"')
        self.daemon.start()
        self.open(if_owned="take_over")
        self.secret = secrets.token_hex(24)
        self.credential("token", self.secret)
        self.hold = threading.Event()
        self.addCleanup(self.hold.set)
        self.server.answers["/"] = self.echo

    def echo(self, headers, body):
        """Answers with all it got."""
        yield reply("200 OK", body, f"X-Echo: {headers['authorization']}")

    def slow(self, headers, body):
        self.hold.wait(20)
        yield from self.echo(headers, body)

    def begin(self, name: str, path: str = "/", **more) -> int:
        http = {"url": self.server.url(path), "method": "POST", "headers": {"Authorization": "Bearer {credential:token}"},
                "body": {"key": "{credential:token}"}, "response_headers": ["x-echo"], **more}
        return self.connection.send("run-step", run="r", step=name, http=http)

    def copies(self) -> int:
        return sum(part.count(self.secret.encode()) for part in memory(self.daemon.process.pid))

    def starve(self, thread: str) -> None:
        """Lets a thread of the daemon run only when nothing else wants its processor, which something does."""
        tasks = Path(f"/proc/{self.daemon.process.pid}/task").iterdir()
        number = next(int(task.name) for task in tasks if (task / "comm").read_text() == f"{thread}\n")
        burner = subprocess.Popen(["sh", "-c", "while :; do :; done"])
        self.addCleanup(burner.wait)
        self.addCleanup(burner.kill)
        processor = {min(os.sched_getaffinity(0))}
        os.sched_setaffinity(burner.pid, processor)
        os.sched_setaffinity(number, processor)
        os.sched_setscheduler(number, os.SCHED_IDLE, os.sched_param(0))

    def test_a_secret_is_in_the_daemons_memory_only_while_its_request_is_under_way(self):
        self.server.answers["/slow"] = self.slow
        number = self.begin("slow", "/slow")
        wait_for(lambda: self.server.requests, what="the request")
        self.assertGreater(self.copies(), 0, "the search finds nothing")
        self.hold.set()
        self.assertEqual(self.connection.reply(number)["output"]["headers"]["x-echo"], "Bearer {credential:token}")
        self.assertEqual(self.copies(), 0)
        self.starve("http")
        for status in (200, 302, 404, 503):
            self.server.answers[f"/{status}"] = lambda headers, body, status=status: [
                reply(f"{status} X", body, f"Location: /{headers['authorization'][7:]}", f"X-Echo: {headers['authorization']}")]
            number = self.begin(f"s{status}", f"/{status}", redirects=1)
            if status == 200:
                self.connection.reply(number)
            else:
                with self.assertRaises(Refused):
                    self.connection.reply(number)
            self.assertEqual(self.copies(), 0, status)

    def test_a_crash_leaves_no_core_file(self):
        if not leaves_core(self.cores):
            self.skipTest("no program leaves a core file in its directory here: core(5)")
        self.server.answers["/slow"] = self.slow
        self.begin("slow", "/slow")
        wait_for(lambda: self.server.requests, what="the request")
        self.assertEqual(self.daemon.kill(signal.SIGABRT), -signal.SIGABRT)
        self.assertEqual(list(Path(self.cores).iterdir()), [])

    def test_a_program_of_a_step_may_leave_one(self):
        if not leaves_core(self.cores):
            self.skipTest("no program leaves a core file in its directory here: core(5)")
        with self.assertRaises(Refused):
            self.connection.call("run-step", run="r", step="s", exec={"argv": ["sh", "-c", "kill -ABRT $$"], "cwd": self.cores})
        self.assertEqual(len(list(Path(self.cores).iterdir())), 1)

    def test_another_process_of_the_same_user_cannot_read_the_memory(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to be somebody else")
        nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--no-new-privs")
        os.chmod(self.daemon.folder, 0o777)
        other = Daemon(prefix=nobody, folder=tempfile.mkdtemp(dir=self.daemon.folder))
        os.chmod(other.folder, 0o777)
        self.addCleanup(other.close)
        other.start()
        script = "import sys; print(len(open(f'/proc/{sys.argv[1]}/mem', 'rb', 0).name))"
        for pid, allowed in ((subprocess.Popen([*nobody, "sleep", "60"]), True), (other.process, False)):
            if allowed:
                self.addCleanup(pid.wait)
                self.addCleanup(pid.kill)
                wait_for(lambda: Path(f"/proc/{pid.pid}/comm").read_text() == "sleep\n", what="the program")
            done = subprocess.run([*nobody, "/usr/bin/python3", "-c", script, str(pid.pid)], capture_output=True, text=True)
            self.assertEqual((done.returncode == 0, "Permission" in done.stderr), (allowed, not allowed), done.stderr)


if __name__ == "__main__":
    unittest.main()
