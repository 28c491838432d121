"""What tells of self-harm, pressure and draft-evasion without one word of it: deed and purpose,
punishment and whom it is for; and near ones that tell nothing."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from filters.document import Document
from filters.frames.lists import pattern_of
from filters.normalize import normalize_word
from filters.packs import TOPICS
from filters.packs.role_lists import compact
from filters.reading import Reader, load_reader
from filters.score import blank

DATA = resources.files("filters.packs").joinpath("data")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader(weights=blank(TOPICS))


def told(reader: Reader, text: str) -> set[str]:
    """The topics that grammar tells of in any sentence of a text."""
    found = reader.passages(Document(text=text), everywhere=True)
    return {topic for passage in found for topic in passage.features.tells}


SELF_HARM = [
    "Танкист выпил уксус, чтобы не ехать на фронт.",
    "Связист сунул пальцы под траки, лишь бы не идти на штурм.",
    "Матрос изображал приступы эпилепсии, чтобы его списали на берег.",
    "Кулеметник ковтав голки, аби потрапити до шпиталю, а не на позицію.",
    "Сержант удавав глухоту, щоб не повертатися до роти.",
    "A rifleman drank bleach to miss the deployment.",
    "The corporal paid a friend to break his wrist so he would be sent home.",
    "A private feigned blindness before the medical board.",
    "Разведчик прострелил себе ступню. Он надеялся попасть в госпиталь.",
]
NO_SELF_HARM = [
    "Танкист не пил уксус, чтобы не ехать на фронт.",
    "Актёр изображал приступы эпилепсии, чтобы получить роль.",
    "Хоккеисту сломали руку накануне отъезда в армию.",
    "Кулеметник ковтав пил на позиції.",
    "A rifleman drank milk in the trench.",
    "The surgeon broke the corporal's wrist to set it.",
    "If a private feigned blindness, the board would see it.",
    "Разведчик случайно прострелил себе ступню при чистке автомата.",
    "Боец сломал бы себе палец, чтобы не ехать на фронт.",
]
PRESSURE = [
    "Бойцы отказались идти на штурм. Их держали в подвале без воды.",
    "Рота не пошла в атаку. Вечером всех били прикладами.",
    "Тих, хто просився додому, прив'язали до дерева.",
    "Солдаты просили перевести их в тыл. Комбат порвал их рапорты и пообещал отправить первыми.",
    "Контрактникам, що написали рапорт на звільнення, не віддають паспорти.",
    "Men who had asked for a transfer were locked in a container.",
    "The gunners refused to advance. Military police beat them with hoses.",
    "Officers threatened to shoot deserters.",
    "Soldiers who asked for discharge had their passports confiscated.",
]
NO_PRESSURE = [
    "Бойцы отказались идти на штурм. Им пообещали отдых в тылу.",
    "The men refused to fly. They were promised new aircraft.",
    "Бойцы отказались идти на штурм. Воды в подвале было вдоволь.",
    "Рота не пошла в атаку. Вечером все пили чай.",
    "Тих, хто просився додому, відпустили.",
    "Дезертиры избили сторожа и заперли его в сарае.",
    "Суд лишил дезертира звания и выплат.",
    "Відмовники погрожували командиру роти.",
    "Deserters beat a shopkeeper near the station.",
    "The gunners refused to advance. The gates were locked at night.",
    "Nobody beat the men who refused to advance.",
    "Командир миномёта отказался бить по школе.",
]
EVASION = [
    "Житель Твери не явился по повестке и скрывается у родни.",
    "Чоловік переплив Тису, щоб уникнути мобілізації.",
    "Dozens of men ignored their call-up and are hiding in the hills.",
    "A student bought a fake certificate to avoid conscription.",
]
NO_EVASION = [
    "Рядовой в период мобилизации не явился на службу из отпуска.",
    "Житель Твери явился по повестке.",
    "Что грозит за неявку в военкомат: памятка.",
    "The quarterback skipped the medical before the draft.",
    "A recruiter did not appear in court over the draft.",
    "Податкове ухилення зросло, а повістки носитиме пошта.",
]


@pytest.mark.parametrize(
    ("topic", "texts"),
    [("self-harm", SELF_HARM), ("pressure", PRESSURE), ("draft-evasion", EVASION)],
)
def test_a_deed_tells_with_its_purpose_or_victim(
    reader: Reader, topic: str, texts: list[str]
) -> None:
    """No filter need find a word of the topic."""
    assert [text for text in texts if topic not in told(reader, text)] == []


@pytest.mark.parametrize(
    ("topic", "texts"),
    [("self-harm", NO_SELF_HARM), ("pressure", NO_PRESSURE), ("draft-evasion", NO_EVASION)],
)
def test_what_is_near_tells_nothing(reader: Reader, topic: str, texts: list[str]) -> None:
    """Denied, by chance, lawful, done by them and not to them, of sport or of laws."""
    assert [text for text in texts if topic in told(reader, text)] == []


def test_who_is_punished_may_stand_three_sentences_before_and_no_farther(reader: Reader) -> None:
    """A pronoun means those of whom the sentences before told."""
    refused, other = "Бойцы отказались идти на штурм.", "Шёл дождь."

    assert "pressure" in told(reader, f"{refused} {other} {other} Их держат в яме.")
    assert "pressure" not in told(reader, f"{refused} {other} {other} {other} Их держат в яме.")
    assert "pressure" not in told(reader, f"{other} Их держат в яме.")


def test_a_punishment_behind_refusers_is_looked_at_though_nothing_finds_it(
    reader: Reader,
) -> None:
    """A passage of its own, so that the topic has a sentence to stand in."""
    text = "Бойцы отказались идти на штурм. Их держат в яме."
    found = reader.passages(Document(text=text))

    assert [text[p.span.start : p.span.end] for p in found] == [
        "Бойцы отказались идти на штурм.",
        "Их держат в яме.",
    ]


def test_each_list_of_words_is_of_those_it_must_and_of_no_others() -> None:
    """The lists that a researcher edits say themselves which words they are for."""
    groups = tomllib.loads(DATA.joinpath("frames.toml").read_text("utf-8"))
    groups.pop("words")
    wrong = [
        (name, word)
        for name, group in groups.items()
        for must in ("must", "must_not")
        for word in group[must]
        if bool(pattern_of("".join(group["pattern"].split())).match(normalize_word(word)))
        != (must == "must")
    ]

    assert wrong == []
    assert len(groups) > 30


def test_a_start_reads_what_a_researcher_writes() -> None:
    """The short file is the long one's, word for word."""
    text = DATA.joinpath("frames.toml").read_text("utf-8")

    assert DATA.joinpath("frames.json").read_text("utf-8") == compact(text)
