"""Troubles of sources that admins were alerted to, and the data that decides about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import AlarmKind, SourceState
from bot.store import columns, unreadable_rows
from bot.store import schema as s
from bot.store.rows import insert

__all__ = ["clear", "drop_idle", "published", "raised", "raised_alarms"]

_SOURCES_A_READ = 300


async def raised_alarms(conn: AsyncConnection) -> dict[int, dict[AlarmKind, datetime]]:
    """The open alarms, by source, each with its time."""
    found: dict[int, dict[AlarmKind, datetime]] = defaultdict(dict)
    for row in await conn.execute(sa.select(s.alarms)):
        try:
            found[row.source_id][AlarmKind(row.kind)] = row.at
        except ValueError as error:
            unreadable_rows.note("alarms", row.source_id, type(error).__name__)
    return found


async def raised(conn: AsyncConnection, source_id: int, kind: AlarmKind, now: datetime) -> bool:
    """Record the alarm; False if it is open already."""
    new = insert(conn, s.alarms).values(source_id=source_id, kind=kind, at=now)
    statement = new.on_conflict_do_nothing(index_elements=["source_id", "kind"])
    row = await conn.execute(statement.returning(s.alarms.c.source_id))
    return row.one_or_none() is not None


async def clear(conn: AsyncConnection, source_id: int, kinds: Collection[AlarmKind]) -> int:
    """These are over; how many there were."""
    a = s.alarms.c
    gone = await conn.execute(
        sa.delete(s.alarms).where(a.source_id == source_id, a.kind.in_([str(k) for k in kinds]))
    )
    return gone.rowcount


async def drop_idle(conn: AsyncConnection) -> int:
    """Drop the alarms of sources that are no longer read: a person has dealt with them."""
    active = sa.select(s.sources.c.id).where(s.sources.c.state == SourceState.ACTIVE)
    gone = await conn.execute(sa.delete(s.alarms).where(s.alarms.c.source_id.not_in(active)))
    return gone.rowcount


async def published(conn: AsyncConnection, source_id: int, since: datetime) -> list[datetime]:
    """When the source's last items since then were published (or seen), newest first."""
    when = sa.func.coalesce(s.items.c.published, s.items.c.seen_at, type_=columns.UtcDateTime)
    rows = await conn.scalars(
        sa.select(when)
        .where(s.items.c.source_id == source_id, when >= since, s.items.c.part_of.is_(None))
        .order_by(when.desc())
        .limit(_SOURCES_A_READ)
    )
    return list(rows)
