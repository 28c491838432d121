"""Regular expressions: Unicode edges, offsets of the original, and no way to hold the bot up."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.analysis import Analyser, Analysis
from filters.document import Document
from filters.index import FilterSet, explain
from filters.nodes import Regex
from filters.query import QueryError, describe, parse, print_query
from filters.regex import Regexes, problem
from tests.support.examples import examples


@cache
def analyser() -> Analyser:
    return Analyser()


def read(text: str, title: str = "") -> Analysis:
    return analyser().analyse(Document(text=text, title=title))


def shown(regex: Regex, text: str) -> list[str]:
    return [text[start:end] for start, end in Regexes(Document(text=text)).places(regex, "text")]


@pytest.mark.parametrize(
    ("written", "text", "found"),
    [
        (r"/отказ\w*/", "Отказ, отказался", ["отказался"]),
        (r"/отказ\w*/i", "Отказ, отказался", ["Отказ", "отказался"]),
        (r"/\bчасть\b/", "участь, часть-часть", ["часть", "часть"]),
        (r"/\bсоч\b/i", "сочи, С СОЧ.", ["СОЧ"]),
        (r"/отказ\b.*\bфронт/", "отказ фронт", ["отказ фронт"]),
        (r"/\b(\bода\b|\bлёд\b)/", "вода, лёд", ["лёд"]),
        (r"/отка\u0301\w+/", "отка\u0301зов", ["отка\u0301зов"]),
        (r"/в\s*\/\s*ч\s*\d{5}/", "Из в/ч\u00a064044 ушли", ["в/ч\u00a064044"]),
        (r"/[^\W\d]+\d/", "😀 Т80", ["Т8"]),
        (r"/[\W]{2}/", "да — нет", [" —"]),
        (r"/\Q(a.b)\E/", "x(a.b)", ["(a.b)"]),
        (r"/^ж.$/", "жж", ["жж"]),
        (r"/^\bж\b$/", "ж", ["ж"]),
    ],
)
def test_what_is_found_and_where(written: str, text: str, found: list[str]) -> None:
    """`\\w`, `\\s` and `\\b` know Cyrillic, and places are those of the original letters."""
    regex = parse(written).root

    assert isinstance(regex, Regex)
    assert shown(regex, text) == found


@settings(deadline=None, max_examples=examples(200))
@given(
    st.sampled_from(
        [
            r"\bа+б?\b",
            r"а\b.",
            r"\b\w\W",
            r"[аб]\b\W*\b[аб]",
            r"(?:а|\bб)\b",
            r"^\b|б\b$",
            r"\w+\s\w",
            r"\b",
        ]
    ),
    st.text("аб1 .-\n_😀", max_size=12),
)
def test_edges_are_those_of_pythons_own_engine(pattern: str, text: str) -> None:
    """A second engine, which knows Unicode but may take for ever, agrees."""
    made = Regexes(Document(text=text))

    assert made.holds(Regex(pattern), "text") == bool(re.search(pattern.replace("$", r"\Z"), text))


def test_a_pattern_stands_where_a_word_may() -> None:
    """Alone, in a field, in lists, beside NEAR, excluded; and the set agrees."""
    text = read("Бойцы из в/ч 64044 отказались ехать.", title="Военная прокуратура")
    queries = {
        "alone": r"/\b\d{5}\b/",
        "and": r"отказаться /\b\d{5}\b/",
        "field": r"title:/прокур/",
        "list": r"самоволка, /64\d+/",
        "near": r"/\b\d{5}\b/ NEAR/1 отказ*",
        "not": r"отказ* -/\b\d{6}\b/",
        "no field": r"title:/64044/",
        "no near": r"/\b\d{5}\b/ NEAR/1 ехать",
    }
    made = FilterSet(analyser())
    for key, query in queries.items():
        made.add(key, parse(query))

    assert [hit.key for hit in made.match(text)] == [
        "alone",
        "and",
        "field",
        "list",
        "near",
        "not",
    ]
    for key, query in queries.items():
        assert explain(parse(query), text).matched == (key in {h.key for h in made.match(text)})
        made.remove(key)
    assert not made.match(text)


@pytest.mark.parametrize(
    "written",
    [
        r"/а*/",
        r"/(?=а)б/",
        r"/(?<!а)б/",
        r"/(а)\1/",
        r"/а\Bб/",
        r"/[а/",
        r"/(а/",
        r"/а)/",
        r"/((а{100}){100}){100}/",
        r"/\w{900}/",
        r"/(?s)а.б/",
        r"/\p{Nonsense}/",
        "/" + "а" * 2_000 + "/",
        " ".join([r"/аб/"] * 20),
    ],
)
def test_what_re2_has_not_is_refused_in_three_languages(written: str) -> None:
    """With the reason, never with an exception of another kind."""
    with pytest.raises(QueryError) as caught:
        parse(written)

    assert len({caught.value.message(lang) for lang in ("en", "ru", "uk")}) == 3


def test_signs_inside_a_pattern_are_not_signs_of_the_language() -> None:
    """Parentheses, quotes, exclamation marks and dashes belong to the pattern."""
    query = parse(r'отказ /(a|b)!"-*\)c/i')

    assert print_query(query) == r'отказ /(a|b)!"-*\)c/i'
    assert parse(print_query(query)) == query
    assert "/(a|b)" in describe(query, "ru")


def test_a_pattern_made_to_explode_costs_little() -> None:
    """Nested repetition is linear here; with backtracking this test would not end."""
    regex = Regex(r"(?:\w+\s?)+!")
    text = Document(text="слово " * 20_000)
    assert problem(regex) is None

    assert not Regexes(text).holds(regex, "text")
