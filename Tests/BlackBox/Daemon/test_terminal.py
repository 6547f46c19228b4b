"""`sidestep run` at a terminal: a real pseudo-terminal, a real shell with job control, real keys."""

import fcntl
import os
import pty
import shlex
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest
from pathlib import Path

from harness import DaemonTest, binary, wait_for

# What the programs of these tests begin with: `note` adds a line to the file that the test reads.
PRELUDE = """
import fcntl, os, signal, struct, sys, termios, time
def note(text):
    file = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, f"{text}\\n".encode())
    os.close(file)
def size():
    return "%dx%d" % struct.unpack("HHHH", fcntl.ioctl(1, termios.TIOCGWINSZ, bytes(8)))[1::-1]
def has_echo():
    return bool(termios.tcgetattr(0)[3] & termios.ECHO)
"""


class Terminal(DaemonTest):
    """A daemon, and a pseudo-terminal at which something runs."""

    def setUp(self):
        super().setUp()
        self.log = Path(f"{self.folder}/log")
        self.log.touch()
        self.master, self.slave = pty.openpty()
        self.addCleanup(os.close, self.master)
        self.addCleanup(os.close, self.slave)
        self.resize(80, 24)
        self.text = b""

    def begin(self, *command: str) -> subprocess.Popen:
        """Starts a command as the leader of the terminal's session."""
        environment = {
            **os.environ, "SIDESTEP_SOCKET": self.daemon.socket, "SIDESTEP_AUTOSTART": "0",
            "HOME": self.folder, "PS1": "$ ", "TERM": "dumb",
            "PATH": f"{Path(binary('sidestep')).parent}:{os.environ['PATH']}",
        }
        process = subprocess.Popen(
            command, stdin=self.slave, stdout=self.slave, stderr=self.slave, env=environment,
            # Whoever runs the tests in the background may have left SIGINT ignored.
            preexec_fn=lambda: (
                os.setsid(), fcntl.ioctl(0, termios.TIOCSCTTY, 0),
                [signal.signal(number, signal.SIG_DFL) for number in (signal.SIGINT, signal.SIGQUIT)]))
        self.addCleanup(self.end_session, process)
        return process

    def end_session(self, process: subprocess.Popen) -> None:
        """Ends all that was started at the terminal, while its leader keeps the session's number taken."""
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and os.getsid(int(entry.name)) == process.pid != int(entry.name):
                    os.kill(int(entry.name), signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.kill()
        process.wait()

    def shell(self) -> subprocess.Popen:
        process = self.begin("bash", "--norc", "--noprofile", "-i")
        self.expect("$ ")
        return process

    def program(self, body: str) -> list[str]:
        """The words that run a program which notes into `log`."""
        path = Path(tempfile.mkstemp(dir=self.folder, suffix=".py")[1])
        path.write_text(PRELUDE + body)
        return [sys.executable, str(path), str(self.log)]

    def run_words(self, body: str, *options: str) -> list[str]:
        return ["sidestep", "run", "--id", "r", *options, "--", *self.program(body)]

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def line(self, *words: str, before: str = "") -> None:
        self.type(f"{before}{shlex.join(words)}\n")

    def expect(self, text: str) -> None:
        """Reads what is printed up to and including this text."""
        os.set_blocking(self.master, False)

        def printed() -> bool:
            try:
                self.text += os.read(self.master, 65536)
            except BlockingIOError:
                pass
            return text.encode() in self.text

        try:
            wait_for(printed, what=repr(text))
        except AssertionError as error:
            raise AssertionError(f"{error}; printed: {self.text!r}") from None
        self.text = self.text.split(text.encode(), 1)[1]

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def notes(self) -> list[str]:
        return self.log.read_text().split()

    def wait_for_notes(self, *wanted: str) -> None:
        try:
            wait_for(lambda: self.notes() == list(wanted), what=f"the notes {wanted}")
        except AssertionError as error:
            raise AssertionError(f"{error}; there are {self.notes()}") from None

    def status(self) -> str:
        connection = self.daemon.connect()
        try:
            return connection.call("run.get", run="r")["run"]["status"]
        finally:
            connection.close()

    def modes(self) -> list:
        return termios.tcgetattr(self.slave)


def state(pid: int) -> str:
    """The process's state, proc(5): `T` when it is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


class Size(Terminal):
    BODY = """
signal.signal(signal.SIGWINCH, lambda *_: note(size()))
note(size())
while True: time.sleep(0.01)
"""

    def test_a_change_of_size_reaches_the_program_one_time(self):
        self.shell()
        self.line(*self.run_words(self.BODY))
        self.wait_for_notes("80x24")
        self.resize(100, 30)
        self.wait_for_notes("80x24", "100x30")
        self.resize(90, 20)
        self.wait_for_notes("80x24", "100x30", "90x20")

    def test_it_reaches_a_program_whose_input_is_a_pipe_too(self):
        self.shell()
        self.line(*self.run_words(self.BODY), before="sleep 0.1 | ")
        self.wait_for_notes("80x24")
        self.resize(100, 30)
        self.wait_for_notes("80x24", "100x30")


class Keys(Terminal):
    def test_control_c_reaches_the_program_one_time_and_what_it_does_then_is_its_own_affair(self):
        self.shell()
        self.line(*self.run_words("""
signal.signal(signal.SIGINT, lambda *_: note("interrupted"))
note("up")
sys.stdin.readline()
note("done")
""", "--kill-after", "100ms"))
        self.wait_for_notes("up")
        self.type("\x03")
        self.wait_for_notes("up", "interrupted")
        self.type("\x03")
        self.wait_for_notes("up", "interrupted", "interrupted")
        time.sleep(0.3)
        self.type("\n")
        self.wait_for_notes("up", "interrupted", "interrupted", "done")
        wait_for(lambda: self.status() == "completed", what="the end of the run")

    def test_a_program_that_fails_long_after_a_control_c_is_started_again(self):
        self.shell()
        self.line(*self.run_words("""
signal.signal(signal.SIGINT, lambda *_: note("interrupted"))
if len(open(sys.argv[1]).read().split()) >= 2:
    note("again")
    sys.exit(0)
note("up")
sys.stdin.readline()
sys.exit(1)
""", "--kill-after", "100ms"))
        self.wait_for_notes("up")
        self.type("\x03")
        self.wait_for_notes("up", "interrupted")
        time.sleep(0.2)
        self.type("\n")
        self.wait_for_notes("up", "interrupted", "again")
        wait_for(lambda: self.status() == "completed", what="the end of the run")

    def test_a_program_that_control_c_ends_is_not_started_again_and_can_be_continued(self):
        self.shell()
        words = self.run_words('note("up")\nsys.stdin.readline()\nnote("done")\n')
        self.line(*words)
        self.wait_for_notes("up")
        self.type("\x03")
        self.expect("KeyboardInterrupt")
        wait_for(lambda: self.status() == "queued", what="the run to be let go of")
        self.line(*words)
        self.wait_for_notes("up", "up")
        self.type("\n")
        self.wait_for_notes("up", "up", "done")
        wait_for(lambda: self.status() == "completed", what="the end of the run")


class JobControl(Terminal):
    def test_control_z_gives_the_shell_back_and_fg_goes_on(self):
        self.shell()
        self.line(*self.run_words('note(f"pid={os.getpid()}")\nsys.stdin.readline()\nnote("done")\n'))
        wait_for(self.notes, what="the program")
        pid = int(self.notes()[0].split("=")[1])
        self.type("\x1a")
        self.expect("Stopped")
        self.assertEqual(state(pid), "T")
        self.type("echo shell $((40 + 2))\n")
        self.expect("shell 42")
        self.type("fg\n")
        wait_for(lambda: state(pid) != "T", what="the program to go on")
        self.type("\n")
        self.wait_for_notes(f"pid={pid}", "done")
        wait_for(lambda: self.status() == "completed", what="the end of the run")

    def test_the_shell_waits_until_the_program_has_left_the_terminal_in_order(self):
        self.shell()
        self.line(*self.run_words("""
def leave(*_):
    time.sleep(0.3)
    print("in " + "order", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
signal.signal(signal.SIGTSTP, leave)
note("up")
while len(sys.stdin.readline()) < 1: pass
note("done")
"""))
        self.wait_for_notes("up")
        self.type("\x1a")
        self.expect("in order")
        self.expect("Stopped")
        self.type("fg\n")
        self.expect("sidestep run")
        self.type("\n")
        self.wait_for_notes("up", "done")

    def test_a_program_that_is_stopped_alone_gives_the_shell_back_too(self):
        self.shell()
        self.line(*self.run_words('note(f"pid={os.getpid()}")\nsys.stdin.readline()\nnote("done")\n'))
        wait_for(self.notes, what="the program")
        pid = int(self.notes()[0].split("=")[1])
        os.kill(pid, signal.SIGSTOP)
        self.expect("Stopped")
        self.type("fg\n\n")
        self.wait_for_notes(f"pid={pid}", "done")

    def test_control_z_stops_a_program_whose_input_is_a_pipe(self):
        self.shell()
        self.line(*self.run_words('note(f"pid={os.getpid()}")\nwhile True: time.sleep(0.01)\n'), before="sleep 60 | ")
        wait_for(self.notes, what="the program")
        pid = int(self.notes()[0].split("=")[1])
        self.type("\x1a")
        self.expect("Stopped")
        wait_for(lambda: state(pid) == "T", what="the program to stop")
        self.type("fg\n")
        wait_for(lambda: state(pid) != "T", what="the program to go on")
        self.type("\x03")
        wait_for(lambda: not Path(f"/proc/{pid}").exists(), what="the end of the program")


class Modes(Terminal):
    RAW = """
import tty
note("echo" if has_echo() else "no-echo")
tty.setraw(0)
note(f"pid={os.getpid()}")
while True: time.sleep(0.01)
"""

    def killed(self, *options: str) -> int:
        """Starts a program that makes the terminal raw, and kills it; the status of `sidestep run`."""
        process = self.begin(*self.run_words(self.RAW, *options))
        for number in range(2 if "on-failure" in options else 1):
            wait_for(lambda: len(self.notes()) == 2 * number + 2, what="the program")
            os.kill(int(self.notes()[-1].split("=")[1]), signal.SIGKILL)
        return process.wait(60)

    def test_a_killed_program_leaves_the_terminal_as_it_was(self):
        before = self.modes()
        self.assertEqual(self.killed("--restart", "no"), 137)
        self.assertEqual(self.modes(), before)

    def test_the_next_start_finds_the_terminal_as_it_was_too(self):
        before = self.modes()
        self.assertEqual(self.killed("--restart", "on-failure", "--max-restarts", "1"), 76)
        self.assertEqual([note for note in self.notes() if "echo" in note], ["echo", "echo"])
        self.assertEqual(self.modes(), before)

    def test_what_a_program_sets_on_purpose_stays(self):
        process = self.begin("sidestep", "run", "--id", "r", "--", "stty", "-echo")
        self.assertEqual(process.wait(60), 0)
        self.assertFalse(self.modes()[3] & termios.ECHO)

    def test_a_killed_shell_gives_the_foreground_back(self):
        process = self.begin("sidestep", "run", "--id", "r", "--max-restarts", "1", "--", *self.program("""
if len(open(sys.argv[1]).read().split()) >= 1:
    sys.stdin.readline()
    note("read")
    sys.exit(0)
os.setpgid(0, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
os.tcsetpgrp(0, os.getpgrp())
note(f"pid={os.getpid()}")
while True: time.sleep(0.01)
"""))
        wait_for(self.notes, what="the program")
        os.kill(int(self.notes()[0].split("=")[1]), signal.SIGKILL)
        self.expect("again in")
        self.type("\n")
        self.assertEqual(process.wait(60), 0)
        self.assertEqual(self.notes()[1:], ["read"])


if __name__ == "__main__":
    unittest.main()
