"""A text read once: tokens, sentences, paragraphs, all in the original letters."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.analysis import Analyser, Analysis
from filters.document import Document
from filters.sentences import Layout


@cache
def analyser() -> Analyser:
    return Analyser()


def read(text: str, title: str = "", lang: str = "") -> Analysis:
    return analyser().analyse(Document(text=text, title=title, lang=lang))


def test_tokens_know_their_place_and_language() -> None:
    """Offsets are of the original text; letters tell the language, else the text does."""
    analysis = read("Він дезе\u0301ртир. Refused.", "Їх двоє")
    tokens = analysis.tokens

    assert [t.surface for t in tokens] == ["Їх", "двоє", "Він", "дезе\u0301ртир", "Refused"]
    assert [t.lang for t in tokens] == ["uk", "uk", "uk", "uk", "en"]
    assert [t.sentence for t in tokens] == [0, 0, 0, 0, 1]
    assert [t.field for t in tokens] == ["title", "title", "text", "text", "text"]
    for token in tokens:
        assert analysis.document.field(token.field)[token.start : token.end] == token.surface


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Он отказался. Она ушла.", ["Он отказался.", "Она ушла."]),
        ("По ч. 2.1 ст. 332 УК РФ. Суд решил.", ["По ч. 2.1 ст. 332 УК РФ.", "Суд решил."]),
        ("В г. Пскове И. И. Иванов сел. Всё!", ["В г. Пскове И. И. Иванов сел.", "Всё!"]),
        ("Солдат из в/ч. 64044 бежал", ["Солдат из в/ч. 64044 бежал"]),
        ("Правда?! Да… Нет.", ["Правда?!", "Да…", "Нет."]),
        ("«Не поеду!» — сказал он. Ушёл.", ["«Не поеду!» — сказал он.", "Ушёл."]),
        ("Заголовок\nТекст поста", ["Заголовок", "Текст поста"]),
        ("строка, что\nпродолжается ниже", ["строка, что\nпродолжается ниже"]),
        ("Один\n\nдва", ["Один", "два"]),
        ("Lt. Col. Smith left. He fled.", ["Lt. Col. Smith left.", "He fled."]),
        ("Понад 5 тис. Осіб немає", ["Понад 5 тис. Осіб немає"]),
        ("Сел «г. Псков». И т. д. Стоп", ["Сел «г. Псков».", "И т. д. Стоп"]),
        ("Он ждёт. \u2029 \n Она — нет \t\n Всё", ["Он ждёт.", "Она — нет", "Всё"]),
        ("Что же...” Да\u2029 \n\nи", ["Что же...”", "Да", "и"]),
        ("Одно", ["Одно"]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    """Abbreviations, initials and quotations do not end one; lines do."""
    layout = Layout(text)

    found = dict.fromkeys(layout.bounds(i) for i, c in enumerate(text) if not c.isspace())

    assert [text[start:end] for start, end in found] == sentences


@given(st.text(st.sampled_from(list("аБ .!?…»\n\u2029")), max_size=60))
def test_every_place_lies_in_its_sentence(text: str) -> None:
    """A snippet holds the word it is shown for."""
    analysis = read(text)

    for token in analysis.tokens:
        span = analysis.sentence_at("text", token.start)
        assert span.start <= token.start
        assert token.end <= span.end


def test_paragraphs_part_at_blank_lines() -> None:
    """A single line's end is no paragraph."""
    tokens = read("Раз\nдва\n\nтри\n \nчетыре").tokens

    assert [t.paragraph for t in tokens] == [0, 0, 1, 2]


@pytest.mark.parametrize(
    ("text", "hint", "lang"),
    [
        ("Этот солдат был", "", "ru"),
        ("Цей військовий її", "", "uk"),
        ("The soldier fled", "", "en"),
        ("Солдат", "", ""),
        ("Солдат", "uk", "uk"),
    ],
)
def test_the_language_of_an_item(text: str, hint: str, lang: str) -> None:
    """The hint where there is one, else what most letters tell, else nothing."""
    assert read(text, lang=hint).lang == lang


def test_an_empty_item_is_read() -> None:
    """A photograph without words has no tokens and one empty sentence."""
    analysis = read("")

    assert analysis.tokens == ()
    assert analysis.sentence_at("text", 0).end == 0
