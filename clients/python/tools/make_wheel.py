#!/usr/bin/env python3
"""Makes a wheel that carries `sidestepd` and `sidestep`: installed alone, it is a working Sidestep.

    make_wheel.py BIN_DIR [OUT_DIR]

BIN_DIR holds the two programs (`make wheel` builds them with Swift's libraries in them); OUT_DIR is
`dist` beside this folder when left out. The last line printed is the path of the wheel.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
SETUP = """
from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel

class WithPrograms(Distribution):
    def has_ext_modules(self):
        return True

class PlatformWheel(bdist_wheel):
    def get_tag(self):
        return "py3", "none", "{tag}"

setup(distclass=WithPrograms, cmdclass={"bdist_wheel": PlatformWheel})
"""
PROGRAMS = ("sidestepd", "sidestep")


def main() -> int:
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 64
    binaries = Path(sys.argv[1]).resolve()
    out = Path(sys.argv[2] if len(sys.argv) == 3 else PACKAGE / "dist").resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sidestep-wheel-") as folder:
        source = Path(folder) / "source"
        ignored = shutil.ignore_patterns("tests", "dist", "build", "*.egg-info", "__pycache__")
        shutil.copytree(PACKAGE, source, ignore=ignored)
        (source / "sidestep/bin").mkdir()
        for name in PROGRAMS:
            target = source / "sidestep/bin" / name
            shutil.copy2(binaries / name, target)
            subprocess.run(["strip", str(target)], check=True)
        (source / "setup.py").write_text(SETUP.replace("{tag}", tag(binaries)))
        with (source / "pyproject.toml").open("a") as settings:
            settings.write('\n[project.scripts]\nsidestep = "sidestep._bin:main"\n')
        made = Path(folder) / "made"
        command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
        subprocess.run([*command, "--quiet", "-w", str(made), str(source)], check=True)
        (wheel,) = made.glob("*.whl")
        shutil.move(wheel, out / wheel.name)
        print(out / wheel.name)
    return 0


def tag(binaries: Path) -> str:
    """Return the platform: the processor, and the oldest C library that has what programs want."""
    wanted = subprocess.run(
        ["objdump", "-T", *(binaries / name for name in PROGRAMS)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    versions = re.findall(r"GLIBC_(\d+)\.(\d+)", wanted)
    major, minor = max((int(major), int(minor)) for major, minor in versions)
    return f"manylinux_{major}_{minor}_{platform.machine()}"


if __name__ == "__main__":
    sys.exit(main())
