"""Channel posts and membership changes, committed before the getUpdates offset moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import columns
from bot.store import schema as s
from bot.store.rows import insert

__all__ = [
    "InboxEntry",
    "done",
    "failed",
    "give_another_chance",
    "keep",
    "pending",
    "purge",
]

_MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """An update as Telegram sent it, not yet handled."""

    update_id: int
    kind: str
    payload: Mapping[str, Any]
    received_at: datetime
    attempts: int


async def keep(
    conn: AsyncConnection, update_id: int, kind: str, payload: Mapping[str, Any], now: datetime
) -> bool:
    """Keep an update; False if it is already known, handled or not."""
    new = insert(conn, s.inbox).values(
        update_id=update_id, kind=kind, payload=_storable(payload), received_at=now
    )
    statement = new.on_conflict_do_nothing(index_elements=["update_id"])
    kept = await conn.execute(statement.returning(s.inbox.c.update_id))
    return kept.one_or_none() is not None


async def pending(
    conn: AsyncConnection, limit: int, attempts: int = _MAX_ATTEMPTS
) -> list[InboxEntry]:
    """Up to `limit` updates not handled yet, in Telegram's order.

    Updates that failed `attempts` times are left out: an admin must look at them.
    """
    rows = await conn.execute(
        sa.select(s.inbox)
        .where(s.inbox.c.handled_at.is_(None), s.inbox.c.attempts < attempts)
        .order_by(s.inbox.c.update_id)
        .limit(limit)
    )
    return [
        InboxEntry(row.update_id, row.kind, row.payload or {}, row.received_at, row.attempts)
        for row in rows
    ]


async def done(conn: AsyncConnection, update_id: int, now: datetime) -> None:
    """The update is handled: only its number is kept, so that it is not taken again."""
    await conn.execute(
        sa.update(s.inbox)
        .where(s.inbox.c.update_id == update_id)
        .values(handled_at=now, payload=None, error="")
    )


async def failed(conn: AsyncConnection, update_id: int, error: str) -> int:
    """Handling failed; returns how often by now. It stays pending for a few attempts."""
    statement = (
        sa.update(s.inbox)
        .where(s.inbox.c.update_id == update_id)
        .values(attempts=s.inbox.c.attempts + 1, error=error)
        .returning(s.inbox.c.attempts)
    )
    return (await conn.execute(statement)).scalar_one_or_none() or 0


async def give_another_chance(conn: AsyncConnection) -> int:
    """Make channel posts that failed too often pending again; returns how many.

    For the start of a process, which may have fixed what they failed on. Not for
    edits and membership changes: newer ones may have been handled since.
    """
    changed = await conn.execute(
        sa.update(s.inbox)
        .where(
            s.inbox.c.handled_at.is_(None),
            s.inbox.c.attempts >= _MAX_ATTEMPTS,
            s.inbox.c.kind == "channel_post",
        )
        .values(attempts=0)
    )
    return changed.rowcount


async def purge(conn: AsyncConnection, before: datetime) -> int:
    """Forget updates handled before this time; Telegram keeps its own for 24 hours."""
    gone = await conn.execute(sa.delete(s.inbox).where(s.inbox.c.handled_at < before))
    return gone.rowcount


def _storable(value: Any) -> Any:
    """JSON whose texts every database takes. PostgreSQL refuses NUL and halves of pairs."""
    if isinstance(value, str):
        return columns.storable(value)
    if isinstance(value, Mapping):
        return {columns.storable(str(name)): _storable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_storable(each) for each in value]
    return value
