"""Entities out of what is typed: languages, ids, guards, refusals."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.document import Document
from filters.entities import Gazetteer, entity_of
from filters.entities.build import compile_entity
from filters.entities.offers import offers
from filters.entities.person_names import read_name
from filters.entities.propose import KINDS, EntityError, propose, read, written
from filters.mentions import entity
from filters.packs import load_packs
from filters.places import look_up, proposal
from filters.reading import Reader
from filters.texts import MESSAGES
from tests.support.examples import examples
from tests.support.readers import shipped_reader

KNOWN = load_packs().entities


def proposed(said: str) -> dict[str, Any]:
    return propose(read(said), KNOWN)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("person Анна Петрова", {"ru": ["Анна Петрова"], "uk": ["Анна Петрова"]}),
        ("person Марія Петренко", {"uk": ["Марія Петренко"]}),
        ("person Пётр Петренко", {"ru": ["Пётр Петренко"]}),
        ("person John Smith", {"en": ["John Smith"]}),
        (
            "person ru:Анна Ильина, Аня Ильина  uk:Анна Ільїна en:Anna Ilyina",
            {"ru": ["Анна Ильина", "Аня Ильина"], "uk": ["Анна Ільїна"], "en": ["Anna Ilyina"]},
        ),
    ],
)
def test_languages_are_said_or_seen_by_letters(said: str, names: dict[str, list[str]]) -> None:
    """A name is declined as in the language it is of; letters of both make it of both."""
    assert proposed(said)["names"] == names


@pytest.mark.parametrize(
    ("said", "id_"),
    [
        ("person Анна Щербакова", "person:shcherbakova"),
        ("person Пётр Чиков", "person:chikov-petr"),  # the surname's id is another's
        ("person Анна Ильина en:Anna Ilyina", "person:ilyina"),
        ("org Школа призывника", "org:shkola-prizyvnika"),
        ("unit:azov Azov", "unit:azov"),
    ],
)
def test_ids_are_proposed_as_in_the_packs(said: str, id_: str) -> None:
    """By the surname or the whole name, the English one first; or the one asked for."""
    assert proposed(said)["id"] == id_


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "A kind comes first"),
        ("ship Москва", "A kind comes first"),
        ("person", "What is its name?"),
        ("person , ,", "What is its name?"),
        ("org ab", "too short"),
        ("org 123", "no Latin or Cyrillic"),
        ("person Чиков", "may be many people"),
        ("person Павел Чиков", "known as person:chikov already"),
        ("org ГУР", "known as org:hur already"),
        ("person:chikov Анна Петрова", "person:chikov exists already"),
        ("org:Bad! Школа", "small Latin letters"),
        ("place Победа", "an ordinary word too"),
        ("org Memorial", "an ordinary word too"),
        ("org Мемориал not:книга*", "whole words"),
        ("org " + "а" * 1_000, "at most 1000 characters"),
        ("place Перемога", "an ordinary word too"),
        ("org Мемориал", "an ordinary word too"),
        ("person en:Анна Петрова", "not written in the letters"),
        ("org Мемориал near:два слова", "single words"),
        ("person Анна Петрова gender:x", "f or m"),
        ("person Анна Петрова near:суд", "no near:"),
        ("org а б в г д е ё ж", "too long"),
        ("unit 155-я бригада", "asks for it with unit:*:brigade:155"),
        ("155-та бригада", "asks for it with unit:*:brigade:155"),
        ("unit 47 ОМБр", "asks for it with unit:ua:brigade:47"),
        ("law ст. 337 УК РФ", "asks for it with law:ru:337"),
        ("стаття 408", "asks for it with law:ua:408"),
        ("court Читинский гарнизонный военный суд", "asks for it with court:garrison:chita"),
        ("org " + ", ".join(f"Школа номер {n}" for n in range(12)), "At most 12 names"),
    ],
)
def test_what_makes_no_entity_is_told_in_three_languages(said: str, why: str) -> None:
    """Who slips reads what is wrong, before anything is found in the wrong texts."""
    with pytest.raises(EntityError) as refused:
        proposed(said)

    error = refused.value
    assert why in error.message()
    assert len({error.message(lang) for lang in ("en", "ru", "uk")}) == 3
    assert {n for _, n, _, _ in string.Formatter().parse(error.hint) if n} == error.values.keys()
    assert error.hint in MESSAGES


@pytest.mark.parametrize(
    "said",
    [
        "person Анна Петрова, Аня Петрова famous:yes not:улица, площадь",
        "person Анна Петрова gender:m",
        "org СМП, Школа молодого призывника",
        "org Memorial anyway:yes",
        "unit Ахмат en:Akhmat near:спецназ*",
    ],
)
def test_a_row_is_typed_again_as_it_was(said: str) -> None:
    """Who changes one word of a name's definition changes nothing else of it."""
    row = proposed(said)

    assert propose(read(written(row)), KNOWN) == row


@pytest.fixture(scope="module")
def reader() -> Reader:
    return shipped_reader()


def found(reader: Reader, row: dict[str, Any], text: str) -> list[str]:
    names = Gazetteer([entity_of(row, compile_entity(row))])
    return [text[m.start : m.end] for m in reader.analyse(Document(text=text), names).mentions]


