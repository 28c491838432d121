"""How much a topic will say: stories of the last week, kept for a few minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.i18n import Translator
from bot.store import Store, items

__all__ = ["Forecast", "rate"]

WEEK = timedelta(days=7)
_KEPT = timedelta(minutes=5)


class Forecast:
    """Stories a week by topic; counting them reads a week of matches."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._at: datetime | None = None
        self._counts: dict[str, int] = {}

    async def weekly(self, now: datetime) -> dict[str, int]:
        """By topic; topics without any are absent."""
        if self._at is None or not timedelta() <= now - self._at < _KEPT:
            async with self._store.read() as conn:
                self._counts = await items.count_stories_by_topic(conn, now - WEEK)
            self._at = now
        return self._counts


def rate(t: Translator, weekly: int) -> str:
    """`≈ 2/day`, `≈ 3/week`, or nothing for nothing."""
    if weekly >= 7:
        return t("≈ {n}/day", n=t.number(round(weekly / 7)))
    return t("≈ {n}/week", n=weekly) if weekly else ""
