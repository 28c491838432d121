"""The FilterSet, the plain reader and the slowest possible one agree."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filters.analysis import Analyser, Analysis
from filters.index import FilterSet, explain, matches
from filters.nodes import Query
from tests.filters import naive
from tests.filters.strategies import analyses, queries

ANALYSER = Analyser()
SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=120)


@SLOW
@given(
    st.lists(queries(), min_size=1, max_size=6),
    st.lists(analyses(ANALYSER), min_size=1, max_size=3),
)
def test_selection_never_misses_and_never_adds(made: list[Query], texts: list[Analysis]) -> None:
    """An indexed match is the match of each filter alone."""
    filters = FilterSet(ANALYSER)
    for number, query in enumerate(made):
        filters.add(str(number), query)

    for analysis in texts:
        found = filters.match(analysis)

        assert not found.failures
        assert {hit.key for hit in found} == {
            str(number) for number, query in enumerate(made) if matches(query, analysis)
        }


@SLOW
@given(queries(), analyses(ANALYSER, 10))
def test_a_match_means_what_the_language_says(query: Query, analysis: Analysis) -> None:
    """Words, phrases, NEAR and fields mean what trying every choice of words means."""

    assert matches(query, analysis) == naive.holds(query.root, analysis)


@SLOW
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.none() | queries()), min_size=1, max_size=12),
    st.lists(analyses(ANALYSER), min_size=1, max_size=3),
)
def test_any_order_of_adding_and_removing_ends_the_same(
    steps: list[tuple[str, Query | None]], texts: list[Analysis]
) -> None:
    """A living set equals one built anew, whatever its caches saw in between."""
    living = FilterSet(ANALYSER)
    kept: dict[str, Query] = {}
    for key, query in steps:
        if query is not None:
            living.add(key, query)
            kept[key] = query
        elif key in kept:
            living.remove(key)
            del kept[key]
        for analysis in texts:
            assert [hit.key for hit in living.match(analysis)] == sorted(
                key for key, query in kept.items() if matches(query, analysis)
            )

    assert len(living) == len(kept)


@SLOW
@given(queries(), analyses(ANALYSER))
def test_explanations_agree_with_matches(query: Query, analysis: Analysis) -> None:
    """Why? never says another thing than the alert did, and shows words of the text."""
    told = explain(query, analysis)

    assert told.matched == matches(query, analysis)
    assert told.matched == (not told.failed)
    for span in told.spans:
        piece = analysis.document.field(span.field)[span.start : span.end]
        assert piece
        assert piece == piece.strip()


@SLOW
@given(queries(), analyses(ANALYSER))
def test_a_hit_shows_the_spans_of_its_explanation(query: Query, analysis: Analysis) -> None:
    """Highlights in an alert and in Why? are the same words."""
    filters = FilterSet(ANALYSER)
    filters.add("f", query)

    for hit in filters.match(analysis):
        assert hit.spans == explain(query, analysis).spans
