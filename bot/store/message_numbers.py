"""Messages in private chats: numbers and times, never words, for 48 hours.

For this long Telegram lets a bot delete messages of both sides, and for this long Quiet can remove
it. Kept by Telegram's number of the chat: people may write before their chat is one of ours.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema as s

__all__ = ["DELETABLE", "forget", "note", "numbers", "purge"]

DELETABLE = timedelta(hours=48)


async def note(
    conn: AsyncConnection, telegram_chat_id: int, telegram_message_id: int, at: datetime
) -> None:
    """Remember that a message stands there."""
    await conn.execute(
        sa.insert(s.said).values(
            telegram_chat_id=telegram_chat_id, telegram_message_id=telegram_message_id, at=at
        )
    )


async def numbers(conn: AsyncConnection, telegram_chat_id: int, now: datetime) -> list[int]:
    """Telegram's numbers of what may still be deleted there, each once, oldest first."""
    found = await conn.scalars(
        sa.select(s.said.c.telegram_message_id)
        .where(s.said.c.telegram_chat_id == telegram_chat_id, s.said.c.at > now - DELETABLE)
        .order_by(s.said.c.id)
    )
    return list(dict.fromkeys(found))


async def forget(conn: AsyncConnection, telegram_chat_id: int) -> None:
    """Nothing is remembered of the chat."""
    await conn.execute(sa.delete(s.said).where(s.said.c.telegram_chat_id == telegram_chat_id))


async def purge(conn: AsyncConnection, now: datetime) -> int:
    """Forget what can no longer be deleted."""
    gone = await conn.execute(sa.delete(s.said).where(s.said.c.at <= now - DELETABLE))
    return gone.rowcount
