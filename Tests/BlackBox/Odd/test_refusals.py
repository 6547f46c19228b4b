"""Where the daemon cannot work it says so, in a sentence and with its exit status: it does not hang, trap or half begin."""

import os
import subprocess
import tempfile
import unittest

from environments import IS_ROOT, LAUNCH

from harness import binary


class Refusals(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sidestep-odd-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def started(self, *launch: str, database: str = "") -> tuple[int, str]:
        """How a daemon ends that is started so; its last line."""
        command = [binary("sidestepd"), "--socket", f"{self.folder}/s", "--database", database or f"{self.folder}/d.db"]
        before = [LAUNCH, *launch, "--"] if launch else []
        done = subprocess.run([*before, *command], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stderr

    def read_only(self, name: str) -> str:
        """A directory on a file system that is mounted read-only."""
        place = f"{self.folder}/{name}"
        os.mkdir(place)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,mode=700", "none", place], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", place], check=True)
        return place

    @unittest.skipUnless(IS_ROOT, "mounting needs root")
    def test_a_read_only_state_directory(self):
        status, text = self.started(database=f"{self.read_only('state')}/below/d.db")
        self.assertEqual(status, 73)
        self.assertIn(f"{self.folder}/state/below", text)

    @unittest.skipUnless(IS_ROOT, "mounting needs root")
    def test_a_read_only_home_is_what_the_client_tells(self):
        runtime = f"{self.folder}/runtime"
        os.mkdir(runtime, mode=0o700)
        environment = {"PATH": os.environ["PATH"], "HOME": self.read_only("home"), "XDG_RUNTIME_DIR": runtime,
                       "SIDESTEPD": binary("sidestepd"), "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", "")}
        done = subprocess.run([binary("sidestep"), "ping"], env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 69)
        self.assertIn(f"cannot make the directory {self.folder}/home/.local", done.stderr)

    @unittest.skipUnless(IS_ROOT, "mounting needs root")
    def test_a_read_only_runtime_directory_is_what_the_client_tells(self):
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder, "XDG_RUNTIME_DIR": self.read_only("runtime"),
                       "SIDESTEPD": binary("sidestepd"), "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", "")}
        done = subprocess.run([binary("sidestep"), "ping"], env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 69)
        self.assertIn(f"cannot make {self.folder}/runtime/sidestep", done.stderr)

    def test_files_may_not_be_as_large_as_the_log(self):
        status, text = self.started("--limit", f"FSIZE={1 << 20}")
        self.assertEqual(status, 74)
        self.assertIn("d.db", text)

    def test_fewer_descriptors_than_it_needs(self):
        for count in (4, 8, 16, 32, 63):
            with self.subTest(count):
                status, text = self.started("--limit", f"NOFILE={count}")
                self.assertEqual(status, 71, text)
                self.assertIn("needs at least 64", text)
