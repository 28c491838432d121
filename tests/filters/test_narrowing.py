"""What narrows a topic, as people type it: exclusions stand alone, and none passes all."""

from __future__ import annotations

import pytest

from filters.analysis import Analyser
from filters.document import Document
from filters.explain import matches
from filters.narrowing import as_typed, excludes_only, left_out, parse_narrowing, together
from filters.query import QueryError, parse

PSKOV, CHITA, OTHER = "Суд во Пскове вынес решение.", "В Чите открыли мост.", "Дождь в Твери."


def passed(narrowing: str) -> list[str]:
    query, analyser = parse_narrowing(narrowing), Analyser()
    texts = (PSKOV, CHITA, OTHER)
    return [each for each in texts if matches(query, analyser.analyse(Document(text=each)))]


@pytest.mark.parametrize(
    "typed",
    [
        "-Псков",
        "−Псков",
        "–Псков",
        "NOT Псков",
        "НЕ Псков",
        "кроме Псков",
        "Крім: Псков",
        "без Псков",
    ],
)
def test_all_but_one(typed: str) -> None:
    """However the one is said to be left out, also with the dash a phone makes."""
    assert passed(typed) == [CHITA, OTHER]
    assert excludes_only(parse_narrowing(typed))


@pytest.mark.parametrize(
    "typed",
    [
        "-Псков, -Чита",
        "-Псков -Чита",
        "-Псков, Чита",
        "NOT Псков, Чита",
        "-(Псков, Чита)",
        "кроме Псков и Чита",
        "кроме Псков, кроме Чита",
        "except Псков, Чита",
    ],
)
def test_of_a_list_all_are_left_out(typed: str) -> None:
    """A comma between exclusions never means "either", which would pass everything."""
    assert passed(typed) == [OTHER]


def test_words_and_exclusions_together() -> None:
    """What must be there, and what must not, in one line."""
    assert passed("(Псков, Чита) кроме суд") == [CHITA]
    assert not excludes_only(parse_narrowing("(Псков, Чита) кроме суд"))


def test_what_is_quoted_stays() -> None:
    """A title may hold a comma, a dash and «без»."""
    for said in ('"без срока, -да"', '-source:"Радио без границ"', "-source:3 -stage:verdict"):
        assert as_typed(said) == said


def test_a_filter_still_asks_for_something() -> None:
    """Alone an exclusion matches nearly everything: no filter may be that."""
    with pytest.raises(QueryError):
        parse("-Псков")
    with pytest.raises(QueryError):
        parse_narrowing("-(Псков")


def test_shown_and_joined() -> None:
    """What is left out is listed; two narrowings hold together."""
    assert (
        left_out('-Псков -source:"Radio N" -(Чита, Тверь)')
        == 'Псков, source:"Radio N", Чита, Тверь'
    )
    assert left_out("Псков -Чита") == ""
    assert passed(together("Псков, Чита", "-Псков")) == [CHITA]
