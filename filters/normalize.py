"""One spelling for one word, and the way back to the original letters.

Case, compatibility forms (𝗔, ﬁ), ё, stress marks, apostrophes, invisible
characters and Latin letters inside Cyrillic words (and the reverse) are all
ways to write the same word; some are used to hide it from search. A word is
normalised by itself, so whoever keeps the offsets of tokens in the original
text needs no map. `normalize` serves those who search running text: it keeps
the map back.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

__all__ = [
    "INVISIBLE",
    "MARKS",
    "WORD",
    "Normalized",
    "fold",
    "normalize",
    "normalize_word",
    "prepare",
    "spellings",
    "words",
]

_APOSTROPHES: Final = "'’ʼ‘`´′‛＇ʹ"
# Soft hyphen, zero-width and bidirectional controls, variation selectors.
INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufe00-\ufe0f\ufeff"
)
MARKS: Final = "\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"

# One token. \w holds "_" and the modifier apostrophes too: `prepare` first.
WORD: Final = re.compile(
    rf"\w++(?:[{INVISIBLE}{MARKS}]*+['’‘`´′‛＇]?[{INVISIBLE}{MARKS}]*+\w++)*+"
    rf"[{INVISIBLE}{MARKS}]*+"
)

_TO_APOSTROPHE: Final = str.maketrans(dict.fromkeys(_APOSTROPHES, "'"))
_DROP_INVISIBLE: Final = re.compile(f"[{INVISIBLE}]")
# The breve of й, ў and the dots of ї, ё are parts of letters; other marks are not.
_DROP_MARKS: Final = re.compile(
    "(?<![ИиУу])\u0306|(?<![ІіЕе])\u0308|"
    "[\u0300-\u0305\u0307\u0309-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_NOT_WORD: Final = re.compile(r"[^\w']|_")
_OTHER_SPACE: Final = re.compile(r"[^\S\n]")
_PLAIN: Final = re.compile("[0-9А-Яа-яІіЇїЄєҐґЁё']*+")
_YO: Final = str.maketrans("Ёё", "Ее")

_LATIN: Final = re.compile("[A-Za-z]")
_CYRILLIC: Final = re.compile("[\u0400-\u0481\u048a-\u052f]")
_TO_CYRILLIC: Final = str.maketrans("ABCEHIKMOPTXYaceiopxyk", "АВСЕНІКМОРТХУасеіорхук")
_TO_LATIN: Final = str.maketrans("АВСЕНІКМОРТХУЅЈасеіорхуѕј", "ABCEHIKMOPTXYSJaceiopxysj")
# A digit drawn instead of a letter inside a word in capitals: «С3Ч».
_DIGIT_INSIDE: Final = re.compile("(?<=[А-ЯІЇЄҐ])[03](?=[А-ЯІЇЄҐ])")


def prepare(text: str) -> str:
    """The text with separators that look like letters to `WORD` replaced; same length."""
    # A hundred times as fast as `translate`, which looks up every letter.
    return text.replace("_", " ").replace("ʼ", "'").replace("ʹ", "'")


def words(text: str) -> list[str]:
    """The tokens of a text as they stand, in order."""
    return WORD.findall(prepare(text))


def _one_script(word: str) -> str:
    """A word mixing Latin and Cyrillic letters, in the script its letters allow."""
    latin, cyrillic = _LATIN.findall(word), _CYRILLIC.findall(word)
    if not latin or not cyrillic:
        return word
    in_cyrillic, in_latin = word.translate(_TO_CYRILLIC), word.translate(_TO_LATIN)
    can_cyrillic, can_latin = not _LATIN.search(in_cyrillic), not _CYRILLIC.search(in_latin)
    if can_cyrillic and (len(cyrillic) >= len(latin) or not can_latin):
        return in_cyrillic
    return in_latin if can_latin else word


def fold(word: str) -> str:
    """A token's one spelling with its case kept: what acronyms are compared by."""
    if word.isascii():
        return word.replace("`", "'")
    if _PLAIN.fullmatch(word):
        folded = word.translate(_YO)
    else:
        apostrophes = _DROP_INVISIBLE.sub("", word.translate(_TO_APOSTROPHE))
        folded = _one_script(unicodedata.normalize("NFKD", apostrophes))
        folded = _DROP_MARKS.sub("", folded).translate(_TO_APOSTROPHE)
        folded = _one_script(unicodedata.normalize("NFKC", folded)).translate(_YO)
        folded = _NOT_WORD.sub("", folded).strip("'")
    if "0" in folded or "3" in folded:
        folded = _DIGIT_INSIDE.sub(lambda m: "О" if m[0] == "0" else "З", folded)
    return folded


@lru_cache(maxsize=1 << 13)
def normalize_word(word: str) -> str:
    """A token's one spelling: NFKC, lower case, ё as е, no marks, one script."""
    return spellings(word)[1]


def spellings(word: str) -> tuple[str, str]:
    """A token's one spelling with its case kept, and in lower case: `fold`, `normalize_word`."""
    folded = fold(word)
    lower = folded.lower()
    if folded.isascii() or _PLAIN.fullmatch(folded):
        return folded, lower
    return folded, _DROP_MARKS.sub("", unicodedata.normalize("NFC", lower))


@dataclass(frozen=True, slots=True)
class Normalized:
    """Running text in one spelling, with the way back."""

    text: str
    _starts: tuple[int, ...]  # where each piece starts in `text`
    _origins: tuple[int, ...]  # where it starts in the original
    _ends: tuple[int, ...]  # where it ends in the original
    _even: tuple[bool, ...]  # as long as its original: letter for letter

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original text of `self.text[start:end]`.

        A piece whose length changed (a stressed word, a ligature) is given whole
        where the place cuts through it. Raises IndexError outside the text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise IndexError((start, end))
        if not self._starts:
            return 0, 0
        first = bisect_right(self._starts, start) - 1
        last = max(first, bisect_right(self._starts, max(start, end - 1)) - 1)
        left = self._origins[first] + (start - self._starts[first] if self._even[first] else 0)
        if not self._even[last]:
            return left, self._ends[last] if end > start else left
        return left, self._origins[last] + end - self._starts[last]


def _gap(text: str) -> str:
    """What stands between words: invisible characters gone, every space but a line's end plain.

    Signs stay as they are: «№» made "no" would be a word.
    """
    if text == " " or text.isascii():
        return text
    return _OTHER_SPACE.sub(" ", _DROP_INVISIBLE.sub("", text))


def normalize(text: str) -> Normalized:
    """A whole text normalised word by word, what stands between words kept.

    Pieces that keep their length share one entry of the map, so a common text
    costs a handful of entries.
    """
    out: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    ends: list[int] = []
    even: list[bool] = []
    length = 0

    def add(piece: str, start: int, end: int) -> None:
        nonlocal length
        same = len(piece) == end - start
        if same and even and even[-1]:
            ends[-1] = end
        elif piece or start != end:
            starts.append(length)
            origins.append(start)
            ends.append(end)
            even.append(same)
        out.append(piece)
        length += len(piece)

    prepared = prepare(text)
    place = 0
    for token in WORD.finditer(prepared):
        start, end = token.span()
        if start > place:
            add(_gap(text[place:start]), place, start)
        add(normalize_word(token[0]), start, end)
        place = end
    if place < len(text):
        add(_gap(text[place:]), place, len(text))
    return Normalized("".join(out), tuple(starts), tuple(origins), tuple(ends), tuple(even))
