"""Which daemon has a database, by the lock file beside it."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass

from ._places import facts_of


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
        found = (facts_of(f"{database}.lock"), facts_of(database))
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
