"""Which record belongs to which call of a step: found by name and arguments, in any order."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ._fingerprint import ANY, NONE, digest
from ._names import NAME_BYTES, shorten

# The call has happened, or may have: it has a place in the program.
_SETTLED = ("completed", "failed", "unknown")


class Call(NamedTuple):
    """A call of a step: its recorded name, and what tells it from others to the outside world."""

    name: str
    base: str
    fingerprint: str
    # The place among equal calls, from 1; 0 when calls go by their order.
    place: int

    @property
    def key(self) -> str:
        """The name that does not depend on the order of the calls.

        Two executions may give a name to different calls when nothing was recorded of the first; a
        peer must not take one for the other.
        """
        if self.place == 0:
            return self.name
        if self.fingerprint == NONE:
            return numbered(self.base, self.place)
        return numbered(f"{self.base}~{digest(self.fingerprint)}", self.place)


class Calls:
    """Gives each call of a step its name in the run: ``fetch``, ``fetch#2``, ``outer/fetch``.

    A call of a replay gets the record that has its name and its fingerprint and that no other
    call has got. Records without a fingerprint, of older clients, go by the order of the calls.
    Names are counted per enclosing step, never over the whole run: a replayed step does not
    execute its body, so a count over the run would shift.
    """

    def __init__(self, journal: Mapping[str, Mapping[str, Any]], is_old: bool) -> None:
        """Begin an execution of the run; `is_old` says that an older client began to record it."""
        self._journal = journal
        self._is_old = is_old
        self._lock = threading.RLock()
        self._left = _Left(journal)
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}
        self._equal: dict[tuple[str, str], int] = {}

    @property
    def given(self) -> int:
        """How many records were given to calls; who waits for others to get theirs looks at it."""
        return self._left.given

    def next(self, base: str, fingerprint: str) -> Call | None:
        """Return the next call: one that is on record, or a new one; None when that is in doubt."""
        if self._left.names:
            call = self.take(base, fingerprint)
            if call is not None or self.is_doubtful(base, fingerprint):
                return call
        return self.add(base, fingerprint)

    def take(self, base: str, fingerprint: str) -> Call | None:
        """Return the call whose record fits; None when there is none."""
        if not self._left.names:
            return None
        with self._lock:
            number = self._next.get(base, 1)
            name: str | None = numbered(base, number)
            if self._left.has(name, fingerprint):
                self._next[base] = number + 1
            else:
                name = self._left.first(base, fingerprint)
            return None if name is None else self._give(name, base, fingerprint)

    def knows(self, base: str, *, instead_of: str) -> bool:
        """Whether `base` has records that no call has got, and the other name has none."""
        if not self._left.names:
            return False
        with self._lock:
            return bool(self._left.of(base)) and not self._left.of(instead_of)

    def is_doubtful(self, base: str, fingerprint: str) -> bool:
        """Whether a record of `base` has got no call, and this call may have been another once.

        It was the same when an equal call was made before it: that one may have got the record
        that this one had in the last execution, in which others came behind it.
        """
        if not self._left.names or (base, fingerprint) in self._equal:
            return False
        with self._lock:
            return self._left.settled(base) > 0

    def unclaimed(self, base: str) -> list[str]:
        """Return the names of the records of `base` that no call has got, the first one first."""
        with self._lock:
            names = self._left.of(base)
            return [name for name in names if self._journal[name].get("status") in _SETTLED]

    def take_any(self, base: str, fingerprint: str) -> Call | None:
        """Return the call with the first record of `base`, whatever it was called with."""
        with self._lock:
            names = self.unclaimed(base)
            return self._give(names[0], base, fingerprint) if names else None

    def add(self, base: str, fingerprint: str) -> Call:
        """Return a call that has no record yet."""
        with self._lock:
            number = self._next.get(base, 1)
            name = base if number == 1 else f"{base}#{number}"
            if len(name) > NAME_BYTES // 4:
                name = numbered(base, number)
            while name in self._taken or name in self._journal:
                number += 1
                name = numbered(base, number)
            self._next[base] = number + 1
            return self._noted(name, base, fingerprint)

    def forget(self, scope: str) -> None:
        """Let the calls within the step `scope` be made again: its body is executed once more."""
        within = scope + "/"
        with self._lock:
            again = {name for name in self._taken if name.startswith(within)}
            self._taken -= again
            self._left.put_back({name for name in again if name in self._journal})
            self._next = {b: n for b, n in self._next.items() if not b.startswith(within)}
            for key in [key for key in self._equal if key[0].startswith(within)]:
                del self._equal[key]

    def _give(self, name: str, base: str, fingerprint: str) -> Call:
        self._left.remove(name)
        return self._noted(name, base, fingerprint)

    def _noted(self, name: str, base: str, fingerprint: str) -> Call:
        self._taken.add(name)
        if self._is_old or fingerprint == ANY:
            return Call(name, base, fingerprint, 0)
        place = self._equal[base, fingerprint] = self._equal.get((base, fingerprint), 0) + 1
        return _new(Call, (name, base, fingerprint, place))  # type: ignore[no-any-return]


class _Left:
    """The records that no call has got yet; their index is made when order alone does not do."""

    def __init__(self, journal: Mapping[str, Mapping[str, Any]]) -> None:
        self.names = set(journal)
        self.given = 0
        self._journal = journal
        self._of: dict[str, list[str]] | None = None
        self._by_call: dict[tuple[str, Any], deque[str]] = {}
        self._settled: Counter[str] = Counter()

    def has(self, name: str | None, fingerprint: str) -> bool:
        return name in self.names and self._journal[name].get("fingerprint") == fingerprint

    def first(self, base: str, fingerprint: str) -> str | None:
        """Return the first that fits: with this fingerprint, else one that fits every call."""
        self._index(base)
        for recorded in (fingerprint, None, ANY):
            names = self._by_call.get((base, recorded))
            while names:
                if names[0] in self.names:
                    return names[0]
                names.popleft()
        return next(iter(self.of(base)), None) if fingerprint == ANY else None

    def of(self, base: str) -> list[str]:
        self._index(base)
        return [name for name in (self._of or {}).get(base, ()) if name in self.names]

    def settled(self, base: str) -> int:
        self._index(base)
        if not _is_cut(base):
            return self._settled[base]
        return sum(self._journal[name].get("status") in _SETTLED for name in self.of(base))

    def remove(self, name: str) -> None:
        if name not in self.names:
            return
        self.names.remove(name)
        self.given += 1
        if self._of is not None and self._journal[name].get("status") in _SETTLED:
            for base, _ in _bases(name):
                self._settled[base] -= 1

    def put_back(self, names: set[str]) -> None:
        self.names |= names
        self._of = None

    def _index(self, base: str) -> None:
        if self._of is None:
            self._of, self._by_call, self._settled = {}, {}, Counter()
            found: dict[str, list[tuple[int, str]]] = {}
            for name in self.names:
                for of, number in _bases(name):
                    found.setdefault(of, []).append((number, name))
            for of, entries in found.items():
                self._add(of, [name for _, name in sorted(entries)])
        if _is_cut(base) and base not in self._of:
            every = (numbered(base, number) for number in range(1, len(self._journal) + 1))
            self._add(base, [name for name in every if name in self.names])

    def _add(self, base: str, names: list[str]) -> None:
        assert self._of is not None
        self._of[base] = names
        for name in names:
            record = self._journal[name]
            key = base, record.get("fingerprint")
            self._by_call.setdefault(key, deque()).append(name)
            self._settled[base] += record.get("status") in _SETTLED


# What `Call(…)` comes to, without a call of Python for it.
_new: Any = tuple.__new__


def numbered(base: str, number: int) -> str:
    """Return the name of the call `number` of `base`: the first has no number."""
    name = base if number == 1 else f"{base}#{number}"
    return name if len(name) <= NAME_BYTES // 4 else shorten(name)


def _is_cut(base: str) -> bool:
    """Whether numbered names of `base` are cut to fit, and do not tell what they were made of."""
    return len(base) > NAME_BYTES // 4 and len(base.encode()) > NAME_BYTES - 10


def _bases(name: str) -> Iterator[tuple[str, int]]:
    yield name, 1
    base, _, number = name.rpartition("#")
    if base and number.isdecimal():
        yield base, int(number)
