"""How often somebody may do something, and what was done lately: kept in memory only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta

__all__ = ["Once", "RateLimit", "Recent"]


class Once:
    """Once in `every` for each key; remembers the last `most` keys."""

    def __init__(self, every: timedelta, most: int = 10_000) -> None:
        self._every = every
        self._most = most
        self._last: OrderedDict[Hashable, datetime] = OrderedDict()

    def first(self, key: Hashable, now: datetime) -> bool:
        """True the first time in a while."""
        last = self._last.get(key)
        # One in the future was noted by a clock that has been set back since.
        if last is not None and timedelta() <= now - last < self._every:
            return False
        self._last[key] = now
        self._last.move_to_end(key)
        while len(self._last) > self._most:
            self._last.popitem(last=False)
        return True


class RateLimit:
    """At most `burst` at once for each key, then one every `every`; remembers `most` keys."""

    def __init__(self, burst: int, every: timedelta, most: int = 10_000) -> None:
        self._burst = burst
        self._every = every
        self._most = most
        self._full_at: OrderedDict[Hashable, tuple[datetime, datetime]] = OrderedDict()

    def allows(self, key: Hashable, now: datetime) -> bool:
        """Whether one more may be done now; counts it if so."""
        full_at, noted = self._full_at.get(key, (now, now))
        # Noted in the future: by a clock that has been set back since.
        full_at = now if noted > now else max(full_at, now)
        if full_at - now > self._every * (self._burst - 1):
            return False
        self._full_at[key] = (full_at + self._every, now)
        self._full_at.move_to_end(key)
        while len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
        return True


class Recent:
    """A set that holds the last `most` that were added."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, None] = OrderedDict()

    def add(self, key: Hashable) -> None:
        self._held[key] = None
        self._held.move_to_end(key)
        while len(self._held) > self._most:
            self._held.popitem(last=False)

    def discard(self, key: Hashable) -> None:
        self._held.pop(key, None)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._held
