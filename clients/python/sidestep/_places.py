"""Where the daemon's files are: one rule for the daemon and all of its clients.

The table in docs/operating/daemon.md is this rule in words, clients/places/scenarios.json its test.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass

SYSTEM_SOCKET = "/run/sidestep/sidestep.sock"
SYSTEM_DATABASE = "/var/lib/sidestep/sidestep.db"
GROUP = "sidestep"
_UNIT = "sidestepd.socket"
_UNIT_DIRECTORIES = (
    "/etc/systemd",
    "/run/systemd",
    "/usr/local/lib/systemd",
    "/usr/lib/systemd",
    "/lib/systemd",
)


class NoPlace(Exception):
    """Why there is no place for a file, or no daemon is started; `hint` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def _facts(path: str, *, link: bool = False) -> os.stat_result | None:
    try:
        return os.lstat(path) if link else os.stat(path)
    except (OSError, ValueError):
        return None


def _exists(path: str) -> bool:
    return _facts(path, link=True) is not None


def _variable(name: str) -> str | None:
    return os.environ.get(name) or None


@dataclass(frozen=True)
class Holder:
    """The daemon that has a database, as the lock file beside the database names it."""

    pid: int
    socket: str | None

    @classmethod
    def last(cls, database: str) -> Holder | None:
        """Return what the lock file says, whether or not that daemon still lives."""
        try:
            flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
            descriptor = os.open(f"{database}.lock", flags)
        except OSError:
            return None
        with os.fdopen(descriptor, encoding="utf-8", errors="replace") as file:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode) or facts.st_uid not in (os.geteuid(), 0):
                return None
            text = file.read(4096)
        # The first daemons wrote nothing but their number.
        pid = re.search(r"^(?:pid )?(\d+)$", text, re.MULTILINE)
        path = re.search(r"^socket (.+)$", text, re.MULTILINE)
        if pid is None or int(pid[1]) == 0:
            return None
        return cls(int(pid[1]), path[1] if path else None)

    def holds(self, database: str) -> bool:
        """Return whether this process has the lock now, by the kernel's list of locks.

        Taking the lock to try it would keep out a daemon that is being started.
        """
        found = (_facts(f"{database}.lock"), _facts(database))
        inodes = {str(facts.st_ino) for facts in found if facts is not None}
        try:
            with open("/proc/locks") as file:
                lines = [line.split() for line in file]
        except OSError:
            return os.path.exists(f"/proc/{self.pid}") or _lives(self.pid)
        return any(
            len(words) > 5
            and words[1] == "FLOCK"
            and words[4] == str(self.pid)
            and words[5].rpartition(":")[2] in inodes
            for words in lines
        )


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


