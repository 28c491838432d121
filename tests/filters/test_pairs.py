"""Phrases of lists are asked for only where their first two words stand side by side."""

from __future__ import annotations

from filters.analysis import Analyser
from filters.document import Document
from filters.index import FilterSet
from filters.query import parse

ANALYSER = Analyser()
WORDS = [f"слово{letter}" for letter in "абвгдежзикл"]
PAIRS = [(one, two) for one in WORDS for two in WORDS if one != two]


def query(one: str, two: str) -> str:
    return f'("={one} ={two}", "={two} ={two} ={one}") =знак'


def test_lists_that_came_and_went_leave_the_others_what_they_find() -> None:
    """Most are taken out again, so that what is known of pairs is made again: those that stay find
    their phrases, side by side and nowhere else, as a set that never had the others."""
    filters, fresh = FilterSet(ANALYSER), FilterSet(ANALYSER)
    for one, two in PAIRS:
        filters.add(f"{one} {two}", parse(query(one, two)))
    for one, two in PAIRS[20:]:
        filters.remove(f"{one} {two}")
    for one, two in PAIRS[:20]:
        fresh.add(f"{one} {two}", parse(query(one, two)))

    for one, two in PAIRS[10:30]:
        for text in (f"знак {one} {two}", f"{one} знак {two}", f"{two} {two} {one} знак"):
            analysis = ANALYSER.analyse(Document(text))
            there = sorted(filters.match(analysis).keys)
            assert there == sorted(fresh.match(ANALYSER.analyse(Document(text))).keys)
            asked = (one, two) in PAIRS[:20] and text != f"{one} знак {two}"
            assert (f"{one} {two}" in there) == asked


def test_a_phrase_does_not_reach_from_the_title_into_the_text() -> None:
    """Its words stand side by side as they are cut, and are no phrase."""
    filters = FilterSet(ANALYSER)
    filters.add("far", parse('("слово один", "слово два") знак'))

    assert not filters.match(ANALYSER.analyse(Document("один знак", title="слово")))
    assert filters.match(ANALYSER.analyse(Document("слово один", title="знак")))
