"""A program that the daemon keeps going goes on after the machine went down: the whole systemd dies at once, and boots again."""

import subprocess
import tempfile
import unittest
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
INSTALLED = ROOT / ".build" / "systemd"
STATE = "/var/lib/sidestep"
PREPARE = f"""
cp -a '{INSTALLED}/.' /; systemd-sysusers; systemctl daemon-reload
printf 'log_level = debug\n' > /etc/sidestep/sidestep.conf 2>/dev/null || :
export SIDESTEP_SOCKET=/run/sidestep/sidestep.sock SIDESTEP_AUTOSTART=0
# The program that is installed, not one of a build folder that the service may not see.
export PATH=/usr/local/bin:$PATH
cd {STATE}
"""
PROGRAM = f"""
cd {STATE}
echo "$(cat /proc/sys/kernel/random/boot_id) $SIDESTEP_LEASE ${{SIDESTEP_LAST_END-none}}" >> starts
sidestep step one -- sh -c 'echo one >> effects'
while [ ! -e go ]; do sleep 0.05; done
sidestep step two -- sh -c 'echo two >> effects'
"""
WAIT = """
until_() { for _ in $(seq 400); do eval "$1" && return 0; sleep 0.05; done; echo "never: $1"; sidestep why d; exit 1; }
"""


class Reboot(unittest.TestCase):
    def boot(self, script: str, boot_id: str | None) -> str:
        """Boots a systemd on the state of before, runs the script in it as root, and ends all of it by SIGKILL."""
        other_id = ""
        if boot_id:
            (Path(self.state) / "boot_id").write_text(boot_id + "\n")
            # The kernel under all of this has one number. The service is shown another one, as nspawn shows its containers.
            drop_in = "/etc/systemd/system/sidestepd.service.d"
            shown_id = f"{STATE}/boot_id:/proc/sys/kernel/random/boot_id"
            other_id = f"mkdir -p {drop_in}; printf '[Service]\\nBindReadOnlyPaths={shown_id}\\n' > {drop_in}/boot.conf\n"
        show = ["--bind-ro", str(ROOT)] if str(ROOT).startswith(("/tmp/", "/var/tmp/", "/run/")) else []
        command = [HERE / "with-systemd", "--timeout", "60", "--bind", f"{self.state}:{STATE}", *show, "--", "bash", "-euc",
                   other_id + PREPARE + WAIT + script]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def goes_on(self, first: str | None, second: str | None) -> None:
        folder = tempfile.TemporaryDirectory(dir=ROOT / ".build")
        self.addCleanup(folder.cleanup)
        self.state = folder.name
        (Path(self.state) / "program").write_text(PROGRAM)
        self.boot(f"""
systemctl start sidestepd.socket sidestepd.service
sidestep run --id d --detach -- sh {STATE}/program
until_ '[ -e effects ]'
until_ '[ "$(sidestep call run.get {{\\"run\\":\\"d\\"}} | grep -c running)" -ge 1 ]'
""", first)
        self.assertEqual((Path(self.state) / "effects").read_text(), "one\n")
        self.boot("""
systemctl start sidestepd.socket sidestepd.service
until_ '[ "$(wc -l < starts)" -ge 2 ]'
touch go
sidestep call run.result '{"run":"d","wait_ms":20000}' | grep -q completed
[ "$(sidestep ps --all | grep -c "^d ")" = 1 ]
""", second)
        self.assertEqual((Path(self.state) / "effects").read_text(), "one\ntwo\n")
        starts = [line.split() for line in (Path(self.state) / "starts").read_text().splitlines()]
        self.assertEqual(len(starts), 2, starts)
        self.assertNotEqual(starts[0][1], starts[1][1], "the lease of before the reboot is over")
        self.boots = [boot for boot, _, _ in starts]
        self.ends = [end for _, _, end in starts]

    def test_a_detached_program_goes_on_after_another_boot(self):
        first, second = str(uuid.uuid4()), str(uuid.uuid4())
        self.goes_on(first, second)
        self.assertEqual(self.boots, [first, second])
        self.assertEqual(self.ends, ["none", "reboot"])

    def test_also_where_the_boot_has_no_new_number_as_in_a_container(self):
        self.goes_on(None, None)
        self.assertEqual(len(set(self.boots)), 1)
        self.assertEqual(self.ends, ["none", "died"])
