"""Snippets: the finds whole and marked, the rest cut at words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.body import clean
from bot.alerts.snippet import Pieces, plain_text, snippet


def marked(pieces: Pieces) -> str:
    return "".join(f"*{text}*" if bold else text for text, bold in pieces)


def find(text: str, *words: str) -> list[tuple[int, int]]:
    return [(text.index(word), text.index(word) + len(word)) for word in words]


def cut(text: str, *words: str, longest: int = 300) -> str:
    return marked(snippet(text, (0, len(text)), find(text, *words), longest))


def test_short_sentence_is_whole() -> None:
    """Nothing is cut that fits."""
    assert cut("Рота отказалась ехать.", "отказалась") == "Рота *отказалась* ехать."


def test_long_sentence_is_cut_around_the_find() -> None:
    """The reader sees the find with what stands on both sides, from word to word."""
    text = "раз " * 50 + "рота отказалась ехать " + "два " * 50

    assert cut(text, "отказалась", longest=60) == (
        "…раз раз раз раз рота *отказалась* ехать два два два два…"
    )


def test_a_cut_sentence_keeps_the_place_it_begins_with() -> None:
    """Where it happened is not what is cut: a verdict names its town first."""
    text = "В Чите суд " + "раз " * 40 + "приговорил солдата " + "два " * 40

    shown = cut(text, "приговорил", longest=60)

    assert shown.startswith("В Чите … ")
    assert "*приговорил*" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Чита. Солдат осуждён.", "Чита. Солдат *осуждён*."),
        ("Новости.\nУлан-Удэ: солдат осуждён.", "Улан-Удэ: солдат *осуждён*."),
        ("Суд решил. Солдат осуждён.", "Солдат *осуждён*."),
        ("Он ушёл из части. Солдат осуждён.", "Солдат *осуждён*."),
    ],
)
def test_a_place_before_the_sentence_belongs_to_it(text: str, shown: str) -> None:
    """«Чита. Суд приговорил …»: the dateline is no sentence of its own."""
    start = max(text.find("олдат осуждён") - 1, 0)

    assert marked(snippet(text, (start, len(text)), find(text, "осуждён"))) == shown


def test_finds_far_apart_are_both_shown() -> None:
    """What lies between them is left out, not what was found."""
    text = "рота отказалась " + "раз " * 100 + "под Псковом " + "два " * 100

    shown = cut(text, "отказалась", "Псковом", longest=220)
    assert shown.startswith("рота *отказалась* раз")
    assert " … " in shown
    assert "под *Псковом* два" in shown
    assert shown.endswith("два…")


def test_sentence_without_finds_begins_at_its_beginning() -> None:
    assert cut("раз два три четыре", longest=9) == "раз два…"


def test_lines_and_spaces_are_one() -> None:
    """A post's line breaks do not tear the snippet."""
    text = "Рота\n\nотказалась \t ехать"

    assert marked(snippet(text, (0, len(text)), [(4, 18)])) == "Рота *отказалась* ехать"


def test_find_longer_than_a_message_bears_is_cut() -> None:
    assert len(plain_text(snippet("а" * 9000, (0, 9000), [(0, 9000)]))) == 601


def test_emoji_are_not_torn() -> None:
    """Half a family is another family."""
    text = "👩‍👩‍👧" * 30

    shown = plain_text(snippet(text, (0, len(text)), [], 52)).rstrip("…")
    assert text.startswith(shown)
    assert not shown.endswith("\u200d")
    assert text[len(shown)] != "\u200d"


@pytest.mark.parametrize("longest", [1, 10, 300])
@given(
    st.text(alphabet="аб в\n\u0301😀\u200d<&", max_size=700),
    st.lists(st.tuples(st.integers(0, 700), st.integers(1, 40)), max_size=8),
    st.tuples(st.integers(0, 700), st.integers(0, 700)),
)
def test_finds_are_shown_whole_and_nothing_else_is_marked(
    longest: int, text: str, starts: list[tuple[int, int]], sentence: tuple[int, int]
) -> None:
    """Bold is exactly what was found, in order, and the rest is the text's own."""
    finds = [(start, start + length) for start, length in starts]
    pieces = snippet(text, sentence, finds, longest)

    letters = {place for a, b in finds for place in range(a, b) if place < len(text)}
    runs = _runs(text, letters)
    bold = [piece for piece, is_bold in pieces if is_bold]
    wanted = [clean(run).strip() for run in runs]
    rest = iter(wanted)
    assert all(piece in rest for piece in bold), (bold, wanted)
    for piece, is_bold in pieces:
        if not is_bold:
            for part in piece.split("…"):
                assert part in clean(text)


def _runs(text: str, letters: set[int]) -> list[str]:
    """Unbroken runs of the marked letters."""
    runs: list[str] = []
    for place in sorted(letters):
        if place - 1 in letters and runs:
            runs[-1] += text[place]
        else:
            runs.append(text[place])
    return runs
