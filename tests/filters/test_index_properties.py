"""The FilterSet, the plain reader and the slowest possible one agree."""

from __future__ import annotations

from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filters.analysis import Analyser
from filters.document import Document
from filters.index import FilterSet, explain, matches
from filters.nodes import Query
from tests.filters import naive
from tests.filters.strategies import documents, queries

SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=300)


@cache
def analyser() -> Analyser:
    return Analyser()


@SLOW
@given(st.lists(queries(), min_size=1, max_size=6), st.lists(documents(), min_size=1, max_size=3))
def test_selection_never_misses_and_never_adds(made: list[Query], docs: list[Document]) -> None:
    """An indexed match is the match of each filter alone."""
    filters = FilterSet(analyser())
    for number, query in enumerate(made):
        filters.add(str(number), query)

    for document in docs:
        analysis = analyser().analyse(document)
        found = filters.match(analysis)

        assert not found.failures
        assert {hit.key for hit in found} == {
            str(number) for number, query in enumerate(made) if matches(query, analysis)
        }


@SLOW
@given(queries(), documents(10))
def test_a_match_means_what_the_language_says(query: Query, document: Document) -> None:
    """Words, phrases, NEAR and fields mean what trying every choice of words means."""
    analysis = analyser().analyse(document)

    assert matches(query, analysis) == naive.holds(query.root, analysis)


@SLOW
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.none() | queries()), min_size=1, max_size=12),
    st.lists(documents(), min_size=1, max_size=3),
)
def test_any_order_of_adding_and_removing_ends_the_same(
    steps: list[tuple[str, Query | None]], docs: list[Document]
) -> None:
    """A living set equals one built anew, whatever its caches saw in between."""
    living = FilterSet(analyser())
    kept: dict[str, Query] = {}
    analyses = [analyser().analyse(document) for document in docs]
    for key, query in steps:
        if query is not None:
            living.add(key, query)
            kept[key] = query
        elif key in kept:
            living.remove(key)
            del kept[key]
        for analysis in analyses:
            assert [hit.key for hit in living.match(analysis)] == sorted(
                key for key, query in kept.items() if matches(query, analysis)
            )

    assert len(living) == len(kept)


@SLOW
@given(queries(), documents())
def test_explanations_agree_with_matches(query: Query, document: Document) -> None:
    """Why? never says another thing than the alert did, and shows words of the text."""
    analysis = analyser().analyse(document)
    told = explain(query, analysis)

    assert told.matched == matches(query, analysis)
    assert told.matched == (not told.failed)
    for span in told.spans:
        piece = document.field(span.field)[span.start : span.end]
        assert piece
        assert piece == piece.strip()


@SLOW
@given(queries(), documents())
def test_a_hit_shows_the_spans_of_its_explanation(query: Query, document: Document) -> None:
    """Highlights in an alert and in Why? are the same words."""
    filters = FilterSet(analyser())
    filters.add("f", query)
    analysis = analyser().analyse(document)

    for hit in filters.match(analysis):
        assert hit.spans == explain(query, analysis).spans
