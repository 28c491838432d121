"""Dates as feeds and pages write them: believed only if every letter of them was understood. Pure.

    dates = Dates(now, texts)        all dates of one feed: the clear ones explain the others
    dates.read("Сб, 28 Ноя 2026 09:00:30 +0300")   -> datetime in UTC, or None

A wrong date costs an alert (the entry looks old), a missing one costs nothing (the entry counts
as published now). So whatever is unclear is None: a word nobody knows, a number left over, a bare
year, `05/06/2026` in a feed whose other dates do not tell day from month, a time in the future.
A library that skips what it does not know, or fills in what is missing, cannot be used here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.sources.date_words import BASES, EAST, FILLERS, MONTHS, PLACES, WEEKDAYS, ZONE_WORDS

__all__ = ["Dates", "read_time", "sane_time"]

_OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_CLOCK_SKEW: Final = timedelta(minutes=10)
_MAX_LETTERS: Final = 100  # characters of a date


def sane_time(when: datetime | None, now: datetime) -> datetime | None:
    """`when` in UTC, or None if nobody can have published then: before 1990, or in the future.

    A date hours ahead is mostly local time marked as UTC; ten minutes are a clock's error.
    """
    if when is None:
        return None
    try:
        utc = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None
    return utc if _OLDEST <= utc <= now + _CLOCK_SKEW else None


def read_time(text: str, now: datetime) -> datetime | None:
    """The time that `text` says, in UTC, or None; what stands without a zone is taken as UTC."""
    return Dates(now, ()).read(text)


class Dates:
    """Reads the dates of one document. `texts` are all of them, as they are written.

    Without a zone a time is taken as UTC. `now` is aware UTC.
    """

    def __init__(self, now: datetime, texts: Iterable[str]) -> None:
        self._now = now
        orders = {o for text in texts if (o := _only_order(text)) is not None}
        self._settled = {
            pair: (pair & orders if len(pair & orders) == 1 else frozenset())
            for pair in (_YEAR_FIRST, _YEAR_LAST)
            if pair & orders
        }

    def read(self, text: str) -> datetime | None:
        """The time in UTC, or None where it is unclear, impossible or in the future."""
        written = _written(text)
        if written is None:
            return None
        if isinstance(written, datetime):
            return sane_time(written, self._now)
        day = self._day(written)
        if day is None:
            return None
        try:
            when = datetime.combine(day, written.at, written.zone) + written.later
        except OverflowError:
            return None
        return sane_time(when, self._now)

    def _day(self, written: _Written) -> date | None:
        days = dict(written.days)
        if len({*days.values()}) > 1:
            if written.short:
                latest = self._now.date() + timedelta(days=1)
                believed = {order for order, day in days.items() if day <= latest}
            else:
                pair = _YEAR_FIRST if "ymd" in days else _YEAR_LAST
                usual = frozenset({written.usual} if written.usual else ())
                believed = {*self._settled.get(pair, usual)}
            if not believed and written.weekday is not None:
                believed = {o for o, day in days.items() if day.weekday() == written.weekday}
            days = {order: day for order, day in days.items() if order in believed}
        found = {*days.values()}
        return found.pop() if len(found) == 1 else None


_YEAR_FIRST: Final = frozenset({"ymd", "ydm"})
_YEAR_LAST: Final = frozenset({"dmy", "mdy"})


@dataclass(frozen=True, slots=True)
class _Written:
    """What stands there. `days` are the days it may mean by order of its numbers ("" where
    only one is possible); `usual` is the order that is meant where nothing speaks against it,
    "" if none is usual; `short`: the year has two digits."""

    days: tuple[tuple[str, date], ...]
    at: time
    later: timedelta = timedelta()  # 24:00
    zone: tzinfo = UTC
    weekday: int | None = None
    usual: str = ""
    short: bool = False


def _only_order(text: str) -> str | None:
    written = _written(text)
    if not isinstance(written, _Written) or len(written.days) != 1 or written.short:
        return None
    return written.days[0][0] or None


# --- the parts of a date -------------------------------------------------------------

_TIME: Final = re.compile(
    r"(?<![\d:.+-])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?![\d:])"
    r"(?:\s*(a|p)\.?m\b\.?)?"
)
_HOUR: Final = re.compile(r"(?<![\d:.+-])(\d{1,2})()()\s*(a|p)\.?m\b\.?")
_DOTTED_TIME: Final = re.compile(r"(?<=\s)([01]?\d|2[0-4])\.([0-5]\d)()()$")
_OFFSET: Final = r"([+-])(\d{1,2})(?::?(\d{2}))?(?![\d:])"
_ZONE: Final = re.compile(
    rf"[\s,]*(?P<name>[^\W\d_]+(?:/[a-z_]+){{0,2}})?(?P<shift>(?(name)\s?){_OFFSET})?(?<=\w)"
)
_COMMENT: Final = re.compile(r"\(([^()]*)\)$")
_CLOCK_AND_ZONE = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_MAIL: Final = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun), ?)?(?P<day>\d{1,2}) (?P<month>[a-z]{3}) (?P<year>\d{4}) "
    + _CLOCK_AND_ZONE
    + r" (?P<zone>gmt|utc|z|[+-]\d{4})"
)
_ISO: Final = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)[t ]"
    + _CLOCK_AND_ZONE
    + r"(?:\.\d{1,9})?(?P<zone>z|[+-]\d\d:?\d\d)"
)
_COMPACT: Final = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:t?(\d{2})(\d{2})(\d{2})?(?:\.\d{1,9})?(z|[+-]\d{2}:?\d{2})?)?"
)
_UNIX: Final = re.compile(
    r"(?:/date\()?(\d{9,10}(?:\.\d{1,9})?|\d{12,13}|\d{16}|\d{19})(?:[+-]\d{4})?(?:\)/)?"
)
_MARK = r"\s*[-/.,_\s]\s*"
_NUMBERS: Final = re.compile(r"(\d{4}|\d{1,2})\s*([-/._\s])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{1,2})")
_DAY_FIRST: Final = re.compile(
    rf"(\d{{1,2}})(?:-?(?:st|nd|rd|th|го|ого|е))?(?:{_MARK})?([^\W\d_]{{3,}})[-/.,_\s]*(\d{{4}}|\d{{2}})"
)
_MONTH_FIRST: Final = re.compile(
    rf"([^\W\d_]{{3,}})(?:{_MARK})?(\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|{_MARK})(\d{{4}})"
)
_YEAR_MONTH_DAY: Final = re.compile(rf"(\d{{4}}){_MARK}([^\W\d_]{{3,}}){_MARK}(\d{{1,2}})")
_WEEK: Final = re.compile(r"(\d{4})-?w(\d{2})-?([1-7])")


@lru_cache(maxsize=4_096)
def _written(text: str) -> _Written | datetime | None:
    """What the text says, or None; a datetime where it counts seconds."""
    if not text or len(text) > _MAX_LETTERS:
        return None
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub("[\u2010-\u2015\u2212]", "-", re.sub("['\u2019\u02bc`]", "", plain))
    plain = re.sub(r"\s+", " ", plain).strip(' \t\n,;.|"')
    if not plain.isascii() and any(c.isdigit() and not c.isascii() for c in plain):
        return None
    if found := _UNIX.fullmatch(plain):
        return _seconds(found[1]) or _compact(plain)
    if _COMPACT.fullmatch(plain):
        return _compact(plain)
    if found := _MAIL.fullmatch(plain) or _ISO.fullmatch(plain):
        return _usual(found)
    return _parts(re.sub(r"(?<=\d{4}):(?=\d{2}:\d{2}:\d{2})", " ", plain))


def _usual(found: re.Match[str]) -> _Written | None:
    """RFC 822 and ISO 8601, which nearly all feeds write: as `_parts`, in a tenth of the time."""
    year, month, day = found["year"], found["month"], found["day"]
    if month.isalpha():
        if month not in MONTHS:
            return None
        days = _days({"": (year, str(MONTHS[month] + 1), day)})
    else:
        days = _days({"ymd": (year, month, day), "ydm": (year, day, month)})
    clock = _clock(found["hour"], found["minute"], found["second"], None)
    offset = timedelta() if found["zone"] in ("gmt", "utc") else _offset(found["zone"])
    if clock is None or offset is None or not days:
        return None
    return _Written(days, *clock, timezone(offset), usual="ymd")


def _seconds(number: str) -> datetime | None:
    """Unix time in seconds, or thousandths, millionths, billionths by its length."""
    whole = number.partition(".")[0]
    scale = 1 if len(whole) <= 10 else 10 ** (len(whole) - (9 if len(whole) == 12 else 10))
    try:
        when = datetime.fromtimestamp(float(number) / scale, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return when if when >= _OLDEST else None


def _compact(plain: str) -> _Written | None:
    found = _COMPACT.fullmatch(plain)
    if found is None:
        return None
    year, month, day, hour, minute, second, shift = found.groups()
    at = _clock(hour or "0", minute or "0", second, None)
    offset = _offset(shift) if shift else timedelta()
    days = _days({"": (year, month, day)})
    if at is None or offset is None or not days:
        return None
    return _Written(days, *at, timezone(offset))


def _parts(plain: str) -> _Written | None:
    """Time, zone, weekday and day, each once, and nothing else."""
    rest, clock, zones = plain, (time(), timedelta()), list[tzinfo]()
    comment = _COMMENT.search(rest)
    if comment is not None:
        rest = rest[: comment.start()].rstrip()
    if found := _TIME.search(rest) or _HOUR.search(rest) or _DOTTED_TIME.search(rest):
        clock_read = _clock(found[1], found[2], found[3], found[4])
        if clock_read is None:
            return None
        clock = clock_read
        zones, after = _zones(rest[found.end() :])
        before = re.sub(r"(?<=\d)t$", "", rest[: found.start()].rstrip())
        rest = f"{before} {after.lstrip()}".strip()
    elif end := re.search(r"(?<=\d)(?:z|[+-]\d{2}:\d{2})$", rest):
        zones, _ = _zones(end[0])
        rest = rest[: end.start()]
    if comment is not None and not zones:  # else it is a remark: +0300 (Moscow Standard Time)
        zones, left = _zones(comment[1])
        if not zones or left.strip():
            return None
    day = _day_of(rest)
    if day is None or any(zone != zones[0] for zone in zones[1:]):
        return None
    return replace(day, at=clock[0], later=clock[1], zone=zones[0] if zones else UTC)


def _clock(
    hour: str, minute: str, second: str | None, half: str | None
) -> tuple[time, timedelta] | None:
    h, m, s = int(hour), int(minute or 0), min(int(second or 0), 59) if second != "60" else 59
    if second and int(second) > 60:
        return None
    if half is not None:
        if h > 12 and half == "a":
            return None
        h = h % 12 + (12 if half == "p" else 0) if h <= 12 else h
    if (h, m, s) == (24, 0, 0):
        return time(), timedelta(days=1)
    return (time(h, m, s), timedelta()) if h < 24 and m < 60 else None


def _zones(text: str) -> tuple[list[tzinfo], str]:
    """The zones that the text begins with, and what follows them."""
    zones: list[tzinfo] = []
    while found := _ZONE.match(text):
        if (found["name"] or "") not in ZONE_WORDS:  # "по московскому времени"
            zone = _zone(found["name"], found["shift"])
            if zone is None:
                break
            zones.append(zone)
        text = text[found.end() :]
    return zones, text


def _zone(name: str | None, shift: str | None) -> tzinfo | None:
    if name is None:
        offset = _offset(shift or "")
        return None if offset is None else timezone(offset)
    if name in EAST:
        offset = timedelta(hours=EAST[name])
        further = _offset(shift.strip()) if shift else timedelta()
        if further is None or (shift and name not in BASES):
            return None
        return timezone(offset + further)
    place = PLACES.get(name) or (name.title() if "/" in name else "")
    if not place or shift:
        return None
    try:
        return ZoneInfo(place)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _offset(text: str) -> timedelta | None:
    if text == "z":
        return timedelta()
    found = re.fullmatch(_OFFSET, text)
    if found is None:
        return None
    hours, minutes = int(found[2]), int(found[3] or 0)
    if hours > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if found[1] == "-" else offset


def _day_of(rest: str) -> _Written | None:
    """The day that is left of a date without its time."""
    words = re.findall(r"[^\W\d_]+", rest)
    weekdays = [word for word in words if word in WEEKDAYS]
    if len(weekdays) > 1:
        return None
    for word in [*weekdays, *(w for w in words if w in FILLERS)]:
        rest = re.sub(rf"(?<![^\W_]){word}(?![^\W\d_])\.?", " ", rest)
    rest = re.sub(r"\s+", " ", rest).strip(" ,;.|-/\u00b7@")
    if found := _NUMBERS.fullmatch(rest):
        read = _numbers(found[1], found[2], found[3], found[4])
    else:
        read = _named(rest)
    if not read.days:
        return None
    return replace(read, weekday=WEEKDAYS[weekdays[0]] if weekdays else None)


def _named(rest: str) -> _Written:
    """A day whose month has a name, or by its week."""
    if found := _WEEK.fullmatch(rest):
        try:
            week_day = date.fromisocalendar(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return _Written((), time())
        return _Written((("", week_day),), time())
    if found := _DAY_FIRST.fullmatch(rest):
        day, month, year = found.groups()
        year = year if len(year) == 4 else str(_century(int(year)))
    elif found := _MONTH_FIRST.fullmatch(rest):
        month, day, year = found.groups()
    elif found := _YEAR_MONTH_DAY.fullmatch(rest):
        year, month, day = found.groups()
    else:
        return _Written((), time())
    number = MONTHS.get(month)
    return _Written(_days({"": (year, str(number + 1), day)}) if number is not None else (), time())


def _numbers(a: str, mark: str, b: str, c: str) -> _Written:
    """The days that three numbers may mean."""
    match len(a) == 4, len(c) == 4:
        case True, False:
            return _Written(_days({"ymd": (a, b, c), "ydm": (a, c, b)}), time(), usual="ymd")
        case False, True:
            usual = "dmy" if mark == "." else ""
            return _Written(_days({"dmy": (c, b, a), "mdy": (c, a, b)}), time(), usual=usual)
    if mark != "." or len(c) != 2 or len(a) != 2:
        return _Written((), time())
    first, last = str(_century(int(a))), str(_century(int(c)))
    days = _days({"dmy": (last, b, a), "mdy": (last, a, b), "ymd": (first, b, c)})
    return _Written(days, time(), short=True)


def _century(year: int) -> int:
    return year + (2000 if year < 69 else 1900)  # as RFC 2822 and POSIX


def _days(by_order: dict[str, tuple[str, str, str]]) -> tuple[tuple[str, date], ...]:
    found = []
    for order, (year, month, day) in by_order.items():
        try:
            found.append((order, date(int(year), int(month), int(day))))
        except ValueError:
            continue
    return tuple(found)
