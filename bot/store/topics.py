"""Topics of admins, and what they chose of those of the packs: titles, urgency, off.

Every change bumps the generation in `bot.store.meta`, in the same transaction: what is offered
and what is matched changes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import OwnTopic, Way
from bot.store import meta
from bot.store import schema as s
from bot.store.rows import insert

__all__ = ["count_followers", "get", "list_all", "put", "remove"]


async def list_all(conn: AsyncConnection) -> list[OwnTopic]:
    """All that are stored, those that are off too, in order of their ids."""
    rows = await conn.execute(sa.select(s.topics).order_by(s.topics.c.name))
    return [_of(row) for row in rows]


async def get(conn: AsyncConnection, topic_id: str) -> OwnTopic | None:
    """What is stored of that topic."""
    row = (await conn.execute(sa.select(s.topics).where(s.topics.c.name == topic_id))).one_or_none()
    return _of(row) if row else None


async def put(conn: AsyncConnection, topic: OwnTopic, now: datetime) -> None:
    """A new one, or in the place of what is stored of it."""
    values = {
        "titles": dict(topic.titles),
        "way": "" if topic.way is None else str(topic.way),
        "is_off": topic.off,
        "changed_at": now,
    }
    new = insert(conn, s.topics).values(name=topic.id, **values)
    await conn.execute(new.on_conflict_do_update(index_elements=["name"], set_=values))
    await meta.bump_generation(conn)


async def remove(conn: AsyncConnection, topic_id: str) -> bool:
    """Forget what is stored of it; whether there was anything. Its subscriptions stay."""
    gone = await conn.execute(sa.delete(s.topics).where(s.topics.c.name == topic_id))
    if not gone.rowcount:
        return False
    await meta.bump_generation(conn)
    return True


async def count_followers(conn: AsyncConnection, topic_id: str) -> int:
    """How many chats follow the topic. Says not which."""
    sub = s.subscriptions.c
    query = sa.select(sa.func.count(sa.distinct(sub.chat_id))).where(sub.topic == topic_id)
    return await conn.scalar(query) or 0


def _of(row: sa.Row[Any]) -> OwnTopic:
    """What of it cannot be read is as if it had not been chosen."""
    stored = row.titles if isinstance(row.titles, Mapping) else {}
    titles = {str(lang): str(title) for lang, title in stored.items()}
    way = Way(row.way) if row.way in list(Way) else None
    return OwnTopic(row.name, titles, way, row.is_off)
