"""When to ask a source again. Pure: the time, the random numbers, what was learnt are given.

Given so many polls an hour for all sources together, items wait least when each source's
interval goes with 1/√(rate x weight): a source with four times the items is asked twice as
often. (Minimise the sum of rate x interval / 2 under a fixed sum of 1 / interval.) The rate is
not the same at all hours, and the rule holds for each hour. On top of this stand a floor, a
cap, what the server asks for, and a backoff while it fails.

    pace = fit_pace(rates, polls_per_hour=3000)      now and then, or Pace() as it is
    rate = learn_rate(source.rate, new=3, seconds=600)   after each good poll
    due  = next_due(now, rate=rate, rhythm=rhythm, pace=pace, rng=rng, ttl=feed.ttl)
    due  = next_try(now, failures=4, pace=pace, rng=rng, retry_after=error.retry_after)
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from bot.backoff import backoff
from bot.sources.rhythm import Rhythm

__all__ = [
    "UNKNOWN_RATE",
    "PollPace",
    "first_rate",
    "fit_pace",
    "interval",
    "interval_at",
    "learn_rate",
    "next_due",
    "next_try",
]

UNKNOWN_RATE: Final = 5.0  # items a day, of a source that showed nothing yet
_DAY: Final = 86_400.0
_RATE_MEMORY_SECONDS: Final = (
    2.0 * _DAY
)  # the rate forgets at this pace; see docs/design/0003-sources.md
_SLOWEST: Final = 1 / 365  # items a day: nothing is asked for never again
_JITTER: Final = 0.1
_MAX_REST_SECONDS: Final = 24 * 3600.0  # that a Retry-After gets


@dataclass(frozen=True, slots=True)
class PollPace:
    """How often Vigil polls all sources. Seconds.

    `hourly` is the interval of a source with one item an hour and weight 1.
    """

    hourly: float = 600.0
    floor: float = 60.0
    cap: float = 7_200.0


def interval(rate: float, pace: PollPace, weight: float = 1.0) -> float:
    """Seconds between two polls of a source with `rate` items a day."""
    return min(pace.cap, max(pace.floor, pace.hourly / math.sqrt(_per_hour(rate, weight))))


def _per_hour(rate: float, weight: float) -> float:
    return max(rate, _SLOWEST) * max(weight, 1e-6) / 24


def interval_at(
    now: datetime, rate: float, rhythm: Rhythm, pace: PollPace, weight: float = 1.0
) -> float:
    """Seconds from `now` to the next poll of a source with `rate` items a day and this rhythm.

    Each hour counts as much as the interval that its own rate asks for: by night the wait
    is long, and ends soon after morning comes.
    """
    passed, share = 0.0, 0.0  # share: of the whole wait
    while passed < pace.cap:
        at = now + timedelta(seconds=passed)
        whole = pace.hourly / math.sqrt(_per_hour(rate * rhythm.at(at), weight))
        hour_left = 3_600.0 - (at.minute * 60 + at.second + at.microsecond / 1e6)
        if share + hour_left / whole >= 1:
            passed += (1 - share) * whole
            break
        share += hour_left / whole
        passed += hour_left
    return min(pace.cap, max(pace.floor, passed))


def next_due(
    now: datetime,
    *,
    rate: float,
    pace: PollPace,
    rng: Random,
    rhythm: Rhythm | None = None,
    weight: float = 1.0,
    ttl: float | None = None,
    max_age: float | None = None,
) -> datetime:
    """When to ask again after a good answer.

    `ttl` and `max_age` (seconds) count up to the cap: feeds that claim to change once
    a day are wrong more often than right. A tenth of randomness keeps sources from
    falling into step.
    """
    wanted = interval_at(now, rate, rhythm or Rhythm(), pace, weight)
    wanted *= 1 + _JITTER * (2 * rng.random() - 1)
    asked = max(ttl or 0.0, max_age or 0.0)
    seconds = max(pace.floor, min(pace.cap, max(wanted, asked)))
    return now + timedelta(seconds=seconds)


def next_try(
    now: datetime,
    *,
    failures: int,
    pace: PollPace,
    rng: Random,
    retry_after: float | None = None,
) -> datetime:
    """When to ask again after the `failures`-th failure in a row (1 is the first).

    Full jitter: anywhere between the floor and a bound that doubles up to the cap, so
    that sources of one broken host do not come back together. Retry-After is waited out,
    a day at most.
    """
    bound = backoff(failures - 1, 2 * pace.floor, pace.cap)
    seconds = pace.floor + rng.random() * max(0.0, bound - pace.floor)
    return now + timedelta(seconds=max(seconds, min(retry_after or 0.0, _MAX_REST_SECONDS)))


def learn_rate(rate: float, *, new: int, seconds: float) -> float:
    """The rate (items a day) after `new` items came in the `seconds` since the last good poll.

    An exponential average over time, so that it is the same however often was asked.
    """
    if seconds <= 0:
        return rate
    kept = math.exp(-seconds / _RATE_MEMORY_SECONDS)
    return kept * rate + (1 - kept) * new * _DAY / seconds


def first_rate(published: Iterable[datetime | None], now: datetime) -> float:
    """The rate (items a day) by the dates on a first page; UNKNOWN_RATE without dates.

    A page shows the newest n: they came since the oldest of them. Only the last 30 days
    count, so that one old pinned item does not make a busy source look idle.
    """
    month = now - timedelta(days=30)
    dates = [when for when in published if when is not None and when <= now]
    recent = [when for when in dates if when > month]
    if not dates:
        return UNKNOWN_RATE
    if not recent:
        return 1 / 30
    since = month if len(recent) < len(dates) else min(recent)
    # An hour at least: a page may hold the items of one import.
    return len(recent) * _DAY / max(3_600.0, (now - since) / timedelta(seconds=1))


def fit_pace(
    rates: Sequence[tuple[float, float]], *, polls_per_hour: float, pace: PollPace
) -> PollPace:
    """The pace at which sources of these (rate, weight) take `polls_per_hour` together.

    Floor and cap hold, so the sum may stay above (all at the cap) or below (all at the
    floor) what was asked.
    """
    alike = Counter(rates)  # sources not yet known all have the rate of their kind

    def polls(hourly: float) -> float:
        at = replace(pace, hourly=hourly)
        return sum(
            count * 3_600.0 / interval(rate, at, weight) for (rate, weight), count in alike.items()
        )

    low, high = 1e-3, 1e7
    for _ in range(50):  # the sum falls as `hourly` grows
        middle = math.sqrt(low * high)
        low, high = (middle, high) if polls(middle) > polls_per_hour else (low, middle)
    return replace(pace, hourly=math.sqrt(low * high))
