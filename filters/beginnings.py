"""How forms of a word can begin: by its first letters a form is told to be none of those asked for.

Looking a form up in both dictionaries and guessing at what neither knows is the dearest part of
reading a form for the first time, and of ten forms nine are of no word that any filter names. A
form is a paradigm's prefix, a stem and an ending; its lemma is the same stem with the ending of the
paradigm's first form. So all beginnings of the forms of a lemma are told by the paradigms' tables
alone: known forms and guessed ones, since guesses follow the same paradigms. Too many forms may be
looked up, never too few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

__all__ = ["Asked", "Beginnings"]

_MARKS: Final = 1 << 23
_LETTERS: Final = 6  # five leave half as many forms more to look up, seven take twice the time
# The dictionaries write ё and ґ where texts may not.
_ALIKE: Final = str.maketrans("ёґ", "ег")


class Asked:
    """The lemmas that somebody asks for, as the beginnings of their forms: only added to.

    A beginning is kept as a bit in a table of a megabyte, in which one of seventy others is taken
    for it: a hundred thousand strings would need ten times as much.
    """

    def __init__(self, beginnings: Beginnings, lemmas: Iterable[str]) -> None:
        self._beginnings = beginnings
        self._marks = bytearray(_MARKS >> 3)
        for lemma in lemmas:
            self.add(lemma)
        beginnings.forget_cut()

    def add(self, lemma: str) -> set[str]:
        """Asks for one more; returns what its forms can begin with."""
        found = self._beginnings.of(lemma)
        for begun in found:
            mark = hash(begun) % _MARKS
            self._marks[mark >> 3] |= 1 << (mark & 7)
        return found

    def may_be(self, form: str) -> bool:
        """Whether a form in lower case may be one of a lemma that is asked for."""
        begun = self._beginnings.beginning(form)
        if begun is None:
            return True
        mark = hash(begun) % _MARKS
        return bool(self._marks[mark >> 3] & 1 << (mark & 7))


class Beginnings:
    """The first letters of all forms of given lemmas. `dictionaries` are pymorphy's parsers.

    Raises ValueError for dictionaries whose lemmas have prefixes of their own: of these it knows
    too little.
    """

    def __init__(self, dictionaries: Iterable[Any]) -> None:
        # By the lemma's ending those of its forms, each behind the prefix that goes with it: as
        # one text, which takes a tenth of the memory.
        self._endings: dict[str, str] = {}
        prefixes: set[str] = set()
        for parser in dictionaries:
            dictionary = parser.dictionary
            endings = [ending.translate(_ALIKE) for ending in dictionary.suffixes]
            begins = dictionary.paradigm_prefixes
            prefixes |= {*begins} - {""}
            alike: dict[str, list[Any]] = {}
            for paradigm in dictionary.paradigms:
                # Three rows one behind the other: endings, tags, prefixes.
                if begins[paradigm[len(paradigm) // 3 * 2]]:
                    raise ValueError(begins[paradigm[len(paradigm) // 3 * 2]])
                alike.setdefault(endings[paradigm[0]], []).append(paradigm)
            for ending, paradigms in alike.items():
                rows = set[tuple[int, int]]()
                for paradigm in paradigms:
                    many = len(paradigm) // 3
                    rows.update(zip(paradigm[2 * many :], paradigm[:many], strict=True))
                told = {f"{begins[at]} {endings[by][:_LETTERS]}" for at, by in rows}
                if ending in self._endings:
                    told.update(self._endings[ending].split("\n"))
                self._endings[ending] = "\n".join(told)
        self._cut: dict[tuple[str, int], frozenset[tuple[str, str]]] = {}
        inside = "|".join(sorted(prefixes))
        # Guesses keep what stands before a known word: «супер» + «по» + «лучше» is one of
        # «суперхороший». Such words, and those with hyphens, are looked up however they begin.
        doubt = rf".{{1,{_LETTERS - 1}}}(?:{inside})|.*-"
        self._is_doubtful = re.compile(doubt).match

    def of(self, lemma: str) -> set[str]:
        """What its forms can begin with."""
        lemma = lemma.translate(_ALIKE)
        found = {lemma[:_LETTERS]}
        for at in range(len(lemma) + 1):
            stem, ending = lemma[:at], lemma[at:]
            if ending in self._endings:
                found.update(
                    (prefix + stem + other)[:_LETTERS]
                    for prefix, other in self._shortened(ending, max(0, _LETTERS - at))
                )
        return found

    def beginning(self, form: str) -> str | None:
        """Of a form in lower case what it begins with, as `of` says it; None where that tells
        nothing of its lemmas."""
        return None if self._is_doubtful(form) else form[:_LETTERS].translate(_ALIKE)

    def forget_cut(self) -> None:
        """Lets go of what was kept for many lemmas in a row."""
        self._cut.clear()

    def _shortened(self, ending: str, letters: int) -> frozenset[tuple[str, str]]:
        """The endings beside this one, cut to so many letters: few differ then."""
        known = self._cut.get((ending, letters))
        if known is None:
            told = (each.partition(" ") for each in self._endings[ending].split("\n"))
            known = self._cut[ending, letters] = frozenset(
                (prefix, other[:letters]) for prefix, _, other in told
            )
        return known
