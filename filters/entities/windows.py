"""Where in a text a pattern is worth trying: around its cue words; and patterns made when asked.

All patterns on all of a text would be the slowest part of reading; making all of them
would be a third of a process's start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import compress
from typing import Any, Final, TypeAlias, cast

from filters.prefilter import RUN, Openings, begins_words, opening, runs

__all__ = ["Ranges", "around", "lazy", "search"]

_MAX_FORMS_CACHED: Final = 20_000  # forms
Ranges: TypeAlias = Sequence[tuple[int, int]]


class _Lazy:
    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self.flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self.pattern, self.flags), name)
        setattr(self, name, found)  # the next call goes straight to it
        return found


def lazy(pattern: str, flags: int | re.RegexFlag = 0) -> re.Pattern[str]:
    """A regular expression that is compiled when first used; a bad one raises then."""
    return cast("re.Pattern[str]", _Lazy(pattern, int(flags)))


def around(text: str, cues: Iterable[str], before: int, after: int) -> Ranges:
    """Stretches of text from `before` code points ahead of each cue to `after` behind it,
    widened to whole words, joined where they touch. Cues are words as they stand in the text."""
    found: list[tuple[int, int]] = []
    for cue in cues:
        at = text.find(cue)
        while at >= 0:
            end = at + len(cue)
            # «ст» in «место» is no cue
            if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
                found.append((max(0, at - before), min(len(text), end + after)))
            at = text.find(cue, end)
    found.sort()
    joined: list[tuple[int, int]] = []
    for start, end in (_whole(text, *place) for place in found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    behind = text.find(" ", end)
    return text.rfind(" ", 0, start) + 1, len(text) if behind < 0 else behind


def search(rule: re.Pattern[str], text: str, ranges: Ranges | None) -> Iterator[re.Match[str]]:
    """Matches of a rule inside the ranges, or in all of the text."""
    if ranges is None:
        yield from rule.finditer(text)
        return
    begins = _begins(rule)
    for start, end in ranges:
        if begins is None:
            yield from rule.finditer(text, start, end)
            continue
        upto = start
        starts, words = _words(text, start, end)
        may = list(map(begins.__getitem__, words))
        for at, places in compress(zip(starts, may, strict=True), may):
            for inside in places:
                if at + inside >= upto and (found := rule.match(text, at + inside, end)):
                    yield found
                    upto = found.end()


class _Begins(dict[str, "tuple[int, ...]"]):
    """Where inside a form a match of a rule may begin, learnt when the form is first seen."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self._openings = Openings([opening(source)])

    def __missing__(self, form: str) -> tuple[int, ...]:
        if len(self) >= _MAX_FORMS_CACHED:
            self.clear()
        places = tuple(inside for inside, word in runs(form) if self._openings.of(word))
        self[form] = places
        return places


@lru_cache(maxsize=256)
def _begins(rule: re.Pattern[str]) -> _Begins | None:
    """None for a rule that may begin inside a word or with a sign: it is tried at every letter."""
    if not begins_words(rule.pattern):
        return None
    try:
        return _Begins(rule.pattern)
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _words(text: str, start: int, end: int) -> tuple[list[int], list[str]]:
    """The words of a stretch and where they start, for several rules one after the other."""
    found = list(RUN.finditer(text, start, end))
    return [each.start() for each in found], [each[0] for each in found]
