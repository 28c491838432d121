"""Whether a server's "nothing has changed" is to be believed. Pure.

Some answer 304 for ever: a Last-Modified in 2041, an ETag of the template and not of the feed, a
cache that kept the validator of a cut body. Such a source looks healthy and says nothing. So
now and then it is asked as if for the first time: once a day, and each hour while it is silent
against its own rhythm. An ETag that was the same under other news is remembered and not sent.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from bot.model import Source
from bot.sources.rhythm import Rhythm

__all__ = ["kept", "to_send", "wants_whole"]

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_MIN_ITEMS_EXPECTED: Final = 4.0  # items that should have come: none of them by chance is 1 in 50
_HOURS_LOOKED_BACK: Final = 72  # hours
_STUCK: Final = "!"  # before what is kept and not sent


def wants_whole(source: Source, now: datetime) -> bool:
    """Whether to ask without validators this time."""
    if source.last_success is None:
        return True
    # Each source has its own minute of the day, so that Vigil does not request all at once.
    own = timedelta(minutes=source.id * 997 % 1_440)
    if _period(source.last_success - own, _DAY) != _period(now - own, _DAY):
        return True
    is_new_hour = _period(source.last_success - own, _HOUR) != _period(now - own, _HOUR)
    return is_new_hour and _expected(source, now) >= _MIN_ITEMS_EXPECTED


def _period(when: datetime, length: timedelta) -> int:
    return (when - datetime(2000, 1, 1, tzinfo=UTC)) // length


def _expected(source: Source, now: datetime) -> float:
    """How many items should have come since the last one."""
    if source.last_item_at is None:
        return 0.0
    rhythm = Rhythm.read(source.rhythm)
    hours = min(_HOURS_LOOKED_BACK, max(0, (now - source.last_item_at) // _HOUR))
    return sum(source.rate / 24 * rhythm.at(now - n * _HOUR) for n in range(hours))


def to_send(kept: str) -> str:
    """The validator to be sent of one that is kept."""
    return "" if kept.startswith(_STUCK) else kept


def kept(answered: str, before: str, *, changed: bool, now: datetime) -> str:
    """What to keep of a validator that came with a whole body.

    `before` is what was kept; `changed`: the body has news that the last one had not. A time
    in the future is no validator: a server that compares it never sends anything again.
    """
    if answered and answered == before.removeprefix(_STUCK) and (changed or before != answered):
        return _STUCK + answered
    return "" if _is_future(answered, now) else answered


def _is_future(value: str, now: datetime) -> bool:
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return False
    return (when if when.tzinfo else when.replace(tzinfo=UTC)) > now + _HOUR
