"""The system service on a real systemd: started by its socket, killed, hung, reloaded, stopped, replaced."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

from bench import (CONFIGURATION, DATABASE, SOCKET, STATE, Load, Unit, command, main_pid, memory_group,
                   recorded, show, systemctl)
from harness import Connection, Refused, wait_for

NOBODY = 65534


class Start(Unit):
    def test_the_first_connection_starts_the_daemon(self):
        self.assertEqual(show("ActiveState"), "inactive")
        self.assertEqual(self.call("ping"), {})
        self.assertEqual(show("ActiveState"), "active")
        wait_for(lambda: "serving 0 open runs" in show("StatusText"), what="the status")

    def test_the_command_line_tool_reaches_the_systems_daemon(self):
        self.assertEqual(self.ping(), 0)

    def test_it_runs_as_its_own_lasting_user_without_any_capability(self):
        self.call("ping")
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{main_pid()}/status").read_text().splitlines()
                      if ":\t" in line)
        sidestep = int(command("id", "-u", "sidestep"))
        self.assertEqual(status["Uid"].split(), [str(sidestep)] * 4)
        self.assertEqual({int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")}, {0})
        self.assertEqual(show("DynamicUser"), "no")
        for place, mode in ((STATE, 0o750), (DATABASE, 0o600)):
            self.assertEqual((os.stat(place).st_uid, stat.S_IMODE(os.stat(place).st_mode)), (sidestep, mode))

    def test_the_socket_is_for_root_and_the_group_alone(self):
        self.assertEqual(self.ping(user=NOBODY, group=NOBODY, extra_groups=[]), 69)
        self.assertEqual(self.ping(user=NOBODY, group=NOBODY, extra_groups=["sidestep"]), 0)

    def ping(self, **who) -> int:
        """The exit status of `sidestep ping`."""
        environment = {"PATH": os.environ["PATH"], "SIDESTEP_SOCKET": SOCKET}
        return subprocess.run(["sidestep", "ping"], capture_output=True, env=environment, cwd="/", **who).returncode

    def test_what_it_logs_has_fields_to_search_by(self):
        self.call("ping")
        fields = (f"SIDESTEP_DATABASE={DATABASE}", f"SIDESTEP_SOCKET={SOCKET}")
        found = wait_for(lambda: self.journal(*fields), what="an entry with both fields")
        self.assertEqual([(entry["MESSAGE"], entry["PRIORITY"], entry["SYSLOG_IDENTIFIER"]) for entry in found],
                         [(f"ready database={DATABASE} socket={SOCKET}", "5", "sidestepd")])

    def test_the_units_have_no_mistake(self):
        done = subprocess.run(["systemd-analyze", "verify", "sidestepd.socket", "sidestepd.service"],
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_sandbox_has_an_exposure_of_at_most_1_5(self):
        command("systemd-analyze", "security", "--threshold=15", "sidestepd.service")


class Seamless:
    """A daemon that goes and comes back is no client's business; with each client once."""

    program: list[str]

    def test_sigkill_under_load_loses_nothing_acknowledged_and_no_client_notices(self):
        pid = 0
        with Load(program=self.program) as load:
            for _ in range(4):
                load.more(500)
                pid = main_pid()
                systemctl("kill", "--signal=KILL", "--kill-who=main", "sidestepd.service")
                self.wait_for_successor(pid)
            load.more(500)
            notes = load.finish()
        self.assertEqual(show("NRestarts"), "4")
        self.assert_kept(notes)

    def test_restarts_and_an_upgrade_under_load_lose_nothing_and_no_client_notices(self):
        with Load(program=self.program) as load:
            load.more(500)
            program = Path(os.readlink(f"/proc/{main_pid()}/exe"))
            new = Path(f"{program}.new")
            for _ in range(2):
                systemctl("restart", "sidestepd.service")
                load.more(500)
            shutil.copy(program, new)
            with open(new, "ab") as file:
                file.write(b"upgrade")
            size = new.stat().st_size
            new.rename(program)
            systemctl("restart", "sidestepd.service")
            load.more(500)
            self.assertEqual(os.stat(f"/proc/{main_pid()}/exe").st_size, size)
            notes = load.finish()
        self.assert_kept(notes)


class SeamlessToPython(Seamless, Unit):
    program = Load.PYTHON


class SeamlessToSwift(Seamless, Unit):
    program = Load.SWIFT


