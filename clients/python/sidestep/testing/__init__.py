"""Tests of durable programs: a real daemon, time that a test moves, crashes, and replays.

With pytest, the fixtures of `sidestep.testing.plugin` are there as soon as Sidestep is installed:
`sidestep_daemon`, `own_sidestep_daemon` and `sidestep_effects`.
"""

from __future__ import annotations

from ._crash import crash_at
from ._daemon import Daemon
from ._effects import Effects
from ._replay import assert_replays

__all__ = ["Daemon", "Effects", "assert_replays", "crash_at"]
