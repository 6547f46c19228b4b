"""How the daemon is found, and started when there is none and none should be there.

The order and the rule are those of all clients: docs/operating/daemon.md.
"""

from __future__ import annotations

import os
import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

from ._errors import DaemonNotFound
from ._holder import Holder
from ._places import SYSTEM_SOCKET, NoPlace, Places
from ._start import start_daemon
from ._start_rule import start_refusal

# How long the daemon that has the database is waited for when it does not answer: it may be
# starting, leaving, or without its socket for a moment.
HOLDER_SECONDS = 10.0


class Finder:
    """Knows where to look for a daemon, and whether one may be started."""

    def __init__(self, path: str | os.PathLike[str] | None, autostart: bool | None) -> None:
        variable = os.environ.get("SIDESTEP_SOCKET")
        self.named: tuple[str, str] | None = None
        if path is not None:
            self.named = os.fspath(path), "given"
        elif variable:
            self.named = variable, "SIDESTEP_SOCKET"
        wishes = {"0": "never", "1": "always"}
        self.wish = wishes.get(os.environ.get("SIDESTEP_AUTOSTART", ""), "usual")
        if autostart is not None:
            self.wish = "always" if autostart else "never"

    def search(self) -> Search:
        """Begin to look, in the environment as it is now."""
        return Search(self)

    def revive(self, path: str) -> str:
        """Return where the daemon that was found at `path` is now; start it if it was the user's.

        Blocks. No other daemon is taken for it.
        """
        places = Places()
        if not names_own(places, path):
            return path
        database = places.database()
        holder = Holder.last(database)
        if holder is not None and holder.holds(database):
            return holder.socket or path
        if start_refusal(places, self.wish, (path, "the daemon of before"), True) is None:
            start_daemon(places, path, database)
        return path


class Search:
    """One walk over the places where a daemon may answer.

    Iterating yields the sockets to try, in their order, each after `pause` seconds. After each,
    `accept` or `note` is told what came of it. When all were tried, or one may not be passed over,
    DaemonNotFound is raised; otherwise the iteration ends, and `start` starts a daemon.
    """

    def __init__(self, finder: Finder) -> None:
        self._named, self._wish = finder.named, finder.wish
        self._places = Places()
        self._tried: list[str] = []
        self._path, self._origin = "", ""
        self.pause = 0.0

    def __iter__(self) -> Iterator[str]:
        own = self._places.socket
        if self._named is not None:
            yield self._at(*self._named)
            if not names_own(self._places, self._named[0]):
                self._refuse()
        elif self._trusts(own, "yours"):
            yield self._at(own, "yours")
        yield from self._holder()
        if self._named is None and self._trusts(SYSTEM_SOCKET, "the machine's"):
            if self._wish != "always" or self._places.own_database() is None:
                yield self._at(SYSTEM_SOCKET, "the machine's")
        self._refuse()

    def note(self, reason: str) -> None:
        """Say why the socket that was tried last is not it."""
        text = f"{self._path} ({self._origin}): {reason}"
        if text not in self._tried:
            self._tried.append(text)

    def accept(self, listener: int | None) -> str | None:
        """Return why the daemon of uid `listener` is not believed; raise DaemonNotFound."""
        if self._origin == "the machine's":
            database = self._places.own_database()
            if database is not None:
                raise self._not_found(_ambiguous(database))
        elif self._origin in ("yours", "of the database's daemon"):
            if listener not in (None, 0, self._places.uid):
                return f"uid {listener} listens there, and is neither you nor root"
        return None

    def start_at(self) -> dict[str, str]:
        """Return the socket and the database that a daemon would have; raise DaemonNotFound."""
        path = self._named[0] if self._named is not None else self._places.socket
        try:
            return {"socket": path, "database": self._places.database()}
        except NoPlace as reason:
            raise self._not_found(reason) from None

    def start(self) -> str:
        """Start a daemon for the user and return its socket. Blocks; raise DaemonNotFound."""
        found = self.start_at()
        start_daemon(self._places, found["socket"], found["database"])
        return found["socket"]

    def _at(self, path: str, origin: str) -> str:
        self._path, self._origin = path, origin
        return path

    def _trusts(self, path: str, origin: str) -> bool:
        reason = self._places.distrust(path)
        if reason is not None:
            self._at(path, origin)
            self.note(reason)
        return reason is None

    def _holder(self) -> Iterator[str]:
        """The daemon that has the user's database, wherever it listens."""
        try:
            database = self._places.database()
        except NoPlace:
            return
        end = time.monotonic() + HOLDER_SECONDS
        while True:
            holder = Holder.last(database)
            if holder is None or not holder.holds(database):
                self.pause = 0.0
                return
            # The first daemons did not say where they listen.
            if holder.socket is None or time.monotonic() > end:
                break
            yield self._at(holder.socket, "of the database's daemon")
            self.pause = 0.02
        raise self._not_found(
            NoPlace(
                f"process {holder.pid} has {database}, and none is started beside it",
                "it binds its socket again within seconds of losing it; "
                f"else end it: kill {holder.pid}",
            )
        )

    def _refuse(self) -> None:
        own = self._named is not None and names_own(self._places, self._named[0])
        refusal = start_refusal(self._places, self._wish, self._named, own)
        if refusal is not None:
            raise self._not_found(refusal)

    def _not_found(self, reason: NoPlace) -> DaemonNotFound:
        tried = "; ".join([*self._tried, str(reason)])
        return DaemonNotFound(
            f"no Sidestep daemon answers; tried {tried}", data={"hint": reason.hint}
        )


def locate() -> dict[str, Any]:
    """Return which daemon a program of this environment would have; start none."""
    finder = Finder(None, None)
    places, search = Places(), finder.search()
    found: dict[str, Any] = {"answers": False}
    try:
        for path in search:
            time.sleep(search.pause)
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
                try:
                    peer.connect(path)
                except OSError as error:
                    search.note(error.strerror or str(error))
                    continue
                reason = search.accept(listener(peer))
            if reason is None:
                found |= {"answers": True, "socket": path}
                break
            search.note(reason)
        else:
            found |= search.start_at()
        if names_own(places, found["socket"]):
            found["database"] = places.database()
    except DaemonNotFound as error:
        found |= {"problem": str(error), "hint": error.hint}
    return found


def _ambiguous(database: str) -> NoPlace:
    return NoPlace(
        f"the machine's daemon answers at {SYSTEM_SOCKET}, and you have a database of your own, "
        f"{database}, that no daemon serves: either could have your runs",
        f"SIDESTEP_SOCKET={SYSTEM_SOCKET} means the machine's, SIDESTEP_AUTOSTART=1 your own; a "
        "database that you do not need may be moved away",
    )


def names_own(places: Places, path: str) -> bool:
    """Return whether the user's own daemon listens at `path`, or last did."""
    if path == places.socket:
        return True
    try:
        holder = Holder.last(places.database())
    except NoPlace:
        return False
    return holder is not None and holder.socket == path


def listener(peer: socket.socket) -> int | None:
    """Return the uid that called listen(2) on the other side of a socket."""
    try:
        credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    except OSError:
        return None
    return int(struct.unpack("iII", credentials)[1])
