"""An index of words picks every text that a query matches, and few others."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from filters.analysis import Analyser, Analysis
from filters.document import Document
from filters.explain import matches
from filters.nodes import Query
from filters.query import parse
from filters.selection import AllOf, AnyOf, Indexer, Selection, Words, selection
from tests.filters.strategies import analyses, queries
from tests.support.examples import examples
from tests.support.readers import shipped_reader

ANALYSER = Analyser()
INDEXER = Indexer(ANALYSER)


def selects(chosen: Selection | None, words: frozenset[str]) -> bool:
    """What an index that holds these words of a text answers, as slowly as can be."""
    match chosen:
        case None:
            return True
        case Words(any_, prefix):
            if prefix:
                return any(word.startswith(any_) for word in words)
            return not words.isdisjoint(any_)
        case AllOf(parts):
            return all(selects(part, words) for part in parts)
        case AnyOf(parts):
            return any(selects(part, words) for part in parts)


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=examples(80))
@given(queries(), analyses(ANALYSER))
def test_no_text_that_matches_is_left_out(query: Query, analysis: Analysis) -> None:
    """Selecting may choose too much, never too little."""
    words = INDEXER.words(analysis)

    assert not matches(query, analysis) or selects(selection(query, ANALYSER), words)


@pytest.mark.parametrize(
    ("query", "text", "chosen"),
    [
        ("отказ", "Об отказах молчат.", True),
        ("отказ", "Об успехах молчат.", False),
        ("дезертир суд", "Дезертира поймали.", False),
        ("дезертир, суд", "Дезертира поймали.", True),
        ("самовольн* NEAR/3 оставление", "Самовольно ушёл.", False),
        ("title:отказ", "Отказ.", True),  # the field is for the reader to ask
        ("отказ -суд", "Отказ в суде.", True),  # an exclusion says nothing of what is there
        ("дезертир /[0-9]+ лет/", "Семь лет.", False),  # the other part of an AND chooses
        ("дезертир | /[0-9]+ лет/", "Семь лет.", True),
    ],
)
def test_what_is_selected(query: str, text: str, chosen: bool) -> None:
    """Words choose by any form; conditions no word vouches for choose nothing themselves."""
    words = INDEXER.words(ANALYSER.analyse(Document(text=text)))

    assert selects(selection(parse(query), ANALYSER), words) is chosen


@pytest.mark.parametrize("case", ["Павла Чикова", "Чиков П. В.", "Pavel Chikov's", "ПАВЕЛ ЧИКОВ"])
def test_a_known_person_is_selected_by_every_form_of_the_name(case: str) -> None:
    """An entity is as good as its names: the archive finds whom the matching reader finds."""
    reader = shipped_reader()
    query = parse("person:chikov")
    chosen = selection(query, ANALYSER, reader.entities)

    for text, there in ((f"Позиция: {case} о деле.", True), ("Позиция адвоката о деле.", False)):
        analysis = reader.analyse(Document(text=text))

        assert chosen is not None
        assert selects(chosen, INDEXER.words(analysis)) is there


def test_indexing_leaves_the_caches_of_matching_alone() -> None:
    """Words seen once in an archive do not push out those that filters ask for."""
    analyser = Analyser()
    before = analyser.cache()

    Indexer(analyser).words(analyser.analyse(Document(text="Самокатчики распеленались.")))

    assert analyser.cache() == before
