"""What the black-box tests of the daemon share: a daemon of one's own, and a connection that speaks lines."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def binary(name: str) -> str:
    """The built program: $SIDESTEPD for the daemon, else the debug build, which tests build, else the release build."""
    named = os.environ.get("SIDESTEPD") if name == "sidestepd" else None
    places = [named, ROOT / ".build/debug" / name, ROOT / ".build/release" / name]
    for place in places:
        if place and Path(place).exists():
            return str(place)
    raise SystemExit(f"no {name} is built: run `swift build`")


def p99_seconds(steps: list[dict], begun: float) -> float:
    """How long it took from `begun` (time.time()) until all but the last hundredth of the steps were recorded."""
    ends = sorted(step["finished_at"] / 1000 for step in steps)
    return ends[len(ends) - 1 - len(ends) // 100] - begun


def descriptors(pid: int) -> dict[int, str]:
    """What a process has open; what it closes while it is looked at is left out."""
    found = {}
    for number in os.listdir(f"/proc/{pid}/fd"):
        try:
            found[int(number)] = os.readlink(f"/proc/{pid}/fd/{number}")
        except FileNotFoundError:
            pass
    return found


def wait_for(fact, seconds: float = 60.0, what: str = "a fact"):
    """Waits until `fact()` is true; bounded by what only a hang takes, and says what did not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = fact()
        if value:
            return value
        time.sleep(0.005)
    raise AssertionError(f"{what} did not come within {seconds} s")


class Daemon:
    """A real sidestepd in a folder of its own; `settings` are lines of its configuration file."""

    def __init__(self, *flags: str, folder: str | None = None, environment: dict | None = None, prefix: tuple = (),
                 settings: str = ""):
        self.folder = folder or tempfile.mkdtemp(prefix="sidestep-")
        if settings:
            Path(f"{self.folder}/conf").write_text(settings)
            flags = ("--config", f"{self.folder}/conf", *flags)
        self.owns_folder = folder is None
        self.socket = f"{self.folder}/s"
        self.database = f"{self.folder}/sidestep.db"
        self.flags, self.environment, self.prefix = flags, environment or {}, prefix
        self.process: subprocess.Popen | None = None
        self.former: int | None = None

    def spawn(self) -> subprocess.Popen:
        self.former = self.process.pid if self.process else None
        command = [*self.prefix, binary("sidestepd"), "--socket", self.socket, "--database", self.database, *self.flags]
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SIDESTEP")}
        with open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**clean, **self.environment}
            )
        return self.process

    def start(self) -> "Daemon":
        self.spawn()
        return self.wait_until_ready()

    def wait_until_ready(self) -> "Daemon":
        process = self.process

        def answers() -> bool:
            assert process.poll() is None, f"the daemon ended with {process.returncode}: {self.text()}"
            try:
                connection = self.connect()
            except OSError:
                return False
            # A child of a killed daemon has that one's socket until it executes its program: unix(7), SO_PEERCRED.
            listener = connection.socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            connection.close()
            return int.from_bytes(listener[:4], sys.byteorder) != self.former

        wait_for(answers, what="the daemon's socket")
        return self

    def connect(self) -> "Connection":
        return Connection(self.socket)

    def open_to_all(self) -> "Daemon":
        """Lets other users connect, as the socket of a system's daemon does."""
        os.chmod(self.folder, 0o755)
        os.chmod(self.socket, 0o666)
        return self

    def connect_as(self, uid: int, gid: int | None = None, groups: tuple[int, ...] = ()) -> "Connection":
        """A connection of another user. What the kernel tells of a peer is what it was at connect(2): unix(7)."""
        before = os.getegid(), os.getgroups()
        os.setgroups(groups)
        os.setegid(uid if gid is None else gid)
        os.seteuid(uid)
        try:
            return self.connect()
        finally:
            os.seteuid(0)
            os.setegid(before[0])
            os.setgroups(before[1])

    def text(self) -> str:
        return Path(f"{self.folder}/log").read_text(errors="replace")

    def says(self, words: str) -> None:
        """Returns when the log holds the words: a line is written beside what it tells of, and may come later."""
        wait_for(lambda: words in self.text(), what=f"'{words}' in the log")

    def kill(self, number: int = signal.SIGKILL) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)

    def limit(self, name: str, number: int | None = None) -> None:
        """Sets a soft limit of the running daemon, or makes it the hard one again: prlimit(1)."""
        pid = str(self.process.pid)
        # Its owner may do so, and root only with a capability.
        uid, gid = (int(Path(f"/proc/{pid}/status").read_text().split(f"{word}:")[1].split()[0]) for word in ("Uid", "Gid"))
        ours = {"check": True, "capture_output": True, "text": True, "user": uid, "group": gid}
        hard = subprocess.run(["prlimit", f"--{name}", "--noheadings", "--raw", "-o", "HARD", "-p", pid], **ours).stdout.strip()
        subprocess.run(["prlimit", f"--{name}={hard if number is None else number}:", "-p", pid], **ours)

    def written_kib(self) -> int:
        """The memory that the daemon has written to, and that is its own therefore; 0 under a sanitizer.

        Pages of the program's file come and go with what the kernel maps around a fault, are private or shared as
        others run the same program or not, and dirty as long as the linker's output is not on the disk.
        """
        if os.environ.get("SANITIZER"):
            return 0
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))

    def close(self) -> None:
        if self.process and self.process.poll() is None:
            self.kill()
        if self.owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Daemon":
        return self.start()

    def __exit__(self, *_) -> None:
        self.close()


class Refused(Exception):
    """An error reply."""

    def __init__(self, error: dict):
        super().__init__(error)
        self.code, self.message, self.data = error["code"], error["message"], error.get("data") or {}
        self.kind = self.data.get("kind")


class Connection:
    """One connection; replies are matched by id."""

    def __init__(self, path: str):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.reader = self.socket.makefile("rb")
        self.count = 0
        self.early: dict[int, dict] = {}

    def send_line(self, line: bytes) -> None:
        self.socket.sendall(line + b"\n")

    def read_line(self) -> bytes:
        return self.reader.readline().rstrip(b"\n")

    def send(self, method: str, **params) -> int:
        self.count += 1
        self.send_line(json.dumps({"jsonrpc": "2.0", "id": self.count, "method": method, "params": params}).encode())
        return self.count

    def notify(self, method: str, **params) -> None:
        self.send_line(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode())

    def reply(self, number: int) -> dict:
        while number not in self.early:
            line = self.read_line()
            if not line:
                raise ConnectionError("the connection was closed")
            answer = json.loads(line)
            # Notifications have no id, and nobody here waits for one.
            if "id" in answer:
                self.early[answer["id"]] = answer
        answer = self.early.pop(number)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]

    def call(self, method: str, **params) -> dict:
        return self.reply(self.send(method, **params))

    def close(self) -> None:
        self.reader.close()
        self.socket.close()


def connected(path: str) -> Connection | None:
    """A connection once somebody listens at `path`: a socket's file is there before that, from bind(2) to listen(2)."""
    try:
        return Connection(path)
    except OSError:
        return None


class DaemonTest(unittest.TestCase):
    """Tests with a daemon and a folder of their own."""

    # Lines of the daemon's configuration file.
    settings = ""

    def setUp(self):
        self.daemon = Daemon(settings=self.settings).start()
        self.addCleanup(self.daemon.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
