"""Examples in Python and Swift: each page has one program of either, which its examples add to."""

from __future__ import annotations

import contextlib
import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

# Executes the examples that come on standard input as if they were typed in one session; `await` may stand anywhere.
_SESSION = """
import ast, asyncio, inspect, json, sys, traceback
names = {"__name__": "__main__"}
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
def execute(text, name):
    import linecache
    linecache.cache[name] = len(text), None, text.splitlines(True), name
    code = compile(text, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if code.co_flags & inspect.CO_COROUTINE:
        loop.run_until_complete(eval(code, names))
    else:
        exec(code, names)
for number, line in enumerate(sys.stdin):
    try:
        execute(json.loads(line), f"<example {number}>")
        status = 0
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    print(f"\\x01{status}", flush=True)
"""


class PythonSession:
    """A Python process that executes the examples of a page one after the other, in one namespace."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        path = {"PYTHONPATH": f"{ROOT}/clients/python:{folder}"}
        self._process = subprocess.Popen(
            [f"{ROOT}/.venv/bin/python", "-c", _SESSION], cwd=folder, env={**environment, **path}, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def execute(self, text: str) -> tuple[int, str]:
        """Execute an example; return whether it failed, and what it printed."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(text) + "\n")
        self._process.stdin.flush()
        printed = ""
        for line in self._process.stdout:
            if line.startswith("\x01"):
                return int(line[1:]), printed
            printed += line
        return 1, printed + "the process ended"

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()


def objects_of(build: Path) -> list[str]:
    """Return what a module was built to; not what is left of sources that are gone."""
    files = json.loads((build / "output-file-map.json").read_text())
    return [made["object"] for made in files.values() if "object" in made]


def run_swift(folder: Path, environment: dict[str, str], texts: list[str]) -> tuple[int, str]:
    """Build the examples of a page as one program against what is built, and execute it."""
    source = folder / "main.swift"
    source.write_text("".join(texts))
    built = ROOT / ".build" / "debug"
    modules = ("Sidestep", "SidestepProtocol", "SidestepPlaces", "SidestepLibC", "SidestepModel")
    objects = [path for name in modules for path in objects_of(built / f"{name}.build")]
    maps = [str(path) for path in ROOT.glob("Sources/C*/**/module.modulemap")]
    flags = [flag for path in maps for flag in ("-Xcc", f"-fmodule-map-file={path}")]
    compile_ = ["swiftc", "-swift-version", "6", "-module-name", "Page", "-I", str(built / "Modules"), *flags, str(source), *objects,
                "-o", str(folder / "page")]
    done = subprocess.run(compile_, check=False, capture_output=True, text=True, timeout=300)
    if done.returncode:
        return done.returncode, done.stdout + done.stderr
    done = subprocess.run([str(folder / "page")], check=False, capture_output=True, text=True, timeout=120, env=environment, cwd=folder)
    return done.returncode, done.stdout + done.stderr
