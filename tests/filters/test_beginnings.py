"""A form is not looked up where its first letters tell that no filter asks for its lemma."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from threading import Thread

import pytest

from filters import terms
from filters.analysis import Analyser
from filters.beginnings import Asked, Beginnings
from filters.document import Document
from filters.index import FilterSet, matches
from filters.morphology import Morphology, analyser
from filters.nodes import Query
from filters.normalize import normalize_word, words
from filters.packs import load_examples
from filters.query import parse
from tests.filters.shapes import Shapes

_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ"
_PREFIXES = ("по", "наи", "най", "щонай", "не", "супер", "псевдо", "экс", "м", "анти", "пере")
# Forms that do not begin as their lemmas do; those of the second row are guessed.
_FAR = ("люди", "шёл", "пришёл", "бойцы", "льва", "помоложе", "наилучший", "найгірший", "вишней")
_GUESSED = ("непомоложе", "супернаилучшего", "экс-бойцами", "псевдольвов", "людей-пауков")


def _damaged(word: str, random: Random) -> str:
    letters = list(word)
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(letters))
        match random.randrange(4):
            case 0:
                letters[at] = random.choice(_LETTERS)
            case 1:
                letters.insert(at, random.choice(_LETTERS))
            case 2 if len(letters) > 1:
                del letters[at]
            case _:
                letters[:0] = random.choice(_PREFIXES)
    return "".join(letters)


def test_every_form_begins_as_a_form_of_each_of_its_lemmas_may() -> None:
    """Known forms and guessed ones, in both languages: words of texts, damaged and prefixed."""
    beginnings = Beginnings((analyser("ru"), analyser("uk")))
    morphology = Morphology()
    random = Random(11)
    there = sorted({word for each in load_examples() for word in words(each.text)})
    told = [*random.sample(there, 700), *_FAR, *_GUESSED]
    told += [_damaged(word, random) for word in told]
    left_out = [
        (form, lemma)
        for form in map(normalize_word, told)
        if not form.isascii()
        for lemma in morphology.look_up(form)
        if beginnings.beginning(form) not in {None, *beginnings.of(lemma)}
    ]
    assert not left_out


def test_most_forms_are_told_by_their_beginnings() -> None:
    """Else nothing would be saved."""
    asked = Morphology().asked(["дезертир", "отказ", "солдат"])
    assert asked is not None
    told = [word for each in load_examples() for word in words(each.text)]
    forms = {form for form in map(normalize_word, told) if not form.isascii()}
    assert sum(map(asked.may_be, forms)) < len(forms) / 10


@pytest.mark.parametrize("before", [True, False])
def test_filters_find_the_same_where_forms_are_not_looked_up(
    before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also filters that come when the forms are known already, and forms far from their lemmas."""
    monkeypatch.setattr(terms, "_LOOKED_UP", 1)
    analyser = Analyser()
    asked = FilterSet(analyser)
    asked.add("other", parse("мост"))
    sought = ("человек", "идти", "прийти", "боец", "лев", "молодой", "хороший", "вишня")
    filters = {word: parse(word) for word in (*sought, "почеловек", "суперхороший")}
    texts = [analyser.analyse(Document(text=form)) for form in ("мост", *_FAR, *_GUESSED)]
    if not before:
        for text in texts:
            asked.match(text)
    for key, query in filters.items():
        asked.add(key, query)
    for text in texts:
        found = {hit.key for hit in asked.match(text)} - {"other"}
        assert found == {key for key, query in filters.items() if matches(query, text)}
    assert {hit.key for text in texts for hit in asked.match(text)} >= {*sought}


def test_a_form_seen_while_a_filter_comes_is_found_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads a text at that moment keeps nothing that is true only of before."""
    monkeypatch.setattr(terms, "_LOOKED_UP", 1)
    analyser = Analyser()
    living = FilterSet(analyser)
    living.add("first", parse("мост"))
    text = analyser.analyse(Document(text="бегемоты"))
    living.match(analyser.analyse(Document(text="мост")))
    readers: list[Thread] = []

    def late(
        asked: Asked, lemma: str, add: Callable[[Asked, str], set[str]] = Asked.add
    ) -> set[str]:
        readers.append(Thread(target=living.match, args=(text,)))
        readers[-1].start()
        readers[-1].join(0.05)  # it looks the form up, and waits to keep what it found
        return add(asked, lemma)

    monkeypatch.setattr(Asked, "add", late)
    living.add("second", parse("бегемот"))
    for reader in readers:
        reader.join()

    assert [hit.key for hit in living.match(text)] == ["second"]


def test_any_shape_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Filters of every shape that come one after the other between texts."""
    monkeypatch.setattr(terms, "_LOOKED_UP", 1)
    analyser = Analyser()
    for seed in range(6):
        shapes = Shapes(seed)
        living = FilterSet(analyser)
        living.add("first", parse("мост"))
        texts = [shapes.analysis(analyser) for _ in range(6)]
        known: dict[str, Query] = {}
        for number in range(6):
            known[str(number)] = shapes.near()
            living.add(str(number), known[str(number)])
            for text in texts:
                found = {hit.key for hit in living.match(text)} - {"first"}
                assert found == {key for key, query in known.items() if matches(query, text)}
