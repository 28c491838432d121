"""Whether what stands above entries announces a roundup: «Главное за день», "News in brief".

Headings are known by their words (`filters.headings`); one that no list knows announces
nothing, and what stands below it must speak for itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from filters.headings import words
from filters.lines import Line
from filters.wording import names_in

__all__ = ["NO_HEADING", "Heading", "announces", "heading_of"]

_WORDS_OF_NEWS: Final = 3  # where a heading announces news
_HEADING_WORDS: Final = 14
_HEADING_SPACES: Final = 24  # with signs and dashes between its words
_HEADING_LETTERS: Final = 250
_WORDS_BEFORE: Final = 3  # in a heading, before what announces

_WORD: Final = re.compile(r"[^\W\d_][\w'’ʼ-]*")
_SENTENCE: Final = re.compile(r"[.!?]\s")
_EMPHASIS: Final = re.compile(r"[*~]+|(?<!\w)_+|_+(?!\w)")


@dataclass(frozen=True)
class Heading:
    """What stands above the entries: whether it announces a roundup, whether it binds them.
    Most is asked of few texts, and worked out then."""

    announces: bool
    title: str
    lead: str
    last: str  # the line right above them

    @cached_property
    def binds(self) -> bool:
        is_last = self.last.endswith(":") or not self.announces
        said = self.last if is_last else self.lead or self.title
        if not self.announces and words().account.search(said):
            return True
        return bool(words().one_story.search(said))

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(names_in(f"x {self.title}") | names_in(f"x {self.lead}"))


NO_HEADING: Final = Heading(False, "", "", "")


def heading_of(title: str, text: str, above: Sequence[Line]) -> Heading:
    heads = [text[line.start : line.end] for line in above]
    announces = any(_announces_at(title, heads, n) for n in range(-1, min(3, len(heads))))
    last = heads[-1].rstrip(" *_~") if heads else title.rstrip()
    return Heading(announces, title, " ".join(heads), last)


@lru_cache(maxsize=64)  # one head is asked about for each kind of mark
def announces(head: str, first: bool = True) -> bool:
    """Whether a short line is a roundup's heading: it begins so, or names its time. `first`: no
    title and no line stands above it that it might sum up."""
    if not head or len(head) > _HEADING_LETTERS or head.count(" ") > _HEADING_SPACES:
        return False
    said = _WORD.findall(head.lower())
    if len(said) > _HEADING_WORDS:
        return False
    letters = words().letters
    if not any(word[:3] in letters and word.startswith(letters[word[:3]]) for word in said):
        return False
    plainly = " ".join(_EMPHASIS.sub(" ", head).split())
    found = words().heading.search(plainly.replace("_", " ") if plainly[:1] == "#" else plainly)
    if not found:
        return False
    before = len(_WORD.findall(head[: found.start()]))
    weak = words().weak.fullmatch(found[0])
    told = _SENTENCE.search(plainly, found.end()) if weak else None
    if told and len(_WORD.findall(plainly, told.end())) >= _WORDS_OF_NEWS:
        return False  # «Коротко о нём. Рядовой Лунёв из Орла …»: a sentence stands behind it
    most = _WORDS_BEFORE if not weak else 0 if first else -1
    return before <= most or bool(words().span.search(head))


def _announces_at(title: str, lines: Sequence[str], place: int) -> bool:
    """Whether the line at a place below a title, or the title itself (-1), announces a roundup."""
    if place < 0:
        return announces(title)
    return announces(lines[place], not title and place == 0)
