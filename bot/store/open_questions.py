"""Questions that wait for a typed answer: one for each person and chat, kept among the drafts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema as s
from bot.store.people import Draft, take_draft

__all__ = ["forget", "kind_of", "put", "take"]


async def put(
    conn: AsyncConnection,
    user_id: int,
    telegram_chat_id: int,
    kind: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    lifetime: timedelta,
) -> None:
    """Keep what the person's next text in that chat answers, instead of what it was to answer."""
    await forget(conn, user_id, telegram_chat_id)
    await conn.execute(
        sa.insert(s.drafts).values(
            token=_typed(user_id, telegram_chat_id),
            user_id=user_id,
            telegram_chat_id=telegram_chat_id,
            kind=kind,
            payload=dict(payload),
            created_at=now,
            expires_at=now + lifetime,
        )
    )


async def kind_of(conn: AsyncConnection, user_id: int, telegram_chat_id: int) -> str | None:
    """Of which kind the text is that `put` waits for, in time or not; None if there is none."""
    token = _typed(user_id, telegram_chat_id)
    return (
        await conn.execute(sa.select(s.drafts.c.kind).where(s.drafts.c.token == token))
    ).scalar_one_or_none()


async def forget(conn: AsyncConnection, user_id: int, telegram_chat_id: int) -> None:
    """The next text there is an answer to nothing."""
    token = _typed(user_id, telegram_chat_id)
    await conn.execute(sa.delete(s.drafts).where(s.drafts.c.token == token))


async def take(
    conn: AsyncConnection, user_id: int, telegram_chat_id: int, now: datetime
) -> Draft | None:
    """What `put` kept, once, if its time is not over."""
    token = _typed(user_id, telegram_chat_id)
    return await take_draft(conn, token, user_id, telegram_chat_id, now)


def _typed(user_id: int, telegram_chat_id: int) -> str:
    """Where an expected text stands among the drafts: no button's token is like it."""
    return f"typed:{user_id}:{telegram_chat_id}"
