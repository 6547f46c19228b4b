"""Idle exit: the daemon leaves when nothing is to come, and the next connection has it back."""

import random
import time
from pathlib import Path

from bench import CONFIGURATION, SOCKET, Unit, command, main_pid, show, systemctl
from harness import Connection, Refused

# The shortest that a configuration may ask for.
SPAN = 1.0


class IdleExit(Unit):
    def setUp(self):
        super().setUp()
        CONFIGURATION.write_text(f"idle_exit_ms = {int(SPAN * 1000)}\nhttp_allow_private = yes\n")

    def limit_of_triggers(self, burst: int) -> None:
        drop_in = Path("/etc/systemd/system/sidestepd.socket.d/test.conf")
        drop_in.parent.mkdir(parents=True, exist_ok=True)
        self.addCleanup(drop_in.unlink)
        drop_in.write_text(f"[Socket]\nTriggerLimitBurst={burst}\n")
        systemctl("daemon-reload")
        systemctl("restart", "sidestepd.socket")

    def assert_stays(self) -> None:
        """For five times as long as it would take it to leave."""
        pid = main_pid()
        end = time.monotonic() + 5 * SPAN
        while time.monotonic() < end:
            self.assertEqual((show("ActiveState"), main_pid()), ("active", pid))
            time.sleep(SPAN / 4)

    def test_it_leaves_when_nothing_is_to_come_and_the_next_connection_starts_it(self):
        self.call("event.emit", event="noted")
        first = main_pid()
        self.wait_for_state("inactive")
        self.assertEqual((show("Result"), show("ExecMainStatus")), ("success", "0"))
        self.assertEqual(show("ActiveState", "sidestepd.socket"), "active")
        self.assertEqual(self.call("ping"), {})
        self.assertNotEqual(main_pid(), first)

    def test_started_without_a_client_it_leaves_as_well(self):
        systemctl("start", "sidestepd.service")
        self.wait_for_state("inactive")
        self.assertEqual(show("Result"), "success")

    def test_a_connection_keeps_it(self):
        self.connect().call("ping")
        self.assert_stays()

    def test_an_owned_run_keeps_it_until_its_lease_is_over(self):
        self.call("resume", run="r", owner="ttl", ttl_ms=int(SPAN * 10_000))
        self.assert_stays()
        self.wait_for_state("inactive")
        self.assertEqual(self.call("run.get", run="r")["run"]["status"], "interrupted")

    def test_a_timer_keeps_it_until_it_has_fired(self):
        connection = Connection(SOCKET)
        lease = connection.call("resume", run="r", owner="ttl", ttl_ms=60000)["lease"]
        with self.assertRaises(Refused) as caught:
            connection.call("run-step", run="r", lease=lease, step="nap", sleep_ms=int(SPAN * 10_000), wait_ms=0)
        self.assertEqual(caught.exception.kind, "timeout")
        connection.call("run.suspend", run="r", lease=lease)
        connection.close()
        self.assert_stays()
        self.wait_for_state("inactive")
        self.assertEqual(self.call("step.get", run="r", step="nap")["status"], "completed")

    def test_a_schedule_keeps_it_and_a_paused_one_does_not(self):
        self.call("schedule.put", schedule="s", workflow="w", every_ms=3_600_000)
        self.assert_stays()
        self.call("schedule.put", schedule="s", workflow="w", every_ms=3_600_000, paused=True)
        self.wait_for_state("inactive")

    def test_a_delivery_that_is_due_keeps_it(self):
        self.call("webhook.put", webhook="w", url="http://127.0.0.1:9/closed", events=["*"])
        self.call("event.emit", event="told.later")
        self.assert_stays()
        self.call("webhook.delete", webhook="w")
        self.wait_for_state("inactive")

    def test_no_call_is_lost_at_the_moment_of_leaving(self):
        # More starts than the unit allows: this is about the moment, not about the limit.
        self.limit_of_triggers(0)
        processes = set()
        for _ in range(40):
            processes.add(self.call("system.info")["pid"])
            time.sleep(SPAN + random.uniform(-0.01, 0.03))
        self.assertGreater(len(processes), 5, "the moment was never met")
        self.assertEqual(show("NRestarts"), "0")
        self.assertNotIn("failed", command("systemctl", "is-failed", "sidestepd.socket", check=False))
