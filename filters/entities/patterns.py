"""What is written by rule: laws, units, courts, counts, terms, dates.

Run on all text they would be the slowest part of reading, so each runs only where
the text holds one of its cue words (their first four letters are compared).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Final, TypeAlias

from filters.analysis import Analysis
from filters.document import TEXT, TITLE
from filters.entities import counts, courts, dates, laws, terms, units
from filters.entities.mention import EntityMention
from filters.normalize import normalize_word

__all__ = ["find_patterns", "named_offences"]

_Found: TypeAlias = Iterator[tuple[str, int, int, bool]]
_Finder: TypeAlias = Callable[[str], _Found]

_FINDERS: Final[tuple[tuple[str, frozenset[str], bool, _Finder], ...]] = (
    ("law", laws.CUES, True, laws.find_laws),
    ("unit", units.CUES, True, units.find_units),
    ("court", courts.CUES, False, courts.find_courts),
    ("count", counts.CUES, False, counts.find_counts),
    ("term", terms.CUES, False, terms.find_terms),
)


_DIGIT: Final = re.compile(r"\d")


@lru_cache(maxsize=1 << 15)
def _head(surface: str) -> str:
    return normalize_word(surface)[:4]


def find_patterns(analysis: Analysis) -> list[EntityMention]:
    """Mentions of every pattern, by kind."""
    heads = {_head(surface) for surface in analysis.surfaces}
    found: list[EntityMention] = []
    document = analysis.document
    digits = _DIGIT.search(document.text) or _DIGIT.search(document.title)
    for kind, cues, numeric, finder in _FINDERS:
        if cues.isdisjoint(heads) or (numeric and not digits):
            continue
        for field in (TITLE, TEXT):
            text = document.field(field)
            if text:
                found += _mentions(kind, field, finder(text))
    if digits:
        found += _dates(analysis, document.published, named=not dates.CUES.isdisjoint(heads))
    return found


def named_offences(analysis: Analysis, army: str) -> list[EntityMention]:
    """Offences by name as their articles, where the army is known (marked as inferred)."""
    document = analysis.document
    return [
        mention
        for field in (TITLE, TEXT)
        for mention in _mentions("law", field, laws.find_offences(document.field(field), army))
    ]


def _dates(
    analysis: Analysis, published: datetime | None, *, named: bool
) -> Iterator[EntityMention]:
    for field in (TITLE, TEXT):
        yield from _mentions(
            "date", field, dates.find_dates(analysis.document.field(field), published, named=named)
        )


def _mentions(kind: str, field: str, found: _Found) -> Iterator[EntityMention]:
    for name, start, end, inferred in found:
        yield EntityMention(name, kind, field, start, end, inferred)
