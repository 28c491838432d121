"""Words of three languages spelt alike: names by the consonants of their Latin spelling. Pure.

«Лосеву», «Лосєва» and "Losev" are all `lsv`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = ["LINE_NOISE", "MOST_LETTERS", "WORD", "language", "plain", "skeleton"]

WORD: Final = re.compile(
    r"[^\W\d_]++(?:['’ʼ`-][^\W\d_]++)*|\d{1,3}(?:[ \u00a0\u202f,]\d{3})+(?!\d)|\d+(?:[.,:]\d+)*"
)
LINE_NOISE: Final = re.compile(r"#\w+|@\w+|https?://\S+")
MOST_LETTERS: Final = 4_000  # letters that are read: what happened stands before
_CYRILLIC: Final = re.compile(r"[а-яёіїєґ]", re.I)
_UKRAINIAN: Final = re.compile(r"[іїєґ]", re.I)
_LATIN: Final = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "h", "д": "d", "е": "e", "ё": "e", "є": "e",
    "ж": "z", "з": "z", "и": "i", "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m",
    "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h",
    "ц": "c", "ч": "c", "ш": "s", "щ": "s", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "u",
    "я": "a",
}  # fmt: skip
_ENGLISH: Final = (
    ("shch", "s"), ("sch", "s"), ("zh", "z"), ("kh", "h"), ("ck", "k"), ("ts", "c"), ("tz", "c"),
    ("ch", "c"), ("sh", "s"), ("ph", "f"), ("x", "ks"), ("w", "v"), ("g", "h"), ("q", "k"),
    ("j", "z"),
)  # fmt: skip
_ENDINGS_RU: Final = re.compile(
    r"(?:ств\w{0,3}|(?<=[бвгджзклмнпрстфхцчшщ])(?:ами|ями|ах|ях|ам|ям|ом|ем|ём|ым|им|ой|ей|ою|ею|ого|его"
    r"|ому|ему|ый|ий|ая|яя|ое|ее|ую|юю|ые|ие|ых|их|ові|еві|ям|єм|ої|ій|ою|у|ю|а|я|о|е|и|ы|і|ї|є|ь))$"
)
_ADJECTIVE: Final = re.compile(r"(?:[сз]к|(?<=ц)к)$")
_ADJECTIVE_EN: Final = re.compile(r"(?:(?<=ts)k|(?<!t)sk)(?:[yi]{1,2}|oye|aya)?$")
_POSSESSIVE: Final = re.compile(r"(?:'s|s')$")
# «Рівненщина», «Одещина», «Донеччина»: regions by their towns' names.
_REGION: Final = re.compile(r"(?:(?P<es>е)щин|(?P<c>ч)чин|(?:ен)?щин)(?:а|и|і|у|ою|е|ой)$")
_LOCATIVE: Final = re.compile(r"(?<=[бвгджзлмнпрстфхчшщ])ці$")  # «на Камчатці»
_VOWELS: Final = re.compile(r"[aeiouy'’ʼ`-]")
_DOUBLE: Final = re.compile(r"(.)\1+")


@lru_cache(maxsize=16_384)
def skeleton(word: str) -> str:
    """The consonants of a word in Latin letters; "a" before them if it begins with a vowel."""
    word = word.lower().replace("’", "'").replace("ʼ", "'")
    if _CYRILLIC.search(word):
        if len(word) > 6 and (region := _REGION.search(word)):
            ends = "ес" if region["es"] else "ц" if region["c"] else ""
            word = word[: region.start()] + ends
        if len(word) > 5:
            word = _LOCATIVE.sub("ку", word)
        bare = (_ENDINGS_RU.sub("", word) if len(word) > 4 else word).replace("ьк", "к")
        if len(bare.replace("ь", "")) > 5:  # as long as its Latin spelling, which has no «ь»
            bare = _ADJECTIVE.sub("", bare)
        latin = "".join(_LATIN.get(char, char) for char in bare)
    else:
        bare = _POSSESSIVE.sub("", word).replace("'", "")
        if len(bare) > 5:
            bare = _ADJECTIVE_EN.sub("", bare)
        for spelt, sound in _ENGLISH:
            bare = bare.replace(spelt, sound)
        latin = bare
        if latin.startswith("y") and latin[1:2] in "aeou":
            latin = latin[1:]
    head = "a" if latin[:1] in "aeiouy" else ""
    return head + _DOUBLE.sub(r"\1", _VOWELS.sub("", latin))


def plain(word: str) -> str:
    """A word in lower case, with one е and one apostrophe."""
    return word.lower().replace("ё", "е").replace("’", "'").replace("ʼ", "'")


def language(text: str) -> str:
    """ "ru", "uk" or "en", by its letters."""
    cyrillic = len(_CYRILLIC.findall(text))
    if cyrillic * 2 < sum(map(str.isalpha, text)):
        return "en"
    return "uk" if len(_UKRAINIAN.findall(text)) * 60 > cyrillic else "ru"
