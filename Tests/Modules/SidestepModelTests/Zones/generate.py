#!/usr/bin/env python3
"""Writes the tables that the rules of time zones and of cron are tested against: generated once, checked in.

It copies TZif files of the host (public domain, iana.org/time-zones) and works out everything else with Python's zoneinfo, minute by minute:
an implementation that shares no line with ours.
"""
import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

HERE = Path(__file__).parent
ZONES = """Europe/Berlin America/New_York Australia/Lord_Howe Pacific/Apia Europe/Dublin Asia/Kolkata America/Sao_Paulo
Africa/Casablanca Antarctica/Troll America/St_Johns Africa/Cairo Asia/Tehran Pacific/Chatham America/Nuuk""".split()
RULES = [
    "30 2 * * *", "*/5 2 * * *", "0 3 * * *", "30 1 * * *", "*/20 1,2 * * *", "0 0 * * *", "15 * * * *", "*/30 * * * *",
    "30 0-23 * * *", "0 */2 * * *", "45 23 * * 6,0", "0 12 1 * *", "30 2 13 * 5", "10,40 0-3/2 * * sun",
]
EPOCH = datetime(1970, 1, 1)
UTC = timezone.utc


def seconds(wall: datetime) -> int:
    return (wall - EPOCH) // timedelta(seconds=1)


def offset(zone: ZoneInfo, at: int) -> int:
    return int(datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset().total_seconds())


def transitions(zone: ZoneInfo, first: int, last: int):
    day, at = 86400, first
    while at < last:
        if offset(zone, at) != offset(zone, at + day):
            low, high = at, at + day
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(zone, middle) == offset(zone, low) else (low, middle)
            yield high
        at += day


NAMES = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}


def field(text: str, low: int, high: int) -> set:
    found = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        if span == "*":
            first, last = low, high
        else:
            first, _, last = span.partition("-")
            first = NAMES.get(first) if first in NAMES else int(first)
            last = int(last) if last else (high if step else first)
        found |= set(range(first, last + 1, int(step or 1)))
    return found


def matches(rule: str, wall: datetime) -> bool:
    minute, hour, day, month, weekday = rule.split()
    if wall.minute not in field(minute, 0, 59) or wall.hour not in field(hour, 0, 23) or wall.month not in field(month, 1, 12):
        return False
    is_day, is_weekday = wall.day in field(day, 1, 31), wall.isoweekday() % 7 in field(weekday, 0, 6)
    return (is_day and is_weekday) if day[0] == "*" or weekday[0] == "*" else (is_day or is_weekday)


def instant(zone: ZoneInfo, wall: datetime) -> int:
    """The first instant at which the wall shows this; the end of the gap when it never does."""
    high = seconds(wall) - int(wall.replace(tzinfo=zone, fold=0).utcoffset().total_seconds())
    if seconds(wall) - offset(zone, high) == high:
        return high
    low = seconds(wall) - int(wall.replace(tzinfo=zone, fold=1).utcoffset().total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(zone, middle) == offset(zone, low) else (low, middle)
    return high


def due(zone: ZoneInfo, rule: str, after: int, days: int) -> list:
    end = after + days * 86400
    if len(field(rule.split()[1], 0, 23)) == 24:
        minutes = range(after // 60 - 60, end // 60 + 1)
        # Offsets of whole minutes: every minute of the wall begins with one of UTC.
        found = {m * 60 for m in minutes if matches(rule, EPOCH + timedelta(seconds=m * 60 + offset(zone, m * 60)))}
    else:
        start = EPOCH + timedelta(seconds=after // 60 * 60) - timedelta(days=2)
        walls = (start + timedelta(minutes=m) for m in range((days + 4) * 1440))
        found = {instant(zone, wall) for wall in walls if matches(rule, wall)}
    return sorted(at for at in found if after < at <= end)


def main() -> None:
    offsets, crons = [], []
    for name in ZONES:
        source = next(Path(p) / name for p in TZPATH if (Path(p) / name).exists())
        shutil.copy(source, HERE / (name.replace("/", "-") + ".tzif"))
        zone = ZoneInfo(name)
        changes = list(transitions(zone, -2_208_988_800, 4_102_444_800))
        for at in changes:
            offsets.append(f"{name}\t{at}\t{offset(zone, at - 1)}\t{offset(zone, at)}")
        modern = [at for at in changes if at > 1_262_304_000]
        for at in (modern[:2] + modern[20:22] + modern[-2:]) or [1_700_000_000]:
            for rule in RULES:
                after = at - 86400 - 7
                crons.append(f"{name}\t{rule}\t{after}\t{','.join(map(str, due(zone, rule, after, 2)[:60]))}")
    (HERE / "offsets.tsv").write_text("\n".join(offsets) + "\n")
    (HERE / "cron.tsv").write_text("\n".join(crons) + "\n")
    print(len(offsets), "changes of clocks,", len(crons), "rules")


if __name__ == "__main__":
    main()
