"""The odd environments: what a parent, a sandbox or a small machine does to the programs that are started in it.

Each is a few words for `launch` (and, if need be, a command before it). A new one is a line here: the whole of test_life
is then done in it.
"""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Daemon"))

LAUNCH = str(Path(__file__).with_name("launch"))
IS_ROOT = os.geteuid() == 0
WITHOUT_PIDFDS = ("--deny", "pidfd_open={0}", "--deny", "pidfd_send_signal={0}", "--deny", "peerpidfd=ENOPROTOOPT")


@dataclass(frozen=True)
class Odd:
    """One odd environment."""

    name: str
    launch: tuple[str, ...] = ()
    # What comes before `launch`: it gets the rest as its arguments.
    before: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    needs_root: bool = False
    # What the daemon's log has to say about it.
    said: str = ""

    def command(self, *words: str) -> list[str]:
        """The words, as they are started in this environment."""
        return [*self.before, *([LAUNCH, *self.launch, "--"] if self.launch else []), *words]


def without_pidfds(error: str) -> tuple[str, ...]:
    return tuple(word.format(error) for word in WITHOUT_PIDFDS)


ENVIRONMENTS = [
    Odd("as_usual"),
    Odd("children_ignored", ("--ignore", "SIGCHLD")),
    Odd("signals_ignored", ("--ignore", "ALL")),
    Odd("signals_blocked", ("--block", "ALL")),
    Odd("ignored_and_blocked", ("--ignore", "ALL", "--block", "ALL")),
    Odd("no_pidfds_old_kernel", without_pidfds("ENOSYS"), said="there is no pidfd for a process"),
    Odd("no_pidfds_sandbox", without_pidfds("EPERM"), said="there is no pidfd for a process"),
    Odd("no_pidfds_children_ignored", ("--ignore", "SIGCHLD", *without_pidfds("ENOSYS"))),
    Odd("no_close_range", ("--deny", "close_range=ENOSYS", "--keep", "9", "--limit", "NOFILE=4096")),
    Odd("64_descriptors", ("--limit", "NOFILE=64")),
    Odd("umask_0", ("--umask", "0")),
    Odd("umask_777", ("--umask", "777")),
    Odd("streams_closed", ("--close", "0", "--close", "1", "--close", "2")),
    Odd("input_closed", ("--close", "0")),
    Odd("descriptors_left_open", ("--keep", "3", "--keep", "9", "--keep", "63")),
    Odd("nice", ("--nice", "7")),
    Odd("small_files", ("--limit", f"FSIZE={64 << 20}"), said="RLIMIT_FSIZE"),
    Odd("a_day_of_time", ("--limit", "CPU=86400"), said="RLIMIT_CPU"),
    Odd("process_1", before=("unshare", "--pid", "--fork", "--mount-proc", "--kill-child"), needs_root=True),
    Odd("no_proc", before=("unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"),
        needs_root=True),
]
