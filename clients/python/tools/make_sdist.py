#!/usr/bin/env python3
"""Makes the source distribution of the client: what `pip install` makes a wheel of, anywhere.

    make_sdist.py [OUT_DIR]

OUT_DIR is `dist` beside this folder when left out. The last line printed is the archive's path.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from setuptools import build_meta

PACKAGE = Path(__file__).resolve().parent.parent


def main() -> int:
    out = Path(sys.argv[1] if len(sys.argv) > 1 else PACKAGE / "dist").resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sidestep-sdist-") as folder:
        source = Path(folder) / "source"
        # The tests need the daemon and the rest of the tree.
        unwanted = ("tests", "tools", "dist", "build", "bin", "*.egg-info", "__pycache__", ".*")
        shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns(*unwanted))
        os.chdir(source)
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            name = build_meta.build_sdist(str(out))
    print(out / name)
    return 0


if __name__ == "__main__":
    if {"-h", "--help"} & set(sys.argv):
        print(__doc__)
        sys.exit()
    sys.exit(main())
