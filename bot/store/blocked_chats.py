"""Chats that are closed to us: after a while nothing is kept of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import ChatState, ChatType, Role
from bot.store import chats, people
from bot.store import schema as s

__all__ = ["forget"]


async def forget(conn: AsyncConnection, now: datetime, after: timedelta) -> int:
    """Forget chats that have been closed to us for `after`; how many. Call it now and then.

    A subscriber is forgotten with their private chat; an admin keeps the role, or an
    installation could lose all of them. When a chat was closed is noted by the first call
    that finds it so.
    """
    c = s.chats.c
    blocked = c.state == ChatState.BLOCKED
    await conn.execute(
        sa.update(s.chats).where(~blocked, c.blocked_at.is_not(None)).values(blocked_at=None)
    )
    await conn.execute(
        sa.update(s.chats).where(blocked, c.blocked_at.is_(None)).values(blocked_at=now)
    )
    over = await conn.execute(
        sa.select(c.id, c.telegram_id, c.type).where(blocked, c.blocked_at <= now - after)
    )
    rows = over.all()
    for row in rows:
        await chats.forget(conn, row.id)
        if row.type != ChatType.PRIVATE:
            continue
        if await people.role_of(conn, row.telegram_id, ()) in (Role.SUBSCRIBER, Role.STRANGER):
            await people.forget(conn, row.telegram_id)
    return len(rows)
