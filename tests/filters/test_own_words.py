"""A name that somebody types for themselves is found in every case."""

from __future__ import annotations

from functools import cache

import pytest

from filters.document import Document
from filters.explain import matches
from filters.own_words import as_meant, parse_own
from filters.query import QueryError, parse
from filters.reading import Reader
from tests.support.readers import shipped_reader


@cache
def reader() -> Reader:
    return shipped_reader()


def found(expression: str, text: str) -> bool:
    return matches(parse_own(expression, {}), reader().analyse(Document(text=text)))


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


@pytest.mark.parametrize("typed", ['"72-я бригада"', "«72-га бригада»", '"72nd brigade"'])
@pytest.mark.parametrize(
    "text",
    [
        "Бойцы 72-й бригады ушли с позиций.",
        "Військові 72-ї окремої механізованої бригади відмовилися.",
        "The 72nd Brigade left its positions.",
        "72 ОМБр",
    ],
)
def test_a_quoted_unit_is_found_however_it_is_written(typed: str, text: str) -> None:
    """In any case, language and abbreviation; another number is another unit."""
    assert found(typed, text)
    assert not found(typed, text.replace("72", "73"))
    assert not found(f"={typed}", text.replace("72", "73"))


def test_where_no_id_may_stand_the_words_do() -> None:
    """Within a regular expression, or beside =, nothing is added."""
    for typed in ('="72-я бригада"', "/72 бригада/", "«Зайцево»"):
        assert as_meant(typed, {}) == typed


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
    assert matches(query, reader().analyse(Document(text="155-я бригада стоит в Зайцеве.")))
