"""Facets: whose army, which stage, now or long ago."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from filters.document import Document, Span
from filters.facets import _lists, find_facets
from filters.rules import Rule


@pytest.mark.parametrize(
    ("text", "army"),
    [
        ("Российские военные отказались ехать.", "ru"),
        ("Гарнизонный суд назначил сержанту пять лет.", "ru"),
        ("Дело возбуждено по ст. 337 УК РФ.", "ru"),
        ("Окупанти відмовляються йти на штурм.", "ru"),
        ("A Russian contract soldier fled.", "ru"),
        ("Бойцы ВСУ ушли из части.", "ua"),
        ("ДБР повідомило про підозру солдату.", "ua"),
        ("Солдата судили по статье 407 УК Украины.", "ua"),
        ("Ukrainian servicemen walked away from the line.", "ua"),
        ("US Army deserter surrenders.", "other"),
        ("Белорусский солдат сбежал из части.", "other"),
        ("Israeli reservists refuse to serve.", "other"),
        ("Солдат сбежал в Казахстан.", "unknown"),
        ("Мичман Северного флота не вернулся из отпуска.", "ru"),
        ("The Southern District Military Court upheld the term.", "ru"),
        ("Ухилянта засудили за ст. 336 КК.", "ua"),
        ("A Ukrainian deserter crossed into Romania.", "ua"),
        ("В бундесвере растёт число отказников.", "other"),
        ("Солдат сбежал из части.", "unknown"),
        ("Солдат утік із частини.", "unknown"),
        ("A soldier ran away.", "unknown"),
    ],
)
def test_army(text: str, army: str) -> None:
    """Courts, codes, units and plain words tell; where none does, it is unknown."""
    assert find_facets(Document(text=text)).army == army


@pytest.mark.parametrize("lang", ["ru", "uk", "en", ""])
def test_language_never_decides_the_army(lang: str) -> None:
    """A Ukrainian text may be on Russian soldiers, a Russian one on Ukraine's."""
    assert find_facets(Document(text="Солдат сбежал из части.", lang=lang)).army == "unknown"
    assert find_facets(Document(text="В бригаде ВСУ растёт СЗЧ.", lang=lang)).army == "ua"


def test_a_place_alone_is_a_guess_taken_only_unopposed() -> None:
    """Readers are told "guessed from Pskov"; against anything else it gives way."""
    guessed = find_facets(Document(text="Десантники из Пскова отказались ехать."))

    assert (guessed.army, guessed.evidence["army"]) == ("ru", ("Пскова",))
    assert find_facets(Document(text="Псков и Полтава: солдаты против.")).army == "unknown"


def test_where_soldiers_are_sent_does_not_say_whose_they_are() -> None:
    """Refusing to go to Ukraine is no mark of Ukraine's army."""
    assert find_facets(Document(text="Военные отказались ехать в Украину.")).army == "unknown"
    assert find_facets(Document(text="Псковские военные не поехали на Украину.")).army == "ru"


def test_the_sentence_that_matched_is_asked_first() -> None:
    """In a digest on both armies the topical sentence decides."""
    text = "ВСУ и ЗСУ заняли село. Российские солдаты отказались наступать."
    start = text.index("Российские")

    facets = find_facets(Document(text=text), [Span("text", start, len(text))])

    assert facets.army == "ru"


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Солдаты отказались ехать на фронт.", "report"),
        ("На контрактника возбуждено уголовное дело.", "charge"),
        ("ДБР повідомило про підозру.", "charge"),
        ("The private was charged with desertion.", "charge"),
        ("Суд приговорил рядового к шести годам.", "verdict"),
        ("Прапорщик осуждён за самоволку.", "verdict"),
        ("Солдату дали вирок: п'ять років.", "verdict"),
        ("He was sentenced to six years.", "verdict"),
        ("Апелляционный суд оставил приговор в силе.", "appeal"),
        ("The appeals court overturned the sentence.", "appeal"),
        ("За год в суды поступило 5000 уголовных дел.", "statistics"),
        ("Кількість проваджень подвоїлася.", "statistics"),
        ("Over 100,000 soldiers have been charged since 2022.", "statistics"),
        ("Юрист разъясняет, что грозит за самоволку.", "commentary"),
        ("Ефрейтор ждёт суда за то, что не вышел на позицию.", "charge"),
        ("Двоє саперів отримали по вісім років за втечу.", "verdict"),
        ("Призывника обязали заплатить сорок тысяч.", "verdict"),
        ("Трибунал заменил расстрел каторгой.", "appeal"),
        ("За осень из полка ушли 214 матросов.", "report"),
        ("За полгода из дивизии ушли 214 матросов.", "statistics"),
        ("Правозахисники нарахували 530 відмов.", "statistics"),
        ("Monitors documented 412 pits.", "statistics"),
        ("Это усталость, а не бунт, считает ветеран Кроль.", "commentary"),
        ("Тысячи солдат отказались воевать под Бахмутом.", "report"),
        ("Двое сбежали из полка, где зарегистрированы 1250 человек.", "report"),
        ("He left his unit in May after he argued with the captain.", "report"),
        ("Рядовой сбежал из части, пишет ветеран войны.", "report"),
        ("The fault, argues Hanna Reed, is with the generals.", "commentary"),
    ],
)
def test_stage(text: str, stage: str) -> None:
    """From a first report to an appeal; counting and explaining are stages too."""
    assert find_facets(Document(text=text)).stage == stage