def test_forms_are_found_and_guards_hold(reader: Reader) -> None:
    """Cases are known, a woman's by her name; ordinary words need their company, acronyms
    capitals, a single word its capital letter."""
    woman = proposed("person Анна Петрова")
    society = proposed("org Мемориал near:правозащит*")
    school = proposed("org СМП, ШМП")
    unit = proposed("unit Ахмат")

    assert found(reader, woman, "Дело Анны Петровой передали. Петрову судят.") == [
        "Анны Петровой",
        "Петрову",
    ]
    assert found(reader, woman, "Петрову судят.") == []
    assert found(reader, society, "Правозащитники «Мемориала» узнали.") == ["Мемориала"]
    assert found(reader, society, "У «Мемориала» цветы.") == []
    assert found(reader, school, "Его взяли в ШМП, а не в шмп.") == ["ШМП"]
    assert found(reader, unit, "Бойцы Ахмата, а не ахмата.") == ["Ахмата"]


@pytest.mark.parametrize(
    ("said", "id_", "text", "names"),
    [
        (
            "person Лапин Егор Романович",
            "person:lapin",
            "Лапина Егора Романовича судят. Е. Р. Лапин молчит. Егору Лапину дали срок.",
            ["Лапина Егора Романовича", "Е. Р. Лапин", "Егору Лапину"],
        ),
        (
            "person Ґердан Остап",
            "person:gerdan",
            "Справу Ґердана Остапа Ігоровича слухали. Ґердан О.І. не з'явився. Ostap Gerdan fled.",
            ["Ґердана Остапа Ігоровича", "Ґердан О.І", "Ostap Gerdan"],
        ),
        (
            "person Bondar Mykhailo",
            "person:bondar",
            "Mykhailo Bondar left. Bondar M. was found; Bondar's case is open.",
            ["Mykhailo Bondar", "Bondar M", "Bondar"],
        ),
        (
            "person Зотова Ирина Олеговна",
            "person:zotova",
            "Ирине Зотовой отказали. Irina Zotova appealed. У Зотовой И. О. двое детей.",
            ["Ирине Зотовой", "Irina Zotova", "Зотовой И. О"],
        ),
        (
            "person Гасымов Тимур Рамиз оглы",
            "person:gasymov",
            "Тимура Гасымова нашли.",
            ["Тимура Гасымова"],
        ),
        ("person Жуков А. Н.", "person:zhukov", "Жукова А. Н. и Б. Жукова.", ["Жукова А. Н"]),
    ],
)
def test_a_name_is_read_in_either_order(
    reader: Reader, said: str, id_: str, text: str, names: list[str]
) -> None:
    """Courts write the surname first, with patronymic or initials on either side: the person is
    the same, in Latin letters too."""
    row = proposed(said)

    assert row["id"] == id_
    assert [name for name in found(reader, row, text) if name != "Жукова"] == names


@pytest.mark.parametrize(
    ("said", "last"),
    [
        ("Роман Абрамович", "Абрамович"),
        ("Абрамович Роман", "Абрамович"),
        ("Иван Петрович Марусич", "Марусич"),
        ("Марусич Пётр Ильич", "Марусич"),
        ("Melnyk Andrii", "Melnyk"),
        ("Andrii Melnyk", "Melnyk"),
        ("Мороз Денис", "Мороз"),
        ("Н.А. Сидоров", "Сидоров"),
        ("John Smith", "Smith"),
    ],
)
def test_the_surname_is_told_by_given_names_and_endings(said: str, last: str) -> None:
    """Whichever stands first: what is no given name is the surname."""
    assert read_name(said).last == last


def test_a_place_takes_what_the_table_knows(reader: Reader) -> None:
    """Its names in three languages, its id and country; what was typed is kept beside."""
    row = propose(read("place Покровск"), KNOWN, proposal(look_up("Покровск")[0]))

    assert (row["id"], row["country"]) == ("place:pokrovsk", "ua")
    assert found(reader, row, "Під Покровськом і в Покровске, near Pokrovsk.") == [
        "Покровськом",
        "Покровске",
        "Pokrovsk",
    ]


@settings(max_examples=examples(60), deadline=None)
@given(
    st.sampled_from(KINDS),
    st.text(st.sampled_from("абіїєыьъ'’-,. :*АБІLatin0ё") | st.characters(), max_size=40),
)
def test_nothing_typed_does_harm(kind: str, said: str) -> None:
    """Whatever is typed is refused in words or becomes an entity whose id a filter can name."""
    try:
        row = proposed(f"{kind} {said}")
    except EntityError:
        return
    assert entity(entity_of(row, compile_entity(row)).id) is not None


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("155-я бригада", ["unit:*:brigade:155"]),
        ("155th Naval Infantry Brigade, отказ*", ["unit:ru:brigade:155"]),
        ("«в/ч 64044» OR «часть 5 статьи 337 УК РФ»", ["unit:ru:mu:64044", "law:ru:337/5"]),
        ("337-я статья", ["law:ru:337"]),
        ("unit:ru:brigade:155 law:ru:337", []),
        ("отказ* NEAR/5 солдат*", []),
        ("337", []),
    ],
)
def test_words_that_name_a_numbered_thing_are_offered_its_id(typed: str, ids: list[str]) -> None:
    """Who types a unit, an article or a court in words is shown what finds every form of it."""
    found = offers(typed)

    assert [offer.pattern for offer in found] == ids
    assert all(entity(pattern) for pattern in ids)
