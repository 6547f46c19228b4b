"""A backup that is reported exists: where its caller sees it, as its caller's, whatever sandbox the daemon is in."""

import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import Connection, Daemon, DaemonTest, Refused, binary, connected, descriptors, wait_for

OTHER = 4711


def sidestep(daemon: Daemon, *words: str, **more) -> subprocess.CompletedProcess:
    environment = {**os.environ, "SIDESTEP_SOCKET": daemon.socket, "SIDESTEP_AUTOSTART": "0"}
    return subprocess.run([binary("sidestep"), *words], capture_output=True, text=True, timeout=120, env=environment, **more)


def steps(path: str) -> list[str]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return [name for (name,) in database.execute("SELECT name FROM step ORDER BY name")]


class Backup(DaemonTest):
    def setUp(self):
        super().setUp()
        self.connection = self.daemon.connect()
        self.connection.call("resume", run="r")
        self.connection.call("step.complete", step="s", output="kept")

    def copies(self) -> list[str]:
        """Copies without a name that the daemon holds."""
        return [link for link in descriptors(self.daemon.process.pid).values() if ".copy" in link]

    def test_the_file_is_the_callers_whole_and_no_others(self):
        target = f"{self.folder}/b.db"
        done = sidestep(self.daemon, "backup", target, umask=0)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((stat.S_IMODE(os.stat(target).st_mode), os.stat(target).st_uid), (0o600, os.geteuid()))
        self.assertEqual(steps(target), ["s"])
        self.assertEqual(os.listdir(self.folder), ["b.db"])
        again = sidestep(self.daemon, "backup", target)
        self.assertEqual(again.returncode, 64)
        self.assertIn("--overwrite", again.stderr)
        self.assertEqual(sidestep(self.daemon, "backup", target, "--overwrite").returncode, 0)

    @unittest.skipUnless(os.geteuid() == 0, "needs another user")
    def test_an_administrator_who_is_another_user_gets_his_own_file(self):
        Path(f"{self.folder}/conf").write_text(f"admin_group = {OTHER}\n")
        self.daemon.close()
        self.daemon = Daemon("--config", f"{self.folder}/conf").start()
        self.addCleanup(self.daemon.close)
        os.chmod(self.daemon.folder, 0o755)
        os.chmod(self.daemon.socket, 0o666)
        os.chmod(self.folder, 0o777)
        done = sidestep(self.daemon, "backup", f"{self.folder}/b.db", user=OTHER, group=OTHER, extra_groups=[], cwd="/")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(os.stat(f"{self.folder}/b.db").st_uid, OTHER)

    def test_a_place_that_cannot_be_written_is_named_and_nothing_is_left_there(self):
        done = sidestep(self.daemon, "backup", f"{self.folder}/none/b.db")
        self.assertEqual(done.returncode, 70)
        self.assertIn(f"{self.folder}/none/b.db", done.stderr)
        self.assertIn("name a place that you may write", done.stderr)
        self.assertEqual(os.listdir(self.folder), [])

    @unittest.skipUnless(os.geteuid() == 0, "mounts a small file system")
    def test_a_full_disk_leaves_no_part_of_a_backup(self):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", self.folder], check=True)
        self.addCleanup(subprocess.run, ["umount", self.folder], check=True)
        done = sidestep(self.daemon, "backup", f"{self.folder}/b.db")
        self.assertEqual(done.returncode, 75)
        self.assertIn("No space left", done.stderr)
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_reader_that_goes_away_takes_its_copy_along(self):
        reader = self.daemon.connect()
        reader.call("system.backup")
        self.assertEqual(len(self.copies()), 1)
        self.assertFalse(list(Path(self.daemon.folder).glob("*.copy*")), "it has no name")
        with self.assertRaises(Refused) as caught:
            self.connection.call("system.backup")
        self.assertEqual(caught.exception.kind, "overloaded")
        reader.close()
        wait_for(lambda: not self.copies(), what="the end of the copy")
        self.assertEqual(sidestep(self.daemon, "backup", f"{self.folder}/b.db").returncode, 0)
        self.assertEqual(self.copies(), [])

    def test_what_a_crash_left_of_a_copy_is_gone_after_the_next_start(self):
        self.daemon.kill()
        for name in ("copy", "copy.partial"):
            Path(f"{self.daemon.database}.{name}").write_bytes(b"x" * 1000)
        self.daemon.start()
        self.assertFalse(list(Path(self.daemon.folder).glob("*.copy*")))

    def test_a_large_database_is_read_in_bounded_memory(self):
        # 48 MiB that do not compress into anything smaller.
        for number in range(48):
            self.connection.call("state.set", name=f"n{number}", value=os.urandom(1 << 19).hex())
        before = self.daemon.written_kib()
        self.assertEqual(sidestep(self.daemon, "backup", f"{self.folder}/b.db").returncode, 0)
        self.assertGreater(os.stat(f"{self.folder}/b.db").st_size, 48 << 20)
        if before:
            self.assertLess(self.daemon.written_kib() - before, 40 << 10)

    @unittest.skipUnless(os.geteuid() == 0, "mounts")
    def test_a_private_tmp_is_refused_by_its_setting_and_the_command_writes_what_its_caller_sees(self):
        self.daemon.close()
        private = Path(self.folder, "systemd-private-0123-sidestepd.service-x", "tmp")
        private.mkdir(parents=True)
        state = tempfile.mkdtemp(prefix="sidestep-", dir="/var/tmp")
        self.addCleanup(shutil.rmtree, state)
        # The program may itself lie below /tmp.
        shutil.copy(binary("sidestepd"), f"{state}/program")
        self.daemon = Daemon(folder=state, prefix=(
            "unshare", "--mount", "--propagation", "private", "sh", "-c",
            f"mount --bind '{private}' /tmp && shift && exec '{state}/program' \"$@\"", "sh"))
        self.daemon.start()
        self.addCleanup(self.daemon.close)
        target = f"/tmp/sidestep-backup-{os.getpid()}.db"
        self.addCleanup(Path(target).unlink, missing_ok=True)
        with self.assertRaises(Refused) as caught:
            self.daemon.connect().call("system.backup", path=target)
        self.assertIn("PrivateTmp=", caught.exception.message)
        self.assertEqual(list(private.iterdir()), [])
        self.assertEqual(sidestep(self.daemon, "backup", target).returncode, 0)
        self.assertTrue(os.path.exists(target))

    def test_a_place_that_the_daemon_may_not_write_names_the_settings_of_its_unit(self):
        with self.assertRaises(Refused) as caught:
            self.connection.call("system.backup", path="/proc/b.db")
        self.assertIn("sidestep backup FILE", caught.exception.data["hint"])