@pytest.mark.parametrize(
    ("text", "era"),
    [
        ("В 1942 году трибунал судил красноармейцев.", "historical"),
        ("Deserters of the First World War were shot.", "historical"),
        ("У 1943 році дезертирів розстрілювали.", "historical"),
        ("В 2023 году солдат сбежал, как дед в 1943-м.", "now"),
        ("Солдат сбежал из части.", "now"),
        ("Бойцы 1427-го полка отказались.", "now"),
        ("Насчитали 1793 отказавшихся.", "now"),
    ],
)
def test_era(text: str, era: str) -> None:
    """Old wars and old years, unless the text is of today too."""
    assert find_facets(Document(text=text)).era == era


def test_evidence_is_of_the_text() -> None:
    """What is shown under Why? can be found by the reader."""
    document = Document(title="Осуждён военный", text="Гарнизонный суд: ст. 337 УК РФ, 1943 год.")
    facets = find_facets(document)
    whole = f"{document.title} {document.text}".replace("ё", "е")

    assert set(facets.evidence) <= {"army", "stage", "era"}
    assert facets.evidence["army"]
    assert all(word in whole for words in facets.evidence.values() for word in words)


def test_nothing_said_nothing_claimed() -> None:
    """No evidence, no claim."""
    facets = find_facets(Document())

    assert (facets.army, facets.stage, facets.era) == ("unknown", "report", "now")
    assert facets.evidence == {}


FACETS = resources.files("filters.packs").joinpath("data/examples/facets.toml").read_text("utf-8")
EXAMPLES = tomllib.loads(FACETS)


def _named() -> dict[str, Rule]:
    lists = _lists()
    named = {f"army.{army}.names": rule for army, rule in lists.strong.items()}
    named |= {f"army.{army}.places": rule for army, rule in lists.weak.items()}
    named |= {f"stage.{stage}": rule for stage, rule in lists.stages}
    named |= {"stage.statistics": lists.statistics, "stage.commentary": lists.commentary}
    named |= {"era.historical": lists.historical, "era.now": lists.now}
    return named | {"destination": lists.destination}


def test_each_list_is_found_where_it_must_and_nowhere_else() -> None:
    """Each list of the data has texts it is in, in each language, and texts it is not in."""
    named = _named()
    wrong = [
        (name, text)
        for name, texts in EXAMPLES.items()
        for must in ("must", "must_not")
        for text in texts[must]
        if bool(_lists().rules.of(text.replace("ё", "е")).first(named[name], 1)) != (must == "must")
    ]

    assert wrong == []
    assert set(EXAMPLES) == set(named)


def test_an_event_before_1950_is_of_no_army_of_today() -> None:
    """A date long ago, and no army named: another's, not nobody's."""
    assert find_facets(Document(text="В 1917 году солдаты бежали с фронта.")).army == "other"
    assert find_facets(Document(text="В 2005 году солдаты бежали из части.")).army == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "Ровно через час солдат ушёл из части.",
        "Солдат сбежал ровно неделю назад.",
        "СОЛДАТ СБЕЖАЛ, ПРОШЛО РОВНО ТРИ ДНЯ",
        "Рядовой Львов сбежал из части.",
        "Ищут рядового Ростова, он не вернулся из отпуска.",
        "Сержант Томский бросил автомат.",
        "Лейтенанту Смоленскому дали отпуск.",
        "Роман Полтавский ушёл из части.",
        "Солдата Игоря Саратова ищут.",
        "Солдат Виктор Николаевич не вернулся.",
        "Солдат Самарин О. П. Омский Д. С. не вернулись.",
        "Боєць Черкас не повернувся.",
        "Матрос Калугин не вернулся.",
    ],
)
def test_a_surname_or_an_adverb_is_no_town(text: str) -> None:
    """Behind a rank or a first name, before initials, a patronymic: somebody, nowhere."""
    assert find_facets(Document(text=text)).army == "unknown"


@pytest.mark.parametrize(
    ("text", "army"),
    [
        ("Рядовой Иванов сбежал из Ровно.", "ua"),
        ("Сержант из Николаева сбежал.", "ua"),
        ("Рядовой Львов сбежал под Томском.", "ru"),
        ("Ростовский солдат ушёл.", "ru"),
        ("солдат сбежал в омске", "ru"),
        ("Иван Петров в Калуге ушёл из части.", "ru"),
        ("Солдат утік у Полтаві.", "ua"),
    ],
)
def test_a_town_beside_persons_stays_a_hint(text: str, army: str) -> None:
    """Behind a preposition, or an adjective, it is a place whoever else is named."""
    assert find_facets(Document(text=text)).army == army


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Ефрейтора осудили на три года. Защитник намерен обжаловать решение.", "verdict"),
        ("Ефрейтора осудили на три года, адвокат подаст апелляцию.", "verdict"),
        ("Єфрейтора засудили до трьох років. Вирок може бути оскаржено.", "verdict"),
        ("Єфрейтора засудили до трьох років, захист готує апеляцію.", "verdict"),
        ("The corporal was jailed. His lawyer plans to go to the appeals court.", "verdict"),
        ("Ефрейтор, осуждённый на три года, обжаловал приговор.", "appeal"),
        ("Адвокат хотел условного срока. Апелляция оставила приговор в силе.", "appeal"),
        ("Апеляційний суд залишив вирок єфрейторові без змін.", "appeal"),
        ("The appeals court upheld the corporal's sentence.", "appeal"),
    ],
)
def test_an_appeal_that_is_only_meant_is_none(text: str, stage: str) -> None:
    """The verdict is what has happened, whatever the defence will do about it."""
    assert find_facets(Document(text=text)).stage == stage
