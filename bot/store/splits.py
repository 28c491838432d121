"""Taking an item out of its story. Call it in a relating transaction."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema as s
from bot.store.rows import chunks

__all__ = ["hidden", "move", "take_along"]


async def move(
    conn: AsyncConnection,
    item_ids: Collection[int],
    first: int,
    story_id: int,
    keys: Collection[str],
) -> None:
    """Items and keys become the story's; `first` begins it, the others repeat it."""
    i = s.items.c
    await conn.execute(
        sa.update(s.items)
        .where(i.id.in_(list(item_ids)))
        .values(story_id=story_id, relation=sa.case((i.id == first, "new"), else_="copy"))
    )
    for chunk in chunks(sorted(s.storable(key) for key in keys)):
        await conn.execute(
            sa.update(s.story_keys).where(s.story_keys.c.key.in_(chunk)).values(story_id=story_id)
        )


async def take_along(
    conn: AsyncConnection, alert_id: int, to_alert_id: int, item_ids: Collection[int]
) -> int:
    """What chats were told of these items is of the other alert now; how many.

    A chat that has been told of the other alert already keeps what it has.
    """
    n = s.notices.c
    there = s.notices.alias()
    told = sa.select(there.c.chat_id).where(there.c.alert_id == to_alert_id)
    moved = await conn.execute(
        sa.update(s.notices)
        .where(n.alert_id == alert_id, n.item_id.in_(list(item_ids)), n.chat_id.not_in(told))
        .values(alert_id=to_alert_id)
    )
    return moved.rowcount


async def hidden(
    conn: AsyncConnection, chat_ids: Collection[int], story_ids: Collection[int]
) -> set[tuple[int, int]]:
    """(chat, item) of what these chats split off these stories for themselves."""
    x = s.splits.c
    found: set[tuple[int, int]] = set()
    for chunk in chunks(story_ids):
        query = sa.select(x.chat_id, x.item_id).where(
            x.chat_id.in_(list(chat_ids)[:1000]), x.story_id.in_(chunk)
        )
        found |= {(row.chat_id, row.item_id) for row in await conn.execute(query)}
    return found
