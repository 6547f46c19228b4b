"""A PostgreSQL server of one's own, on a loopback port of its own, in a temporary folder."""

from __future__ import annotations

import glob
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


class Postgres:
    """Starts a server; `url(database)` tells where it is. Everybody of this machine is let in."""

    def __init__(self) -> None:
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not found:
            raise SystemExit("no PostgreSQL: tools/setup installs it")
        self._bin = Path(found[-1])
        self.directory = Path(tempfile.mkdtemp(prefix="sidestep-postgres-"))
        self.port = _free_port()

    def __enter__(self) -> Postgres:
        data = self.directory / "data"
        # The server refuses to run as root.
        self._as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self._as:
            shutil.chown(self.directory, "postgres")
        self._run("initdb", "-D", str(data), "-U", "tester", "-A", "trust", "--no-sync")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off -k {self.directory}"
        log = str(self.directory / "log")
        self._run("pg_ctl", "-D", str(data), "-o", options, "-l", log, "-w", "start")
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", str(self.directory / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def base(self) -> str:
        """The URL up to the database's name."""
        return f"postgresql://tester@127.0.0.1:{self.port}"

    def database(self, name: str) -> str:
        """Make an empty database, in place of one of that name; return its URL."""
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "tester")
        self._run("dropdb", *where, "--if-exists", "--force", name)
        self._run("createdb", *where, name)
        return f"{self.base}/{name}"

    def sql(self, database: str, text: str) -> str:
        """Execute SQL; return what it prints."""
        url = f"{self.base}/{database}"
        return self._run("psql", "-qAt", "-v", "ON_ERROR_STOP=1", url, "-c", text)

    def _run(self, program: str, *arguments: str) -> str:
        command = [*self._as, str(self._bin / program), *arguments]
        # Its output goes to a file: the server keeps what it inherits open.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(command, stdout=said, stderr=said, cwd="/", check=False)
            said.seek(0)
            text = said.read()
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {text}")
        return text


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