class Death(Unit):
    def test_a_hung_daemon_is_killed_by_the_watchdog_and_comes_back(self):
        self.drop_in("WatchdogSec=1s")
        self.call("resume", run="before")
        hung = main_pid()
        systemctl("kill", "--signal=STOP", "--kill-who=main", "sidestepd.service")
        self.wait_for_successor(hung)
        self.assertEqual(self.call("run.get", run="before")["run"]["id"], "before")
        wait_for(lambda: self.said("Watchdog timeout"), what="systemd's word on it")
        self.assertEqual(show("NRestarts"), "1")

    def test_the_whole_group_killed_at_once_comes_back(self):
        self.call("resume", run="before")
        pid = main_pid()
        systemctl("kill", "--signal=KILL", "--kill-who=all", "sidestepd.service")
        self.wait_for_successor(pid)
        self.assertEqual(self.call("run.get", run="before")["run"]["id"], "before")

    def test_a_daemon_that_the_kernel_kills_for_memory_loses_nothing_acknowledged(self):
        self.call("ping")
        pid = main_pid()
        limit = memory_group(pid)
        if limit is None:
            self.skipTest("no memory cgroup that can be limited")
        with Load() as load:
            load.more(500)
            self.tighten(limit, pid)
            self.crowd()
            self.wait_for_successor(pid)
            load.more(500)
            notes = load.finish()
        self.assertEqual(show("NRestarts"), "1")
        self.assert_kept(notes)

    def tighten(self, limit: Path, pid: int) -> None:
        """Leaves hardly any room: what the process has, and as little more as the kernel takes for a limit."""
        resident = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "RssAnon" in line)
        for spare in range(2, 64, 2):
            try:
                limit.write_text(str((int(resident.split()[1]) << 10) + (spare << 20)))
                return
            except OSError:
                pass  # EBUSY: so much is in use
        self.skipTest("the kernel takes no limit near what is in use")

    def crowd(self) -> None:
        """Clients that each send the larger part of a long line, which the daemon has to keep: 120 MB."""
        connections = []
        for _ in range(40):
            try:
                connections.append(Connection(SOCKET))
                connections[-1].socket.sendall(b'"' + b"x" * (3 << 20))
            except OSError:
                break  # the daemon is gone
        for connection in connections:
            connection.close()

    def test_a_damaged_database_stops_it_until_somebody_repairs_it(self):
        self.call("resume", run="kept")
        self.call("system.backup", path=f"{STATE}/backup.db")
        systemctl("stop", "sidestepd.service")
        with open(DATABASE, "r+b") as file:
            file.seek(4096)
            file.write(os.urandom(512))
        damaged = DATABASE.read_bytes()
        waiting = self.connect()
        self.wait_for_state("failed", "sidestepd.socket")
        with self.assertRaises(ConnectionError):
            waiting.call("ping")
        self.assertEqual((show("ExecMainStatus"), show("NRestarts")), ("78", "0"))
        self.assertEqual(DATABASE.read_bytes(), damaged)
        self.assertTrue(self.said("systemctl reset-failed"))
        command("runuser", "-u", "sidestep", "--", "sidestepd", "restore", "--from", f"{STATE}/backup.db",
                "--database", str(DATABASE), "--replace")
        systemctl("reset-failed", "sidestepd.service", "sidestepd.socket")
        systemctl("start", "sidestepd.socket")
        self.assertEqual(self.call("run.get", run="kept")["run"]["id"], "kept")


class Orders(Unit):
    def test_reload_reads_the_configuration_without_a_restart(self):
        self.call("ping")
        pid = main_pid()
        CONFIGURATION.write_text("log_level = nonsense\n")
        systemctl("reload", "sidestepd.service")
        wait_for(lambda: self.said(f"{CONFIGURATION}, line 1"), what="the complaint")
        CONFIGURATION.write_text("log_level = debug\n")
        systemctl("reload", "sidestepd.service")
        wait_for(lambda: self.said("configuration read again"), what="the configuration")
        self.assertEqual((main_pid(), self.call("ping")), (pid, {}))

    def test_stop_answers_what_was_read_and_a_later_client_starts_it_again(self):
        connection = self.connect()
        connection.call("resume", run="r")
        numbers = {connection.send("step.complete", step=f"s{n}", output=n): f"s{n}" for n in range(1000)}
        connection.reply(next(iter(numbers)))
        systemctl("stop", "sidestepd.service")
        answered = {next(iter(numbers.values()))}
        for number, step in list(numbers.items())[1:]:
            try:
                connection.reply(number)
                answered.add(step)
            except Refused as error:
                self.assertEqual(error.kind, "shutting_down")
            except ConnectionError:
                break
        self.assertEqual((show("ActiveState"), show("Result")), ("inactive", "success"))
        self.assertEqual(recorded(self.connect(), "r"), answered, "what was done and what was answered differ")


class Rights(Unit):
    def test_a_process_of_another_user_is_ended_only_when_the_daemon_has_the_capability(self):
        for lines in ([], ["CapabilityBoundingSet=CAP_KILL", "AmbientCapabilities=CAP_KILL"]):
            with self.subTest(lines):
                self.drop_in(*lines)
                systemctl("restart", "sidestepd.service")
                owner = self.owner(f"owned-{len(lines)}")
                connection = self.connect()
                kill = {"run": f"owned-{len(lines)}", "create": False, "if_owned": "kill", "wait_ms": 60_000}
                if lines:
                    self.assertEqual(connection.call("resume", **kill)["epoch"], 2)
                    owner.wait(60)
                    continue
                with self.assertRaises(Refused) as caught:
                    connection.call("resume", **kill)
                self.assertEqual(caught.exception.kind, "not_permitted")
                self.assertIn("Operation not permitted", caught.exception.message)
                self.assertIn("CAP_KILL", caught.exception.data["hint"])
                self.assertIsNone(owner.poll())

    def owner(self, run: str) -> subprocess.Popen:
        """A process of another user that owns a run until it is ended."""
        request = f'{{"jsonrpc":"2.0","id":1,"method":"resume","params":{{"run":"{run}"}}}}\n'
        owner = subprocess.Popen(["socat", "-", f"UNIX-CONNECT:{SOCKET}"], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, text=True, user=NOBODY, group=NOBODY, extra_groups=["sidestep"])
        self.addCleanup(owner.communicate)
        self.addCleanup(owner.kill)
        owner.stdin.write(request)
        owner.stdin.flush()
        self.assertIn('"lease"', owner.stdout.readline())
        return owner
