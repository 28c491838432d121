"""What is written by rule: laws, units, courts, counts, terms, dates.

Run on all text they would be the slowest part of reading, so each runs only where
the text holds one of its cue words (their first four letters are compared).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from filters.analysis import Analysis, Cut, as_written
from filters.document import TEXT, TITLE
from filters.entities import counts, courts, dates, laws, terms, units
from filters.entities.mention import EntityMention
from filters.entities.numbers import plain
from filters.entities.windows import Ranges, around
from filters.normalize import normalize_word

__all__ = ["find_patterns", "named_offences", "settled"]

_Found: TypeAlias = Iterator[tuple[str, int, int, bool]]
_Finder: TypeAlias = Callable[[str, Ranges | None], _Found]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A pattern, the first letters of its cue words, and how far around one to look."""

    name: str
    finder: _Finder
    cues: frozenset[str]
    before: int
    after: int
    numeric: bool = False  # nothing to find in a text without digits


_KINDS: Final = (
    _Kind("law", laws.find_laws, laws.CUES, 45, 60, numeric=True),
    _Kind("unit", units.find_units, units.CUES, 100, 40),
    _Kind("court", courts.find_courts, courts.CUES, 70, 30),
    _Kind("count", counts.find_counts, counts.CUES, 90, 30),
    _Kind("term", terms.find_terms, terms.CUES, 45, 25),
)
_DATE: Final = 1 << len(_KINDS)
_DIGITS: Final = _DATE << 1
_DIGIT: Final = re.compile(r"\d")
_KEPT: Final = 1 << 16


class _Marks(dict[Cut, int]):
    """Which kinds a word is a cue of, a bit for each, and whether it holds a digit."""

    def __missing__(self, cut: Cut) -> int:
        surface = as_written(cut)
        head = normalize_word(surface)[:4]
        found = _DATE if head in dates.CUES else 0
        if _DIGIT.search(surface):
            found |= _DIGITS
        for bit, kind in enumerate(_KINDS):
            if head in kind.cues:
                found |= 1 << bit
        if len(self) >= _KEPT:
            self.clear()
        self[cut] = found
        return found


_MARKS: Final = _Marks()


def find_patterns(analysis: Analysis, only: str = "") -> list[EntityMention]:
    """Mentions of every pattern, or of one kind, by kind."""
    document = analysis.document
    present = 0
    for marks in set(map(_MARKS.__getitem__, analysis.cuts)):
        present |= marks
    digits, named = bool(present & _DIGITS), bool(present & _DATE)
    due = [
        (1 << bit, kind)
        for bit, kind in enumerate(_KINDS)
        if present & (1 << bit) and only in ("", kind.name) and (digits or not kind.numeric)
    ]
    dated = (digits or named) and only in ("", "date")
    if not due and not dated:
        return []
    cues = [(as_written(cut), marks) for cut in set(analysis.cuts) if (marks := _MARKS[cut])]
    fields = {field: plain(document.field(field)) for field in (TITLE, TEXT)}
    found: list[EntityMention] = []
    for bit, kind in due:
        words = [plain(surface) for surface, marks in cues if marks & bit]
        for field in (TITLE, TEXT):
            text = fields[field]
            ranges = around(text, words, kind.before, kind.after) if text else ()
            if ranges:
                found += _mentions(kind.name, field, kind.finder(text, ranges))
    if dated:
        for field, text in fields.items():
            days = dates.find_dates(text, document.published, named=named)
            found += _mentions("date", field, days)
    return found


def settled(known: list[EntityMention], ruled: list[EntityMention]) -> list[EntityMention]:
    """Both together. A unit that is known by name wins over what the rules made of its words,
    and stands on all of them: «155-ї бригади імені Анни Київської». A place in a court's own
    name is none ("Pskov Garrison Military Court")."""
    courts = [m for m in ruled if m.kind == "court"]
    if courts:
        known = [m for m in known if m.kind != "place" or not any(_meet(m, c) for c in courts)]
    named = [m for m in known if m.kind == "unit"]
    if not named:
        return [*known, *ruled]
    kept = [m for m in known if m.kind != "unit"]
    for unit in named:
        same = [m for m in ruled if m.kind == "unit" and _meet(m, unit)]
        start = min((unit.start, *(m.start for m in same)))
        end = max((unit.end, *(m.end for m in same)))
        kept.append(replace(unit, start=start, end=end))
        ruled = [m for m in ruled if m not in same]
    return kept + ruled


def _meet(one: EntityMention, other: EntityMention) -> bool:
    return one.field == other.field and one.start < other.end and other.start < one.end


def named_offences(analysis: Analysis, army: str) -> list[EntityMention]:
    """Offences by name as their articles, where the army is known (marked as inferred)."""
    if army not in laws.ARMIES:
        return []
    fields = ((field, plain(analysis.document.field(field))) for field in (TITLE, TEXT))
    return [
        mention
        for field, text in fields
        for mention in _mentions("law", field, laws.find_offences(text, army))
    ]


def _mentions(kind: str, field: str, found: _Found) -> Iterator[EntityMention]:
    for name, start, end, inferred in found:
        yield EntityMention(name, kind, field, start, end, inferred)
