"""Values of the standard library that have one text: a declared type reads it, a tag names it."""

from __future__ import annotations

import base64
import datetime
import decimal
import pathlib
import re
import uuid
from collections.abc import Callable
from typing import Any

from .._artifact import Artifact
from .._tags import tagged
from ._base import Reader


class Standard(Reader):
    """Values of one class of the standard library, by their text."""

    def __init__(
        self, tag: str, cls: Any, write: Callable[[Any], str], read: Callable[[str], Any]
    ) -> None:
        self.tag = tag
        self.cls = cls
        self._write = write
        self._read = read

    def read(self, value: Any) -> Any:
        if isinstance(value, self.cls):
            return value
        if not isinstance(value, str):
            raise TypeError(f"a {self.tag} is a text, not a value of type {type(value).__name__}")
        return self._read(value)

    def write(self, value: Any, bare: bool = False) -> Any:
        if type(value) is not self.cls:
            return tagged(value)
        text = self._write(value)
        if not _is_same_time(value, self._read(text)):
            raise ValueError(
                f"a {self.tag} with a time zone of class {type(value.tzinfo).__qualname__} would"
                " come back with another: use zoneinfo.ZoneInfo, or"
                " astimezone(datetime.timezone.utc)"
            )
        return text


def _is_same_time(value: Any, read: Any) -> bool:
    if not hasattr(value, "tzinfo"):
        return True
    return bool(value == read and value.tzinfo == read.tzinfo and value.fold == read.fold)


def _datetime_text(value: datetime.datetime) -> str:
    """Return the text of RFC 3339, with the name of the zone as RFC 9557 has it."""
    zone = getattr(value.tzinfo, "key", None)
    return f"{value.isoformat()}[{zone}]" if zone else value.isoformat()


def _datetime(text: str) -> datetime.datetime:
    text, _, zone = text.partition("[")
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))  # Python 3.10 knows no Z
    if not zone:
        return at
    from zoneinfo import ZoneInfo

    return at.astimezone(ZoneInfo(zone.rstrip("]")))


def _span_text(value: datetime.timedelta) -> str:
    """Return a duration of ISO 8601 in seconds: ``PT90.5S``."""
    micros = value // datetime.timedelta(microseconds=1)
    whole, part = divmod(abs(micros), 1_000_000)
    fraction = f".{part:06d}".rstrip("0") if part else ""
    return f"{'-' if micros < 0 else ''}PT{whole}{fraction}S"


_SPAN = re.compile(
    r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,6}))?S)?)?", re.ASCII
)


def _span(text: str) -> datetime.timedelta:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is no duration of ISO 8601 in days and shorter units")
    sign, days, hours, minutes, seconds, part = found.groups()
    span = datetime.timedelta(
        days=int(days or 0),
        hours=int(hours or 0),
        minutes=int(minutes or 0),
        seconds=int(seconds or 0),
        microseconds=int((part or "").ljust(6, "0")),
    )
    return -span if sign else span


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


PATH = type(pathlib.Path())
STANDARD = [
    Standard("datetime", datetime.datetime, _datetime_text, _datetime),
    Standard("date", datetime.date, str, datetime.date.fromisoformat),
    Standard("time", datetime.time, datetime.time.isoformat, datetime.time.fromisoformat),
    Standard("timedelta", datetime.timedelta, _span_text, _span),
    Standard("uuid", uuid.UUID, str, uuid.UUID),
    Standard("decimal", decimal.Decimal, str, decimal.Decimal),
    Standard("path", PATH, str, pathlib.Path),
    Standard("bytes", bytes, lambda value: base64.b64encode(value).decode(), _bytes),
]


class Handle(Reader):
    """Handles of large values."""

    tag = "artifact"

    def read(self, value: Any) -> Any:
        return Artifact.from_wire(value)

    def write(self, value: Any, bare: bool = False) -> Any:
        return value.to_wire() if type(value) is Artifact else tagged(value)

    def same(self, given: Any, read: Any) -> bool:
        return bool(given == read)


_HANDLE = Handle()
BY_TAG = {known.tag: known for known in STANDARD} | {_HANDLE.tag: _HANDLE}
BY_CLASS = {known.cls: known for known in STANDARD} | {
    pathlib.Path: BY_TAG["path"],
    Artifact: _HANDLE,
}
