"""The wheel that carries the programs, in a virtual environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from daemon import ROOT, find_daemon

PROGRAM = """
import os, sidestep, sidestep.sync

@sidestep.workflow
def work(n):
    return sidestep.sync.current_run().step("add", lambda: n + 1)

print(work.run(1, run_id="w"), work.run(1, run_id="w"))
print(sidestep.__file__)
with sidestep.sync.connect() as client:
    os.kill(client.call("system.info")["pid"], 15)
"""


def test_the_wheel_alone_is_a_working_sidestep(tmp_path: Path) -> None:
    """A daemon starts by itself, from the wheel; nothing of this checkout is on a path."""
    binaries = Path(os.environ.get("SIDESTEP_WHEEL_BIN") or Path(find_daemon()).parent)
    if "SIDESTEP_WHEEL_BIN" in os.environ:  # those of `make wheel` need no Swift on the machine
        needed = subprocess.run(
            ["ldd", str(binaries / "sidestepd")], capture_output=True, text=True
        )
        assert "swift" not in needed.stdout
    tool = ROOT / "clients/python/tools/make_wheel.py"
    command = [sys.executable, str(tool), str(binaries), str(tmp_path)]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    wheel = made.stdout.splitlines()[-1]
    assert Path(wheel).name.startswith("sidestep-0.1.0-py3-none-manylinux_")
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    binary = tmp_path / "env/bin"
    install = [str(binary / "pip"), "install", "--quiet", "--no-index", wheel]
    subprocess.run(install, check=True)
    (tmp_path / "run").mkdir(mode=0o700)
    environment = {
        "PATH": f"{binary}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    ping = [str(binary / "sidestep"), "ping"]
    said = subprocess.run(ping, env=environment, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert str(tmp_path / "run") in said.stdout
    ping = [str(binary / "python"), "-m", "sidestep", "ping"]
    assert subprocess.run(ping, env=environment, capture_output=True, check=False).returncode == 0
    program = [str(binary / "python"), "-c", PROGRAM]
    done = subprocess.run(
        program, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    first, path = done.stdout.splitlines()
    assert first == "2 2"
    assert path.startswith(str(tmp_path / "env"))


def test_the_source_distribution_alone_is_a_client(tmp_path: Path) -> None:
    """It is installed where nothing of this checkout is on a path, and has all of its modules."""
    tool = ROOT / "clients/python/tools/make_sdist.py"
    made = subprocess.run(
        [sys.executable, str(tool), str(tmp_path)], check=True, capture_output=True, text=True
    )
    archive = Path(made.stdout.splitlines()[-1])
    assert archive.name == "sidestep-0.1.0.tar.gz"
    place = tmp_path / "installed"
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--target", str(place)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(archive)], check=True)
    wanted = {path.relative_to(ROOT / "clients/python") for path in sources()}
    found = {path.relative_to(place) for path in (place / "sidestep").rglob("*.py")}
    assert found == wanted
    environment = {"PYTHONPATH": str(place), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    where = [sys.executable, "-m", "sidestep", "where"]
    done = subprocess.run(
        where, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert '"socket"' in done.stdout, done.stderr


def sources() -> list[Path]:
    return list((ROOT / "clients/python/sidestep").rglob("*.py"))
