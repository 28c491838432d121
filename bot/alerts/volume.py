"""How loudly, and when: ways, the cap, quiet hours, times of digests. Pure.

Times are aware UTC; a chat's hours are those of its zone, whatever the season does to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.alerts.topics import usual_way
from bot.hours import at_minute, day_of, quiet_until
from bot.i18n import zone
from bot.model import Chat, ChatState, DigestEvery, NoticeState, Prefs, Subscription, Way

__all__ = [
    "DIGESTED",
    "STAGES",
    "Route",
    "loudest",
    "next_digest",
    "route",
    "summary_at",
    "way_of",
]

STAGES: Final = ("report", "charge", "verdict", "appeal", "statistics", "commentary")
DIGESTED: Final = frozenset({"verdict", "statistics"})
"""Stages that come in the digest unless the chat says otherwise: dozens a day."""

_LOUDNESS: Final = (Way.URGENT, Way.NORMAL, Way.SILENT, Way.DIGEST)
_SUMMARIES: Final = (8 * 60, 20 * 60)  # minutes of the day when what a cap held back may come


@dataclass(frozen=True, slots=True)
class Route:
    """What becomes of a notice: `state`; for HELD and DIGEST, by when it comes.

    `counts` towards the cap. `way` is the way that was chosen for it.
    """

    state: NoticeState
    way: Way
    due: datetime | None = None
    counts: bool = False


def way_of(subscription: Subscription, stage: str) -> Way:
    """How the subscription wants an item of this stage."""
    chosen = subscription.ways.get(stage)
    if chosen is None and stage in DIGESTED:
        return Way.DIGEST
    return chosen or subscription.ways.get("", usual_way(subscription.topic))


def loudest(ways: Iterable[Way]) -> Way:
    """Of several wishes the one that tells soonest; NORMAL of none."""
    return min(ways, key=_LOUDNESS.index, default=Way.NORMAL)


def route(chat: Chat, way: Way, now: datetime, cap: int) -> Route:
    """What becomes of an alert for the chat that wants it this way. `cap` where it chose none."""
    if chat.state is ChatState.PAUSED:
        return Route(NoticeState.HELD, way)
    prefs = chat.prefs
    if way is Way.DIGEST:
        return Route(NoticeState.DIGEST, way, next_digest(prefs, chat.tz, now))
    quiet = quiet_until(prefs, chat.tz, now)
    if way is Way.URGENT:
        if quiet is None or prefs.quiet_urgent:
            return Route(NoticeState.QUEUED, way)
        return Route(NoticeState.HELD, way, quiet)
    if quiet is not None:
        return Route(NoticeState.HELD, way, quiet)
    if way is Way.SILENT:
        return Route(NoticeState.QUEUED, way)
    most = cap if prefs.cap is None else prefs.cap
    pushed = chat.pushed if chat.pushed_on == day_of(chat.tz, now) else 0
    if most and pushed >= most:
        return Route(NoticeState.HELD, way, summary_at(prefs, chat.tz, now))
    return Route(NoticeState.QUEUED, way, counts=True)


def next_digest(prefs: Prefs, tz: str, now: datetime) -> datetime:
    """The first time after `now` at which the chat's digest is due.

    One that lies in the chat's quiet hours comes at their end, with the summary.
    """
    if prefs.digest is DigestEvery.HOURLY:
        due = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return quiet_until(prefs, tz, due) or due
    day = now.astimezone(zone(tz)).date()
    for _ in range(9):
        weekly = prefs.digest is DigestEvery.WEEKLY
        if not (weekly and day.weekday() != prefs.digest_day):
            times = [at_minute(day, at, tz) for at in (prefs.digest_at, *prefs.digest_more)]
            later = [due for at in times if (due := quiet_until(prefs, tz, at) or at) > now]
            if later:
                return min(later)
        day += timedelta(days=1)
    raise AssertionError("every weekday comes within nine days")


def summary_at(prefs: Prefs, tz: str, now: datetime) -> datetime:
    """When what the cap holds back comes: at eight in the morning or evening, never in quiet."""
    day = now.astimezone(zone(tz)).date()
    times = (
        at_minute(day + timedelta(days=n), minute, tz) for n in (0, 1) for minute in _SUMMARIES
    )
    due = next(when for when in times if when > now)
    return quiet_until(prefs, tz, due) or due
