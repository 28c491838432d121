"""Whether Telegram can be reached: after a failure all calls pause, instead of each trying."""

from __future__ import annotations

import structlog

from bot.backoff import backoff
from bot.clock import Clock
from bot.delivery.outcomes import Unprepared
from bot.errors import NotSent
from bot.ops.trouble import Trouble

__all__ = ["Reach"]

log = structlog.get_logger(__name__)

_LONGEST_PAUSE = 60.0  # seconds


class Reach:
    """How calls ended lately. Times are monotonic seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._trouble = Trouble(clock)
        self.failures = 0  # in a row
        self.paused_until = 0.0

    @property
    def is_lost(self) -> bool:
        """Whether Telegram was not reached a moment ago."""
        return self._clock.monotonic() < self.paused_until

    def note(self, error: BaseException | None) -> None:
        """A call ended, with this error or well."""
        if isinstance(error, Unprepared):
            return  # it says nothing of Telegram
        if not isinstance(error, NotSent):
            self.failures = 0
            self.paused_until = 0.0
            if (seconds := self._trouble.worked()) is not None:
                log.info("outbox.telegram_back", seconds=seconds)
            return
        now = self._clock.monotonic()
        if now >= self.paused_until:
            # One refused connection may be the network's hiccup: it costs a second.
            self.paused_until = now + backoff(self.failures, 1.0, _LONGEST_PAUSE)
            self.failures += 1
            if self._trouble.failed("unreached"):
                log.warning("outbox.telegram_unreached", words=str(error))
