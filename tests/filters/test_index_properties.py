"""The FilterSet, the plain reader and the slowest possible one agree."""

from __future__ import annotations

from collections import Counter
from itertools import product
from random import Random

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from filters.analysis import Analyser, Analysis
from filters.document import Document
from filters.index import FilterSet, explain, matches
from filters.nodes import And, Near, Node, Not, Or, Phrase, Query, Word
from filters.plans import Asked, Bundle, Choice, Mixed, Unless, Within
from filters.printing import print_query
from tests.filters import naive
from tests.filters.shapes import LISTED, Shapes, edges_of, listed_of
from tests.filters.strategies import analyses, queries
from tests.support.examples import examples

ANALYSER = Analyser()
SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=examples(120))


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


@settings(SLOW, max_examples=examples(30))
@given(st.integers(0, 2**32))
@example(946433)  # a crowd, most of which cannot be joined with the word that it is near
def test_near_and_not_near_mean_what_the_language_says(seed: int) -> None:
    """At every distance, in every unit, on either side, overlapping or not."""
    shapes = Shapes(seed)
    texts = [shapes.analysis(ANALYSER) for _ in range(12)]
    for query in (shapes.near() for _ in range(20)):
        for analysis in texts:
            assert matches(query, analysis) == naive.holds(query.root, analysis), (
                print_query(query),
                analysis.document,
            )


@settings(SLOW, max_examples=examples(60))
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.none() | queries()), min_size=1, max_size=12),
    st.lists(analyses(ANALYSER), min_size=1, max_size=3),
)
def test_any_order_of_adding_and_removing_ends_the_same(
    steps: list[tuple[str, Query | None]], texts: list[Analysis]
) -> None:
    """A living set equals a fresh one, whatever its caches saw in between."""
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


_ENDS = ("а", "у", "ом", "ы")
_SOME = [f"слово{stem}{end}" for stem in "бвгджзклмн" for end in _ENDS]


@st.composite
def _pairs(draw: st.DrawFn) -> Query:
    """What users ask for most, of few words, so that many filters share their pair."""
    mode = draw(st.sampled_from(("exact", "exact", "form")))
    a, b, c, d = (Word(draw(st.sampled_from(_SOME)), mode) for _ in range(4))
    near = Near(a, b, draw(st.integers(1, 6)), ordered=draw(st.booleans()))
    nodes: tuple[Node, ...] = (
        And((a, b)),
        And((a, b, Not(c))),
        And((Or((a, c)), b)),
        And((Or((a, c)), Or((b, d)), Not(Or((c, d))))),
        And((a, b, c)),
        Or((a, c)),
        Phrase((a, b)),
        near,
        Near(Or((a, c)), Or((b, d)), 3),
        And((near, c)),
    )
    return Query(draw(st.sampled_from(nodes)))


@settings(SLOW, max_examples=examples(12))
@given(st.lists(_pairs(), min_size=40, max_size=80), st.randoms(use_true_random=False))
def test_filters_of_one_pair_answer_as_each_alone(made: list[Query], chance: Random) -> None:
    """Bundles, however many filters are in them, come or go, say what each filter says."""
    filters = FilterSet(ANALYSER)
    kept: dict[str, Query] = {}
    for number, query in enumerate(made):
        key = str(number % 60)
        kept[key] = query
        filters.add(key, query)
        if number % 8:
            continue
        if chance.random() < 0.3:
            filters.remove(key)
            del kept[key]
        text = " ".join(chance.choices(_SOME, k=chance.choice((3, 20, 80))))
        analysis = ANALYSER.analyse(Document(text=text, title=chance.choice(_SOME)))

        assert sorted(filters.match(analysis).keys) == sorted(
            key for key, query in kept.items() if matches(query, analysis)
        )


PLACES = ("Word", "Phrase", "Group", "Entity", "Regex", "Near", "NotNear")
WHOLE = (*PLACES, "In", "Meta", "Facet")
EDGES = {
    *product(("And",), (*WHOLE, "Or", "Not")),
    *product(("Or",), (*WHOLE, "And", "Not")),
    *product(("Not",), (*WHOLE, "And", "Or")),
    *product(("In",), (*PLACES, "And", "Or")),
    *product(("Near", "NotNear"), (*PLACES, "Or")),
    ("Phrase", "Word"),
}


def test_filters_of_every_shape_answer_as_each_alone() -> None:
    """No filter of any shape is overlooked among others of the same words, nor said to hold.

    What was reached is counted, and a run that did not reach all of it fails: each kind of
    plan with texts that satisfy it and texts that do not, everything that may stand in
    everything, lists of one to eight words beside exclusions of as many.
    """
    answers: Counter[tuple[str, bool]] = Counter()
    reached: Counter[object] = Counter()

    @settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=examples(40))
    @given(st.integers(0, 2**32))
    def run(seed: int) -> None:
        shapes = Shapes(seed)
        made = {str(number): shapes.query() for number in range(60)}
        filters = FilterSet(ANALYSER)
        for key, query in made.items():
            filters.add(key, query)
            reached.update({*edges_of(query.root), *listed_of(query.root)})
        kinds = {key: filters.plan_kinds(key) for key in made}
        for _ in range(12):
            analysis = shapes.analysis(ANALYSER)
            found = set(filters.match(analysis).keys)
            for key, query in made.items():
                holds = matches(query, analysis)
                answers.update((kind, holds) for kind in kinds[key])

                assert (key in found) == holds, (print_query(query), analysis.document)

    run()

    plans = (Bundle, Choice, Unless, Within, Asked, Mixed)
    assert not [
        (plan.__name__, holds)
        for plan, holds in product(plans, (True, False))
        if answers[plan.__name__, holds] < 10
    ]
    assert not [edge for edge in EDGES if not reached[edge]]
    assert not [pair for pair in product(("required", "excluded"), LISTED) if reached[pair] < 10]


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
