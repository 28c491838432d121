"""A chat's own day and hours: which date it has, whether it sleeps. Pure.

Times are aware UTC; a chat's hours are those of its zone, whatever the season does to them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.i18n import zone
from bot.model import Prefs

__all__ = ["at_minute", "day_of", "quiet_until"]


def day_of(tz: str, now: datetime) -> str:
    """The chat's date: a cap counts by it."""
    return now.astimezone(zone(tz)).date().isoformat()


def quiet_until(prefs: Prefs, tz: str, now: datetime) -> datetime | None:
    """When the quiet hours that `now` lies in end; None outside of them."""
    first, last = prefs.quiet_from, prefs.quiet_to
    if first is None or last is None or first == last:
        return None
    local = now.astimezone(zone(tz))
    minute = local.hour * 60 + local.minute
    inside = first <= minute < last if first < last else minute >= first or minute < last
    began = local.date() - timedelta(days=1 if first > last and minute < last else 0)
    if not inside or (prefs.quiet_days and began.weekday() not in prefs.quiet_days):
        return None
    day = local.date() + timedelta(days=1 if minute >= last else 0)
    return at_minute(day, last, tz)


def at_minute(day: date, minute: int, tz: str) -> datetime:
    """A minute of a day in the zone, as UTC. One that a clock leaps over comes after the leap."""
    local = datetime(day.year, day.month, day.day, minute // 60 % 24, minute % 60, tzinfo=zone(tz))
    return local.astimezone(UTC)
