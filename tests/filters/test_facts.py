"""The facts line's facts: only what the passage says, each with its words."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.document import Document, Span
from filters.facts import FactRule, fact_rules, facts_of, pack, unpack
from filters.reading import Reader
from filters.towns import find_towns
from tests.support.examples import examples
from tests.support.readers import shipped_reader


@cache
def _reader() -> Reader:
    return shipped_reader()


@pytest.fixture
def reader() -> Reader:
    return _reader()


def told(reader: Reader, text: str, passage: str = "") -> list[str]:
    """The codes of what a passage of a text says."""
    document = Document(text=text)
    start = text.index(passage or text)
    span = Span("text", start, start + len(passage or text))
    found = facts_of(document, reader.read(document).entities, span, reader.entities)
    return [fact.code for fact in found]


@pytest.mark.parametrize("rule", fact_rules(), ids=lambda rule: rule.code)
def test_each_rule_tells_its_texts_and_no_others(reader: Reader, rule: FactRule) -> None:
    """The rules are data with the texts that show what they are for, as the packs are."""
    assert all(rule.code in told(reader, text) for text in rule.must)
    assert not any(rule.code in told(reader, text) for text in rule.must_not)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (
            "Около 60 контрактников из Пскова отказались ехать, им угрожают уголовными делами.",
            ["count:~60", "place:pskov", "deed:refused-deploy", "done:charges"],
        ),
        (
            "Читинский гарнизонный военный суд дал солдату шесть лет колонии по ст. 337 УК РФ.",
            ["term:6", "law:ru:337", "court:garrison:chita"],
        ),
        (
            "Двоє бійців самовільно залишили частину під Дніпром, їх побили.",
            ["count:2", "place:dnipro", "deed:left-unit", "done:beaten"],
        ),
        ("Солдаты отказались бы ехать, если бы их спросили.", []),
        ("Правда ли, что солдаты отказались ехать на фронт?", []),
        ("Минобороны опровергло, что мобилизованные отказались ехать в Курск.", ["place:kursk"]),
        ("The officer denied that the soldiers refused to deploy.", []),
        ("Рядового судят за дезертирство.", ["deed:deserted"]),
    ],
)
def test_what_a_passage_says(reader: Reader, text: str, codes: list[str]) -> None:
    """Number, place, deed, what was done; of a verdict term, article and court. What is denied,
    asked or only possible is no fact; an offence by name is no article."""
    assert told(reader, text) == codes


def test_other_sentences_say_nothing(reader: Reader) -> None:
    """A roundup's next entry is another event."""
    text = "Солдат из Тулы дезертировал. В Омске избили двоих отказников."

    assert told(reader, text, "Солдат из Тулы дезертировал.") == ["place:tula", "deed:deserted"]


def test_towns_are_called_in_three_languages() -> None:
    """Only behind a preposition and with a capital: «Чита» is a town, «читать» is none."""
    found = [town.names["en"] for town, _, _ in find_towns("В Чите и под Дніпром. У Орла крылья.")]

    assert found[:2] == ["Chita", "Dnipro"]


_PIECES = [piece for rule in fact_rules() for piece in (*rule.must, *rule.must_not)] + [
    "около 60 солдат", "в Пскове", "по ст. 337 УК РФ", "5 лет колонии", ". ", "?", "\n", "не ",
    "Kyzyl Garrison Military Court", "155-я бригада", "Сотни военных",
]  # fmt: skip


@settings(max_examples=examples(80), deadline=None)
@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=6), st.integers(0, 200), st.data())
def test_each_fact_has_its_words(pieces: list[str], start: int, data: st.DataObject) -> None:
    """Each fact lies in the passage asked for, at most six, and survives being stored."""
    text = " ".join(pieces)
    reader = _reader()
    document = Document(text=text)
    low = min(start, len(text))
    passage = Span("text", low, data.draw(st.integers(low, len(text))))

    found = facts_of(document, reader.read(document).entities, passage, reader.entities)

    assert len(found) <= 6
    for fact in found:
        assert passage.start <= fact.start < fact.end <= passage.end
        assert text[fact.start : fact.end].strip()
    assert unpack(pack(found)) == found
    assert unpack(["{", "[]", *pack(found)]) == found
