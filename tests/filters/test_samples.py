"""A few words of a clause, as a person would say them."""

from __future__ import annotations

import pytest

from filters.query import parse
from filters.samples import samples


@pytest.mark.parametrize(
    ("query", "text", "words", "more"),
    [
        ("солдат*, рота, soldier", "Сводка", ["солдат…", "рота"], False),
        ("солдат*, рота, soldier", "The report", ["soldier"], False),
        ('"воинская часть" NEAR/3 суд', "Сводка", ["воинская часть", "суд"], False),
        ("а1, б2, в3, г4, д5, е6", "я", ["а1", "б2", "в3", "г4", "д5"], True),
        ("soldier, company", "Сводка", ["soldier", "company"], False),
        ("title:рота -кино", "я", ["рота"], False),
        ("person:chikov", "я", [], False),
    ],
)
def test_words_without_operators(query: str, text: str, words: list[str], more: bool) -> None:
    """Of the text's letters where there are such; a beginning shows that it goes on."""
    assert samples(parse(query).root, text) == (words, more)
