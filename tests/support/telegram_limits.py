"""Telegram's limits on sending, as a caller meets them.

The FAQ (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this): about 30 messages
a second in all, one a second in a chat with short bursts, 20 a minute in a group. What exceeds
them is answered 429 with `retry_after` in whole seconds.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

__all__ = ["RateLimits"]


@dataclass(slots=True)
class RateLimits:
    """Sliding windows over times given in seconds; refused calls do not count."""

    per_second: int = 30
    paid_per_second: int = 1000
    chat_burst: int = 3
    chat_per_second: float = 1.0
    group_per_minute: int = 20
    _all: deque[float] = field(default_factory=deque)
    _paid: deque[float] = field(default_factory=deque)
    _chats: dict[int, tuple[float, float]] = field(default_factory=dict)  # tokens, at
    _groups: dict[int, deque[float]] = field(default_factory=dict)

    def take(self, chat_id: int, now: float, *, group: bool, paid: bool = False) -> int:
        """0 when the message may pass, else the seconds to wait."""
        waits = [
            _window(self._paid, now, self.paid_per_second, 1.0)
            if paid
            else _window(self._all, now, self.per_second, 1.0)
        ]
        tokens, at = self._chats.get(chat_id, (float(self.chat_burst), now))
        tokens = min(self.chat_burst, tokens + (now - at) * self.chat_per_second)
        # Times come as floats: a hair short of a token is a token.
        waits.append(0.0 if tokens >= 1 - 1e-6 else (1 - tokens) / self.chat_per_second)
        minute = self._groups.setdefault(chat_id, deque()) if group else deque()
        if group:
            waits.append(_window(minute, now, self.group_per_minute, 60.0))
        if (wait := max(waits)) > 0:
            return max(1, math.ceil(wait))
        (self._paid if paid else self._all).append(now)
        self._chats[chat_id] = (tokens - 1, now)
        minute.append(now)
        return 0


def _window(times: deque[float], now: float, most: int, seconds: float) -> float:
    while times and times[0] <= now - seconds + 1e-6:
        times.popleft()
    return times[len(times) - most] + seconds - now if len(times) >= most else 0.0
