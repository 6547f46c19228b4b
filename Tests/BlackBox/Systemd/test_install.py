"""What `make install` puts where, and what systemd thinks of it; no systemd has to run."""

import os
import re
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
UNITS = ("lib/systemd/system/sidestepd.service", "lib/systemd/system/sidestepd.socket",
         "lib/systemd/user/sidestepd.service", "lib/systemd/user/sidestepd.socket")
PAGES = ("lib/systemd/system/sidestep-ui.service", "lib/systemd/system/sidestep-ui.socket",
         "lib/systemd/user/sidestep-ui.service", "lib/systemd/user/sidestep-ui.socket")
FILES = {"bin/sidestepd", "bin/sidestep", "share/sidestep/sidestep.sh", "lib/sysusers.d/sidestep.conf",
         "lib/tmpfiles.d/sidestep.conf", "share/doc/sidestep/daemon.md", "share/doc/sidestep/systemd.md",
         "share/doc/sidestep/monitoring.md", "share/doc/sidestep/page.md", *UNITS, *PAGES,
         "share/bash-completion/completions/sidestep", "share/zsh/site-functions/_sidestep",
         "share/fish/vendor_completions.d/sidestep.fish"}
MANUAL = {"share/man/man1/sidestep.1", "share/man/man1/sidestep-run.1", "share/man/man5/sidestepd.conf.5",
          "share/man/man7/sidestep-protocol.7", "share/man/man8/sidestepd.8"}


def install(destination: str, prefix: str) -> Path:
    subprocess.run([ROOT / "tools/install", destination, prefix, "debug"], check=True, capture_output=True, text=True)
    return Path(destination + prefix)


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.place = install(f"{cls.folder.name}/with a space", "/opt/tools")

    def test_everything_is_below_destination_and_prefix_and_nothing_else(self):
        destination = Path(self.folder.name) / "with a space"
        found = {path.relative_to(destination).as_posix() for path in destination.rglob("*") if path.is_file()}
        pages = {name for name in found if re.fullmatch(r"opt/tools/share/man/man(\d)/sidestep[^/]*\.\1", name)}
        self.assertEqual(found - pages, {f"opt/tools/{name}" for name in FILES})
        self.assertEqual({f"opt/tools/{name}" for name in MANUAL} - pages, set())

    def test_the_shells_can_read_their_completions(self):
        for shell, name in (("bash", "bash-completion/completions/sidestep"), ("zsh", "zsh/site-functions/_sidestep"),
                            ("fish", "fish/vendor_completions.d/sidestep.fish")):
            done = subprocess.run([shell, "-n", self.place / "share" / name], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""), shell)
            self.assertIn("sidestep", (self.place / "share" / name).read_text())

    def test_programs_can_be_run_and_the_rest_only_read(self):
        for name in FILES | MANUAL:
            wanted = 0o755 if name.startswith("bin/") else 0o644
            self.assertEqual(stat.S_IMODE(os.stat(self.place / name).st_mode), wanted, name)
        version = subprocess.run([self.place / "bin/sidestepd", "--version"], capture_output=True, text=True)
        self.assertEqual(version.returncode, 0, version.stderr)

    def test_the_units_name_program_and_page_where_they_are_installed(self):
        for names, page, program in (UNITS, "systemd", "sidestepd"), (PAGES, "page", "sidestep ui"):
            for name in names:
                text = (self.place / name).read_text()
                self.assertNotRegex(text, "=/usr|file:/usr")
                self.assertIn(f"Documentation=file:/opt/tools/share/doc/sidestep/{page}.md\n", text)
                self.assertEqual(text.count(f"ExecStart=/opt/tools/bin/{program} "), name.endswith(".service"), name)

    def test_the_system_units_have_an_exposure_of_at_most_1_5(self):
        for name in "sidestepd", "sidestep-ui":
            unit = self.place / f"lib/systemd/system/{name}.service"
            done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15", unit],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout[-200:] + done.stderr)

    def test_users_and_directories_are_declared_as_systemd_reads_them(self):
        root = f"{self.folder.name}/root"
        os.makedirs(f"{root}/etc")
        for name, more in (("systemd-sysusers", []), ("systemd-tmpfiles", ["--create"])):
            kind = name.removeprefix("systemd-")
            done = subprocess.run([name, f"--root={root}", *more, self.place / f"lib/{kind}.d/sidestep.conf"],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("sidestep:x:", Path(f"{root}/etc/passwd").read_text())
        self.assertIn("sidestep:x:", Path(f"{root}/etc/group").read_text())
        self.assertEqual(stat.S_IMODE(os.stat(f"{root}/etc/sidestep/credentials").st_mode), 0o700)
