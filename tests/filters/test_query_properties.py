"""What is printed reads back; no text breaks the reader."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from filters.nodes import And, In, Near, Node, Not, NotNear, Or, Phrase, Query, Word, conj, disj
from filters.normalize import normalize_word
from filters.query import QueryError, describe, parse, print_query
from tests.filters.strategies import GROUPS, VOCABULARY, form_words, queries
from tests.support.examples import examples
from tests.support.work import lines_run

SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=examples(120))

ALPHABET = st.sampled_from(
    list("()\"«»“”„,|-!*=~+:;/@?&'’ \n\u0301\u200b\u00ad—№½ﬁİß😀中") + list("абвіїAORNTИЛНЕ123wsx")
)
_PIECES = """
AND OR NOT И ИЛИ НЕ ТА АБО І or и NEAR/3 NEAR/s BEFORE/2 NEAR near/p ( ) , | - -отказ отказ* =отказ
title: title:a source:@x kind:court lang:xx "a b" «в г» “d e” „f g“ "a b"~5 @refuse @none /a+/i
/\\b(a|"b)\\w+!/i /[/ w/5 СОЧ пресс-служба а* http://a.b/c !x +y z~ foo:bar && || *a a*b
"""
PIECES = st.sampled_from(_PIECES.split())


def read(text: str) -> Query | QueryError:
    try:
        return parse(text, GROUPS)
    except QueryError as error:
        return error


@SLOW
@given(queries())
def test_printed_queries_read_back(query: Query) -> None:
    """parse(print(q)) == q, for all q."""
    assert parse(print_query(query), GROUPS) == query


# Words of which, with what stands beside them, other languages of search make signs.
_SIGNS = """
не not без without но але а but и та і й or and или або кроме крім except к near within adj pre w
n s p same sent sentence paragraph around atleast maybe рядом перед поруч near5 w5 pre5 adj5 5 3
самовольное оставление самовільне залишення части count term 155 я бригада в ч title text site
xor andnot followed by quote any all none either
"""


def _renamed(node: Node, names: dict[str, str]) -> Node:
    """The same query with other words."""
    if isinstance(node, Word):
        plain = node.mode in ("form", "exact")
        return replace(node, text=names.get(node.text, node.text)) if plain else node
    if isinstance(node, Phrase):
        return Phrase(
            tuple(w for each in node.words if isinstance(w := _renamed(each, names), Word))
        )
    if isinstance(node, And | Or):
        return (conj if isinstance(node, And) else disj)([_renamed(n, names) for n in node.items])
    if isinstance(node, Near | NotNear):
        return replace(node, left=_renamed(node.left, names), right=_renamed(node.right, names))
    return replace(node, item=_renamed(node.item, names)) if isinstance(node, Not | In) else node


_NAMES = st.dictionaries(
    form_words.map(normalize_word), st.sampled_from(_SIGNS.split()), min_size=3, max_size=6
)


@pytest.mark.parametrize(
    "text",
    [
        'солдат, ("=or" "not")',
        '("=and" "not"), фронт',
        'солдат NEAR/p "=term" "=155" BEFORE/s отказ',
        '"near5" ("солдат" "xor" "not") "any"',
        '("=without" "=not") фронт',
    ],
)
def test_words_that_are_signs_beside_others_are_quoted_in_every_mode(text: str) -> None:
    """“=or not)” is no list, “=term =155” counts nothing."""
    query = parse(text)
    assert parse(print_query(query)) == query


@SLOW
@given(queries(), _NAMES)
def test_printed_queries_of_words_that_are_signs_elsewhere_read_back(
    query: Query, names: dict[str, str]
) -> None:
    """What was quoted to be looked for is quoted again where it would mean something else."""
    renamed = Query(_renamed(query.root, names))
    assert parse(print_query(renamed), GROUPS) == renamed


@SLOW
@given(st.lists(PIECES, max_size=12).map(" ".join) | st.text(ALPHABET, max_size=40) | st.text())
@example("1|w1")  # a word of a list that elsewhere stands between two
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    """A filter is understood, or its author told where and why, in three languages."""
    got = read(text)

    if isinstance(got, Query):
        assert parse(print_query(got), GROUPS) == got
        assert all(describe(got, lang) for lang in ("en", "ru", "uk"))
        return
    assert 0 <= got.position <= len(text)
    assert all(got.message(lang) for lang in ("en", "ru", "uk"))
    for reading in got.readings:
        parse(reading, GROUPS)


_HOSTILE = """
a, ( () - ж a: =* title: ' a' \u0301a' " « a- \\ /a a\u200b ! a| http:// "a"~5 ((a)
"""


@pytest.mark.parametrize(
    "piece",
    [
        *_HOSTILE.split(),
        *("/a/ ", r"/\w{9}/ ", "/(", "/((a*)*)*b/ ", "/[[[", "/\\", "a/ /"),
        "/" + "(a|" * 90 + "b" + ")" * 90 + "/i ",
        *("a ", "a NEAR/3 ", "- ", '"a" ', "@refuse ", "(a ", "́a", "a OR b ", "NOT ", "w/5 "),
        *(
            "(a OR b) ",
            "(a, b) NEAR/2 ",
            "title:(a ",
            "(a NEAR/2 b) NEAR/s ",
            "title:a kind:court ",
        ),
    ],
)
def test_ten_thousand_characters_cost_little(piece: str) -> None:
    """No input of 10,000 characters crashes, recurses away or holds the bot up."""
    text = piece * (10_000 // len(piece))
    # What is loaded once, the grammar and the catalogues, is no cost of this text.
    _read(r"\\")
    _read("a -b")
    assert lines_run(lambda: _read(text)) < 5 * len(text)


def _read(text: str) -> None:
    try:
        query = parse(text, GROUPS)
    except QueryError as error:
        error.message("ru")
    else:
        describe(query, "uk")
        print_query(query)


_ITEMS = (
    *VOCABULARY,
    "=солдаты",
    "фро*",
    "ф*",
    "*фронт",
    '"не хочет"',
    '="на фронт"',
    "пресс-служба",
    "500-е",
    "а,б",
)
_ODD = (
    "@soldiers",
    "AND",
    "НЕ",
    "И",
    "и",
    "or",
    "NEAR/3",
    "near",
    "-x",
    "person:chikov",
    "=",
    "w/5",
    "a?b",
    "",
)


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.sampled_from((*_ITEMS, *_ODD)), min_size=2, max_size=5))
def test_a_plain_list_is_read_as_one_that_is_not_plain(items: list[str]) -> None:
    """Plain lists are read by a shorter way; it says what the long way says, and refuses what
    that refuses. Parentheses around one item make a list that is not plain."""
    listed = ", ".join(items)
    plain, other = (
        read(f"({listed}, слово) NEAR/3 фронт"),
        read(f"({listed}, (слово)) NEAR/3 фронт"),
    )

    assert isinstance(plain, Query) == isinstance(other, Query)
    assert not isinstance(plain, Query) or plain == other
