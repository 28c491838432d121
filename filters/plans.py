"""What is registered under one pair of terms: the filters a text with both may match.

Having both terms proves most filters, and which of the others hold is mostly one of a
few questions: whether a third word is absent, and how far apart the two stand. So the
filters of a pair answer together, by *bundles* made beforehand, and a text with a
thousand hits costs as many steps as it has pairs, not hits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from filters.evaluators import Apart, Compiled
from filters.nodes import Query

__all__ = ["Asked", "Bundle", "Choice", "Entry", "Mixed", "Pair", "Plan", "Unless", "Within"]
__all__ += ["kind_of", "plan_of", "size_of"]

Pair: TypeAlias = tuple[int, int]
_ANY_DISTANCE: Final = 1 << 30
_MAX_CACHED: Final = 1_000


class Bundle(tuple[str, ...]):
    """The keys of filters that match together, and the query of each. Never changes.

    A plan of its own: these hold wherever both terms are present.
    """

    queries: tuple[Query, ...]

    def __new__(cls, entries: Iterable[Entry]) -> Bundle:
        keys: list[str] = []
        queries: list[Query] = []
        for entry in entries:
            keys += entry.keys
            queries += [entry.query] * len(entry.keys)
        made = super().__new__(cls, keys)
        made.queries = tuple(queries)
        return made

    # Bundles stand in sets, each for itself.
    __hash__ = object.__hash__
    __eq__ = object.__eq__


class Entry:
    """One query, the keys that ask for it, and the pairs of terms it is registered under.

    Another key makes another entry: texts may be being matched with this one.
    """

    __slots__ = ("_bundle", "compiled", "keys", "pairs", "query", "vain")

    def __init__(self, query: Query, compiled: Compiled, keys: tuple[str, ...]) -> None:
        self.query = query
        self.compiled = compiled
        self.keys = keys
        self.pairs: tuple[Pair, ...] = ()
        self.vain = 0
        self._bundle: Bundle | None = None

    @property
    def bundle(self) -> Bundle:
        """The entry alone."""
        made = self._bundle
        if made is None:
            made = self._bundle = Bundle((self,))
        return made


class Choice(frozenset[Bundle]):
    """Filters that hold, and that other pairs select too: each is to be counted once."""


class Unless:
    """Filters that hold unless a word of theirs is there too."""

    __slots__ = ("all", "each", "excluded")

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.all = Bundle(entries)
        self.each = tuple((entry.compiled.excluded, entry.bundle) for entry in entries)
        self.excluded = frozenset().union(*(excluded for excluded, _ in self.each))

    def left(self, present: set[int]) -> list[Bundle]:
        """Those that hold in a text where some of the words are."""
        return [bundle for excluded, bundle in self.each if present.isdisjoint(excluded)]


class Within:
    """Filters that ask how far apart the two terms stand."""

    __slots__ = ("_known", "_near", "_reach", "first", "second")

    def __init__(self, pair: Pair, near: Sequence[tuple[Apart, Entry]]) -> None:
        self.first, self.second = pair
        self._near = near
        self._reach = max(apart.distance for apart, _ in near)
        self._known: dict[tuple[int, int] | int, Bundle | None] = {}

    def __len__(self) -> int:
        return len(self._near)

    def holding(self, positions: Callable[[int], Sequence[int]]) -> Bundle | None:
        """Those that hold, given where the terms stand."""
        lefts, rights = positions(self.first), positions(self.second)
        if len(lefts) == 1 == len(rights):
            # Most words stand in a text once.
            distance = rights[0] - lefts[0]
            if not -self._reach <= distance <= self._reach:
                return None
            known = self._known
            if distance in known:
                return known[distance]
            after, before = (
                (distance, _ANY_DISTANCE)
                if distance > 0
                else (_ANY_DISTANCE, -distance or _ANY_DISTANCE)
            )
            return self._remember(distance, after, before)
        after, before = _nearest(lefts, rights)
        if after > self._reach:
            if before > self._reach:
                return None
            after = _ANY_DISTANCE
        elif before > self._reach:
            before = _ANY_DISTANCE
        distances = after, before
        if distances in self._known:
            return self._known[distances]
        return self._remember(distances, after, before)

    def _remember(self, asked: tuple[int, int] | int, after: int, before: int) -> Bundle | None:
        held = []
        for apart, entry in self._near:
            ahead, behind = (after, before) if apart.left == self.first else (before, after)
            if (ahead if apart.ordered else min(ahead, behind)) <= apart.distance:
                held.append(entry)
        found = Bundle(held) if held else None
        if len(self._known) >= _MAX_CACHED:
            self._known.clear()
        self._known[asked] = found
        return found


class Asked(tuple[Entry, ...]):
    """Filters that are asked one by one."""

    __slots__ = ()


class Mixed(tuple["Plan", ...]):
    """Plans of several kinds for one pair."""

    __slots__ = ()


Plan: TypeAlias = Bundle | Choice | Unless | Within | Asked | Mixed


def kind_of(entry: Entry) -> type[Bundle | Choice | Unless | Within | Asked]:
    """Which plan answers for an entry wherever a pair of its terms is present."""
    compiled = entry.compiled
    several = len(entry.pairs) > 1
    if compiled.near is not None:
        return Within
    if compiled.check is not None or len(compiled.required) > 2:
        return Asked
    if compiled.excluded:
        return Asked if several else Unless
    return Choice if several else Bundle


def plan_of(pair: Pair, entries: Sequence[Entry]) -> Plan:
    """What distinguishes the filters registered under one pair."""
    by_kind: dict[type, list[Entry]] = {}
    for entry in entries:
        by_kind.setdefault(kind_of(entry), []).append(entry)
    plans: list[Plan] = []
    if certain := by_kind.get(Bundle):
        plans.append(certain[0].bundle if len(certain) == 1 else Bundle(certain))
    if shared := by_kind.get(Choice):
        plans.append(Choice(entry.bundle for entry in shared))
    if unless := by_kind.get(Unless):
        plans.append(Unless(unless))
    if within := by_kind.get(Within):
        plans.append(Within(pair, [(near, e) for e in within if (near := e.compiled.near)]))
    if asked := by_kind.get(Asked):
        plans.append(Asked(asked))
    return plans[0] if len(plans) == 1 else Mixed(plans)


def size_of(plan: Plan) -> int:
    """How many filters a plan tells apart, equal ones being one."""
    match plan:
        case Bundle():
            return len({*map(id, plan.queries)})
        case Unless():
            return len(plan.each)
        case Mixed():
            return sum(map(size_of, plan))
        case _:
            return len(plan)


def _nearest(lefts: Sequence[int], rights: Sequence[int]) -> tuple[int, int]:
    """How far the nearest right stands after a left, and how far before one."""
    if len(lefts) > len(rights):
        before, after = _nearest(rights, lefts)
        return after, before
    after = before = _ANY_DISTANCE
    count = len(rights)
    for left in lefts:
        at = bisect_left(rights, left)
        if at and left - rights[at - 1] < before:
            before = left - rights[at - 1]
        if at < count and rights[at] == left:
            at += 1
        if at < count and rights[at] - left < after:
            after = rights[at] - left
        if after == 1 == before:
            break
    return after, before
