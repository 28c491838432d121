"""Times of the day and weekdays as people type them, in three languages. Pure."""

from __future__ import annotations

import re

__all__ = ["DAY_NUMBERS", "clock_text", "days_of", "hours_of", "minute_of"]


_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")
_HOURS = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|—|\.\.)\s*(\d{1,2})(?:[:.](\d{2}))?")
_DAYS = (
    "mon monday пн понедельник понеділок",
    "tue tuesday вт вторник вівторок",
    "wed wednesday ср среда среду середа середу",
    "thu thursday чт четверг четвер",
    "fri friday пт пятница пятницу п'ятниця п'ятницю",
    "sat saturday сб суббота субботу субота суботу",
    "sun sunday вс воскресенье нд неділя неділю",
)
DAY_NUMBERS = {name: number for number, names in enumerate(_DAYS) for name in names.split()}


def minute_of(typed: str) -> int | None:
    """`9`, `9:00`, `09.30` as a minute of the day."""
    found = _CLOCK.fullmatch(typed)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return None
    return int(found[1]) * 60 + int(found[2] or 0)


def hours_of(typed: str) -> tuple[int, int] | None:
    """`22-7`, `22:30–7:00` as two minutes of the day; None if it is no such thing."""
    found = _HOURS.fullmatch(typed.strip())
    if found is None:
        return None
    first, last = (
        minute_of(f"{found[n]}:{found[n + 1] or '00'}".replace("24:", "0:")) for n in (1, 3)
    )
    return None if first is None or last is None or first == last else (first, last)


def days_of(typed: str) -> tuple[int, ...] | None:
    """`mon-fri`, `сб, вс` as days of the week, () for all of them; None if it is no such thing."""
    found: set[int] = set()
    for part in re.split(r"[\s,;]+", typed.lower().replace("ʼ", "'").replace("’", "'").strip()):
        names = re.split(r"[-–—]", part)
        if not all(name in DAY_NUMBERS for name in names) or len(names) > 2:
            return None
        first, last = DAY_NUMBERS[names[0]], DAY_NUMBERS[names[-1]]
        found |= {(first + n) % 7 for n in range((last - first) % 7 + 1)}
    return () if len(found) == 7 else tuple(sorted(found))


def clock_text(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"
