"""The command line tool that a wheel may carry."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Become the program `sidestep` of this package."""
    folder = os.path.join(os.path.dirname(__file__), "bin")
    os.environ.setdefault("SIDESTEPD", os.path.join(folder, "sidestepd"))
    program = os.path.join(folder, "sidestep")
    os.execv(program, ["sidestep", *sys.argv[1:]])
