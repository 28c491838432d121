"""A name that somebody types for themselves is found in every case."""

from __future__ import annotations

import pytest

from filters.analysis import Analyser
from filters.document import Document
from filters.explain import matches
from filters.own_words import parse_own
from filters.query import QueryError, parse

ANALYSER = Analyser()


def found(expression: str, text: str) -> bool:
    return matches(parse_own(expression, {}), ANALYSER.analyse(Document(text=text)))


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Зайцево", "Из Зайцева вывезли людей."),
        ("Зайцево", "Бой идёт в Зайцеве."),
        ("Времевка", "Под Времевкой тихо."),
        ("Очеретино", "Дорога к Очеретину."),
        ("Торецьк", "Поблизу Торецька."),
        ("Куп’янськ", "Бої під Куп’янськом."),
        ("Авдіївка", "Вийшли з Авдіївки."),
        ("Чиков", "Об этом рассказали Чикову."),
        ("Кравченко, мост", "Мосты взорваны."),
        ("Зайцево NEAR/3 бой", "Бои в Зайцеве."),
        ("-Псков Зайцево", "Под Зайцевом."),
    ],
)
def test_a_typed_name_is_found_in_any_case(typed: str, text: str) -> None:
    """Villages and surnames decline, though no dictionary has them."""
    assert found(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Зайцево -Псков", "Зайцево под Псковом."),
        ("Зайцево", "Зайцы бегут."),
        ("«Зайцево»", "Из Зайцева."),
        ("=Зайцево", "Из Зайцева."),
        ("Зайцево мост", "Из Зайцева вывезли людей."),
    ],
)
def test_what_is_meant_exactly_stays_exact(typed: str, text: str) -> None:
    """Quotation marks and = keep the form; exclusions and AND mean what they mean."""
    assert not found(typed, text)


def test_without_names_it_is_the_filter_language() -> None:
    """Small letters are words as in every filter."""
    assert parse_own("отказ* NEAR/3 фронт", {}) == parse("отказ* NEAR/3 фронт")


def test_own_words_kept_before_they_were_questioned_are_read_as_they_were() -> None:
    """A watch stored before a question was asked goes on, its names in all their cases."""
    with pytest.raises(QueryError):
        parse_own("155-я бригада Зайцево", {})
    query = parse_own("155-я бригада Зайцево", {}, kept=True)
    assert matches(query, ANALYSER.analyse(Document(text="155-я бригада стоит в Зайцеве.")))
