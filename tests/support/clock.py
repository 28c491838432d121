"""A clock that moves only when a test says so."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

__all__ = ["ManualClock"]


class ManualClock:
    """Implements bot.clock.Clock. `advance` wakes sleepers in order of their times.

    `timeout` is real time: in tests it guards against a hang, nothing else.
    """

    def __init__(self, start: datetime = datetime(2024, 4, 8, 6, 0, tzinfo=UTC)) -> None:
        self._now = start  # as if nobody had ever set it
        self._start = start
        self._set = timedelta()  # by how much it was set
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now + self._set

    def monotonic(self) -> float:
        return (self._now - self._start).total_seconds()

    async def sleep_until(self, when: datetime) -> None:
        # By the time that is left: one that is set meanwhile changes nothing of it.
        when -= self._set
        if when <= self._now:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (when, next(self._order), future))
        await future

    async def sleep(self, seconds: float) -> None:
        await self.sleep_until(self.now() + timedelta(seconds=seconds))

    def set_by(self, **delta: float) -> datetime:
        """Set the wall clock, back where negative; no time passes. Returns what it shows."""
        self._set += timedelta(**delta)
        return self.now()

    @asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncIterator[None]:
        async with asyncio.timeout(seconds):
            yield

    def advance(self, seconds: float = 0, **delta: float) -> datetime:
        """Move forward and wake who is due; returns the new time."""
        return self.move_to(self.now() + timedelta(seconds=seconds, **delta))

    def skip(self) -> bool:
        """Move to the time of the first sleeper; False if nobody sleeps."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)  # cancelled
        if self._sleepers:
            self.move_to(self._sleepers[0][0] + self._set)
            return True
        return False

    def move_to(self, when: datetime) -> datetime:
        """Let time pass until it shows `when`, waking sleepers in order; never back."""
        when -= self._set
        while self._sleepers and self._sleepers[0][0] <= when:
            due, _, future = heapq.heappop(self._sleepers)
            self._now = max(self._now, due)
            if not future.done():
                future.set_result(None)
        self._now = max(self._now, when)
        return self.now()
