"""Which of the due sources may be read now: only so many of a host at once. Pure.

Sources of one host form a lane, which only so many may enter at once. The most overdue whose
lane is free goes first, so that a host with a thousand sources, or one that takes half a
minute to answer, holds up nobody but its own. All lanes together hold `at_once` sources;
half of these places at most go to lanes that were slow last time; `dedicated` lanes count for
themselves (Telegram's pages, which are asked one at a time).
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Container, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

__all__ = ["SLOW", "HostLane", "Lanes"]

SLOW: Final = 5.0
"""Seconds: a lane whose last reading took longer is a slow one."""

_MAX_HOSTS_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class HostLane:
    """`width` sources of it may be read at once. A `dedicated` one takes no place of others."""

    name: str
    width: int = 2
    dedicated: bool = False


class _Pace(Enum):
    DEDICATED = 0
    SWIFT = 1
    SLOW = 2


class Lanes:
    """Give it who waits (`line_up`), let in (`enter`), tell it who is done (`leave`)."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._queues: dict[str, deque[tuple[int, int]]] = {}  # (place in the line, id)
        self._lanes: dict[str, HostLane] = {}
        self._inside: dict[int, tuple[HostLane, _Pace]] = {}
        self._in_lane: Counter[str] = Counter()
        self._taken: Counter[_Pace] = Counter()
        self._slow: dict[str, None] = {}  # names of slow lanes, the one longest known first
        # The first of each lane that has room. An entry counts while `_offered` says the same.
        self._heaps: dict[_Pace, list[tuple[int, str]]] = {pace: [] for pace in _Pace}
        self._offered: dict[str, tuple[_Pace, int]] = {}

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(map(len, self._queues.values()))

    def line_up(self, due: Iterable[tuple[int, HostLane]], without: Container[int] = ()) -> None:
        """These wait, most overdue first, instead of those that waited."""
        self._queues, self._lanes = {}, {}
        for place, (each, lane) in enumerate(due):
            if each not in self._inside and each not in without:
                self._queues.setdefault(lane.name, deque()).append((place, each))
                self._lanes[lane.name] = lane
        self._heaps = {pace: [] for pace in _Pace}
        self._offered = {}
        for name in self._queues:
            self._offer(name)

    def enter(self) -> list[int]:
        """Those that may be read now, most overdue first; they are inside until they `leave`."""
        let_in: list[tuple[int, int]] = []
        while (found := self._first()) is not None:
            pace, name = found
            place, each = self._queues[name].popleft()
            self._inside[each] = self._lanes[name], pace
            self._in_lane[name] += 1
            self._taken[pace] += 1
            self._offer(name)
            let_in.append((place, each))
        return [each for _, each in sorted(let_in)]

    def leave(self, each: int, seconds: float = 0.0) -> None:
        """It is done, after so many seconds. Repeating it does nothing."""
        lane, pace = self._inside.pop(each, (None, _Pace.SWIFT))
        if lane is None:
            return
        self._taken[pace] -= 1
        self._in_lane[lane.name] -= 1
        if not self._in_lane[lane.name]:
            del self._in_lane[lane.name]
        self._slow.pop(lane.name, None)
        if seconds > SLOW:
            self._slow[lane.name] = None
            if len(self._slow) > _MAX_HOSTS_REMEMBERED:
                del self._slow[next(iter(self._slow))]
        self._offer(lane.name)

    def _offer(self, name: str) -> None:
        """Put the first of the lane among those that may enter, if the lane has room."""
        queue = self._queues.get(name)
        if not queue or self._in_lane[name] >= self._lanes[name].width:
            self._offered.pop(name, None)
            return
        if self._lanes[name].dedicated:
            pace = _Pace.DEDICATED
        else:
            pace = _Pace.SLOW if name in self._slow else _Pace.SWIFT
        offer = pace, queue[0][0]
        if self._offered.get(name) != offer:
            self._offered[name] = offer
            heapq.heappush(self._heaps[pace], (offer[1], name))

    def _first(self) -> tuple[_Pace, str] | None:
        """The lane whose first may enter, the most overdue one of all."""
        open_to = [_Pace.DEDICATED]
        if self._taken[_Pace.SWIFT] + self._taken[_Pace.SLOW] < self._at_once:
            open_to.append(_Pace.SWIFT)
            if self._taken[_Pace.SLOW] < max(1, self._at_once // 2):
                open_to.append(_Pace.SLOW)
        heads = []
        for pace in open_to:
            heap = self._heaps[pace]
            while heap and self._offered.get(heap[0][1]) != (pace, heap[0][0]):
                heapq.heappop(heap)
            if heap:
                heads.append((*heap[0], pace))
        if not heads:
            return None
        _, name, pace = min(heads, key=lambda head: head[0])
        return pace, name
