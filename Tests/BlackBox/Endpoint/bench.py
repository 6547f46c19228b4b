"""What the tests of the recorder stand on: a daemon of their own, and agents under `sidestep run --record`."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from own_daemon import BIN, LONG, ROOT, OwnDaemon, wait_for

HERE = Path(__file__).parent


class Bench(OwnDaemon):
    """Each test has its own daemon, folder and upstream."""

    prefix = "sidestep-endpoint-"

    def more_environment(self):
        return {"PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}

    def run_agent(self, text, *options, run="agent", environment=None, restart="no"):
        """Begins the Python program `text` under `sidestep run --record`; its functions are those of agent.py."""
        program = self.folder / "program.py"
        program.write_text("from agent import *\n" + text)
        variables = self.environment | {"PLACE": str(self.folder)} | (environment or {})
        process = subprocess.Popen(
            [BIN / "sidestep", "run", "--record", "--id", run, "--restart", restart, *map(str, options), "--",
             sys.executable, program],
            env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)  # fmt: skip
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LONG)

    def finished(self, process):
        """What an agent said line by line, once it has succeeded."""
        out, err = process.communicate(timeout=LONG)
        self.assertEqual(process.returncode, 0, out + err)
        self.said = err
        return [json.loads(line) for line in out.splitlines()]