class Places:
    """The places of this process's user, by its environment as it is now."""

    def __init__(self) -> None:
        self.uid = os.geteuid()

    # The rule

    @property
    def home(self) -> str | None:
        """`$HOME` if it is a directory of the user, else that of the password database."""
        for path in (_variable("HOME"), self._listed_home()):
            if path and path.startswith("/") and self._owns(_facts(path)):
                return path
        return None

    def runtime(self) -> tuple[str, bool]:
        """Return the socket's directory, and whether it lies where everybody may make files."""
        for path in (_variable("XDG_RUNTIME_DIR"), f"/run/user/{self.uid}"):
            if path and path.startswith("/"):
                facts = _facts(path, link=True)
                if facts is not None and self._owns(facts) and not facts.st_mode & 0o022:
                    return f"{path}/sidestep", False
        temporary = _variable("TMPDIR") or ""
        facts = _facts(temporary) if temporary.startswith("/") else None
        if facts is None or not stat.S_ISDIR(facts.st_mode):
            temporary = "/tmp"
        return f"{temporary}/sidestep-{self.uid}", True

    @property
    def standard_socket(self) -> str:
        """Where the user's daemon listens when nobody says otherwise."""
        return f"{self.runtime()[0]}/sidestep.sock"

    @property
    def socket(self) -> str:
        """Where the user's daemon listens: as its configuration file says, else as usual."""
        return self._configured("socket") or self.standard_socket

    def database(self) -> str:
        """Return the database of the user's daemon; raise NoPlace."""
        named = _variable("SIDESTEP_DATABASE")
        if named is not None and not named.startswith("/"):
            raise NoPlace(
                f"SIDESTEP_DATABASE is `{named}`, which begins with no slash",
                "Name the database by its whole path.",
            )
        return named or self._configured("database") or self._standard_database()

    def own_database(self) -> str | None:
        """Return the database of the user's daemon if the file is there."""
        try:
            path = self.database()
        except NoPlace:
            return None
        return path if _facts(path) is not None else None

    def settings(self) -> str | None:
        """Return the directory of the user's settings; None for a user without a home."""
        directory = _variable("XDG_CONFIG_HOME")
        if directory is not None and self._lasts(directory):
            return f"{directory}/sidestep"
        return f"{self.home}/.config/sidestep" if self.home else None

    def _standard_database(self) -> str:
        state = _variable("XDG_STATE_HOME")
        if state is not None and self._lasts(state):
            return f"{state}/sidestep/sidestep.db"
        if self.home:
            return f"{self.home}/.local/state/sidestep/sidestep.db"
        given = f"HOME is `{_variable('HOME')}`" if _variable("HOME") else "HOME is not set"
        listed = self._listed_home()
        raise NoPlace(
            f"the user {self.name} has no home directory to keep the database in: {given}, the "
            f"password database names {f'`{listed}`' if listed else 'none'}, and neither is a "
            "directory of that user",
            "Set HOME, or SIDESTEP_DATABASE to a file in a directory that lasts.",
        )

    def _configured(self, name: str) -> str | None:
        settings = self.settings()
        path = _variable("SIDESTEP_CONFIG") or (settings and f"{settings}/sidestep.conf")
        if not path:
            return None
        try:
            with open(path, encoding="utf-8") as file:
                lines = file.read(1 << 20).split("\n")
        except (OSError, ValueError):
            return None  # the daemon tells what is wrong with it
        for line in lines:
            key, equals, value = line.partition("#")[0].partition("=")
            if equals and key.strip(" \t\r") == name and value.strip(" \t\r").startswith("/"):
                return value.strip(" \t\r")
        return None

    # The user

    @property
    def name(self) -> str:
        """The user's name, else the number."""
        record = self._record()
        return record[0] if record else str(self.uid)

    def _listed_home(self) -> str | None:
        record = self._record()
        return record[5] if record else None

    def _record(self) -> tuple[str, str, int, int, str, str, str] | None:
        import pwd

        try:
            return tuple(pwd.getpwuid(self.uid))  # type: ignore[return-value]
        except KeyError:
            return None

    def is_member(self) -> bool:
        """Return whether the machine's socket is open to the user, now or from the next login."""
        import grp

        try:
            record = grp.getgrnam(GROUP)
        except KeyError:
            return False
        groups = {os.getegid(), *os.getgroups()}
        return record.gr_gid in groups or self.name in record.gr_mem

    # What is trusted

    def _owns(self, facts: os.stat_result | None) -> bool:
        return facts is not None and stat.S_ISDIR(facts.st_mode) and facts.st_uid == self.uid

    def _lasts(self, path: str) -> bool:
        """Whether a directory, or the nearest one above it that exists, is the user's."""
        while path.startswith("/"):
            facts = _facts(path)
            if facts is not None:
                return self._owns(facts) and not facts.st_mode & 0o002
            path = path.rstrip("/").rpartition("/")[0] or "/"
        return False

    def distrust(self, path: str) -> str | None:
        """Return why the directory of a socket is not trusted, or None when it is."""
        directory = os.path.dirname(path)
        temporary = path == self.standard_socket and self.runtime()[1]
        owners = {self.uid} if temporary else {self.uid, 0}
        if path == SYSTEM_SOCKET:
            owners = {0}
        facts = _facts(directory, link=True)
        if facts is None:
            return f"there is no {directory}"
        if not stat.S_ISDIR(facts.st_mode):
            return f"{directory} is not a directory"
        if facts.st_uid not in owners:
            return f"{directory} belongs to another user"
        if temporary and facts.st_mode & 0o077:
            return f"{directory} is open to other users (its mode must be 0700)"
        if facts.st_mode & 0o022:
            return f"{directory} can be written by other users"
        return None

    # Daemons that should be there

    def has_system_unit(self) -> bool:
        """Return whether the machine's units are installed, on a host that systemd runs."""
        files = [f"{directory}/system/{_UNIT}" for directory in _UNIT_DIRECTORIES]
        found = next(filter(_exists, files), None)
        return _exists("/run/systemd/system") and found is not None and _is_unit(found)

    def serves_machine(self) -> bool:
        """Return whether the machine's daemon is in use."""
        if _exists(os.path.dirname(SYSTEM_SOCKET)):
            return True
        enabled = _exists(f"/etc/systemd/system/sockets.target.wants/{_UNIT}")
        return self.has_system_unit() and (enabled or _exists(os.path.dirname(SYSTEM_DATABASE)))

    def user_unit(self) -> str | None:
        """Return the file by which the user's own unit is there."""
        if not _exists("/run/systemd/system"):
            return None
        names = [f"sockets.target.wants/{_UNIT}", "default.target.wants/sidestepd.service"]
        files = [f"/etc/systemd/user/{name}" for name in names]
        settings = self.settings()
        if settings:
            own = f"{os.path.dirname(settings)}/systemd/user"
            files += [f"{own}/{name}" for name in [_UNIT, "sidestepd.service", *names]]
        return next(filter(_is_unit, files), None)


def _is_unit(path: str) -> bool:
    """Whether there is a unit and it is not masked (a link to /dev/null)."""
    facts = _facts(path)
    return _exists(path) and not (facts is not None and stat.S_ISCHR(facts.st_mode))


def start_refusal(
    places: Places, wish: str, named: tuple[str, str] | None, names_own: bool
) -> NoPlace | None:
    """Return why no daemon may be started, or None when one may be.

    `wish` is never, usual or always; `named` a socket and what named it.
    """
    if wish == "never":
        command = f"sidestepd --socket {named[0]}" if named else "sidestepd --user"
        return NoPlace(
            "no daemon is started: SIDESTEP_AUTOSTART is 0", f"start one with: {command}"
        )
    if named is not None and not names_own:
        path, origin = named
        if path == SYSTEM_SOCKET:
            hint = "start the machine's daemon: systemctl start sidestepd.socket"
        else:
            hint = f"start one with: sidestepd --socket {path}; or name no socket, to use your own"
        return NoPlace(f"none is started at a socket that was named ({origin})", hint)
    unit = places.user_unit()
    if unit is not None:
        return NoPlace(
            f"none is started beside your unit ({unit})",
            "systemctl --user start sidestepd.socket; `loginctl enable-linger` keeps it "
            "without a login",
        )
    uses = places.uid == 0 or places.is_member()
    stands_in = places.serves_machine() and (uses or places.own_database() is None)
    if wish != "usual" or not (stands_in or (places.has_system_unit() and uses)):
        return None
    cure = (
        "start it: systemctl start sidestepd.socket"
        if uses
        else f"join its group (adduser NAME {GROUP}) and log in anew"
    )
    return NoPlace(
        "none is started in the stead of the machine's daemon",
        f"{cure}; SIDESTEP_AUTOSTART=1 starts one of your own, with a database of its own",
    )
