"""Where sentences and paragraphs begin, by rules that hold in three languages."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

__all__ = ["Layout"]

_PARAGRAPH: Final = re.compile(r"\n[^\S\n]*\n\s*|\u2029")
# An end mark, what closes after it, then space; or a line's end. All begin with a sign of one
# class, so the engine passes over other letters at full speed; and one that stands behind another
# end mark is passed at once, or a line of thousands of dots would be read from each of them.
_BREAK: Final = re.compile(
    r"[.!?…\n\u2029](?:(?<=[.!?…])(?<![.!?…]{2})[.!?…]*+[\"'»”’)\]*_]*+\s+"
    r"|(?<=\n)\s*+|(?<=\u2029)(?:[^\S\n]*+\n\s*+)?)"
)
_SHORTENED: Final = (
    r"ст|стст|пп|п|ч|гл|г|гг|р|рр|им|ім|ул|вул|д|буд|кв|обл|р-н|пос|с|дер|м|смт|"
    r"тыс|тис|млн|млрд|руб|грн|коп|км|кг|тел|см|напр|др|ін|т\.\s?д|т\.\s?п|т\.\s?н|т\.\s?е|т\.\s?к|т\.\s?ч|"
    r"гв|отд|мл|ст\.\s?лейтенант|сержант|лейт|кап|полк|ген|рядов|в/ч|проф|акад|"
    r"mr|mrs|ms|dr|gen|col|lt|sgt|capt|maj|pvt|cpl|st|no|art|vs|e\.g|i\.e|u\.s|jan|feb|aug|sept|oct|nov|dec"
)
_ABBREVIATION: Final = re.compile(
    rf"(?:^|[\s(«\"“])(?:[^\W\d_]|{_SHORTENED})$",  # an initial, «г.», «ч.»
    re.IGNORECASE,
)
# What stands behind the last space of each, with and without that space: few words are one.
_LAST_WORDS: Final = frozenset(
    each.replace(r"\s?", space).replace("\\", "").split()[-1]
    for each in _SHORTENED.split("|")
    for space in ("", " ")
)
_LOOK_BACK: Final = 16


class Layout:
    """Sentence and paragraph starts of one text, in code points of the original."""

    __slots__ = ("paragraphs", "sentences", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.paragraphs = [0, *(m.end() for m in _PARAGRAPH.finditer(text))]
        self.sentences = _sentence_starts(text)

    def sentence(self, offset: int) -> int:
        """The number of the sentence holding `offset`."""
        return bisect_right(self.sentences, offset) - 1

    def paragraph(self, offset: int) -> int:
        """The number of the paragraph holding `offset`."""
        return bisect_right(self.paragraphs, offset) - 1

    def bounds(self, offset: int) -> tuple[int, int]:
        """Start and end of the sentence holding `offset`, without the space around it."""
        number = self.sentence(max(0, min(offset, len(self.text))))
        start = self.sentences[number]
        following = number + 1
        end = self.sentences[following] if following < len(self.sentences) else len(self.text)
        piece = self.text[start:end]
        return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _sentence_starts(text: str) -> list[int]:
    starts = [0]
    for found in _BREAK.finditer(text):
        if found.end() < len(text) and _ends_sentence(text, found):
            starts.append(found.end())
    return starts


def _ends_sentence(text: str, found: re.Match[str]) -> bool:
    """Whether a break is one: not after «ст.» or an initial, not before a small letter."""
    mark, following = found[0], text[found.end()]
    if following in "—–-" and "\n" not in mark:
        following = text[found.end() + 1 : found.end() + 9].lstrip()[:1]  # «Не поеду!» — сказал он.
    if mark.count("\n") > 1 or "\u2029" in mark:
        return True
    if mark[0] not in ".!?…":
        return not following.islower()
    if following.islower():
        return False
    if mark[0] != "." or "\n" in mark:
        return True
    before = text[max(0, found.start() - _LOOK_BACK) : found.start()]
    last = (before.split() or ("",))[-1]
    if last.isalpha() and len(last) > 1 and last.casefold() not in _LAST_WORDS:
        return True
    return not _ABBREVIATION.search(before)
