"""The words of a text as far as they tell its entries apart: read once, asked of any stretch.

What each word says is known once: the beginning that binds entries which share it, the fields
of life it speaks of, whether it is a pronoun. Names and places are words with a capital letter
within a sentence, and behind a preposition.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, NamedTuple, TypeAlias

from filters.headings import words
from filters.lines import LINK

__all__ = ["STEM_LETTERS", "Named", "Stretch", "Wording", "binds", "known", "names_in"]

STEM_LETTERS: Final = 5
_PLACE_LETTERS: Final = 160  # of an entry, within which its place is named
_PRONOUN_LETTERS: Final = 6
_WORD: Final = re.compile(r"[^\W\d_][\w'’ʼ-]*")
_NAMED: Final = re.compile(r"(?<=[^\s.!?…:\]*_]\s)[«\"“„(]?([A-ZА-ЯЁІЇЄҐ][\w'’ʼ-]{2,})")
# Countries and offices stand in every second report: sharing them binds nothing.
_EVERYWHERE: Final = """
росси росій росі рф украи украї сша всу зсу russi ukrai ukrain киев киев київ москв mosco kyiv кремл
kreml минобо мінобо генпро генсек госду верхо европ європ нато дтп суд суда fort gener presi прези
"""
_BINDS_NOTHING: Final = frozenset(_EVERYWHERE.split())
_FIRST_NAME: Final = re.compile(r"[«\"“„(]?([A-ZА-ЯЁІЇЄҐ][\w'’ʼ-]{2,})")
_PLACED: Final = re.compile(
    r"(?<!\w)(?i:в|во|на|у|из|под|возле|близ|із|зі|під|біля|in|near|from|at|of|to)\s"
    r"([A-ZА-ЯЁІЇЄҐ][\w'’ʼ-]{2,})"
)
_LABELLED: Final = re.compile(r"[\W_]*([A-ZА-ЯЁІЇЄҐ][\w'’ʼ-]{2,})[.,:]\s")


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What a word says; of words that say nothing there is one."""

    stem: str  # its beginning, if sharing it binds entries, or ""
    fields: tuple[str, ...]
    is_pronoun: bool  # of the third person
    is_oneself: bool  # of who tells


_NOTHING: Final = Known("", (), is_pronoun=False, is_oneself=False)


class Stretch(NamedTuple):
    """What the words between two places of a text say."""

    length: int
    stems: frozenset[str]
    fields: frozenset[str]
    pronouns: bool
    oneself: bool


class Named(NamedTuple):
    """Whom and what is named between two places of a text."""

    names: frozenset[str]
    places: frozenset[str]


@lru_cache(maxsize=8_192)
def known(word: str) -> Known:
    """What a word says, however it is written."""
    low = word.casefold()
    stem = low[:STEM_LETTERS] if len(low) > 4 else ""
    lists = words()
    if stem in lists.common or stem in _BINDS_NOTHING:
        stem = ""
    fields = tuple(
        field
        for begin, field in lists.fields.get(low[:3], ())
        if low.startswith(begin) and (len(begin) > 3 or len(low) < 6)
    )
    is_short = len(low) <= _PRONOUN_LETTERS
    is_pronoun = is_short and lists.pronouns.fullmatch(low) is not None
    is_oneself = is_short and lists.oneself.fullmatch(low) is not None
    if stem or fields or is_pronoun or is_oneself:
        return _said(stem, fields, is_pronoun, is_oneself)
    return _NOTHING


@lru_cache(maxsize=4_096)  # forms of one word say the same
def _said(stem: str, fields: tuple[str, ...], is_pronoun: bool, is_oneself: bool) -> Known:
    return Known(stem, fields, is_pronoun, is_oneself)


def binds(name: str) -> str:
    """A name's beginning, "" of one that stands in every second report."""
    stem = name[:STEM_LETTERS].casefold()
    return "" if stem in _BINDS_NOTHING else stem


def names_in(text: str) -> set[str]:
    """The beginnings of the names in a text."""
    return {stem for name in _NAMED.finditer(text) if (stem := binds(name[1]))}


_Found: TypeAlias = tuple[Sequence[int], Sequence[str]]


def _found(pattern: re.Pattern[str], text: str) -> _Found:
    """Where a pattern finds names that bind, in order, and their beginnings."""
    found = [(at.start(1), stem) for at in pattern.finditer(text) if (stem := binds(at[1]))]
    return [at for at, _ in found], [stem for _, stem in found]


def _between(found: _Found, start: int, end: int) -> set[str]:
    """The beginnings of the names found from one place to before another."""
    starts, stems = found
    return set(stems[bisect_left(starts, start) : bisect_left(starts, end)])


class Wording:
    """A text's words."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.links: Sequence[tuple[int, str]] = ()
        if "http" in text or "t.me/" in text or "www." in text:
            self.links = [(link.start(), link[0]) for link in LINK.finditer(text)]
        self._plain = self._unlinked() if self.links else text
        self._stretches: dict[tuple[int, int], Stretch] = {}

    def __len__(self) -> int:
        return self._length

    @cached_property
    def _length(self) -> int:
        return len(_WORD.findall(self._plain))

    def _unlinked(self) -> str:
        """The text with spaces for the letters of its links."""
        text = self.text
        for start, link in self.links:
            text = text[:start] + " " * len(link) + text[start + len(link) :]
        return text

    @cached_property
    def _names(self) -> _Found:
        return _found(_NAMED, self.text)

    @cached_property
    def _places(self) -> _Found:
        return _found(_PLACED, self.text)

    def said(self, start: int, end: int) -> list[str]:
        """The words between two places, those of links apart."""
        return _WORD.findall(self._plain, start, end)

    def linked(self, start: int, end: int) -> set[str]:
        """The links between two places."""
        return {link for at, link in self.links if start <= at < end}

    def stretch(self, start: int, end: int, said: Sequence[str]) -> Stretch:
        """What an entry that begins and ends there says in the words `said`."""
        made = self._stretches.get((start, end))  # several ways to cut have the same entries
        if made is None:
            made = self._stretches[start, end] = _stretch(said)
        return made

    def named(self, start: int, end: int) -> Named:
        """Whom and what an entry names that begins and ends there."""
        names = _between(self._names, start + 1, end)
        if (first := _FIRST_NAME.match(self.text, start, end)) and (stem := binds(first[1])):
            names.add(stem)
        near = min(end, start + _PLACE_LETTERS)
        places = _between(self._places, start, near)
        if (label := _LABELLED.match(self.text, start, end)) and (stem := binds(label[1])):
            places.add(stem)
        return Named(frozenset(names), frozenset(places))


def _stretch(said: Sequence[str]) -> Stretch:
    stems: set[str] = set()
    fields: set[str] = set()
    pronouns = oneself = False
    for word in set(map(known, said)):
        if word.stem:
            stems.add(word.stem)
        if word.fields:
            fields.update(word.fields)
        if word.is_pronoun:
            pronouns = True
        elif word.is_oneself:
            oneself = True
    return Stretch(len(said), frozenset(stems), frozenset(fields), pronouns, oneself)
