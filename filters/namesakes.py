"""Whether a word that reads like a town is one: «Рядовой Николаев» and «ровно в полночь» are not.

Asked only where a town would be a guess at the army (`filters.facets`), so it may look names up
in the dictionary. Its words are data: [namesake] of packs/data/facets.toml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from filters.entities.person_names import PATRONYMIC
from filters.morphology import analyser, has_names

__all__ = ["Namesakes"]

_BEFORE: Final = 40  # letters that hold the two words before
_PRECEDING: Final = re.compile(r"([^\W\d_][\w'-]*)(\.?)\s\Z")
_INITIALS: Final = re.compile(r"\s[А-ЯІЇЄҐA-Z]\.")


class Namesakes:
    """Tells towns from persons and adverbs of the same spelling; `data` holds the patterns
    `rank`, `adverb`, `behind` (prepositions that a town stands behind) and
    `country` (what no person is called)."""

    def __init__(self, data: Mapping[str, str]) -> None:
        def pattern(name: str) -> re.Pattern[str]:
            return re.compile(data[name], re.IGNORECASE)

        self._rank = pattern("rank")
        self._adverb = pattern("adverb")
        self._behind = pattern("behind")
        self._country = pattern("country")

    def has(self, found: re.Match[str]) -> bool:
        """Whether what a rule found is no town, by the word before it and its own letters.
        The text has one е and one apostrophe."""
        word, text = found[0], found.string
        before = _PRECEDING.search(text, max(0, found.start() - _BEFORE), found.start())
        is_placed = before is not None and bool(self._behind.fullmatch(before[1]))
        if self._adverb.fullmatch(word):
            return not (word[0].isupper() and is_placed)
        if not word[0].isupper() or self._country.match(word):
            return False
        if PATRONYMIC.fullmatch(word.lower()):
            return True
        if is_placed:
            return False
        if before and (self._rank.fullmatch(before[1]) or _is_given(before[1], before[2])):
            return True
        return bool(_INITIALS.match(text, found.end()))


def _is_given(word: str, dot: str) -> bool:
    """Whether a first name or its initial, capitalised."""
    if not word[0].isupper():
        return False
    return len(word) == 1 if dot else len(word) > 1 and _is_first_name(word.lower())


@cache
def _is_first_name(word: str) -> bool:
    if word.isascii() or not has_names(word):
        return False
    return any(
        "Name" in parse.tag.grammemes
        for lang in ("ru", "uk")
        for parse in analyser(lang).parse(word)
        if parse.is_known
    )
