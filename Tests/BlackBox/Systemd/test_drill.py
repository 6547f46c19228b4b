"""The operator's drill: what whoever runs the machine does on a bad day, on the real systemd.

Each situation is brought about by hand, what the operator is told is read, and what it names is done. The long day
does all of it again and again under load: SIDESTEP_DRILL_ROUNDS says how often (`make drill`).
"""

import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

from bench import (CONFIGURATION, DATABASE, ROOT, SOCKET, STATE, Load, Unit, by_run, command, main_pid, show,
                   systemctl)
from harness import Connection, Refused, wait_for

ROUNDS = int(os.environ.get("SIDESTEP_DRILL_ROUNDS", "1"))
SEED = int(os.environ.get("SIDESTEP_DRILL_SEED", str(random.SystemRandom().randrange(1 << 32))))
PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
# One that every user may execute: ours may lie in somebody's home.
PYTHON = shutil.which("python3", path=PATH) or sys.executable
# The three programs that a client is, each as a shell would call it; the shell's is read from the checkout.
CLIENTS = {
    "command line": ["sidestep", "ping"],
    "python": [PYTHON, "-c", "from sidestep.sync import connect; connect().close()"],
    "shell": ["sh", "-c", f". {ROOT}/clients/shell/sidestep.sh; sidestep_start drill"],
}


def uid(name: str) -> int:
    return int(command("id", "-u", name))


class Drill(Unit):
    def setUp(self):
        super().setUp()
        self.addCleanup(systemctl, "stop", "sidestepd.service", check=False)
        self.member, self.stranger = self.user("member", "sidestep"), self.user("stranger")

    def user(self, name: str, *groups: str) -> str:
        """A user of the machine, who has logged in nowhere."""
        if subprocess.run(["id", name], capture_output=True).returncode:
            command("useradd", "--create-home", "--shell", "/bin/sh", *(["--groups", *groups] if groups else []), name)
        return name

    def as_user(self, name: str, *words: str, check: bool = True, **environment) -> subprocess.CompletedProcess:
        """Runs a program as `su - NAME` would, or as root."""
        clean = {"PATH": PATH, "PYTHONPATH": f"{ROOT}/clients/python", **environment}
        prefix = [] if name == "root" else ["runuser", "-u", name, "--"]
        home = command("sh", "-c", f"echo ~{name}")
        done = subprocess.run([*prefix, "env", "-i", *[f"{k}={v}" for k, v in {"HOME": home, **clean}.items()], *words],
                              capture_output=True, text=True, timeout=60, cwd=home)
        if check:
            self.assertEqual(done.returncode, 0, (words, done.stdout, done.stderr))
        return done

    def tool(self, *words: str, name: str = "root", check: bool = True) -> subprocess.CompletedProcess:
        return self.as_user(name, "sidestep", *words, check=check)

    def status(self) -> str:
        return show("StatusText")

    def assert_nobody_started_one(self) -> None:
        """No daemon runs but the unit's."""
        mine = main_pid()
        others = [pid for pid in command("pgrep", "-x", "sidestepd", check=False).split() if int(pid) != mine]
        self.assertEqual(others, [])


