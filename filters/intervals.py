"""Places in a text and how they join: the meaning of NEAR, BEFORE and NOT/n.

An interval is a first position, a last one, and the witnesses that make it: the
places of the words and phrases found. `a NEAR/n b` holds when some a and some b,
sharing no word, have at most n - 1 words between them (or lie within each other,
which happens when a or b is itself a NEAR). All such pairs are kept, because an
outer NEAR may need any of them; only where more than 2 * CROWD that can be joined
lie in reach of one, the nearest CROWD on each side are. One pair is enough to match,
so a plain `a NEAR/n b` loses nothing by that, and a page of 20,000 equal words costs
little.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from filters.nodes import Near, NotNear

__all__ = ["Interval", "join", "joined", "of_positions", "phrase", "remote", "union"]

Witness: TypeAlias = tuple[int, int]
Interval: TypeAlias = tuple[int, int, tuple[Witness, ...]]

CROWD: Final = 8
MOST: Final = 2_048


def of_positions(positions: Iterable[int]) -> list[Interval]:
    """Single words as intervals."""
    return [(p, p, ((p, p),)) for p in positions]


def phrase(words: Sequence[Sequence[int]]) -> list[Interval]:
    """Where words, each given by its positions in order, stand in a row."""
    rarest = min(range(len(words)), key=lambda i: len(words[i]))
    starts = {p - rarest for p in words[rarest]}
    for offset, positions in enumerate(words):
        if offset != rarest and starts:
            starts &= {p - offset for p in positions}
    last = len(words) - 1
    return [(s, s + last, ((s, s + last),)) for s in sorted(starts)]


def union(lists: Iterable[Sequence[Interval]]) -> list[Interval]:
    """All intervals of several lists, in order, each once."""
    return sorted(set().union(*lists))


def join(
    near: Near, left: Sequence[Interval], right: Sequence[Interval], unit_of: Callable[[int], int]
) -> list[Interval]:
    """All joined intervals, in order. `unit_of` numbers the unit of a position."""
    found = sorted(set(joined(near, left, right, unit_of)))
    return found if len(found) <= MOST else _shortest(found)


def joined(
    near: Near, left: Sequence[Interval], right: Sequence[Interval], unit_of: Callable[[int], int]
) -> Iterator[Interval]:
    """Joined intervals one by one, in no order; an empty iterator when there is none."""
    if not left or not right:
        return
    if near.unit == "words":
        yield from _within(near, left, right)
        return
    units: dict[int, list[Interval]] = {}
    for interval in right:
        if (unit := unit_of(interval[0])) == unit_of(interval[1]):
            units.setdefault(unit, []).append(interval)
    for interval in left:
        unit = unit_of(interval[0])
        if unit in units and unit == unit_of(interval[1]):
            yield from _pairs(near.ordered, interval, units[unit])


def remote(
    asked: NotNear,
    left: Sequence[Interval],
    right: Sequence[Interval],
    unit_of: Callable[[int], int],
) -> Iterator[Interval]:
    """The lefts that no right is as close to as asked, in order. None is passed over: a
    right overlooked would let through what a filter excludes."""
    if not right:
        yield from left
        return
    if asked.unit != "words":
        units: dict[int, list[Interval]] = {}
        for interval in right:
            if (unit := unit_of(interval[0])) == unit_of(interval[1]):
                units.setdefault(unit, []).append(interval)
        for interval in left:
            unit = unit_of(interval[0])
            there = units.get(unit, ()) if unit == unit_of(interval[1]) else ()
            if all(_is_part(other, interval) for other in there):
                yield interval
        return
    reach = asked.distance
    starts = [interval[0] for interval in right]
    longest = max(interval[1] - interval[0] for interval in right)
    for interval in left:
        low = bisect_left(starts, interval[0] - reach - longest)
        high = bisect_right(starts, interval[1] + reach)
        if all(
            interval[0] - right[at][1] > reach or _is_part(right[at], interval)
            for at in range(low, high)
        ):
            yield interval


def _is_part(other: Interval, interval: Interval) -> bool:
    """Whether every word of one is a word of the other."""
    if other[0] < interval[0] or other[1] > interval[1]:
        return False
    words = {place for first, last in interval[2] for place in range(first, last + 1)}
    return all(words.issuperset(range(first, last + 1)) for first, last in other[2])


def _within(near: Near, left: Sequence[Interval], right: Sequence[Interval]) -> Iterator[Interval]:
    reach = near.distance
    starts = [interval[0] for interval in right]
    longest = max(interval[1] - interval[0] for interval in right)
    for interval in left:
        low = bisect_left(starts, interval[0] - reach - longest)
        high = bisect_right(starts, interval[1] + reach)
        if low == high:
            continue
        close = [
            other
            for other in right[low:high]
            if other[0] - interval[1] <= reach and interval[0] - other[1] <= reach
        ]
        yield from _pairs(near.ordered, interval, close)


def _nearest(others: Sequence[Interval], interval: Interval, most: int) -> Sequence[Interval]:
    """The others; of more than twice as many as `most`, so many on each side by their starts."""
    if len(others) <= 2 * most:
        return others
    middle = bisect_left(others, interval)
    low = max(0, min(middle - most, len(others) - 2 * most))
    return others[low : low + 2 * most]


def _pairs(ordered: bool, one: Interval, others: Sequence[Interval]) -> Iterator[Interval]:
    # A crowd is cut only after what cannot be joined is left out, or that would fill it.
    fitting = [
        other
        for other in _nearest(others, one, 8 * CROWD)  # a page of thousands of words ends in time
        if not (ordered and other[0] <= one[1]) and not _share_word(one, other)
    ]
    for other in _nearest(fitting, one, CROWD):
        witnesses = tuple(sorted((*one[2], *other[2])))
        yield min(one[0], other[0]), max(one[1], other[1]), witnesses


def _share_word(one: Interval, other: Interval) -> bool:
    if one[1] < other[0] or other[1] < one[0]:
        return False
    return any(a[0] <= b[1] and b[0] <= a[1] for a in one[2] for b in other[2])


def _shortest(found: Sequence[Interval]) -> list[Interval]:
    """Those that hold no other: what is kept of a crowd of thousands."""
    kept: list[Interval] = []
    end = None
    for interval in sorted(found, key=lambda i: (-i[0], i[1])):
        if end is None or interval[1] < end:
            kept.append(interval)
            end = interval[1]
    kept.reverse()
    return kept
