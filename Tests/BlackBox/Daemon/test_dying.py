"""A daemon that is started while the one before it dies."""

import subprocess
import sys
from pathlib import Path

import test_database
from harness import wait_for
from test_database import sleeps

DYING = """
import ctypes, fcntl, os, platform, socket, sys, threading, time

database, path, has = sys.argv[1:]
if has == "socket":
    os.unlink(path)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
else:
    files = [open(name, "r+") for name in (database, f"{database}.lock")]
    for file in files:
        fcntl.flock(file, fcntl.LOCK_EX)
    files[1].write(f"pid {os.getpid()}\\n")
    files[1].flush()
threading.Thread(target=time.sleep, args=(600,)).start()
print(flush=True)
# exit(2) ends the thread that calls it, and no other one.
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[platform.machine()], 0)
"""


class Dying(test_database.Files):
    def test_a_daemon_that_is_dying_is_waited_for(self):
        self.start()
        self.record("one")
        for has in ("socket", "locks"):
            with self.subTest(has):
                self.daemon.kill()
                self.starts_beside_a_dying_one(has)
                self.assertEqual(self.steps(), {"one"})

    def starts_beside_a_dying_one(self, has: str) -> None:
        # As one that was killed looks while the kernel ends it: its first thread is dead, and it has all that it had.
        words = [sys.executable, "-c", DYING, self.daemon.database, self.daemon.socket, has]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as dying:
            try:
                dying.stdout.readline()
                wait_for(lambda: ") Z " in Path(f"/proc/{dying.pid}/stat").read_text(),
                         what="that its first thread is dead")
                process = self.daemon.spawn()
                wait_for(lambda: process.poll() is not None or sleeps(process.pid), what="that the daemon waits")
                self.assertIsNone(process.poll())
            finally:
                dying.kill()
        self.daemon.wait_until_ready()
