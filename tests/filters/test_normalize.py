"""One spelling for one word, and offsets that lead back to the original letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.normalize import WORD, fold, normalize, normalize_word, prepare, words


@pytest.mark.parametrize(
    ("written", "norm"),
    [
        ("Дезертир", "дезертир"),
        ("отка́з", "отказ"),  # a stress mark
        ("ещё", "еще"),
        ("Ёлка", "елка"),
        ("и\u0306од", "йод"),  # й in two characters stays й
        ("украі\u0308нець", "українець"),
        ("де\u00adзер\u200bтир", "дезертир"),  # soft hyphen, zero-width space
        ("cолдат", "солдат"),  # Latin c
        ("Укpaïнa", "україна"),
        ("CОЧ", "соч"),
        ("С3Ч", "сзч"),  # a digit three for a letter
        ("НUR", "hur"),  # Cyrillic Н in a Latin word
        ("зв’язок", "зв'язок"),
        ("звʼязок", "зв'язок"),
        ("зв`язок", "зв'язок"),
        ("𝗗𝗲𝘀𝗲𝗿𝘁", "desert"),
        ("ﬁght", "fight"),
        ("résumé", "resume"),
        ("T34", "t34"),
        ("30", "30"),
        ("iPhoneом", "iphoneом"),  # both alphabets, and no twin for h or n: left alone
    ],
)
def test_ways_to_write_a_word_become_one(written: str, norm: str) -> None:
    """A word cannot be hidden by how it is written."""
    assert normalize_word(written) == norm


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("пресс-служба: №5", ["пресс", "служба", "5"]),
        ("#военный_суд", ["военный", "суд"]),
        ("об'єкт 'лапки' soldiers' soldier's", ["об'єкт", "лапки", "soldiers", "soldier's"]),
        ("ч. 2.1 ст.332", ["ч", "2", "1", "ст", "332"]),
        ("отка́з🔥сдался", ["отка́з", "сдался"]),
        ("де\u200bзертир", ["де\u200bзертир"]),
        ("", []),
        ("… — !", []),
    ],
)
def test_a_text_is_cut_into_words(text: str, cut: list[str]) -> None:
    """Signs part words; marks and invisible characters do not."""
    assert words(text) == cut


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    """A normalised word is its own normal form, or it would not be found by itself."""
    for word in words(text):
        norm = normalize_word(word)
        assert normalize_word(norm) == norm
        assert fold(norm) == norm


LETTERS = st.sampled_from(list("Аажйёїеи́̆̈сСcCoОoH3'’ʼ ,.\u00ad\u200bﬁ𝗔½_№ß"))


@given(st.text(LETTERS) | st.text())
def test_running_text_is_its_words_normalised(text: str) -> None:
    """`normalize` and words taken one by one agree, and each leads back to its letters."""
    done = normalize(text)
    prepared = prepare(text)

    place = 0
    for token in WORD.finditer(prepared):
        norm = normalize_word(token[0])
        place = done.text.index(norm, place) if norm else place
        start, end = done.origin(place, place + len(norm))
        if norm:
            assert (start, end) == token.span()
        place += len(norm)


@given(st.text(LETTERS) | st.text(), st.data())
def test_every_place_leads_back_in_order(text: str, data: st.DataObject) -> None:
    """Places keep their order and stay inside the original text."""
    done = normalize(text)
    start = data.draw(st.integers(0, len(done.text)))
    end = data.draw(st.integers(start, len(done.text)))

    left, right = done.origin(start, end)

    assert 0 <= left <= right <= len(text)
    assert done.origin(0, end)[0] <= left
    assert right <= done.origin(start, len(done.text))[1]


def test_a_place_in_plain_text_is_the_same_place() -> None:
    """Letter for letter, also after a word that changed its length."""
    text = "Отка́з солдата"
    done = normalize(text)

    start = done.text.index("дат")

    assert text[slice(*done.origin(start, start + 3))] == "дат"
    with pytest.raises(IndexError):
        done.origin(0, len(done.text) + 1)


def test_a_place_inside_a_changed_word_is_the_whole_word() -> None:
    """Which letter a part of it came from nobody can tell: what is shown cuts through no accent."""
    text = "Вот отка́з солдата"
    done = normalize(text)
    start = done.text.index("каз")

    assert text[slice(*done.origin(start, start + 2))] == "отка́з"
    assert text[slice(*done.origin(start + 1, len(done.text)))] == "отка́з солдата"
