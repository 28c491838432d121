"""Which filters are asked of a text, by the pair of terms they are registered under.

A `Registered` that texts are matched with never changes. Whoever changes filters makes the
next one, which shares all that stays: the first terms are kept in pieces, and only the piece
and the term that change are copied. So a change costs some microseconds however many filters
there are, and a text that is being read keeps the filters that it began with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from filters.plans import Entry, Pair, Plan, plan_of
from filters.verify import Listed

__all__ = ["Registered", "UnderTerm"]

_PIECES: Final = 256


class UnderTerm:
    """What is registered under a first term: by the second one, the filters and their plan,
    None where it is yet to be made. The second terms are kept as a set too: two sets meet three
    times as fast as a set and the keys of a dict.
    """

    __slots__ = ("entries", "plans", "seconds")

    def __init__(self, other: UnderTerm | None = None) -> None:
        self.seconds: set[int] = set(other.seconds) if other else set()
        self.plans: dict[int, Plan | None] = dict(other.plans) if other else {}
        self.entries: dict[int, tuple[Entry, ...]] = dict(other.entries) if other else {}

    def plan(self, first: int, second: int) -> Plan:
        """What answers for the pair; made when it is first asked for."""
        plan = self.plans[second]
        if plan is None:
            plan = self.plans[second] = plan_of((first, second), self.entries[second])
        return plan


class Registered:
    """Filters by their pairs of terms. Changed only before a text is matched with it.

    `firsts` are all first terms, perhaps with some that are gone: those that share it only add
    to it. `lists` are the compiler's, as this set of filters needs them.
    """

    __slots__ = ("_count", "_own_pieces", "_own_terms", "_pieces", "firsts", "lists")

    def __init__(self, lists: Mapping[int, Listed]) -> None:
        self._pieces: list[dict[int, UnderTerm]] = [{} for _ in range(_PIECES)]
        self._own_pieces: set[int] = set(range(_PIECES))
        self._own_terms: set[int] = set()
        self._count = 0
        self.firsts: set[int] = set()
        self.lists = lists

    def next(self, lists: Mapping[int, Listed]) -> Registered:
        """Another with the same filters, to be changed."""
        made = Registered.__new__(Registered)
        made._pieces = [*self._pieces]
        made._own_pieces = set()
        made._own_terms = set()
        made._count = self._count
        # Many that are gone make it new: those who read have theirs.
        stale = len(self.firsts) > 2 * self._count + _PIECES
        made.firsts = {first for piece in self._pieces for first in piece} if stale else self.firsts
        made.lists = lists
        return made

    def __len__(self) -> int:
        return self._count

    @property
    def is_changed(self) -> bool:
        """Whether it is another than the one that it came from."""
        return bool(self._own_pieces)

    def get(self, first: int) -> UnderTerm | None:
        """What is registered under a first term; None for nothing."""
        return self._pieces[first % _PIECES].get(first)

    def entries(self, pair: Pair) -> tuple[Entry, ...]:
        """The filters of a pair. Raises KeyError for one without any."""
        first, second = pair
        return self._pieces[first % _PIECES][first].entries[second]

    def add(self, pair: Pair, entry: Entry) -> None:
        """Registers a filter under a pair."""
        first, second = pair
        under = self._to_change(first)
        under.seconds.add(second)
        under.plans[second] = None
        under.entries[second] = (*under.entries.get(second, ()), entry)
        self.firsts.add(first)

    def remove(self, pair: Pair, entry: Entry) -> None:
        """Takes a filter away from a pair."""
        first, second = pair
        under = self._to_change(first)
        left = tuple(each for each in under.entries[second] if each is not entry)
        under.plans[second] = None
        under.entries[second] = left
        if left:
            return
        del under.entries[second], under.plans[second]
        under.seconds.remove(second)
        if not under.seconds:
            del self._pieces[first % _PIECES][first]
            self._count -= 1

    def replace(self, pair: Pair, old: Entry, new: Entry) -> None:
        """Puts a filter in the place of another."""
        first, second = pair
        under = self._to_change(first)
        under.plans[second] = None
        under.entries[second] = tuple(
            new if each is old else each for each in under.entries[second]
        )

    def _to_change(self, first: int) -> UnderTerm:
        number = first % _PIECES
        if number not in self._own_pieces:
            self._pieces[number] = dict(self._pieces[number])
            self._own_pieces.add(number)
        piece = self._pieces[number]
        under = piece.get(first)
        if under is None:
            self._count += 1
            under = piece[first] = UnderTerm()
        elif first in self._own_terms:
            return under
        else:
            under = piece[first] = UnderTerm(under)
        self._own_terms.add(first)
        return under
