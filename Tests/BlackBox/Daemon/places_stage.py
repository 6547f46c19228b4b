"""One scenario of clients/places, set up and asked about: what each program says, as JSON on standard output.

    places_stage.py FOLDER < SCENARIO

As root it is run in a mount namespace of its own (unshare --mount): run-time directories, units, the state of the machine's
daemon and the password database are then the scenario's, and the host's are out of sight.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from harness import ROOT, binary, connected

HIDDEN = ("/run", "/etc/systemd", "/usr/lib/systemd", "/usr/local/lib/systemd", "/var/lib")
PROGRAMS = {
    "cli": [binary("sidestep"), "where", "--json"],
    "swift": [binary("sidestep-parity"), "--where"],
    # One that another user may execute, too.
    "python": [shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable, "-m", "sidestep", "where"],
    "shell": ["sh", "-euc", f". '{ROOT}/clients/shell/sidestep.sh'; sidestep_where"],
}
DAEMON = [binary("sidestepd"), "--user", "--check-configuration"]


class Stage:
    def __init__(self, scenario: dict, folder: str):
        self.scenario, self.folder = scenario, folder
        self.uid = scenario.get("user", os.geteuid())
        self.listeners: list[socket.socket] = []
        self.daemon: subprocess.Popen | None = None
        if os.geteuid() == 0:
            self.hide()

    def text(self, value: str) -> str:
        home = "" if os.geteuid() else os.path.expanduser("~root")
        for name, replacement in (("$T", self.folder), ("$UID", str(self.uid)), ("$ROOTHOME", home)):
            value = value.replace(name, replacement)
        return value

    def hide(self) -> None:
        for place in HIDDEN:
            if os.path.isdir(place):
                subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", place], check=True)
        accounts = {"/etc/passwd": "", "/etc/group": "sidestep:x:4799:" + ("tester" if self.scenario.get("member") else "") + "\n"}
        if "listed" in self.scenario:
            accounts["/etc/passwd"] = f"tester:x:{self.uid}:{self.uid}::{self.text(self.scenario['listed'])}:/bin/sh\n"
        for file, line in accounts.items():
            kept = [old for old in Path(file).read_text().splitlines(True) if not old.startswith("sidestep:")]
            copy = Path(self.folder, os.path.basename(file))
            copy.write_text("".join(kept) + line)
            copy.chmod(0o644)
            subprocess.run(["mount", "--bind", str(copy), file], check=True)

    def make(self, kind: str, path: str, content: str = "", owner: int | None = None) -> None:
        if kind == "listener":
            return self.listen(path, int(content) if content != "" else self.uid)
        owner = self.uid if owner is None else owner
        for parent in reversed(Path(path).parents):
            if not parent.exists():
                parent.mkdir()
                self.own(str(parent), owner)
        if kind == "directory":
            os.makedirs(path, exist_ok=True)
            os.chmod(path, int(content, 8))
        elif kind == "link":
            os.symlink(self.text(content), path)
        else:
            Path(path).write_text(self.text(content), newline="")
        self.own(path, owner)

    def own(self, path: str, owner: int) -> None:
        if os.geteuid() == 0:
            os.chown(path, owner, owner, follow_symlinks=False)

    def listen(self, path: str, owner: int) -> None:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(path)
        self.own(path, owner)
        os.chmod(path, 0o666)
        # The kernel notes who calls listen(2).
        me = os.geteuid()
        os.seteuid(owner)
        listener.listen(16)
        os.seteuid(me)
        self.listeners.append(listener)

    def environment(self, name: str) -> dict[str, str]:
        given = {key: self.text(value) for key, value in self.scenario[name].items()}
        return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "clients/python"), "LANG": "C.UTF-8", **given}

    def who(self) -> dict:
        """The user to be, with the groups that a login would give."""
        if os.geteuid() != 0 or self.uid == 0:
            return {}
        groups = [4799] if self.scenario.get("member") else []
        return {"user": self.uid, "group": self.uid, "extra_groups": groups}

    def run(self) -> None:
        database = Path(self.text("$T/home/.local/state/sidestep/sidestep.db"))
        self.daemon = subprocess.Popen([binary("sidestepd"), "--user"], cwd="/", env=self.environment("running"),
                                       stderr=subprocess.DEVNULL, **self.who())
        path = self.text(self.scenario["running"]["XDG_RUNTIME_DIR"]) + "/sidestep/sidestep.sock"
        end = time.monotonic() + 120
        while not connected(path):
            assert self.daemon.poll() is None and time.monotonic() < end, "the daemon did not start"
            time.sleep(0.01)
        if "lock" in self.scenario:
            Path(f"{database}.lock").write_text(self.scenario["lock"].replace("$PID", str(self.daemon.pid)))

    def ask(self, command: list[str]) -> tuple[int, str, str]:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd="/",
                              env=self.environment("environment"), **self.who())
        return done.returncode, done.stdout, done.stderr

    def answers(self) -> dict[str, dict]:
        for file in self.scenario.get("files", []):
            kind, path, *more = file
            self.make(kind, self.text(path), *more)
        if "running" in self.scenario:
            self.run()
        try:
            found = {name: self.client(command) for name, command in PROGRAMS.items()}
            if self.scenario.get("only") != "client":
                found["daemon"] = self.of_daemon()
            return found
        finally:
            if self.daemon:
                self.daemon.kill()
                self.daemon.wait()

    def client(self, command: list[str]) -> dict:
        status, shown, said = self.ask(command)
        try:
            return {"status": status, **json.loads(shown)}
        except ValueError:
            return {"status": status, "problem": f"no JSON: {shown}{said}"}

    def of_daemon(self) -> dict:
        status, shown, said = self.ask(DAEMON)
        if status:
            return {"status": status, "problem": said, "hint": said}
        lines = dict(line.split(" = ", 1) for line in shown.splitlines() if " = " in line)
        return {"status": 0, **{name: lines[name].rpartition("  # ")[0] for name in ("socket", "database")}}


print(json.dumps(Stage(json.load(sys.stdin), sys.argv[1]).answers()))
