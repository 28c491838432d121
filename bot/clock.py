"""The only clock: everything that waits or asks the time does it here."""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """Time, passed in so that tests can move it."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC. It may jump."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back."""
        ...

    async def sleep_until(self, when: datetime) -> None:
        """Return once `now()` has reached `when` (aware UTC); at once if it has.

        When the wall clock is set back meanwhile it lasts no longer than it would have:
        whoever must not be early looks at the time again.
        """
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds, by the clock that never goes back."""
        ...

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[object]:
        """A block that raises TimeoutError when it lasts longer than `seconds`."""
        ...


class SystemClock:
    """The machine's clock."""

    # A wall clock set forward must not keep a sleeper for hours: look again.
    _LONGEST_NAP = 30.0

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the one place

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep_until(self, when: datetime) -> None:
        end = self.monotonic() + self._left(when)
        # Nor must one set back: who sleeps for five seconds does not sleep for an hour.
        while (left := min(self._left(when), end - self.monotonic())) > 0:  # noqa: ASYNC110
            await asyncio.sleep(min(left, self._LONGEST_NAP))  # noqa: TID251

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))  # noqa: TID251

    def _left(self, when: datetime) -> float:
        return (when - self.now()) / timedelta(seconds=1)

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[object]:
        return asyncio.timeout(seconds)
