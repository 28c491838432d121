"""Filters that ask for entities, numbers and facets."""

from __future__ import annotations

import pytest

from filters.analysis import Analyser, Analysis, Mention
from filters.document import Document
from filters.index import FilterSet, explain
from filters.mentions import entity, names
from filters.nodes import And, Entity, Facet, Near, Word
from filters.query import QueryError, describe, parse, print_query

ANALYSER = Analyser()
TEXT = "Павел Чиков: рядовой осуждён по ст. 337 УК, отказались ещё 60 человек."


def read(*ids: tuple[str, str], army: str = "") -> Analysis:
    """TEXT with mentions, each an id and the words it stands on."""
    found = [
        Mention(name, "text", TEXT.index(words), TEXT.index(words) + len(words))
        for name, words in ids
    ]
    analysis = ANALYSER.analyse(Document(text=TEXT), found)
    analysis.find_facets = lambda _: {"army": army}
    return analysis


@pytest.mark.parametrize(
    ("pattern", "mention", "asked"),
    [
        ("person:chikov", "person:chikov", True),
        ("person:chik", "person:chikov", False),
        ("law:ru:337", "law:ru:337/5", True),
        ("law:ru:337/5", "law:ru:337/5", True),
        ("law:ru:337/5", "law:ru:337/4", False),
        ("law:ru:337", "law:ru:337~", True),
        ("law:ru:33", "law:ru:337", False),
        ("law:ru", "law:ru:337", True),
        ("law:ru", "law:ua:407", False),
        ("law:ru.koap:20.3.3", "law:ru.koap:20.3.3", True),
        ("unit:*:brigade:155", "unit:ua:brigade:155", True),
        ("court:garrison:*", "court:garrison:pskov", True),
        ("court:garrison:*", "court:garrison", False),
        ("count>=10", "count:60", True),
        ("count>=10", "count:>=60", True),
        ("count>=10", "count:9", False),
        ("count>=10", "term:60", False),
        ("term<6", "term:5.5", True),
        ("count=2", "count:2", True),
    ],
)
def test_which_ids_a_pattern_asks_for(pattern: str, mention: str, asked: bool) -> None:
    """Part by part, `*` for any, the last part narrowed by a slash."""
    assert names(pattern, mention) == asked


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("court:garrison:novosibirsk", "court:garrison:novosibir"),
        ("court:garrison:rostov-on-don", "court:garrison:rostov-na-donu"),
        ("court:garrison:Chita", "court:garrison:chita"),
        ("court:garrison:*", "court:garrison:*"),
        ("court:military-district:2-western", "court:military-district:2-western"),
    ],
)
def test_a_court_may_be_asked_for_by_its_towns_name(typed: str, asked: str) -> None:
    """Nobody need know that ids are stems."""
    wanted = entity(typed)

    assert wanted is not None
    assert wanted.pattern == asked


def test_entities_numbers_and_facets_are_read_and_printed() -> None:
    """They stand where words do; facets narrow."""
    query = parse("person:Chikov NEAR/s count>=10 army:ru")

    near = Near(Entity("person:chikov"), Entity("count>=10"), 0, "sentence")
    assert query.root == And((near, Facet("army", "ru")))
    assert parse(print_query(query)) == query
    assert describe(query, "ru")
    assert parse("law:ru:337 NEAR/3 слово").root == Near(Entity("law:ru:337"), Word("слово"), 3)


@pytest.mark.parametrize("text", ["army:ru", "a, army:ru", "army:moon a", "person: a", "count>=x"])
def test_what_cannot_stand_alone_or_is_no_entity_is_refused(text: str) -> None:
    """A facet narrows what else is found; an entity has a name."""
    with pytest.raises(QueryError):
        parse(text)


def test_entities_match_where_they_stand() -> None:
    """Beside words, in fields, in lists; and are shown as written."""
    made = FilterSet(ANALYSER)
    for key, text in {
        "near": "law:ru:337 NEAR/3 осудить",
        "far": "law:ru:337 NEAR/1 осудить",
        "list": "(person:chikov, дезертир) NEAR/2 рядовой",
        "title": "title:person:chikov",
        "count": "count>=50 отказаться",
        "army": "count>=50 army:ru",
        "other": "person:gannushkina",
    }.items():
        made.add(key, parse(text))
    mentions = (("person:chikov", "Павел Чиков"), ("law:ru:337", "ст. 337 УК"), ("count:60", "60"))

    found = made.match(read(*mentions, army="ua"))

    assert [hit.key for hit in found] == ["count", "list", "near"]
    assert [TEXT[s.start : s.end] for s in found[1].spans] == ["Павел Чиков", "рядовой"]
    assert [TEXT[s.start : s.end] for s in found[2].spans] == ["осуждён", "ст. 337 УК"]
    assert [hit.key for hit in made.match(read(*mentions, army="ru"))] == [
        "army",
        "count",
        "list",
        "near",
    ]
    made.remove("near")
    assert [hit.key for hit in made.match(read(("law:ru:337", "ст. 337 УК")))] == []


def test_facets_are_asked_only_when_all_else_holds() -> None:
    """They cost more than all the rest."""
    made = FilterSet(ANALYSER)
    made.add("f", parse("дезертир army:ru"))
    analysis = read()
    asked = []
    analysis.find_facets = lambda _: asked.append(1) or {}  # type: ignore[func-returns-value]

    assert not made.match(analysis)
    assert not asked


def test_a_failed_facet_is_explained() -> None:
    """Why not? Because of the army."""
    told = explain(parse("рядовой army:ru"), read(army="ua"))

    assert [clause.text for clause in told.failed] == ["army:ru"]
