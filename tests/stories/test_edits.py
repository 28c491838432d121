"""What an edit has changed that matters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.stories.edits import changes, material
from tests.support.examples import examples

REPORT = "Около 60 контрактников из Пскова отказались ехать на войну, сообщил Иван Лосев."


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (REPORT, REPORT.replace("60", "40"), [("60 контрактников", "40 контрактников")]),
        (REPORT, REPORT.replace("Пскова", "Тулы"), [("Пскова отказались", "Тулы отказались")]),
        (REPORT, REPORT.replace("отказались", "не отказались"), [("отказались", "не отказались")]),
        ("They did refuse", "They didn't refuse", [("did refuse", "didn't refuse")]),
        ("Засудили до двох років", "Засудили до трьох років", [("двох років", "трьох років")]),
        (REPORT, REPORT + " Их допросил Пётр Ким.", [("", "Их допросил Пётр Ким")]),
        ("Солдата избил капитан Серов.", "Солдата избил капитан.", [("капитан Серов", "капитан")]),
        ("Псков ждёт. Суд идёт.", "Брянск ждёт. Суд идёт.", [("Псков ждёт", "Брянск ждёт")]),
        (REPORT, REPORT + " Брянск ждёт того же.", [("", "Брянск ждёт того же")]),
        ("Одеса. Солдати пішли", "Харків. Солдати пішли", [("Одеса Солдати", "Харків Солдати")]),
        ("Зубрицкая отказалась", "Кимченко отказалась", None),
        ("Moscow court ruled", "Kursk court ruled", [("Moscow court", "Kursk court")]),
    ],
)
def test_names_numbers_places_and_negations_are_said(
    before: str, after: str, said: list[tuple[str, str]] | None
) -> None:
    """A reader learns by the very words what a source has taken back or added."""
    found = list(changes(before, after))

    assert material(before, after)
    assert found == said or said is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (REPORT, REPORT.replace("контрактников", "контрактника")),
        (REPORT, REPORT.replace("60", "шестидесяти")),
        (REPORT, REPORT.replace("Пскова", "Пскове")),
        (REPORT, REPORT + "\n\nПодписаться на канал @pskov24"),
        (REPORT + "\nОбновлено 14:35", REPORT + "\nОбновлено 16:02"),
        (REPORT + " Просмотров: 120", REPORT + " Просмотров: 5 400"),
        (REPORT, REPORT.upper().replace("ОКОЛО", "Около")),
        ("Погибли 1 200 человек", "Погибли 1200 человек"),
        ("Суд был в Курске. Его осудили.", "Его осудили. Суд был в Курске."),
        (REPORT, REPORT + " https://example.org/55 #Москва"),
        (REPORT, REPORT + " Подробности позже. Фото очевидцев."),
        ("Контратники отказались", "Контрактники отказались"),
        ("Солдаты отказались ехать", "Бойцы отказались ехать"),
        ("Вчера суд отложили.", "Сегодня суд отложили."),
        ("Soldiers refused to go", "Troops refused to go"),
        ("Лосев сбежал. Его ищут.", "Его ищут. Сбежал Лосев."),
    ],
)
def test_typos_footers_counters_and_moves_are_none(before: str, after: str) -> None:
    """No message is edited for what changes nothing."""
    assert changes(before, after) == ()
    assert not material(before, after)


@settings(max_examples=examples(60), deadline=None)
@given(st.text(alphabet="аБ не60.\n", max_size=60), st.text(alphabet="аБ не60.\n", max_size=60))
def test_phrases_are_short_and_equal_texts_differ_in_nothing(before: str, after: str) -> None:
    """At most three phrases of at most 81 letters, none where nothing has changed."""
    found = changes(before, after)

    assert len(found) <= 3
    assert all(len(side) <= 81 and was != now for was, now in found for side in (was, now))
    assert changes(before, before) == ()
    assert bool(found) == material(before, after)
