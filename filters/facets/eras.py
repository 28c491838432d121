"""Now or long ago: what dates the event, and no birth, career or law."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from filters.facets.lists import EVIDENCE, Era, lists
from filters.rules import RuleText

__all__ = ["LONG_AGO", "era_at", "era_of", "years_of"]

LONG_AGO: Final = 1950  # before it no army of today fought
_YEAR: Final = re.compile(
    r"(1[0-9]{3}|20[0-3][0-9])(?![\d%]|[.,]\d)(?!\s?(?:руб|грн|долл|км|м\b|чел|soldier|men|солдат|воен))",
    re.IGNORECASE,
)
_YEAR_BEFORE: Final = re.compile(
    r"(?<![\d.,№])(1[0-9]{3}|20[0-3][0-9])(?=(?:-\w{1,2})?\s?(?:г\.|г\b|год|гг|р\.|рок|рік|році)|-(?:е|х|ті|их|і)\b|s\b)",
    re.IGNORECASE,
)
_RUN: Final = re.compile(r"\w+")
_BEHIND_YEAR: Final = 8
_RECENT_YEAR: Final = 2014
_BEFORE_YEAR: Final = 60  # letters before a year that may say it dates no event


def era_at(places: Sequence[RuleText], lead: str) -> tuple[Era, tuple[str, ...]]:
    """The nearest place that dates the event: its sentence, its paragraph or the beginning, both
    in `lead`."""
    for at, place in enumerate(places):
        era, why = era_of(place)
        if era == "historical" and (not at or any(word in lead for word in why)):
            return era, why
        if place.first(lists().now, 1) or any(year >= _RECENT_YEAR for year in years_of(place)):
            return "now", ()
    return "now", ()


def era_of(whole: RuleText) -> tuple[Era, tuple[str, ...]]:
    if not whole.has_any(lists().dating):
        return "now", ()
    years = years_of(whole)
    old = tuple(str(year) for year in years if year < _RECENT_YEAR)
    if any(year >= _RECENT_YEAR for year in years):
        return "now", ()
    words = whole.first(lists().historical, EVIDENCE)
    if (words or (old and len(old) == len(years))) and not whole.first(lists().now, 1):
        return "historical", (*words, *dict.fromkeys(old))[:EVIDENCE]
    return "now", ()


def years_of(whole: RuleText) -> list[int]:
    """All that is written as a year: only looked for where a number may be one."""
    years: list[int] = []
    text = whole.text
    for begin in whole.starts(lists().maybe_year):
        start = begin
        year = _YEAR.match(text, start)
        if _is_no_event(text, begin):
            continue
        if year and _leads_to_year(text, start):
            years.append(int(year[1]))
            start = year.end()
        end = _RUN.match(text, start)
        if end:
            behind = _YEAR_BEFORE.finditer(text, start, end.end() + _BEHIND_YEAR)
            years += [int(found[1]) for found in behind if found.end() <= end.end()]
    return years


def _is_no_event(text: str, start: int) -> bool:
    """Whether a year is a birth, the beginning of a service, a law's: no date of the event."""
    before = text[max(0, start - _BEFORE_YEAR) : start]
    lower = before.lower()
    if any(cue in lower for cue in lists().cues_of_no_event) and (
        lists().before_no_event.search(before)
    ):
        return True
    digits = start
    while digits < len(text) and not text[digits].isdigit():
        digits += 1
    behind = lists().behind_no_event.match(text, digits + 4)
    return behind is not None


def _leads_to_year(text: str, start: int) -> bool:
    """Whether a dash or bracket that no word touches stands before, or a word of `_YEAR_AFTER`."""
    if start and text[start - 1] in "(–—-":
        return start < 2 or not _is_letter(text[start - 2])
    if not start or not text[start - 1].isspace():
        return False
    begin = start - 1
    while begin and _is_letter(text[begin - 1]):
        begin -= 1
    return lists().year_after.fullmatch(text, begin, start - 1) is not None


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"
