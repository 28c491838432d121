"""How much a topic will say: stories of the last week, kept for a few minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.alerts.volume import way_of
from bot.i18n import Translator
from bot.model import Subscription, Way
from bot.store import item_counts
from bot.store.connection import ReadOnly

__all__ = ["Facets", "Forecast", "expected", "rate"]

WEEK = timedelta(days=7)
_CACHE_AGE = timedelta(minutes=5)

Facets = Mapping[tuple[str, str, str], int]
"""(topic, army, stage) -> stories a week."""


class Forecast:
    """Stories a week by topic, army and stage; counting them reads a week of matches."""

    def __init__(self, store: ReadOnly) -> None:
        self._store = store
        self._at: datetime | None = None
        self._counts: Facets = {}

    async def weekly(self, now: datetime) -> Facets:
        """Facets without any story are absent."""
        if self._at is None or not timedelta() <= now - self._at < _CACHE_AGE:
            async with self._store.read() as conn:
                self._counts = await item_counts.count_stories_by_facets(conn, now - WEEK)
            self._at = now
        return self._counts


def expected(sub: Subscription, weekly: Facets) -> tuple[int, int]:
    """Stories a week that the subscription tells at once, and those in the digest.

    An expression that narrows it further is not counted: it may be fewer.
    """
    at_once = later = 0
    for (topic, army, stage), n in weekly.items():
        if topic != sub.topic or (sub.stages and stage not in sub.stages):
            continue
        if sub.armies and army not in (*sub.armies, "unknown"):
            continue
        if way_of(sub, stage) is Way.DIGEST:
            later += n
        else:
            at_once += n
    return at_once, later


def rate(t: Translator, weekly: int) -> str:
    """`≈ 2/day`, `≈ 3/week`, or nothing for nothing."""
    if weekly >= 7:
        return t("≈ {n}/day", n=t.number(round(weekly / 7)))
    return t("≈ {n}/week", n=weekly) if weekly else ""
