"""Short reports of one event across languages join; neighbours of the same place do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.stories.clues import concept_of, skeleton
from bot.stories.memory import Memory

MORNING = datetime(2026, 5, 4, 7, tzinfo=UTC)


def stories(*texts: str) -> list[int]:
    """The number of the story each text is told under, forty minutes apart."""
    memory = Memory()
    return [
        memory.take((), "", text, MORNING + timedelta(minutes=40 * n)).story
        for n, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    "texts",
    [
        (
            "На Камчатке моряки отказались грузиться на баржу.",
            "На Камчатці моряки відмовилися вантажитися на баржу.",
        ),
        (
            "Солдат из Читы прострелил себе ногу, чтобы не ехать на фронт: 4 года.",
            "Чотири роки солдатові з Чити, який прострелив собі ногу, аби не їхати на фронт.",
        ),
        (
            "На Сумщині троє військових утекли з навчального центру і жили в лісі.",
            "Трое военных сбежали из учебного центра в Сумах и жили в лесу.",
        ),
        (
            "В Хабаровске резервисты отказались ехать и сели на рельсы.",
            "Reservists in Khabarovsk refused to go and sat down on the rails.",
        ),
    ],
)
def test_one_event_in_several_languages_is_one_story(texts: tuple[str, ...]) -> None:
    """A one-line repost has no names and few words; place and deed say the same in each language,
    though a town be two consonants or a region be called by its town."""
    assert stories(*texts) == [0] * len(texts)


@pytest.mark.parametrize(
    "texts",
    [
        (
            "На Камчатке моряки отказались грузиться на баржу.",
            "На Камчатці моряки провели навчання.",
        ),
        (
            "Солдат-срочник сбежал с полигона в Оренбургской области с автоматом.",
            "Солдат-контрактник погиб на полигоне в Оренбургской области.",
        ),
        (
            "Под Покровском 14 бойцов теробороны отказались занимать позиции.",
            "Под Покровском погибли 14 бойцов.",
        ),
        ("В Уфе мобилизованный облил себя бензином.", "В Уфе задержали поджигателя военкомата."),
    ],
)
def test_another_event_of_the_place_is_another_story(texts: tuple[str, ...]) -> None:
    """A death that one of two lines tells is no detail that the other left out."""
    assert stories(*texts) == [0, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Рівненщині", "Ровно"),
        ("Одещина", "Одесской"),
        ("Донеччині", "Донецк"),
        ("Сумщини", "Суми"),
        ("Харківщина", "Kharkiv"),
    ],
)
def test_a_region_is_called_by_its_town(one: str, other: str) -> None:
    """Ukrainian names regions so; Russian and English do not."""
    assert skeleton(one) == skeleton(other)


def test_a_towns_name_is_no_word_for_bribes() -> None:
    """«Хабаровск» begins like «хабар» and is a place all the same."""
    assert (concept_of("хабар"), concept_of("хабаровске")) == ("money", "")
