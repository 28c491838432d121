"""A host's turns: how many requests at once, and how long a pause between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.clock import Clock

__all__ = ["HostGate"]


class HostGate:
    """At most `width` at once, and `gap` seconds between one's end and the next's start."""

    def __init__(self, width: int, gap: float, clock: Clock) -> None:
        self._free = asyncio.Semaphore(width)
        self._gap = gap
        self._clock = clock
        self._not_before: datetime | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits in the order of coming."""
        async with self._free:
            if self._not_before is not None:
                # A wall clock set back must not keep the gate shut.
                latest = self._clock.now() + timedelta(seconds=self._gap)
                await self._clock.sleep_until(min(self._not_before, latest))
            try:
                yield
            finally:
                if self._gap:
                    self._not_before = self._clock.now() + timedelta(seconds=self._gap)
