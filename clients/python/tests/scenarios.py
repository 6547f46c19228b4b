"""What the scenario tests share: a worker beside the test, and a count of what was executed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sidestep import sync

# Only a hang takes as long, seconds.
LONG = 60


@contextmanager
def worker(*workflows: Any, **options: Any) -> Iterator[sync.Client]:
    """Have a worker of this process execute runs while the block goes on; the client is another."""
    with sync.connect() as own, sync.connect() as client:
        serving = sync.Worker(*workflows, client=own, **options)
        thread = threading.Thread(target=serving.run)
        thread.start()
        try:
            yield client
        finally:
            serving.stop()
            thread.join(LONG)


class Most:
    """How many threads are within at the same time at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = self.most = 0

    def __enter__(self) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._now -= 1
