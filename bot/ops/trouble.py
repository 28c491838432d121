"""A trouble that lasts is one line in the log, and one when it is over.

What is tried every few seconds fails every few seconds, for hours if need be. Who tries keeps a
`Trouble` and asks it whether to log.
"""

from __future__ import annotations

from bot.clock import Clock

__all__ = ["Trouble"]

_SAME = 60.0  # seconds; one that is back so soon was never over


class Trouble:
    """One thing that Vigil retries. A word distinguishes the kinds of failure."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kind: str | None = None
        self._since = 0.0
        self._last: tuple[str, float] | None = None  # the one before, and when it ended

    def failed(self, kind: str) -> bool:
        """Note a failure; whether it is to be logged, because it is a new one."""
        if kind == self._kind:
            return False
        now = self._clock.monotonic()
        if self._kind is None:
            self._since = now
        again = self._last is not None and self._last[0] == kind and now - self._last[1] < _SAME
        self._kind = kind
        return not again

    def worked(self) -> float | None:
        """Note a success; seconds that the trouble lasted which it ends, None if there is none."""
        if self._kind is None:
            return None
        now = self._clock.monotonic()
        self._last, self._kind = (self._kind, now), None
        return round(now - self._since, 1)
