"""How large each class of rows was, day by day: one value of `bot.store.meta`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.store import meta
from bot.store.connection import Connection

__all__ = ["SIZES", "Sizes", "days_of", "note", "sizes_of"]

SIZES = "sizes"
"""Under which name of `bot.store.meta` it stands."""
_DAYS_KEPT = 35
_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes by class (`retention.CLASSES`, and "all"), when measured, and growth in a month."""

    at: date
    now: dict[str, int]
    growth: dict[str, int]
    """What was added since the first measuring of the last weeks, as of 30 days; empty at first."""


def days_of(stored: str) -> dict[str, dict[str, int]]:
    """Sizes by the day they were measured on, as `note` stored them."""
    days: dict[str, dict[str, int]] = json.loads(stored) if stored else {}
    return days


def sizes_of(stored: str) -> Sizes | None:
    """The newest sizes, with what the weeks before say of growth; None before any."""
    days = days_of(stored)
    if not days:
        return None
    first, last = min(days), max(days)
    span = date.fromisoformat(last) - date.fromisoformat(first)
    growth = {}
    if span:
        for name, size in days[last].items():
            growth[name] = round((size - days[first].get(name, 0)) * (_MONTH / span))
    return Sizes(date.fromisoformat(last), days[last], growth)


async def note(
    conn: Connection, before: Mapping[str, dict[str, int]], today: date, found: dict[str, int]
) -> None:
    """Store today's sizes beside those of the last weeks."""
    first = (today - timedelta(days=_DAYS_KEPT)).isoformat()
    kept = {day: each for day, each in before.items() if first <= day < today.isoformat()}
    await meta.set_value(conn, SIZES, json.dumps(kept | {today.isoformat(): found}))
