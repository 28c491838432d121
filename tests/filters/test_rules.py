"""Rules tried only where a word may begin them find what their patterns find everywhere."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import filters.facets
from filters.analysis import Analyser
from filters.document import Document
from filters.facets import facets_of, find_facets
from filters.openings import Openings, later, opening
from filters.rules import Rule, Rules, runs

RULES = filters.facets._RULES
FACETS = [rule for rule in vars(filters.facets).values() if isinstance(rule, Rule)]
FACETS += filters.facets._STRONG.values()
FACETS += filters.facets._WEAK.values()
FACETS += [rule for _, rule in filters.facets._STAGES]
WHOLE = {
    rule.number: re.compile(rf"(?<!\w)(?:{'|'.join(rule.sources)})(?!\w)", re.IGNORECASE)
    for rule in FACETS
}
ALTERNATIVES = [source.removesuffix(r"(?!\w)") for rule in FACETS for source in rule.patterns]
LETTERS = "аеиікмнорстуьщіabdeint0159_'"


def written(source: str, chosen: random.Random) -> str:
    """A text that the pattern reads, looking round aside."""
    return _read(re._parser.parse(source), chosen)  # type: ignore[attr-defined]


def _read(pieces: Iterable[Any], chosen: random.Random) -> str:
    text = ""
    for kind, what in pieces:
        name = str(kind)
        if name == "LITERAL":
            text += chr(what)
        elif name == "BRANCH":
            text += _read(chosen.choice(what[1]), chosen)
        elif name == "SUBPATTERN":
            text += _read(what[3], chosen)
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, inner = what
            times = chosen.randint(least, min(int(most), least + 2))
            text += "".join(_read(inner, chosen) for _ in range(times))
        elif name in ("IN", "ANY", "NOT_LITERAL"):
            text += _one_of(what, chosen) if name == "IN" else chosen.choice(LETTERS)
    return text


def _one_of(members: Any, chosen: random.Random) -> str:
    kind, what = members[-1] if str(members[0][0]) == "NEGATE" else chosen.choice(members)
    name = str(kind)
    if str(members[0][0]) == "NEGATE":
        return chosen.choice("ая1 .")
    if name == "RANGE":
        return chr(chosen.randint(*what))
    if name == "CATEGORY":
        return chosen.choice({"SPACE": " \n", "DIGIT": "0123456789"}.get(str(what)[9:], LETTERS))
    return chr(what)


_CHOSEN = random.Random(5)
FOUND = st.sampled_from([written(source, _CHOSEN) for source in ALTERNATIVES * 3])
BETWEEN = st.sampled_from(
    [
        " ",
        " ",
        " в ",
        ", ",
        "_",
        "'",
        "''",
        "-",
        "\n",
        " 1944 г. ",
        " в 2015",
        " (1812",
        "’",
        "",
        "е́",
        " 5 ",
    ]
)
TEXTS = st.lists(st.tuples(FOUND, BETWEEN, st.booleans()), min_size=1, max_size=6).map(
    lambda parts: "".join((word.upper() if loud else word) + sign for word, sign, loud in parts)
)
ANALYSER = Analyser()
# Years as one pattern for all of a text, which is what they are looked for by piece by piece.
YEAR = re.compile(
    rf"(?<!\w)(?:(?:{filters.facets._YEAR_AFTER.pattern})\s|[(–—-]){filters.facets._YEAR.pattern}"
    rf"|{filters.facets._YEAR_BEFORE.pattern}",
    re.IGNORECASE,
)


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=120)
@given(TEXTS, TEXTS)
def test_every_rule_finds_all_that_its_pattern_finds(title: str, text: str) -> None:
    """Words not worth a look are skipped, never one that a rule might match from."""
    document = Document(title=title, text=text)
    whole = filters.facets._whole(document)
    shift = len(title) + 2
    for place in (
        RULES.of(whole),
        RULES.of_analysis(whole, ANALYSER.analyse(document), shift),
    ):
        for rule in FACETS:
            expected = [found.span() for found in WHOLE[rule.number].finditer(whole)]
            assert [found.span() for found in place.finditer(rule)] == expected
        years = [int(found[1] or found[2]) for found in YEAR.finditer(whole)]
        assert filters.facets._years(place) == years
    assert find_facets(document) == facets_of(ANALYSER.analyse(document))


@pytest.mark.parametrize(
    ("source", "word", "begins"),
    [
        (r"отказ\w*", "отказались", True),
        (r"отказ\w*", "отка", False),
        (r"не\s+хот\w+", "не", True),
        (r"не\s+хот\w+", "нехотя", False),
        (r"в'язн\w+", "в", False),
        (r"soldiers' families", "soldiers", True),
        (r"(?:U\.?S\.?|us) army", "u", True),
        (r"(?:а|бв?)[а-г]{2}(?!\w)", "бвг", True),
        (r"(?:а|бв?)[а-г]{2}(?!\w)", "бвгдд", False),
        (r"\d+[\d\s]*тыс", "٣", True),
        (r"[а-я]+-(?:ий|ой)", "южно", True),
        (r"[^\W\d]+-я", "в", True),
    ],
)
def test_a_word_may_begin_a_match_or_surely_not(source: str, word: str, begins: bool) -> None:
    """What the derived pattern says of one word."""
    derived = Openings([opening(source)])
    assert any(derived.of(read) for _, read in runs(word)) is begins


def test_a_pattern_that_may_begin_with_a_sign_is_refused() -> None:
    """Words could not tell where it begins: better an error than a match lost."""
    for source in (r"-?корейск\w+", r"\s*да", r"[\d,]+ дел", r"(?:а)?"):
        with pytest.raises(ValueError, match="may begin"):
            opening(source)


@pytest.mark.parametrize(
    ("source", "text", "there"),
    [
        (r"в (?:\w+ )?розыск\w*", "розыске", True),
        (r"в (?:\w+ )?розыск\w*", "городе", False),
        (r"\d+\s?(?:уголовных )?(?:проваджен\w*|справ|вироків)", "5справ", True),
        (r"\d+\s?(?:уголовных )?(?:проваджен\w*|справ|вироків)", "лет", False),
    ],
)
def test_a_common_beginning_asks_for_a_word_further_on(source: str, text: str, there: bool) -> None:
    """A look at every «в» is not worth it where the other word is missing."""
    word = later(source)
    assert word is not None
    assert bool(Openings([word]).of(text)) is there


def test_forms_are_asked_once() -> None:
    """A text of forms seen before costs a look-up a word."""
    rules = Rules()
    rule = rules.add(r"отказ\w*|бежал\w*")
    assert rules.of("солдат отказался").first(rule, 4) == ("отказался",)
    known = dict(rules)
    assert rules.of("отказался солдат").first(rule, 4) == ("отказался",)
    assert dict(rules) == known
