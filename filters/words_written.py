"""What a word of a filter asks for as it is written: its forms, itself, or an acronym."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from filters.analysis import is_acronym
from filters.nodes import Word
from filters.normalize import fold, normalize_word

__all__ = ["with_gaps", "word_of"]

# Acronyms of four letters or five that are other words in small letters.
_ALSO: Final = "AIDS CARE COPE FAST HOPE PACT RAID SAFE SALT SEAL SEALS SHAPE START STEM SWAT WAVE"
_ALSO_WORDS: Final = frozenset(_ALSO.split())


@lru_cache(maxsize=16_384)
def word_of(part: str, mode: str) -> Word:
    folded = fold(part)
    if is_acronym(folded) and folded.isalpha() and len(folded) <= 5 and not _is_no_word(folded):
        return Word(folded, "acronym")
    return Word(normalize_word(part), "exact" if mode == "exact" else "form")


def _is_no_word(capitals: str) -> bool:
    """Whether small letters make no other word of an acronym: AWOL is written awol too."""
    return capitals.isascii() and len(capitals) >= 4 and capitals not in _ALSO_WORDS


def with_gaps(pieces: list[str]) -> str:
    """Google's "a * b" as `a BEFORE/2 b`."""
    out = pieces[0]
    gap = 1
    for piece in pieces[1:]:
        if piece == "*":
            gap += 1
        else:
            out += f" BEFORE/{gap} {piece}"
            gap = 1
    return f"({out})"
