"""The times of all planned retries, in all tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema as s

__all__ = ["set_back"]

# Waits, and what lasts for a time: both were reckoned from the clock as it was.
_WAITS: tuple[sa.Column[datetime], ...] = (
    s.sources.c.next_due,
    s.messages.c.next_try_at,
    s.messages.c.edit_at,
    s.messages.c.fold_at,
    s.messages.c.delete_at,
    s.pagings.c.next_try_at,
    s.articles.c.next_try,
    s.websubs.c.next_try,
    s.websubs.c.lease_until,
    s.posts.c.next_look,
)
# Hours of a day: they move by whole days, or the digest of eight o'clock would come at six.
_HOURS: tuple[sa.Column[datetime], ...] = (s.chats.c.digest_due, s.chats.c.summary_due)


async def set_back(conn: AsyncConnection, by: timedelta, now: datetime) -> int:
    """Move all planned times back by `by`, since the clock was set back to `now`.

    Returns how many rows were moved. Not to be repeated for one jump.
    """
    moved = 0
    for columns, delta in ((_WAITS, by), (_HOURS, timedelta(days=by.days))):
        for column in columns if delta else ():
            changed = await conn.execute(
                sa.update(column.table)
                .where(column > now)
                .values({column.name: _earlier(conn, column, delta)})
            )
            moved += changed.rowcount
    return moved


def _earlier(
    conn: AsyncConnection, column: sa.Column[datetime], by: timedelta
) -> sa.ColumnElement[Any]:
    if conn.dialect.name == "postgresql":
        return column - sa.literal(by, sa.Interval())
    # SQLite keeps text, whole seconds without a fraction: its own date functions count in
    # milliseconds.
    shift = f"-{by.total_seconds():.3f} seconds"
    moved = sa.func.strftime("%Y-%m-%d %H:%M:%f000", sa.cast(column, sa.Text), shift)
    return sa.func.replace(moved, ".000000", "")
