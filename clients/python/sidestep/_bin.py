"""The command line tool: the one that a wheel may carry, else the one of this machine."""

from __future__ import annotations

import os
import shutil
import sys


def main() -> None:
    """Become the program `sidestep`."""
    folder = os.path.join(os.path.dirname(__file__), "bin")
    carried = os.path.join(folder, "sidestep")
    program = carried if os.path.exists(carried) else shutil.which("sidestep")
    if program == carried:
        os.environ.setdefault("SIDESTEPD", os.path.join(folder, "sidestepd"))
    if program is None:
        print(
            "sidestep: the command line tool is neither in this package nor on PATH",
            file=sys.stderr,
        )
        sys.exit(69)
    os.execv(program, ["sidestep", *sys.argv[1:]])
