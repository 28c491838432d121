"""Who does what to whom, as marks: the same verbs with other subjects, objects and moods."""

from __future__ import annotations

import pytest

from filters.analysis import Analyser
from filters.classes import Classes
from filters.document import Document
from filters.features import Featurer, sentences_of
from filters.grammar import Grammar
from filters.index import FilterSet
from filters.packs import load_lemmas, load_packs
from filters.roles import Word, roles


@pytest.fixture(scope="module")
def featurer() -> Featurer:
    analyser, groups = Analyser(load_lemmas()), load_packs().groups
    return Featurer(Classes(analyser, groups, groups, FilterSet(analyser).terms), Grammar())


def marks(featurer: Featurer, text: str) -> set[str]:
    """The marks that all languages share, of a sentence."""
    analysis = Analyser(load_lemmas()).analyse(Document(text=text))
    (sentence,) = sentences_of(analysis)
    words: list[Word] = featurer._words(analysis, sentence, featurer.classes_of(analysis))
    return {mark[2:] for mark in roles(words, Grammar(), frozenset()) if mark.startswith("x:")}


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Our crew refused to storm the mill.", "no:soldier>duty:told"),
        ("Экипаж отказался идти в атаку.", "no:soldier>duty:told"),
        ("Підрозділ відмовився йти в атаку.", "no:soldier>duty:told"),
        ("The gunners turned down the mission.", "no:soldier>duty:told"),
        ("Матросы не станут воевать.", "no:soldier>duty:told"),
        ("Матроси не воюватимуть.", "no:soldier>duty:told"),
    ],
)
def test_a_refused_duty_is_one_in_every_language(featurer: Featurer, text: str, mark: str) -> None:
    """A small body of men is a subject like the men themselves."""
    assert mark in marks(featurer, text)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("The marines refused to abandon the mill.", "no:soldier>stay:told"),
        ("Моряки и матросы отказались сдавать мельницу.", "no:soldier>stay:told"),
        ("Матроси відмовилися здаватися.", "no:soldier>stay:told"),
        ("In a new film soldiers refuse to attack.", "no:soldier>duty:fiction"),
        ("В романе солдаты отказываются наступать.", "no:soldier>duty:fiction"),
        ("Матросам отказали в отпуске.", "deny:nobody:told"),
        ("Sailors were refused a cabin.", "deny+:soldier>nothing:told"),
        ("Пекарня отказалась кормить матросов.", "no:other>soldier:told"),
    ],
)
def test_what_is_no_refused_duty_is_marked_as_such(
    featurer: Featurer, text: str, mark: str
) -> None:
    """Who refuses to give up fights on; in a film nobody refuses; who is refused does not."""
    found = marks(featurer, text)

    assert mark in found
    assert "no:soldier>duty:told" not in found


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("The sailors left their post without orders.", "unlawful"),
        ("Матросы самовольно покинули пост.", "unlawful"),
        ("Матроси пішли з позицій без дозволу.", "unlawful"),
        ("The sailors left their post on orders.", "lawful"),
        ("Матросы ушли с позиций по приказу.", "lawful"),
        ("Матроси пішли з позицій після ротації.", "lawful"),
        ("Матросы покинули пост.", "told"),
    ],
)
def test_whether_who_leaves_may_is_marked(featurer: Featurer, text: str, mood: str) -> None:
    """Orders, permission and the end of service, or the want of them."""
    assert f"away:soldier:{mood}" in marks(featurer, text)


def test_what_is_refused_was_not_done(featurer: Featurer) -> None:
    """Who refused to leave has not left."""
    found = marks(featurer, "Sailors refused to leave the mill.")

    assert not [mark for mark in found if mark.startswith("away")]


@pytest.mark.parametrize(
    "text",
    [
        "Матросов, отказавшихся воевать, заперли на мельнице.",
        "Матросів, які не хотіли воювати, замкнули в млині.",
        "Sailors who refused to fight were locked in a mill.",
    ],
)
def test_whom_a_refusal_is_punished_in_is_the_refuser(featurer: Featurer, text: str) -> None:
    """Held or beaten in one sentence with the refusal."""
    assert any(mark.endswith(">refuser:told") for mark in marks(featurer, text))
