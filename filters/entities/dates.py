# ruff: noqa: E501 (tables of words read better unbroken)
"""Dates: «6 апреля», "2 to 4 April", "February 2022"; a missing year is the publication's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

__all__ = ["CUES", "find_dates"]

_MONTHS: Final = (
    ("январ", "січ", "january", "jan"),
    ("феврал", "лют", "february", "feb"),
    ("март", "берез", "march", "mar"),
    ("апрел", "квіт", "april", "apr"),
    ("мая", "май", "мае", "трав", "may"),
    ("июн", "черв", "june", "jun"),
    ("июл", "лип", "july", "jul"),
    ("август", "серп", "august", "aug"),
    ("сентябр", "верес", "september", "sept", "sep"),
    ("октябр", "жовт", "october", "oct"),
    ("ноябр", "листопад", "november", "nov"),
    ("декабр", "груд", "december", "dec"),
)
# First four letters of the months' names, in the cases dates stand in.
CUES: Final = frozenset(
    {name[:4] for names in _MONTHS for name in names}
    | {"январ"[:4], "січн", "січе", "люто", "люти", "липн", "липе", "май", "мая", "мае"}
)
_NAME: Final = (
    r"(?P<month>январ[яьеюи]\w*|феврал[яьеюи]\w*|март(?:а|е|у|ом)?|апрел[яьеюи]\w*|мая|май|мае|июн[яьеюи]\w*|июл[яьеюи]\w*|август(?:а|е|у|ом)?|сентябр[яьеюи]\w*|октябр[яьеюи]\w*|ноябр[яьеюи]\w*|декабр[яьеюи]\w*|"
    r"січ(?:ня|ень|ні)|лют(?:ого|ий|ому)|берез(?:ня|ень|ні)|квіт(?:ня|ень|ні)|трав(?:ня|ень|ні)|черв(?:ня|ень|ні)|лип(?:ня|ень|ні)|серп(?:ня|ень|ні)|верес(?:ня|ень|ні)|жовт(?:ня|ень|ні)|листопад(?:а|і)?|груд(?:ня|ень|ні)|"
    r"January|February|March|April|May|June|July|August|September|October|November|December|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
)
_YEAR: Final = (
    r"(?:,?\s+(?P<year>(?:19|20)\d\d|1[5-8]\d\d)(?:\s?(?:г\.|года|году|год|р\.|року|році|рік))?)?"
)
_DAY_FIRST: Final = re.compile(
    rf"(?<![\d.,])(?:(?P<from>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:-|–|—|to|по|до|and|и|та|і)\s*)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|-го)?\s+(?:of\s+)?{_NAME}(?!\w){_YEAR}",
    re.IGNORECASE,
)
_MONTH_FIRST: Final = re.compile(
    r"(?<!\w)"
    + _NAME.replace("?P<month>", "?P<month>")
    + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<year>(?:19|20)\d\d))?",
    re.IGNORECASE,
)
_MONTH_YEAR: Final = re.compile(rf"(?<!\w){_NAME}\s+(?P<year>(?:19|20)\d\d)(?!\d)", re.IGNORECASE)
_NUMERIC: Final = re.compile(
    r"(?<![\d.])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>(?:19|20)\d\d)(?![\d.])"
)


def find_dates(
    text: str, published: datetime | None, *, named: bool = True
) -> Iterator[tuple[str, int, int, bool]]:
    """(id, start, end, inferred): `date:2022-04-06`, `date:2022-04-02..04`, `date:2022-02`, `date:--04-06`."""
    taken: list[tuple[int, int]] = []
    rules = (_DAY_FIRST, _NUMERIC, _MONTH_FIRST, _MONTH_YEAR) if named else (_NUMERIC,)
    for rule in rules:
        for found in rule.finditer(text):
            if any(start < found.end() and found.start() < end for start, end in taken):
                continue
            name = _name(found, published, text)
            if name is None:
                continue
            taken.append(found.span())
            yield name, found.start(), found.end(), not found["year"]


def _name(found: re.Match[str], published: datetime | None, text: str) -> str | None:
    groups = found.groupdict()
    month = int(groups["month"]) if groups["month"].isdigit() else _month(groups["month"])
    if not 1 <= month <= 12:
        return None
    if not groups.get("day"):
        return f"date:{groups['year']}-{month:02}"
    day = int(groups["day"])
    if not 1 <= day <= 31 or (groups["month"].islower() and groups["month"] in {"may", "march"}):
        return None
    year = groups["year"] or (_year(month, published) if published else "")
    head = f"{year}-" if year else "--"
    first = groups.get("from")
    if first and int(first) < day:
        return f"date:{head}{month:02}-{int(first):02}..{day:02}"
    return f"date:{head}{month:02}-{day:02}"


def _year(month: int, published: datetime) -> str:
    """The year nearest before the publication: a month ahead of it was last year's."""
    return str(published.year - 1 if month > published.month + 1 else published.year)


def _month(name: str) -> int:
    plain = name.lower().rstrip(".")
    for number, starts in enumerate(_MONTHS, 1):
        if any(plain.startswith(start) for start in starts):
            return number
    return 0
