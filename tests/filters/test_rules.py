"""Rules tried only where a word may begin them find what their patterns find everywhere."""

from __future__ import annotations

import random
import re
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from filters.analysis import Analyser
from filters.document import Document
from filters.entities import counts, courts, dates, laws, units
from filters.entities import prison_terms as terms
from filters.entities.numbers import any_of, plain
from filters.entities.windows import _begins, search
from filters.facets import eras, facets_of, find_facets, whole_of
from filters.facets.lists import lists
from filters.prefilter import Openings, later, opening, runs
from filters.rules import Rule, Rules
from tests.filters.written import SIGNS, written
from tests.support.examples import examples

BETWEEN = st.sampled_from([*SIGNS, " 1944 г. ", " в 2015", " (1812"])
ANALYSER = Analyser()


@cache
def whole_patterns() -> dict[Rule, re.Pattern[str]]:
    """Each facet rule as one pattern, for all of a text."""
    return {
        rule: re.compile(rf"(?<!\w)(?:{'|'.join(rule.sources)})(?!\w)", re.IGNORECASE)
        for rule in lists().rules._rules
    }


@cache
def year_pattern() -> re.Pattern[str]:
    """Years as one pattern for all of a text: they are looked for piece by piece."""
    return re.compile(
        rf"(?<!\w)(?:(?:{lists().year_after.pattern})\s|[(–—-])"
        rf"{eras._YEAR.pattern}|{eras._YEAR_BEFORE.pattern}",
        re.IGNORECASE,
    )


def texts() -> st.SearchStrategy[str]:
    """Texts of what the rules find, in any order. Made when a test runs: it takes a second."""
    chosen = random.Random(5)
    alternatives = [
        source.removesuffix(r"(?!\w)") for rule in whole_patterns() for source in rule.patterns
    ]
    found = st.sampled_from([written(source, chosen) for source in alternatives * 3])
    return st.lists(st.tuples(found, BETWEEN, st.booleans()), min_size=1, max_size=6).map(
        lambda parts: "".join((word.upper() if loud else word) + sign for word, sign, loud in parts)
    )


TEXTS = st.deferred(texts)


def word_around(text: str, at: int) -> int:
    """Where the word that holds this letter begins."""
    return at - len(re.search(r"\w*\Z", text[:at])[0])  # type: ignore[index]


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=examples(120))
@given(TEXTS, TEXTS)
@example("уголовнt' кодекс9ь рф ", "under occupied одес_5 statistics в 2015")
def test_every_rule_finds_all_that_its_pattern_finds(title: str, text: str) -> None:
    """Words not worth a look are skipped, never one that a rule might match from."""
    document = Document(title=title, text=text)
    whole = whole_of(document)
    shift = len(title) + 2
    rules = lists().rules
    for place in (
        rules.of(whole),
        rules.of_analysis(whole, ANALYSER.analyse(document), shift),
    ):
        for rule, pattern in whole_patterns().items():
            expected = [found.span() for found in pattern.finditer(whole)]
            assert [found.span() for found in place.finditer(rule)] == expected
        years = [
            int(found[1] or found[2])
            for found in year_pattern().finditer(whole)
            if not eras._is_no_event(whole, word_around(whole, found.start(found.lastindex)))
        ]
        assert eras.years_of(place) == years
    assert find_facets(document) == facets_of(ANALYSER.analyse(document))


@cache
def entity_rules() -> list[re.Pattern[str]]:
    """The patterns of entities that are tried only where a word may begin them."""
    return [
        rule
        for module in (counts, courts, dates, laws, terms, units)
        for value in vars(module).values()
        for rule in (value if isinstance(value, tuple) else (value,))
        if isinstance(getattr(rule, "pattern", None), str) and _begins(rule) is not None
    ]


def stretches() -> st.SearchStrategy[str]:
    chosen = random.Random(5)
    return st.sampled_from(
        [written(rule.pattern, chosen) for rule in entity_rules() for _ in range(20)]
    )


STRETCHES = st.deferred(stretches)


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=examples(60))
@given(st.lists(st.tuples(STRETCHES, st.sampled_from(SIGNS)), min_size=1, max_size=4))
def test_patterns_tried_at_words_find_all_that_they_find(parts: list[tuple[str, str]]) -> None:
    """Inside a stretch a pattern is tried only at words it may begin with; nothing is lost."""
    text = plain("".join(words + sign for words, sign in parts))
    for rule in entity_rules():
        found = [each.span() for each in search(rule, text, [(0, len(text))])]
        assert found == [each.span() for each in rule.finditer(text)], rule.pattern[:80]


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


def test_a_pattern_of_words_is_the_same_in_each_process() -> None:
    """What it can begin with ships, named by its letters: another order would not be found."""
    words = ["июнь", "июля", "июне", "апрель", "may", "march"]
    assert any_of(words) == any_of(reversed(words)) == any_of({*words})
