"""Counts of updates and posts from Telegram that Vigil could not read, by form.

A form is Telegram's name of a kind of update or of a field; nothing of what stood there is kept.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import meta
from bot.store import schema as s

__all__ = ["POST", "UPDATE", "count", "counts"]

UPDATE, POST = "unread_update", "unread_post"
_MOST_FORMS = 30  # names come from outside: no more are kept apart
_OTHER = "…"


async def count(conn: AsyncConnection, what: str, forms: Mapping[str, int]) -> list[str]:
    """Add to the counts of `what` (UPDATE or POST); the forms that were never met before."""
    known = await counts(conn, what)
    new = [form for form in forms if form not in known][: _MOST_FORMS - len(known)]
    for form, times in forms.items():
        kept = form if form in known or form in new else _OTHER
        await meta.bump(conn, f"{what}:{kept}", times)
    return new


async def counts(conn: AsyncConnection, what: str) -> dict[str, int]:
    """How many by form, since the beginning; the most frequent first."""
    name = s.counters.c.name
    rows = await conn.execute(
        sa.select(s.counters)
        .where(name.startswith(f"{what}:", autoescape=True))
        .order_by(s.counters.c.value.desc(), name)
    )
    return {row.name.partition(":")[2]: row.value for row in rows}