class Settings(Drill):
    def test_a_setting_that_cannot_be_meant_is_told_once_and_the_same_by_the_checker(self):
        CONFIGURATION.write_text("log_level = debug\nidle_exit_ms = soon\n")
        self.assertNotEqual(subprocess.run(["systemctl", "start", "sidestepd.service"], capture_output=True).returncode, 0)
        self.assertEqual((show("ExecMainStatus"), show("NRestarts"), show("Result")), ("64", "0", "exit-code"))
        complaint = f"{CONFIGURATION}, line 2"
        wait_for(lambda: self.said(complaint), what="the complaint")
        checked = subprocess.run(["sidestepd", "--system", "--check-configuration"], capture_output=True, text=True)
        self.assertEqual(checked.returncode, 64)
        self.assertIn(complaint, checked.stderr)
        CONFIGURATION.write_text("log_level = debug\nidle_exit_ms = 60000\n")
        checked = command("sidestepd", "--system", "--check-configuration")
        self.assertRegex(checked, rf"idle_exit_ms\s+= 60000\s+# {CONFIGURATION}, line 2")
        systemctl("reset-failed", "sidestepd.service", "sidestepd.socket")
        systemctl("start", "sidestepd.socket", "sidestepd.service")
        self.assertEqual(self.call("ping"), {})
        self.assertEqual(self.call("system.info")["settings"]["idle_exit_ms"],
                         {"value": "60000", "from": f"{CONFIGURATION}, line 2"})

    def test_clients_that_wait_do_not_keep_a_daemon_that_must_not_start_restarting(self):
        CONFIGURATION.write_text("log_level = nonsense\n")
        waiting = self.connect()
        self.wait_for_state("failed", "sidestepd.socket")
        with self.assertRaises(ConnectionError):
            waiting.call("ping")
        self.assertLessEqual(int(show("NRestarts")), 20)
        CONFIGURATION.unlink()
        systemctl("reset-failed", "sidestepd.service", "sidestepd.socket")
        systemctl("start", "sidestepd.socket")
        self.assertEqual(self.call("ping"), {})

    def test_a_reload_changes_what_it_can_and_names_what_it_cannot(self):
        self.call("ping")
        pid = main_pid()
        CONFIGURATION.write_text("limits.watches = 1\nretention_days = 3\nsocket = /run/sidestep/other.sock\n")
        systemctl("reload", "sidestepd.service")
        wait_for(lambda: self.said("configuration read again"), what="the reload")
        entry = self.journal("SIDESTEP_AT_NEXT_START=socket")
        self.assertEqual([set(found["SIDESTEP_CHANGED"].split()) for found in entry], [{"limits.watches", "retention_days"}])
        self.assertEqual(self.call("system.info")["settings"]["retention_days"]["value"], "3")
        self.assertEqual((main_pid(), self.call("system.info")["socket"]), (pid, SOCKET))


