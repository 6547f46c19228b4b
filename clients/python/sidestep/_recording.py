"""The program that records a run's calls to model providers, beside this process."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence

from ._errors import SidestepError, Unsupported

#: Seconds until a recorder that was told to end is killed: it has written down what it heard.
END_SECONDS = 30.0


class RecorderProcess:
    """`sidestep record` for one run; all of it blocks."""

    #: The variables are the process's: one leads it at a time.
    _leads: RecorderProcess | None = None

    def __init__(
        self,
        run: str,
        lease: str,
        socket: str,
        upstreams: Mapping[str, str],
        options: Sequence[str],
    ) -> None:
        words = [f"--upstream={name}={url}" for name, url in upstreams.items()]
        self._words = [recorder_program(), "record", "--json", *words, *options]
        self._run = {"SIDESTEP_RUN": run, "SIDESTEP_LEASE": lease, "SIDESTEP_SOCKET": socket}
        self._process: subprocess.Popen[str] | None = None
        self._before: dict[str, str | None] = {}
        self.environment: dict[str, str] = {}

    def start(self) -> None:
        """Start it, and lead this process's calls to it: the variables stand in os.environ."""
        if RecorderProcess._leads is not None:
            raise SidestepError("this process is recorded already: end the other block first")
        RecorderProcess._leads = self
        try:
            self._begin()
        except BaseException:
            self.stop()
            raise

    def _begin(self) -> None:
        self._process = subprocess.Popen(
            self._words,
            env={**os.environ, **self._run},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None,
            text=True,
            # Ctrl-C is ours; it ends when this process or the run's lease does.
            start_new_session=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            status = self._process.wait()
            raise SidestepError(f"the recorder did not start: exit status {status}, see above")
        self.environment = {
            name: value for name, value in json.loads(line).items() if name not in self._run
        }
        self._before = {name: os.environ.get(name) for name in self.environment}
        os.environ.update(self.environment)

    def stop(self) -> None:
        """Lead calls where they went before, and end it when what it heard is recorded."""
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before, self.environment = {}, {}
        if RecorderProcess._leads is self:
            RecorderProcess._leads = None
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def recorder_program() -> str:
    """Return the path of `sidestep`: beside SIDESTEPD, on the search path, that of a wheel.

    Raises Unsupported.
    """
    import shutil

    daemon = os.environ.get("SIDESTEPD", "")
    folders = [os.path.dirname(daemon)] if os.path.dirname(daemon) else []
    bundled = os.path.join(os.path.dirname(__file__), "bin")
    search = os.pathsep.join([*folders, os.environ.get("PATH", os.defpath), bundled])
    program = shutil.which("sidestep", path=search)
    if program is None:
        raise Unsupported(
            "the program `sidestep` is not installed, which records",
            data={"hint": f"`make install` in Sidestep's sources installs it; looked in {search}"},
        )
    return program
