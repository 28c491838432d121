"""Notices that the wall clock was set back, and moves planned times with it.

Whatever is tried again at a time stands in a row of the database with that time. When the clock
is set back by two hours those times are two hours too far away: sources would not be read, nor
messages repeated. The clock that never jumps tells by how much it was, and the times are moved by
that. What was set back while nobody looked is known by the time that was written last.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog

from bot.clock import Clock
from bot.store import Store, meta, timetable

__all__ = ["Timekeeper"]

log = structlog.get_logger(__name__)

_MIN_JUMP = timedelta(seconds=30)
"""A smaller step is a correction that nobody needs to hear of."""
_WRITTEN_EVERY = timedelta(minutes=1)
_SEEN = "clock_seen"


class Timekeeper:
    """See the module. `step` it every second or so, the first time before anything is planned."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._offset: timedelta | None = None  # of the wall clock from the one that never jumps
        self._written: datetime | None = None

    async def step(self) -> bool:
        """Look at both clocks; whether anything was moved. Raises StoreError."""
        now = self._clock.now()
        offset = now - datetime.fromtimestamp(self._clock.monotonic(), UTC)
        back = await self._by_how_much(now, offset)
        written = self._written
        if written is None or back or not timedelta() <= now - written < _WRITTEN_EVERY:
            async with self._store.write() as conn:
                moved = await timetable.set_back(conn, back, now) if back else 0
                await meta.set_value(conn, _SEEN, now.isoformat())
            self._written = now
            if back:
                log.warning("clock.set_back", seconds=round(back.total_seconds()), moved=moved)
        # Only now: a database that failed leaves the jump to be seen again.
        self._offset = offset
        return back > timedelta()

    async def _by_how_much(self, now: datetime, offset: timedelta) -> timedelta:
        if self._offset is not None:
            back = self._offset - offset
        else:
            async with self._store.read() as conn:
                seen = await meta.get(conn, _SEEN)
            back = datetime.fromisoformat(seen) - now if seen else timedelta()
        return back if back > _MIN_JUMP else timedelta()