class Restore(unittest.TestCase):
    @unittest.skipUnless(os.geteuid() == 0, "root's")
    def test_what_root_restores_and_checks_stays_the_owners(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            state = Path(folder, "state")
            state.mkdir()
            os.chown(state, OTHER, OTHER)
            with Daemon() as daemon:
                daemon.connect().call("resume", run="r")
                backup = f"{folder}/b.db"
                daemon.connect().call("system.backup", path=backup)
            target = state / "sidestep.db"
            for more in ([], ["--replace"]):
                command = [binary("sidestepd"), "restore", "--from", backup, "--database", str(target), *more]
                subprocess.run(command, check=True, capture_output=True)
                subprocess.run([binary("sidestepd"), "check", "--database", str(target)], check=True, capture_output=True)
                for path in state.iterdir():
                    self.assertEqual((os.stat(path).st_uid, os.stat(path).st_gid), (OTHER, OTHER), path)
                self.assertEqual(stat.S_IMODE(os.stat(target).st_mode), 0o600)
            self.serve_as_owner(target)

    def serve_as_owner(self, target: Path) -> None:
        path = f"{target.parent}/s"
        process = subprocess.Popen([binary("sidestepd"), "--socket", path, "--database", str(target)], cwd="/",
                                   user=OTHER, group=OTHER, extra_groups=[], stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        connection = wait_for(lambda: connected(path), what="the socket")
        # The runs are root's, whose daemon it was; the owner of this one sees all.
        self.assertEqual(connection.call("run.get", run="r")["run"]["id"], "r")


if __name__ == "__main__":
    unittest.main()
