"""Secrets of programs that the daemon runs: they are in the program's variables, and in no place of ours."""

import base64
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

from exec_bench import Bench
from harness import wait_for

SECRET = 'S3cret-"of\\ours'


class Variables(Bench):
    def setUp(self):
        super().setUp()
        settings = tempfile.TemporaryDirectory()
        self.addCleanup(settings.cleanup)
        Path(f"{settings.name}/conf").write_text(f"credentials_directory = {settings.name}\n")
        self.credentials = settings.name
        self.credential("token", SECRET)
        self.connection.close()
        self.daemon.kill()
        self.daemon.flags = ("--config", f"{settings.name}/conf")
        self.daemon.start()
        self.open(if_owned="take_over")

    def credential(self, name: str, text: str) -> None:
        with open(os.open(f"{self.credentials}/{name}", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)

    def everywhere(self) -> dict[str, bytes]:
        """All that the daemon has written or says."""
        replies = [self.connection.call(method, run="r") for method in ("step.list", "run.history", "run.get", "run.export")]
        files = {name: Path(f"{self.daemon.folder}/{name}").read_bytes() for name in os.listdir(self.daemon.folder) if name != "s"}
        return {"replies": json.dumps(replies).encode(), **files}

    def assert_nowhere(self) -> None:
        forms = [SECRET.encode(), json.dumps(SECRET)[1:-1].encode(), base64.b64encode(SECRET.encode()), b"S3cret"]
        self.assertEqual([(name, form) for name, text in self.everywhere().items() for form in forms if form in text], [])

    def test_a_secret_reaches_the_program_and_no_place_of_ours_while_it_runs_and_afterwards(self):
        ready, go = f"{self.folder}/ready", f"{self.folder}/go"
        script = f'printf %s "$TOKEN" > {ready}; while [ ! -e {go} ]; do sleep 0.01; done; echo "out $TOKEN"; echo "err $TOKEN" >&2; exit $1'
        for name, status in (("good", 0), ("bad", 3)):
            self.begin(name, "sh", "-c", script, "sh", str(status), env={"TOKEN": "{credential:token}"})
            wait_for(lambda: Path(ready).exists() and Path(ready).read_text() == SECRET, what="the program")
            self.assert_nowhere()
            Path(go).touch()
            done = wait_for(lambda: (found := self.status(name))["status"] in ("completed", "failed") and found, what="the end")
            record = done.get("output") or done["error"]
            self.assertEqual((record["stdout"], record["stderr"]), ("out {credential:token}\n", "err {credential:token}\n"))
            self.assert_nowhere()
            Path(ready).unlink()
            Path(go).unlink()
        self.daemon.kill(15)
        self.daemon.start()
        self.open(if_owned="take_over")
        self.assert_nowhere()

    def test_a_secret_of_which_the_limit_cuts_off_a_part_is_taken_out_too(self):
        program = "import os, sys; sys.stdout.write('a' * 2000 + os.environ['TOKEN'] + 'b' * int(sys.argv[1]))"
        for length in range(80, 120):
            argv = [sys.executable, "-c", program, str(length)]
            output = self.step(f"s{length}", *argv, env={"TOKEN": "{credential:token}"}, max_output_bytes=100)["output"]
            self.assertLessEqual(len(output["stdout"]), 100)
            self.assertTrue(output["stdout"].endswith("b" * min(80, 100)), output)
            rest = output["stdout"].rstrip("b").lstrip("a")
            self.assertTrue("{credential:token}".endswith(rest), rest)

    def test_without_its_secret_nothing_is_run(self):
        self.credential("odd", "a\0b")
        for number, name in enumerate(["missing", "../token", "", "odd"]):
            failed = self.failure(f"s{number}", "touch", f"{self.folder}/ran", env={"A": f"{{credential:{name}}}"})
            self.assertEqual(failed["type"], "credential", failed)
        self.assertFalse(Path(f"{self.folder}/ran").exists())

    def test_a_secret_is_read_again_for_each_attempt(self):
        script = f'echo x >> {self.folder}/n; [ $(wc -l < {self.folder}/n) -ge 2 ] && [ "$TOKEN" = new ]'
        self.begin("s", "sh", "-c", script, env={"TOKEN": "{credential:token}"}, step={"retry": {"max_attempts": 2, "delays_ms": [300]}})
        wait_for(lambda: self.status("s")["status"] == "backoff", what="the back-off")
        self.credential("token", "new")
        wait_for(lambda: self.status("s")["status"] == "completed", what="the second attempt")


if __name__ == "__main__":
    unittest.main()
