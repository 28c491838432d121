"""What is worth a look: found from bits and bytes as the query it stands for finds it."""

from __future__ import annotations

import random

from filters.analysis import Analyser
from filters.classes import Classes
from filters.document import Document
from filters.entities.law_words import offences
from filters.entries import Entry
from filters.explain import matches
from filters.features import Featurer
from filters.grammar import Grammar
from filters.index import FilterSet
from filters.packs import load_examples, load_lemmas, load_packs
from filters.passages import PROBE, Passages
from filters.prefilter import alternatives
from filters.query import parse

_PIECES = (
    "солдаты", "рядовой", "военнослужащие", "призывник", "командир", "в армии", "на службе", "он",
    "отказались", "не хотят", "не вернулся", "уклонился", "сбежал", "отказ", "штаб", "поле", "снег",
    "soldiers", "refused", "would not obey", "fled", "draft", "вчера", "и", "не", "в", "із частини",
    "військові", "відмовилися", "втік", "самовільно", "симулировал", ".", ".", "!", "\n\n", "Суд",
)  # fmt: skip


def _texts() -> list[str]:
    chosen = random.Random(11)
    made = [" ".join(chosen.choices(_PIECES, k=chosen.randint(2, 16))) for _ in range(120)]
    return made + [each.text for each in chosen.sample([*load_examples()], 60)]


def test_a_look_is_worth_what_the_query_finds() -> None:
    """The bytes of words decide as the query does; and both ways are reached."""
    analyser, groups = Analyser(load_lemmas()), load_packs().groups
    filters, query = FilterSet(analyser), parse(PROBE, groups)
    classes = Classes(analyser, groups, groups, filters.terms)
    passages = Passages(Featurer(classes, Grammar()), query)
    seen = {True: 0, False: 0}
    for text in _texts():
        analysis = analyser.analyse(Document(text))
        filters.match(analysis)
        worth = passages.is_worth_a_look(analysis)
        whole = (Entry(0, len(text), 0),)
        found, there = matches(query, analysis), bool(passages.find(analysis, whole, ()))
        assert worth == (found and there), text
        seen[worth] += 1
    assert min(seen.values()) > 20


def test_letters_are_of_every_offence() -> None:
    """No way of naming an offence lacks the letters that its look-up asks for first."""
    for offence in offences():
        for source in alternatives(offence.words.pattern):
            assert any(each in source.casefold() for each in offence.letters), source
