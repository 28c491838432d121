"""Short reports of one event across languages join; neighbours of the same place do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.stories.event_words import concept_of
from bot.stories.likeness import contradict
from bot.stories.memory import Memory
from bot.stories.relation import text_profile
from bot.stories.spelling import skeleton

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
        (
            "Капитан в Рыльске прострелил замок и сбежал из госпиталя.",
            "У Рильську капітан прострелив замок і втік зі шпиталю.",
            "Captain in Rylsk shoots lock and escapes from hospital.",
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
        (
            "На Сумщині військовий продав бронежилет і втік із частини.",
            "На Сумщині чоловік купив бронь і втік від ТЦК.",
        ),
        (
            "У Сумах боєць стрілецького батальйону втік із частини.",
            "У Сумах військовий застрелив командира і втік.",
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


@pytest.mark.parametrize(
    ("one", "other"), [("Вольске", "Volsk"), ("Рильську", "Rylsk"), ("Луцьку", "Lutsk")]
)
def test_a_short_town_is_the_same_in_latin_letters(one: str, other: str) -> None:
    """A soft sign is no letter there, and «ц» is two."""
    assert skeleton(one) == skeleton(other)


def test_a_towns_name_is_no_word_for_bribes() -> None:
    """«Хабаровск» begins like «хабар» and is a place all the same."""
    assert (concept_of("хабар"), concept_of("хабаровске")) == ("money", "")


def test_a_verdict_in_another_language_does_not_join_the_appeal() -> None:
    """The appeal's story tells the appeal; an earlier stage told late begins or joins another."""
    memory = Memory()
    texts = (
        (
            0,
            "Читинский гарнизонный военный суд приговорил контрактника Олега Дёмина к шести годам"
            " колонии за самовольное оставление части.",
        ),
        (
            40,
            "Окружной военный суд оставил в силе приговор Олегу Дёмину, шесть лет за самовольное"
            " оставление части. Апелляция адвоката отклонена.",
        ),
        (41, "A Chita court sentenced soldier Oleg Dyomin to six years for absence without leave."),
        (41, "Appeal court upholds six-year sentence of soldier Oleg Dyomin for leaving his unit."),
    )
    found = [
        memory.take((), "", text, MORNING + timedelta(days=day, minutes=n)).story
        for n, (day, text) in enumerate(texts)
    ]

    assert found == [0, 1, 2, 1]


def test_a_denial_is_no_stage_of_its_own() -> None:
    """Who denies a report tells of the same event; nobody is told twice."""
    answers = stories(
        "В Туле 15 мобилизованных отказались ехать на фронт и заперлись в казарме.",
        "В Туле опровергли, что 15 мобилизованных отказались ехать на фронт и заперлись в казарме.",
    )

    assert answers == [0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Боєць 63-ї бригади вкрав у Ямполі генератор.",
            "В Ямполе рота 63-й бригады отказалась идти в атаку.",
        ),
        (
            "В Пензе солдат-дезертир получил 6 лет.",
            "Penza soldier who cut off his finger to avoid the war gets six years.",
        ),
        (
            "В Твери рядового Дениса Ламова осудили за побег из части.",
            "В Твери лейтенанта Егора Шилова осудили за побег из части.",
        ),
    ],
    ids=["another deed of one unit", "another deed of one town", "other people"],
)
def test_one_town_and_another_deed_or_another_person_are_two_events(one: str, other: str) -> None:
    """No report of an event is swallowed by its neighbour of the same unit, court or town."""
    ours, theirs = (text_profile("", text).event_features for text in (one, other))

    assert contradict(ours, theirs)


def test_a_deed_that_both_tell_keeps_reports_together() -> None:
    """An accident with people hurt is one event, whichever of the two a report names."""
    ours, theirs = (
        text_profile("", text).event_features
        for text in (
            "Автобус в Перми загорелся на мосту.",
            "Двое ранены в Перми: автобус упал с моста.",
        )
    )

    assert not contradict(ours, theirs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Soldier Peter Hallam fled his base in Ohio and was jailed.",
            "Judge Ruth Carver jailed soldier Hallam, who fled his base in Ohio.",
        ),
        (
            "Суд в Улан-Удэ осудил Баира Дамбаева за дезертирство.",
            "В Улан-Удэ приговор Дамбаеву за дезертирство огласил судья Игорь Рудых.",
        ),
    ],
)
def test_a_person_whom_one_names_in_full_may_be_the_other_s_surname(one: str, other: str) -> None:
    """Whichever comes first: a judge named in full beside the surname is no second event."""
    ours, theirs = (text_profile("", text).event_features for text in (one, other))

    assert not contradict(ours, theirs)
    assert not contradict(theirs, ours)
