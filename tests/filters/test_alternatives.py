"""A long list is asked only what the text has words for, and answers as if it were asked all."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from filters.alternatives import alternatives
from filters.analysis import Analyser, Analysis
from filters.document import Document
from filters.explain import explain, matches, spans
from filters.nodes import And, Group, In, Near, Node, NotNear, Or, Phrase, Query, Word, disj
from tests.support.examples import examples

ANALYSER = Analyser()
TEXTS = ("солдаты", "рапорта", "написал", "ВЧ", "вч", "отказались", "frontline", "ушли", "рота")
ASKED = [
    *(Word(each) for each in ("солдат", "рапорт", "написать", "отказаться", "уйти", "рота")),
    *(Word("вч", "acronym"), Word("солдаты", "exact"), Word("отказ", "prefix"), Word("front")),
]
word = st.sampled_from(ASKED)
phrase = st.builds(lambda ws: Phrase(tuple(ws)), st.lists(word, min_size=2, max_size=3))
near = st.builds(Near, word | phrase, word, st.integers(1, 4))
remote = st.builds(NotNear, word | phrase, word, st.integers(1, 4))
alternative = word | phrase | near | remote | st.builds(In, st.just("title"), word)
lists = st.lists(alternative, min_size=7, max_size=20, unique=True)
written = st.lists(st.sampled_from(TEXTS), max_size=12).map(" ".join)


def analysed(title: str, text: str) -> Analysis:
    return ANALYSER.analyse(Document(title=title, text=text))


@settings(max_examples=examples(80), deadline=None)
@given(lists, written, written)
def test_a_long_list_holds_and_shows_what_its_alternatives_do(
    items: list[Node], title: str, text: str
) -> None:
    """Each alternative is asked alone, on a fresh text: the union is the list's answer."""
    alone = [spans(Query(item), analysed(title, text)) for item in items]
    one = Or(tuple(items))
    told = tuple(sorted({span for found in alone for span in found}))
    analysis = analysed(title, text)

    assert spans(Query(one), analysis) == told
    assert matches(Query(one), analysis) is any(alone)
    assert explain(Query(one), analysis).spans == told
    may = alternatives(one, analysis)
    assert [each for each in items if each in may] == list(may)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(word | phrase | near, min_size=7, max_size=12, unique=True), word, written, written)
def test_a_group_named_by_many_filters_is_the_same_to_each(
    items: list[Node], other: Word, title: str, text: str
) -> None:
    """What one filter has found of a group serves the next: in a field, beside a word, alone."""
    group = Group("refuse", disj(items))
    queries = [
        Query(node)
        for node in (group, In("title", group), Near(group, other, 3), And((other, group)))
    ]
    shared = analysed(title, text)
    for query in queries:
        assert spans(query, shared) == spans(query, analysed(title, text))


def test_of_a_hundred_words_the_two_there_are_asked() -> None:
    """What the list costs is what the text has of it."""
    many = Or(tuple(Word(f"слово{n}") for n in range(100)))
    found = alternatives(many, analysed("", "слово7 и слово70"))
    assert found == [Word("слово7"), Word("слово70")]
