"""Which lists may have a phrase in a text: those of whose phrases the first two words stand side
by side somewhere in it.

Lists of the packs hold hundreds of phrases, and nearly every text has the words of some of them,
far apart. What a form's terms begin and follow is kept as bits, so a text is asked once for all
lists, and costs one look-up a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeAlias

__all__ = ["Pairs", "has"]

_BITS: Final = 1_024  # lists that share a bit are asked together, in vain at worst
_MAX_ROWS_CACHED: Final = 20_000
_MANY_GONE: Final = 64
_Row: TypeAlias = frozenset[int]


class Pairs:
    """The first two terms of each list's phrases. One thread adds to it, others read meanwhile;
    what is gone leaves it only for another one, so that who reads keeps what it began with."""

    def __init__(self) -> None:
        self._of: dict[int, tuple[_Row, _Row]] = {}
        self._first: dict[int, int] = {}  # term -> lists, as bits
        self._second: dict[int, int] = {}
        self._kept: dict[_Row, tuple[int, int]] = {}
        self._gone = 0

    def add(self, number: int, firsts: _Row, seconds: _Row) -> None:
        """Learns which terms begin the phrases of a list, and which stand second in them."""
        self._of[number] = firsts, seconds
        bit = _bit(number)
        for terms, known in ((firsts, self._first), (seconds, self._second)):
            for term in terms:
                known[term] = known.get(term, 0) | bit
        self._kept = {}  # who works a row out by what was known before keeps it for itself

    def without(self, number: int) -> Pairs:
        """What is left when a list is gone: itself, with more than it needs, for most."""
        if self._of.pop(number, None) is None:
            return self
        self._gone += 1
        if self._gone < len(self._of) + _MANY_GONE:
            return self
        left = Pairs()
        for other, terms in self._of.items():
            left.add(other, *terms)
        return left

    def beside(self, rows: Sequence[_Row]) -> int:
        """The lists that may have a phrase among words of these terms: see `has`."""
        kept = self._kept
        found = 0
        for (begun, _), (_, second) in pairwise(
            kept.get(row) or self._work_out(row, kept) for row in rows
        ):
            found |= begun & second
        return found

    def _work_out(self, row: _Row, kept: dict[_Row, tuple[int, int]]) -> tuple[int, int]:
        first = second = 0
        for term in row:
            first |= self._first.get(term, 0)
            second |= self._second.get(term, 0)
        if len(kept) >= _MAX_ROWS_CACHED:
            kept.clear()
        told = kept[row] = first, second
        return told


def has(beside: int, number: int) -> bool:
    """Whether a list is among those that `Pairs.beside` told."""
    return bool(beside & _bit(number))


def _bit(number: int) -> int:
    return 1 << (-number % _BITS)
