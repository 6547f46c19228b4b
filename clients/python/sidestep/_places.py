"""Where the daemon's files are: one rule for the daemon and all of its clients.

The table in docs/operating/daemon.md is this rule in words, clients/places/scenarios.json its test.
"""

from __future__ import annotations

import os
import stat

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


def facts_of(path: str, *, link: bool = False) -> os.stat_result | None:
    """Return what stat(2) says of a path; None where there is nothing that can be seen."""
    try:
        return os.lstat(path) if link else os.stat(path)
    except (OSError, ValueError):
        return None


def _exists(path: str) -> bool:
    return facts_of(path, link=True) is not None


def _variable(name: str) -> str | None:
    return os.environ.get(name) or None


class Places:
    """The places of this process's user, by its environment as it is now."""

    def __init__(self) -> None:
        self.uid = os.geteuid()

    # The rule

    @property
    def home(self) -> str | None:
        """`$HOME` if it is a directory of the user, else that of the password database."""
        for path in (_variable("HOME"), self._listed_home()):
            if path and path.startswith("/") and self._owns(facts_of(path)):
                return path
        return None

    def runtime(self) -> tuple[str, bool]:
        """Return the socket's directory, and whether it lies where everybody may make files."""
        for path in (_variable("XDG_RUNTIME_DIR"), f"/run/user/{self.uid}"):
            if path and path.startswith("/"):
                facts = facts_of(path, link=True)
                if facts is not None and self._owns(facts) and not facts.st_mode & 0o022:
                    return f"{path}/sidestep", False
        temporary = _variable("TMPDIR") or ""
        facts = facts_of(temporary) if temporary.startswith("/") else None
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
        return path if facts_of(path) is not None else None

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
            facts = facts_of(path)
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
        facts = facts_of(directory, link=True)
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
    facts = facts_of(path)
    return _exists(path) and not (facts is not None and stat.S_ISCHR(facts.st_mode))
