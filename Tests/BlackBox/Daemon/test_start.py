"""Starting and stopping: every refusal is a sentence and an exit status, and nothing is damaged."""

import os
import signal
import socket
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

import test_faults
from harness import Connection, Daemon, binary, connected, wait_for


def refused(*flags: str, environment: dict | None = None) -> tuple[int, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SIDESTEP")}
    done = subprocess.run(
        [binary("sidestepd"), *flags], capture_output=True, text=True, timeout=60, env={**clean, **(environment or {})}
    )
    return done.returncode, done.stderr


class Start(unittest.TestCase):
    def test_a_path_that_is_too_long_names_the_limit(self):
        with tempfile.TemporaryDirectory() as folder:
            status, text = refused("--socket", f"{folder}/{'x' * 120}", "--database", f"{folder}/d.db")
            self.assertEqual(status, 64)
            self.assertIn("107", text)

    def test_a_path_of_107_bytes_works(self):
        with tempfile.TemporaryDirectory(dir="/tmp") as folder:
            daemon = Daemon(folder=folder)
            daemon.socket = f"{folder}/{'x' * (107 - len(folder) - 1)}"
            self.assertEqual(len(daemon.socket), 107)
            with daemon:
                self.assertEqual(daemon.connect().call("ping"), {})

    def test_a_socket_of_a_living_daemon_is_left_alone(self):
        with Daemon() as daemon, tempfile.TemporaryDirectory() as folder:
            status, text = refused("--socket", daemon.socket, "--database", f"{folder}/other.db")
            self.assertEqual(status, 75)
            self.assertIn("another sidestepd answers", text)
            self.assertEqual(daemon.connect().call("ping"), {})

    def test_a_database_of_a_living_daemon_is_left_alone(self):
        with Daemon() as daemon:
            status, text = refused("--socket", daemon.socket + "2", "--database", daemon.database)
            self.assertEqual(status, 75)
            self.assertIn(f"process {daemon.process.pid}", text)

    def test_a_stale_socket_file_is_taken_over(self):
        with Daemon() as daemon:
            daemon.kill()
            self.assertTrue(os.path.exists(daemon.socket))
            daemon.start()
            self.assertEqual(daemon.connect().call("ping"), {})

    def test_a_file_that_is_no_socket_is_left_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(f"{folder}/s").write_text("mine")
            status, text = refused("--socket", f"{folder}/s", "--database", f"{folder}/d.db")
            self.assertEqual(status, 73)
            self.assertEqual(Path(f"{folder}/s").read_text(), "mine")

    def test_a_damaged_database_is_refused_with_status_78_and_left_as_it_is(self):
        with Daemon() as daemon:
            daemon.kill(signal.SIGTERM)
            data = bytearray(Path(daemon.database).read_bytes())
            data[4096:4608] = os.urandom(512)
            Path(daemon.database).write_bytes(data)
            status, text = refused("--socket", daemon.socket, "--database", daemon.database)
            self.assertEqual(status, 78)
            self.assertIn("systemctl reset-failed", text)
            self.assertEqual(Path(daemon.database).read_bytes(), bytes(data))

    def test_a_mistake_in_the_configuration_names_file_line_and_known_settings(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(f"{folder}/conf").write_text("# mine\nsokcet = /x\n")
            status, text = refused("--config", f"{folder}/conf")
            self.assertEqual(status, 64)
            self.assertIn("conf, line 2", text)
            self.assertIn("socket", text)

    def test_flags_win_over_environment_and_environment_over_the_file(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(f"{folder}/conf").write_text(f"database = {folder}/file.db\nsocket = {folder}/file.sock\n")
            environment = {"SIDESTEP_CONFIG": f"{folder}/conf", "SIDESTEP_DATABASE": f"{folder}/environment.db"}
            daemon = Daemon(folder=folder, environment=environment)
            with daemon:
                info = daemon.connect().call("system.info")
                self.assertEqual(info["database"], daemon.database)
            self.assertFalse(os.path.exists(f"{folder}/environment.db"))

    def test_the_systems_daemon_has_the_systems_paths_whoever_runs_it(self):
        status, text = refused("--system", "--user")
        self.assertEqual(status, 64)
        self.assertIn("exclude each other", text)
        with Daemon("--system") as daemon:
            self.assertEqual(stat.S_IMODE(os.stat(daemon.socket).st_mode), 0o660)

    def test_a_users_socket_is_for_the_user_alone(self):
        with Daemon("--user") as daemon:
            self.assertEqual(stat.S_IMODE(os.stat(daemon.socket).st_mode), 0o600)
            self.assertEqual(stat.S_IMODE(os.stat(daemon.database).st_mode), 0o600)

    @unittest.skipUnless(os.geteuid() == 0, "the system daemon is root's")
    def test_the_systems_socket_is_for_its_group(self):
        with Daemon() as daemon:
            self.assertEqual(stat.S_IMODE(os.stat(daemon.socket).st_mode), 0o660)

    def test_it_is_ready_fast_and_small(self):
        with Daemon() as daemon:
            self.assertLess(daemon.written_kib(), 16 * 1024)


class Together(unittest.TestCase):
    """Daemons that are started at once: one serves, and the others say so."""

    ROUNDS, DAEMONS = int(os.environ.get("SIDESTEP_ROUNDS", "5")), 20

    def start_all(self, folder: str, databases: list[str]) -> None:
        """Starts a daemon for each database at one socket, where a killed one has left its file."""
        path = f"{folder}/s"
        stale = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if not os.path.exists(path):
            stale.bind(path)
        stale.close()
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SIDESTEP")}
        daemons = [subprocess.Popen([binary("sidestepd"), "--socket", path, "--database", database], env=clean,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                   for database in databases]
        try:
            wait_for(lambda: sum(daemon.poll() is not None for daemon in daemons) == len(daemons) - 1, 60,
                     "the end of all but one")
            living = next(daemon for daemon in daemons if daemon.poll() is None)
            self.assertEqual({daemon.returncode for daemon in daemons if daemon is not living}, {75})
            connection = wait_for(lambda: connected(path), what="the socket")
            self.assertEqual(connection.call("system.info")["pid"], living.pid)
            connection.close()
        finally:
            for daemon in daemons:
                daemon.kill()
                daemon.communicate()

    def test_of_many_daemons_of_one_database_one_lives_and_answers(self):
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(self.ROUNDS):
                self.start_all(folder, [f"{folder}/d.db"] * self.DAEMONS)

    def test_of_many_daemons_at_one_socket_one_lives_and_answers(self):
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(self.ROUNDS):
                self.start_all(folder, [f"{folder}/{number}.db" for number in range(self.DAEMONS)])

    def test_of_many_daemons_that_make_one_database_one_lives_and_answers(self):
        for _ in range(self.ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                self.start_all(folder, [f"{folder}/d.db"] * self.DAEMONS)

    def test_a_socket_that_was_made_while_another_daemon_looked_is_not_removed(self):
        with tempfile.TemporaryDirectory() as folder:
            slow, fast = Daemon(folder=folder), Daemon(folder=folder)
            fast.database = f"{folder}/fast.db"
            stale = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            stale.bind(slow.socket)
            stale.close()
            shim = test_faults.Disk().shim(folder)
            slow.environment = {"LD_PRELOAD": shim, "FAULTFS": "unlink:/s:1:1:slow"}
            try:
                slow.spawn()
                # It has found that nobody answers, and is about to remove what is there.
                wait_for(lambda: os.path.exists(f"{slow.socket}.slow"), what="the look")
                self.assertEqual(fast.spawn().wait(60), 75)
                self.assertEqual(slow.connect().call("system.info")["pid"], slow.process.pid)
            finally:
                slow.close()
                fast.close()

    def test_a_daemon_that_hangs_is_not_taken_for_a_dead_one(self):
        with Daemon() as daemon, tempfile.TemporaryDirectory() as folder:
            daemon.process.send_signal(signal.SIGSTOP)
            crowd = []
            try:
                while True:  # until its backlog is full
                    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
                    crowd.append(client)
                    client.connect(daemon.socket)
            except BlockingIOError:
                pass
            status, text = refused("--socket", daemon.socket, "--database", f"{folder}/other.db")
            for client in crowd:
                client.close()
            daemon.process.send_signal(signal.SIGCONT)
            self.assertEqual(status, 75, text)
            connection = wait_for(lambda: connected(daemon.socket), what="room in the backlog")
            self.assertEqual(connection.call("ping"), {})


class Systemd(unittest.TestCase):
    def test_an_inherited_socket_is_served_and_stays(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/s"
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listener.bind(path)
            listener.listen(16)
            process = self.spawn_with(listener, folder)
            try:
                daemon = Daemon(folder=folder)
                self.assertEqual(daemon.connect().call("ping"), {})
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(60), 0)
                self.assertTrue(os.path.exists(path), "an inherited socket is never removed")
            finally:
                process.kill()
                process.wait()

    def test_idle_exit_is_for_a_socket_that_systemd_holds_and_with_its_own_the_daemon_stays(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(f"{folder}/conf").write_text("idle_exit_ms = 1000\n")
            with Daemon("--config", f"{folder}/conf") as daemon:
                wait_for(lambda: "idle_exit_ms is for a socket that systemd holds" in daemon.text(), what="the warning")
                with self.assertRaises(subprocess.TimeoutExpired):
                    daemon.process.wait(2)
                self.assertEqual(daemon.connect().call("ping"), {})

    def test_idle_exit_leaves_with_status_0_and_leaves_the_socket_to_the_next_one(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            Path(f"{folder}/conf").write_text("idle_exit_ms = 1000\n")
            listener.bind(f"{folder}/s")
            listener.listen(16)
            for _ in range(2):
                process = self.spawn_with(listener, folder, "--config", f"{folder}/conf")
                connection = Daemon(folder=folder).connect()
                self.assertEqual(connection.call("ping"), {})
                connection.close()
                self.assertEqual(process.wait(60), 0)

    def test_the_service_manager_hears_ready_reloading_watchdog_and_stopping(self):
        with tempfile.TemporaryDirectory() as folder:
            heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            heard.bind(f"{folder}/notify")
            heard.settimeout(60)
            environment = {"NOTIFY_SOCKET": f"{folder}/notify", "WATCHDOG_USEC": "200000"}
            daemon = Daemon(folder=folder, environment=environment).start()
            try:
                self.hear(heard, "READY=1")
                self.hear(heard, "WATCHDOG=1")
                daemon.process.send_signal(signal.SIGHUP)
                self.hear(heard, "RELOADING=1")
                self.hear(heard, "READY=1")
                daemon.process.send_signal(signal.SIGTERM)
                self.hear(heard, "STOPPING=1")
                self.assertEqual(daemon.process.wait(60), 0)
            finally:
                daemon.close()

    def hear(self, heard: socket.socket, word: str) -> None:
        for _ in range(200):
            if word in heard.recv(4096).decode():
                return
        self.fail(f"{word} was not heard")

    def spawn_with(self, listener: socket.socket, folder: str, *flags: str) -> subprocess.Popen:
        script = (
            "import os, sys\n"
            "os.dup2(int(sys.argv[1]), 3)\n"
            "os.set_inheritable(3, True)\n"
            "os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES='rpc')\n"
            "os.execv(sys.argv[2], sys.argv[2:])\n"
        )
        command = ["python3", "-c", script, str(listener.fileno()), binary("sidestepd"),
                   "--database", f"{folder}/d.db", *flags]
        return subprocess.Popen(command, pass_fds=[listener.fileno()], stderr=subprocess.DEVNULL)


class Stop(unittest.TestCase):
    def test_sigterm_answers_what_was_read_and_removes_the_socket(self):
        with Daemon() as daemon:
            connection = daemon.connect()
            connection.call("resume", run="r")
            numbers = [connection.send("state.set", name=f"n{i}", value=i) for i in range(200)]
            connection.reply(numbers[0])
            self.assertEqual(daemon.kill(signal.SIGTERM), 0)
            done = 0
            try:
                for number in numbers[1:]:
                    connection.reply(number)
                    done += 1
            except Exception:
                pass
            self.assertFalse(os.path.exists(daemon.socket))
            daemon.start()
            state = daemon.connect().call("state.list", run="r")["state"]
            self.assertGreaterEqual(len(state), done + 1, "an acknowledged value is gone")

    def test_a_waiting_call_is_told_that_the_daemon_leaves(self):
        with Daemon() as daemon:
            connection = daemon.connect()
            connection.call("resume", run="r")
            number = connection.send("run.result", run="r", wait_ms=60000)
            wait_for(lambda: True)
            connection.call("ping")
            daemon.process.send_signal(signal.SIGTERM)
            with self.assertRaises(Exception) as caught:
                connection.reply(number)
            self.assertEqual(getattr(caught.exception, "kind", None), "shutting_down")

    def test_a_reload_changes_the_log_level(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(f"{folder}/conf").write_text("log_level = notice\n")
            with Daemon("--config", f"{folder}/conf") as daemon:
                Path(f"{folder}/conf").write_text("log_level = nonsense\n")
                daemon.process.send_signal(signal.SIGHUP)
                wait_for(lambda: "the configuration stays as it was" in daemon.text(), what="the complaint")
                self.assertEqual(daemon.connect().call("ping"), {})
