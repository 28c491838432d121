"""What is made up and what is only told beside a film, a play or a man named Roman."""

from __future__ import annotations

import pytest

from filters.analysis import Analyser
from filters.document import Document
from filters.normalize import normalize_word
from filters.packs import load_lemmas
from filters.reading import Reader
from filters.roles import Word
from filters.roles.fiction import is_made_up
from tests.support.readers import shipped_reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return shipped_reader()


def words(text: str) -> list[Word]:
    """The words of a sentence with what stands before each."""
    analysis = Analyser(load_lemmas()).analyse(Document(text=text))
    made: list[Word] = []
    upto = 0
    for at in range(len(analysis.cuts)):
        start, end = analysis.place(analysis.position(at))
        is_capital = at > 0 and text[start].isupper()
        made.append(
            Word(normalize_word(text[start:end]), frozenset(), text[upto:start], is_capital)
        )
        upto = end
    return made


@pytest.mark.parametrize(
    "text",
    [
        "В новом романе матрос бежит с корабля.",
        "Роман «Вахта»: матрос бежит с корабля.",
        "Роман о матросе, который сбежал, перевели.",
        "Сериал показывает, как экипаж отказался плыть.",
        "Вышла пьеса, где матросы бунтуют.",
        "Она снялась в фильме о сбежавшем матросе.",
        "По сюжету экипаж бунтует.",
        "Герой романа, матрос, бежит с корабля.",
        "У новій виставі матроси тікають з корабля.",
        "За сюжетом екіпаж повстає.",
        "Вийшов серіал про матроса, який утік.",
        "In his last novel a sailor deserts his ship.",
        "The film, shot in Malta, follows sailors who mutiny.",
        "A movie about a sailor who deserted won a prize.",
        "A play in which sailors mutiny opens today.",
        "The plot of the film: a sailor deserts.",
        "In the season's first episode sailors mutiny.",
    ],
)
def test_a_work_that_governs_what_is_told_makes_it_up(text: str) -> None:
    """By its preposition, its title, its verb, what it is about, or the hero before it."""
    assert is_made_up(words(text))


@pytest.mark.parametrize(
    "text",
    [
        "Матрос Роман Белов сбежал с корабля.",
        "Роман Белов рассказал о побеге с корабля.",
        "По словам матроса Романа, экипаж отказался плыть.",
        "Матросы из Романовки, снимавшиеся в сериале, отказались плыть.",
        "Матрос сбежал, как в фильме.",
        "Сюжет недели: экипаж отказался плыть.",
        "В сюжете канала матросы отказались плыть.",
        "Экипаж посмотрел фильм о войне и отказался плыть.",
        "Режиссёр фильма «Вахта» рассказал, что экипаж отказался плыть.",
        "В игре с соседями матросы отказались бежать.",
        "Матроса виставили у розшук після втечі.",
        "Матрос Романюк утік з корабля.",
        "У драмі на кораблі екіпаж відмовився плисти.",
        "After a review of the case the sailor was jailed.",
        "As the drama unfolded, the sailors refused to board.",
        "Sailors refused to board in the third such episode.",
        "In a series of refusals sailors stayed ashore.",
        "The sailor, who had acted in films, deserted.",
        "The drama-hit crew refused to sail.",
        "The sailors play for time.",
    ],
)
def test_a_name_and_a_word_that_governs_nothing_make_nothing_up(text: str) -> None:
    """Who is named Roman, who once acted, and what a word only mentions."""
    assert not is_made_up(words(text))


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Суд приговорил матроса Романа Белова к пяти годам за дезертирство.", "desertion"),
        ("Лейтенант Роман Белов бросил позиции и уехал домой.", "desertion"),
        ("Матрос Роман Билык прострелил себе ступню, чтобы не идти на штурм.", "self-harm"),
        ("Мобилизованный режиссёр отказался идти на штурм.", "refusal"),
        ("Боєць Роман відмовився йти на штурм.", "refusal"),
        ("Thirty gunners refused to attack in the second such episode this month.", "refusal"),
        ("After a review, the court jailed the gunner for nine years for desertion.", "desertion"),
    ],
)
def test_a_report_with_such_a_word_is_sure(reader: Reader, text: str, topic: str) -> None:
    """The topic is asserted, as with any other name or word there."""
    assert topic in reader.read(Document(text=text)).topics


@pytest.mark.parametrize(
    "text",
    [
        "В романе артиллеристы отказались идти на штурм.",
        "У виставі артилеристи відмовляються йти на штурм.",
        "The movie follows gunners who refused to fight.",
    ],
)
def test_what_a_work_tells_asserts_nothing(reader: Reader, text: str) -> None:
    """Nobody is told of soldiers of a novel."""
    assert not reader.read(Document(text=text)).topics