class Absence(Drill):
    def test_where_the_machines_daemon_is_down_no_client_starts_another_one_and_all_name_the_cure(self):
        systemctl("stop", "sidestepd.socket", "sidestepd.service")
        for name in ("root", self.member):
            for client, words in CLIENTS.items():
                with self.subTest(f"{client} as {name}"):
                    done = self.as_user(name, *words, check=False)
                    self.assertNotEqual(done.returncode, 0)
                    self.assertIn("systemctl start sidestepd.socket", done.stderr)
        self.assert_nobody_started_one()
        systemctl("start", "sidestepd.socket")
        for name in ("root", self.member):
            for client, words in CLIENTS.items():
                with self.subTest(f"{client} as {name}, started"):
                    self.as_user(name, *words)

    def test_a_user_who_is_not_in_the_group_is_told_how_to_get_into_it(self):
        self.call("ping")
        for client, words in CLIENTS.items():
            with self.subTest(client):
                done = self.as_user(self.stranger, *words, check=False)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("sidestep", done.stderr)
                self.assertRegex(done.stderr, r"join its group|adduser")
        self.assert_nobody_started_one()

    def test_a_user_who_wants_one_of_his_own_says_so_and_is_told_its_files_once(self):
        self.call("ping")
        # `env -i` has no XDG_RUNTIME_DIR: as in a cron table.
        done = self.as_user(self.stranger, "sidestep", "ping", SIDESTEP_AUTOSTART="1")
        home = command("sh", "-c", f"echo ~{self.stranger}")
        database = f"{home}/.local/state/sidestep/sidestep.db"
        self.assertIn(database, done.stderr)
        again = self.as_user(self.stranger, "sidestep", "ping", SIDESTEP_AUTOSTART="1")
        self.assertEqual(again.stderr, "")
        where = json.loads(self.as_user(self.stranger, "sidestep", "where", "--json", SIDESTEP_AUTOSTART="1").stdout)
        lines = Path(f"{database}.lock").read_text().split()
        self.assertIn("private", lines)
        os.kill(int(lines[1]), signal.SIGTERM)
        self.assertEqual(where["database"], database)

    def test_a_socket_that_somebody_removed_is_told_with_the_command_that_makes_it_anew(self):
        self.call("resume", run="kept")
        os.unlink(SOCKET)
        done = self.as_user(self.member, "sidestep", "ping", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("systemctl", done.stderr)
        self.assert_nobody_started_one()
        systemctl("restart", "sidestepd.socket")
        wait_for(lambda: self.as_user(self.member, "sidestep", "ping", check=False).returncode == 0, what="the socket")
        self.assertEqual(self.call("run.get", run="kept")["run"]["id"], "kept")


class Copies(Drill):
    def test_a_backup_is_where_its_caller_sees_it_and_the_callers(self):
        CONFIGURATION.write_text("admin_group = operators\n")
        command("groupadd", "--force", "operators")
        command("usermod", "--gid", "operators", "--append", "--groups", "sidestep", self.member)
        self.call("resume", run="r")
        for name in ("root", self.member):
            path = f"/tmp/backup-of-{name}"
            self.tool("backup", path, name=name)
            facts = os.stat(path)
            self.assertEqual((facts.st_uid, stat.S_IMODE(facts.st_mode)), (uid(name), 0o600))
            command("sidestepd", "check", "--database", path)

    def test_a_path_that_the_sandbox_hides_or_forbids_is_refused_with_the_settings_name(self):
        self.call("ping")
        for path, setting in (("/tmp/in-the-daemons-own", "PrivateTmp"), ("/usr/b.db", "ReadWritePaths")):
            with self.assertRaises(Refused) as caught:
                self.call("system.backup", path=path)
            self.assertIn(setting, caught.exception.message + caught.exception.data["hint"])
            self.assertFalse(os.path.exists(path))

    def test_what_root_checks_and_restores_stays_the_daemons(self):
        self.call("resume", run="kept")
        self.tool("backup", "/tmp/b.db")
        systemctl("stop", "sidestepd.service")
        command("sidestepd", "check", "--database", str(DATABASE))
        command("sidestepd", "restore", "--from", "/tmp/b.db", "--database", str(DATABASE), "--replace")
        owner = uid("sidestep")
        found = {path.name: (path.stat().st_uid, stat.S_IMODE(path.stat().st_mode)) for path in STATE.iterdir()
                 if path.is_file()}
        self.assertIn(DATABASE.name, found)
        self.assertEqual({facts for facts in found.values()}, {(owner, 0o600)}, found)
        self.assertEqual(self.call("run.get", run="kept")["run"]["id"], "kept")


class Telling(Drill):
    def test_the_status_says_what_is_wrong_and_what_is_served(self):
        self.call("run.enqueue", run="r", workflow="w")
        wait_for(lambda: self.status() == "serving 1 open run, 0 of them with an owner", what="the run")
        self.call("run.pause", run="r")
        wait_for(lambda: self.status().startswith("1 run paused; serving 1 open run"), what="the paused run")
        self.call("run.unpause", run="r")
        CONFIGURATION.write_text("http_allow_private = yes\n")
        systemctl("reload", "sidestepd.service")
        self.call("webhook.put", webhook="w", url="http://127.0.0.1:9/closed", events=["*"])
        self.call("event.emit", event="told")
        wait_for(lambda: self.status().startswith("1 webhook failing; "), what="the webhook")
        before = self.status()
        systemctl("reload", "sidestepd.service")
        self.assertEqual(self.status(), before, "a reload says nothing else")
        self.call("webhook.delete", webhook="w")
        wait_for(lambda: self.status().startswith("serving 1 open run"), what="the end of it")

    def test_the_status_says_that_the_disk_is_full_and_that_it_is_not_any_more(self):
        STATE.mkdir(exist_ok=True)
        command("mount", "-t", "tmpfs", "-o", f"size=12m,uid={uid('sidestep')},mode=750", "tmpfs", str(STATE))
        try:
            self.fill()
        finally:
            systemctl("stop", "sidestepd.service", check=False)
            command("umount", "-l", str(STATE))

    def fill(self) -> None:
        connection = self.connect()
        connection.call("resume", run="r")
        filler = STATE / "filler"
        free = os.statvfs(STATE).f_bavail * os.statvfs(STATE).f_frsize
        filler.write_bytes(b"x" * max(0, free - 65536))
        with self.assertRaises(Refused) as caught:
            for number in range(100):
                connection.call("step.complete", step=f"n{number}", output="y" * 200_000)
        self.assertEqual(caught.exception.kind, "storage_full")
        wait_for(lambda: self.status().startswith("the disk is full: what would make the database grow is refused; serving"), what="the status")
        self.assertIn("storage", self.call("run.explain", run="r")["reasons"])
        filler.unlink()
        connection.call("step.complete", step="after")
        wait_for(lambda: self.status().startswith("serving 1 open run"), what="the end of it")

    def test_what_people_do_is_in_the_journal_by_user_and_process(self):
        self.call("run.enqueue", run="r", workflow="w")
        self.tool("enqueue", "w", "--run", "mine", name=self.member)
        self.tool("pause", "mine", name=self.member)
        self.tool("cancel", "mine")
        self.tool("delete", "mine")
        found = wait_for(lambda: len(entries := self.journal("SIDESTEP_EVENT=act", "SIDESTEP_SUBJECT=mine")) >= 3 and
                         entries, what="the acts")
        self.assertEqual([(entry["SIDESTEP_METHOD"], int(entry["SIDESTEP_UID"]), int(entry["SIDESTEP_USER"]))
                          for entry in found],
                         [("run.pause", uid(self.member), uid(self.member)), ("run.cancel", 0, uid(self.member)),
                          ("run.delete", 0, uid(self.member))])
        self.assertTrue(all(int(entry["SIDESTEP_PID"]) > 0 for entry in found))
        history = self.tool("history", "--daemon").stdout
        self.assertRegex(history, rf"run.delete\s+mine\s+{self.member}\s+root \(pid \d+\)")
        self.assertIn("run.delete", self.tool("history", "--daemon", name=self.member).stdout)

    def test_a_denied_call_and_a_limit_are_told(self):
        CONFIGURATION.write_text("limits.connections = 20\n")
        self.call("ping")
        denied = self.tool("call", "system.backup", "{}", name=self.member, check=False)
        self.assertNotEqual(denied.returncode, 0)
        found = wait_for(lambda: self.journal("SIDESTEP_EVENT=call.denied"), what="the denied call")
        self.assertEqual((int(found[0]["SIDESTEP_UID"]), found[0]["SIDESTEP_METHOD"]),
                         (uid(self.member), "system.backup"))

    def test_a_stopped_program_is_seen_through_the_sandbox_and_let_go_on(self):
        program = subprocess.Popen(["sidestep", "run", "--id", "r", "--", "sleep", "600"], stderr=subprocess.DEVNULL)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        wait_for(lambda: "step" in json.dumps(self.explained("r")) or self.owner("r"), what="the owner")
        os.kill(program.pid, signal.SIGSTOP)
        found = wait_for(lambda: (e := self.explained("r")).get("reasons", [None])[0] == "owner_stopped" and e,
                         what="the reason")
        command("sh", "-c", found["command"])
        wait_for(lambda: "owner_stopped" not in self.explained("r")["reasons"], what="the end of it")

    def explained(self, run: str) -> dict:
        try:
            return self.call("run.explain", run=run)
        except Refused:
            return {}

    def owner(self, run: str) -> int:
        try:
            return (self.call("run.get", run=run)["run"].get("owner") or {}).get("pid", 0)
        except Refused:
            return 0

    def test_no_library_talks_into_the_log(self):
        connection = self.connect()
        connection.call("resume", run="r")
        for number in range(20):
            connection.call("run-step", run="r", step=f"s{number}", exec={"argv": ["true"]})
        self.tool("backup", "/tmp/quiet.db")
        with Load(10) as load:
            load.more(200)
            load.finish()
        strange = [entry["MESSAGE"] for entry in self.journal("_SYSTEMD_UNIT=sidestepd.service")
                   if "SIDESTEP_EVENT" not in entry and entry.get("_TRANSPORT") != "journal"]
        self.assertEqual(strange, [])


class LongDay(Drill):
    """Everything at once, in any order, under load."""

    def test_whatever_the_operator_does_nothing_acknowledged_is_lost_and_nobody_else_starts_a_daemon(self):
        print(f"drill: seed {SEED}, {ROUNDS} round(s)", flush=True)
        chance = random.Random(SEED)
        acts = [self.reload, self.restart, self.kill, self.hang, self.stop_both, self.break_the_settings, self.copy,
                self.check, self.vacuum, self.prune, self.lose_the_socket, self.pause_and_unpause]
        self.drop_in("WatchdogSec=2s")
        systemctl("restart", "sidestepd.service")
        self.call("run.enqueue", run="drill", workflow="w")
        with Load(20) as load:
            for _ in range(ROUNDS):
                for act in chance.sample(acts, len(acts)):
                    with self.subTest(act.__name__):
                        act()
                    load.more(20)
            notes = load.finish()
        told = by_run(notes["told"])
        self.assertEqual(notes["error"], [])
        self.assertEqual(self.lost(told), set())
        self.assertEqual(len(notes["ran"]), len({tuple(words) for words in notes["ran"]}), "a step ran twice")
        self.assert_nobody_started_one()
        systemctl("stop", "sidestepd.service")
        command("sidestepd", "check", "--database", str(DATABASE))

    def reload(self) -> None:
        CONFIGURATION.write_text(f"retention_days = {random.randrange(1, 99)}\n")
        systemctl("reload", "sidestepd.service")

    def restart(self) -> None:
        systemctl("restart", "sidestepd.service")

    def kill(self) -> None:
        pid = main_pid()
        systemctl("kill", "--signal=KILL", "--kill-who=main", "sidestepd.service")
        self.wait_for_successor(pid)

    def hang(self) -> None:
        pid = main_pid()
        systemctl("kill", "--signal=STOP", "--kill-who=main", "sidestepd.service")
        self.wait_for_successor(pid)

    def stop_both(self) -> None:
        systemctl("stop", "sidestepd.socket", "sidestepd.service")
        self.assertNotEqual(self.tool("ping", check=False).returncode, 0)
        self.assert_nobody_started_one()
        systemctl("start", "sidestepd.socket")

    def break_the_settings(self) -> None:
        before = CONFIGURATION.read_text() if CONFIGURATION.exists() else ""
        CONFIGURATION.write_text("log_level = nonsense\n")
        pid = main_pid()
        systemctl("reload", "sidestepd.service")
        self.assertEqual((main_pid(), self.call("ping")), (pid, {}))
        CONFIGURATION.write_text(before)

    def copy(self) -> None:
        path = f"/tmp/copy-{random.randrange(1 << 40)}"
        self.tool("backup", path)
        command("sidestepd", "check", "--database", path)
        os.unlink(path)

    def check(self) -> None:
        self.assertEqual(self.call("system.check")["problems"], [])

    def vacuum(self) -> None:
        self.tool("vacuum")

    def prune(self) -> None:
        self.tool("prune")

    def lose_the_socket(self) -> None:
        os.unlink(SOCKET)
        systemctl("restart", "sidestepd.socket")

    def pause_and_unpause(self) -> None:
        self.tool("pause", "drill")
        found = self.call("run.explain", run="drill")
        self.assertEqual(found["reasons"][0], "paused_by_operator")
        command("sh", "-c", found["command"])
        self.assertNotEqual(self.call("run.get", run="drill")["run"]["status"], "paused")
