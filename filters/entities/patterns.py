"""What is written by rule: laws, units, courts, counts, terms, dates.

Run on all text they would be the slowest part of reading, so each runs only where
the text holds one of its cue words (their first four letters are compared).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, TypeAlias

from filters.analysis import Analysis
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
_DIGIT: Final = re.compile(r"\d")


@lru_cache(maxsize=1 << 16)
def _marks(surface: str) -> int:
    """Which kinds a word is a cue of, a bit for each."""
    head = normalize_word(surface)[:4]
    found = _DATE if head in dates.CUES else 0
    for bit, kind in enumerate(_KINDS):
        if head in kind.cues:
            found |= 1 << bit
    return found


def find_patterns(analysis: Analysis) -> list[EntityMention]:
    """Mentions of every pattern, by kind."""
    document = analysis.document
    cues = [(surface, marks) for surface in set(analysis.surfaces) if (marks := _marks(surface))]
    digits = _DIGIT.search(document.text) or _DIGIT.search(document.title)
    fields = {field: plain(document.field(field)) for field in (TITLE, TEXT)}
    found: list[EntityMention] = []
    for bit, kind in enumerate(_KINDS):
        words = [plain(surface) for surface, marks in cues if marks & (1 << bit)]
        if not words or (kind.numeric and not digits):
            continue
        for field in (TITLE, TEXT):
            text = fields[field]
            ranges = around(text, words, kind.before, kind.after) if text else ()
            if ranges:
                found += _mentions(kind.name, field, kind.finder(text, ranges))
    named = any(marks & _DATE for _, marks in cues)
    if digits or named:
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
