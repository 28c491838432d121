"""Whose army, which stage, now or long ago: each with the words that say so.

Worked out only for texts that matched. The language of a text never decides the
army: «СЗЧ» in a Russian post still means Ukraine's. Words that name an army
outright count most, and those in a sentence that matched before those elsewhere;
a place alone is a guess, taken only where nothing speaks against it. The words are data,
`packs/data/facets.toml`, with texts in which each list must and must not be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from filters.analysis import Analysis
from filters.document import TEXT, TITLE, Document, Span
from filters.facets.armies import army_at, army_of, own_side
from filters.facets.eras import LONG_AGO, era_at, era_of
from filters.facets.lists import Army, Era, Stage, fold, lists
from filters.facets.stages import Own, stage_at, stage_of, stage_of_one
from filters.rules import RuleText

__all__ = [
    "Army",
    "Era",
    "Facets",
    "Stage",
    "facets_at",
    "facets_of",
    "find_facets",
    "read_of",
    "whole_of",
]

_BETWEEN: Final = " \n"  # title and text
_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+|\n\s*")


@dataclass(frozen=True, slots=True)
class Facets:
    """`evidence` gives, for "army", "stage" and "era", words as they stand in the text;
    a facet nothing in the text speaks for has none (army unknown, stage report, era now)."""

    army: Army = "unknown"
    stage: Stage = "report"
    era: Era = "now"
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_NOTHING: Final = Facets()


def find_facets(document: Document, sentences: Iterable[Span] = ()) -> Facets:
    """The facets of a text that matched; `sentences` are those with matches, asked first."""
    return _facets(document, sentences, lists().rules.of(whole_of(document)))


def facets_of(analysis: Analysis, sentences: Iterable[Span] = ()) -> Facets:
    """The same of a text that is cut already: faster."""
    return _facets(analysis.document, sentences, read_of(analysis))


def facets_at(
    analysis: Analysis,
    passages: Sequence[Span],
    entry: Span,
    *,
    topic: str,
    shared: bool = False,
    read: RuleText | None = None,
) -> Facets:
    """The facets of one match: from its passages, then their entry, then the item.

    `passages` are the sentences that assert the topic, the clearest first. Where the entry
    holds matches of other topics too (`shared`) they are all that speaks of this one: the
    verdict or the date beside them is another's. `read` is what `read_of` has made of the text.
    """
    document = analysis.document
    whole = whole_text = read or read_of(analysis)
    around = _part(whole, document, entry)
    if len(passages) == 1:
        own = _part(whole, document, passages[0])
    else:
        own = lists().rules.of(fold(_BETWEEN.join(_slice(document, span) for span in passages)))
    roundup = entry.end - entry.start < len(document.text)
    side = own_side(around, fold(_slice(document, passages[0])))
    if side is not around:
        around, whole, roundup = side, side, False
    lead = _lead(document, passages)
    army = army_at((own, around), whole, roundup=roundup, lead=lead)
    if shared:
        part = partial(_part, whole_text, document)
        stage = stage_at(Own(document, passages, own, part), around, topic=topic)
    else:
        title = whole_text.part(0, len(document.title))
        first = _slice(document, passages[0])
        stage = stage_of_one(title, own, around, topic=topic, first=first)
    era = era_at((own, around) if shared else (own, around, whole), lead)
    return _told(army, stage, era)


def read_of(analysis: Analysis) -> RuleText:
    """A text as the rules of facets read it: once for all its matches."""
    document = analysis.document
    return lists().rules.of_analysis(whole_of(document), analysis, _shift(document))


def _facets(document: Document, sentences: Iterable[Span], whole: RuleText) -> Facets:
    if whole.is_empty:
        return _NOTHING
    near = _BETWEEN.join(_slice(document, span) for span in sentences)
    beside = fold(f"{document.title}{_BETWEEN}{near}") if document.title or near else ""
    nearest = lists().rules.of(beside)
    title = lists().rules.of(fold(document.title))
    return _told(army_of(nearest, whole), stage_of(title, nearest, whole), era_of(whole))


def _told(
    army: tuple[Army, tuple[str, ...]],
    stage: tuple[Stage, tuple[str, ...]],
    era: tuple[Era, tuple[str, ...]],
) -> Facets:
    if army[0] == "unknown" and any(year.isdigit() and int(year) < LONG_AGO for year in era[1]):
        army = "other", era[1]  # no army of today
    said = {"army": army[1], "stage": stage[1], "era": era[1]}
    return Facets(army[0], stage[0], era[0], {name: why for name, why in said.items() if why})


def _lead(document: Document, passages: Sequence[Span]) -> str:
    """Title, first paragraph and the paragraphs of the passages, without asides, as one text."""
    text = document.text
    parts = [document.title, text[: _paragraph_end(text, 0)]]
    for span in passages:
        if span.field == TEXT:
            start = text.rfind("\n", 0, span.start) + 1
            parts.append(text[start : _paragraph_end(text, span.end)])
    told = fold("\n".join(parts))
    if not lists().aside.search(told):
        return told
    return " ".join(each for each in _SENTENCE.split(told) if not lists().aside.search(each))


def _paragraph_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _shift(document: Document) -> int:
    """Where the text begins in `whole_of`."""
    return len(document.title) + len(_BETWEEN)


def _part(whole: RuleText, document: Document, span: Span) -> RuleText:
    shift = 0 if span.field == TITLE else _shift(document)
    return whole.part(shift + span.start, shift + span.end)


def whole_of(document: Document) -> str:
    """Title and text as the rules read them."""
    return fold(f"{document.title}{_BETWEEN}{document.text}")


def _slice(document: Document, span: Span) -> str:
    return document.field(span.field)[span.start : span.end] if span.field in (TITLE, TEXT) else ""
