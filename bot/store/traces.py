"""What became of a post that somebody asks about: whether it is stored, and what this chat got."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Item
from bot.store import items
from bot.store import schema as s
from bot.store.rows import Notice, item_of, notice_of
from bot.store.unreadable_rows import one_readable, readable

__all__ = ["Notice", "at_keys", "notice_in", "of_channel", "subscribed_at"]

_MAX_ITEMS = 200


async def at_keys(conn: AsyncConnection, story_keys: Collection[str]) -> list[Item]:
    """Items of the stories that have one of these keys, oldest first; at most 200."""
    story_ids = {*(await items.stories_of_keys(conn, story_keys)).values()}
    query = sa.select(s.items).where(s.items.c.story_id.in_(story_ids)).order_by(s.items.c.id)
    return readable(await conn.execute(query.limit(_MAX_ITEMS)), item_of, "items")


async def of_channel(conn: AsyncConnection, telegram_id: int, post: int) -> Item | None:
    """The post with that number in the channel with that Telegram id, from any of its sources."""
    query = (
        sa.select(s.items)
        .join(s.sources, s.sources.c.id == s.items.c.source_id)
        .where(s.sources.c.telegram_id == telegram_id, s.items.c.key == str(post))
        .order_by(s.items.c.id)
        .limit(1)
    )
    row = (await conn.execute(query)).one_or_none()
    return one_readable(row, item_of, "items")


async def notice_in(conn: AsyncConnection, chat_id: int, story_id: int) -> Notice | None:
    """The chat's last notice of the story, sent or waiting; None if it has none."""
    n = s.notices.c
    query = (
        sa.select(s.notices)
        .join(s.alerts, s.alerts.c.id == n.alert_id)
        .where(n.chat_id == chat_id, s.alerts.c.story_id == story_id)
        .order_by(n.id.desc())
        .limit(1)
    )
    row = (await conn.execute(query)).one_or_none()
    return one_readable(row, notice_of, "notices")


async def subscribed_at(conn: AsyncConnection, chat_id: int, topic: str) -> datetime | None:
    """Since when (UTC) the chat follows the topic as it does now; None: it does not."""
    c = s.subscriptions.c
    query = sa.select(sa.func.min(c.created_at)).where(c.chat_id == chat_id, c.topic == topic)
    since: datetime | None = await conn.scalar(query)
    return since
