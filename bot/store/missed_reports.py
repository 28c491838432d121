"""Posts that readers reported as missed. Nothing says who reported them.

new = await missed.report(conn, key, url="https://…", text="…", item_id=None, now=now)
each = await missed.next_open(conn)
await missed.set_settled(conn, each.id, now)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import columns
from bot.store import schema as s
from bot.store.rows import insert

__all__ = [
    "MOST_TEXT",
    "Missed",
    "count_open",
    "get",
    "next_open",
    "of_topic",
    "report",
    "set_settled",
]

MOST_TEXT = 4_000
"""Letters kept of a text."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A post that should have been told. `times` counts the reports."""

    id: int
    url: str
    text: str
    item_id: int | None
    times: int
    at: datetime
    settled_at: datetime | None
    topic: str = ""  # which it should have been told under, as an admin said


async def report(
    conn: AsyncConnection, key: str, *, url: str, text: str, item_id: int | None, now: datetime
) -> bool:
    """Add a report of it. Returns whether it is the first. A settled post is open again."""
    m = s.missed.c
    again = await conn.execute(
        sa.update(s.missed)
        .where(m.key == columns.storable(key))
        .values(times=m.times + 1, settled_at=None, topic="", at=now)
    )
    if again.rowcount:
        return False
    new = insert(conn, s.missed).values(
        key=columns.storable(key), url=url, text=text[:MOST_TEXT], item_id=item_id, times=1, at=now
    )
    await conn.execute(new.on_conflict_do_nothing(index_elements=["key"]))
    return True


async def get(conn: AsyncConnection, number: int) -> Missed | None:
    """The one of that number, settled or not."""
    row = (await conn.execute(sa.select(s.missed).where(s.missed.c.id == number))).one_or_none()
    return _of(row) if row else None


async def next_open(conn: AsyncConnection, before: int = 0) -> Missed | None:
    """The newest that is not settled; of those `before` a number, if it is not 0."""
    m = s.missed.c
    query = sa.select(s.missed).where(m.settled_at.is_(None)).order_by(m.id.desc()).limit(1)
    if before:
        query = query.where(m.id < before)
    row = (await conn.execute(query)).one_or_none()
    return _of(row) if row else None


async def of_topic(conn: AsyncConnection, topic: str, most: int = 50) -> list[Missed]:
    """The newest that an admin confirmed for the topic."""
    m = s.missed.c
    query = sa.select(s.missed).where(m.topic == topic, m.settled_at.is_not(None))
    return [_of(row) for row in await conn.execute(query.order_by(m.id.desc()).limit(most))]


async def count_open(conn: AsyncConnection) -> int:
    """How many are not settled."""
    query = sa.select(sa.func.count()).where(s.missed.c.settled_at.is_(None))
    return await conn.scalar(query) or 0


async def set_settled(
    conn: AsyncConnection, number: int, at: datetime | None, topic: str = ""
) -> bool:
    """An admin is done with it, or (None) is not after all; whether it was the other way.

    `topic` is what it should have been told under, "" if under none.
    """
    m = s.missed.c
    was = m.settled_at.is_(None) if at else m.settled_at.is_not(None)
    done = await conn.execute(
        sa.update(s.missed).where(m.id == number, was).values(settled_at=at, topic=topic)
    )
    return bool(done.rowcount)


def _of(row: sa.Row[Any]) -> Missed:
    return Missed(
        row.id, row.url, row.text, row.item_id, row.times, row.at, row.settled_at, row.topic
    )
