"""Cutting by whole-text steps gives the tokens of the pattern."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from filters.analysis import Analyser
from filters.document import Document
from filters.normalize import WORD, normalize_word, prepare, spellings, words
from filters.tokenizer import code, decode, places, spelled

_LETTERS = st.sampled_from(list("АжйёЁїS3 ,.'’ʼ`´′‛＇ʹ_\n№½ßé👍☝\ufe0f\u200d\u00ad\u0301\u0306"))
_TEXTS = st.text(_LETTERS, max_size=12)


@given(_TEXTS | st.text(max_size=12))
@example("слово\u200bслово 👍\ufe0f\u200dслово")
@example("'п’ять' soldiers' a''b")
@example("ж‛ж")
def test_coded_texts_are_cut_as_the_pattern_cuts_them(text: str) -> None:
    """The same tokens at the same places, or the text is left to the pattern."""
    coded = code(text)
    if coded is None:
        return

    assert len(coded) == len(text)
    assert places(coded) == [found.span() for found in WORD.finditer(prepare(text))]
    cuts = coded.split()
    assert [spelled(cut)[1] for cut in cuts] == [normalize_word(word) for word in words(text)]
    assert [spelled(cut) for cut in cuts] == [spellings(decode(cut)) for cut in cuts]


def test_posts_with_emoji_are_coded() -> None:
    """The common post takes the fast way, with emoji and quotation marks."""
    assert code("⚡️«П’ять» солдатів — втекли… 🔥🔥 (СЗЧ) №5") is not None


@given(_TEXTS, _TEXTS)
def test_what_is_read_does_not_depend_on_the_way_it_was_cut(title: str, text: str) -> None:
    """Words, places and normal forms, with a title coded and a text not, or the reverse."""
    analysis = Analyser().analyse(Document(text=text, title=title))

    assert [normalize_word(surface) for surface in analysis.surfaces] == [
        normalize_word(word) for word in (*words(title), *words(text))
    ]
    count = len(analysis.surfaces)
    assert [analysis.place(analysis.position(number)) for number in range(count)] == [
        found.span() for field in (title, text) for found in WORD.finditer(prepare(field))
    ]
