"""`sidestep top` on a terminal: what needs a person, and the keys that act on it."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
import unittest

from harness import DaemonTest, binary, wait_for


class Screen:
    """A program on a terminal of so many columns and lines; `lines` is what it drew last."""

    def __init__(self, *command: str, width: int = 80, height: int = 24):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm", NO_COLOR="1", SIDESTEP_AUTOSTART="0")
            os.execv(command[0], command)
        self.resize(width, height)
        self.modes = termios.tcgetattr(self.terminal)
        self.text, self.status = "", None

    def resize(self, width: int, height: int) -> None:
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def read(self) -> bool:
        """Takes what has been drawn; false when the program is gone."""
        if not select.select([self.terminal], [], [], 0.02)[0]:
            return True
        try:
            self.text += os.read(self.terminal, 65536).decode(errors="replace")
            return True
        except OSError:
            return False

    @property
    def lines(self) -> list[str]:
        whole = [part for part in self.text.split("\x1b[H") if "\x1b[J" in part]
        last = whole[-1].split("\x1b[J")[0] if whole else ""
        return [line.replace("\x1b[K", "").strip("\r") for line in last.split("\n")]

    def press(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def shows(self, part: str) -> bool:
        self.read()
        return any(part in line for line in self.lines)

    def chosen(self) -> str:
        return next((line for line in self.lines if line.startswith(">")), "")

    def end(self) -> int:
        """Its status, once it is gone."""
        end = time.monotonic() + 60
        while self.read() and time.monotonic() < end:
            pass
        self.status = os.waitpid(self.pid, 0)[1]
        return self.status

    def close(self) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.terminal)


class Top(DaemonTest):
    def setUp(self):
        super().setUp()
        self.connection = self.daemon.connect()

    def open(self, **size: int) -> Screen:
        screen = Screen(binary("sidestep"), "top", "--socket", self.daemon.socket, **size)
        self.addCleanup(screen.close)
        wait_for(lambda: screen.shows("NEEDS YOU"), what="the screen")
        return screen

    def sees(self, screen: Screen, part: str) -> None:
        wait_for(lambda: screen.shows(part), what=f"'{part}' on the screen")

    def test_what_needs_a_person_comes_first_and_what_happens_is_drawn(self):
        screen = self.open()
        self.sees(screen, "nothing: `sidestep run")
        owner = self.daemon.connect()
        owner.call("resume", run="order", workflow="shop")
        self.sees(screen, "running   order  shop")
        owner.call("promise.create", run="order", promise="payment", metadata={"amount": 120})
        self.sees(screen, 'waits     order  for \'payment\'  {"amount": 120}')
        self.assertIn("order", screen.chosen())
        self.assertEqual(len(screen.lines), 24)
        self.assertTrue(all(len(line) <= 80 for line in screen.lines))

    def test_an_approval_is_asked_for_once_more_and_then_given(self):
        owner = self.daemon.connect()
        owner.call("resume", run="order")
        owner.call("promise.create", run="order", promise="payment")
        screen = self.open()
        self.sees(screen, "for 'payment'")
        screen.press("a")
        self.sees(screen, "approve 'payment' of order? y n")
        screen.press("n")
        self.sees(screen, "nothing was done")
        screen.press("a")
        self.sees(screen, "y n")
        screen.press("y")
        self.sees(screen, "approved: payment")
        found = self.connection.call("promise.list", run="order")["promises"][0]
        self.assertEqual((found["status"], found["value"]), ("resolved", {"approved": True}))

    def test_keys_choose_open_pause_retry_and_cancel(self):
        self.connection.call("run.enqueue", run="first", workflow="w")
        self.connection.call("run.pause", run="first")
        owner = self.daemon.connect()
        owner.call("resume", run="second", workflow="w")
        owner.call("run.fail", run="second", error={"type": "E"})
        screen = self.open()
        self.sees(screen, "> paused    first")
        screen.press("\r")
        self.sees(screen, "To change it: sidestep unpause first")
        screen.press("x")
        self.sees(screen, "NEEDS YOU")
        screen.press("p")
        self.sees(screen, "let go on first? y n")
        screen.press("y")
        self.sees(screen, "> failed    second")
        screen.press("r")
        self.sees(screen, "retry second?")
        screen.press("y")
        self.sees(screen, "second opened again")
        states = {run["id"]: run["status"] for run in self.connection.call("run.list")["runs"]}
        self.assertEqual(states, {"first": "queued", "second": "queued"})
        owner.call("resume", run="second")
        self.sees(screen, "> running   second")
        screen.press("c")
        self.sees(screen, "cancel second?")
        screen.press("y")
        self.sees(screen, "was asked to end")

    def test_a_daemon_that_dies_is_looked_for_and_nothing_is_lost(self):
        owner = self.daemon.connect()
        owner.call("resume", run="r", ttl_ms=60_000)
        screen = self.open()
        self.sees(screen, "running   r")
        self.daemon.kill()
        self.connection.socket.close()
        screen.press("j\r")
        self.sees(screen, "looking for it")
        self.daemon.start()
        self.sees(screen, "running 1")
        self.daemon.connect().call("run.enqueue", run="later", workflow="w")
        self.sees(screen, "queued 1")

    def test_it_is_as_large_as_the_terminal_and_gives_it_back_as_it_was(self):
        screen = self.open(width=60, height=10)
        screen.resize(44, 12)
        os.kill(screen.pid, signal.SIGWINCH)
        wait_for(lambda: screen.read() and len(screen.lines) == 12, what="another size")
        self.assertTrue(all(len(line) <= 44 for line in screen.lines))
        screen.press("q")
        self.assertEqual(screen.end(), 0)
        self.assertTrue(screen.text.endswith("\x1b[?25h\x1b[?1049l"))
        self.assertEqual(termios.tcgetattr(screen.terminal)[3], screen.modes[3])

    def test_a_signal_ends_it_as_it_ends_others(self):
        for sent in (signal.SIGTERM, signal.SIGINT):
            screen = self.open()
            os.kill(screen.pid, sent)
            self.assertEqual(os.WTERMSIG(screen.end()), sent)
            self.assertTrue(screen.text.endswith("\x1b[?25h\x1b[?1049l"))


if __name__ == "__main__":
    unittest.main()
