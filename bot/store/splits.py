"""Taking an item out of its story, for all (in a relating transaction) or for a chat."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Alert
from bot.store import fingerprints, item_matches, items
from bot.store import schema as s
from bot.store.prepared import Prepared
from bot.store.rows import chunks

__all__ = [
    "Parts",
    "go_with",
    "move",
    "parts",
    "parts_of",
    "split_in_chats",
    "take_along",
    "told_by_another",
]


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
    for chunk in chunks(sorted(map(items.key_number, keys))):
        await conn.execute(
            sa.update(s.story_keys).where(s.story_keys.c.key.in_(chunk)).values(story_id=story_id)
        )


async def take_along(
    conn: AsyncConnection, alert_id: int, to_alert_id: int, item_ids: Collection[int]
) -> int:
    """Move the notices of these items to the other alert; how many.

    A chat that has a notice of the other alert keeps both as they are.
    """
    n = s.notices.c
    there = s.notices.alias()
    chats_told = sa.select(there.c.chat_id).where(there.c.alert_id == to_alert_id)
    moved = await conn.execute(
        sa.update(s.notices)
        .where(n.alert_id == alert_id, n.item_id.in_(list(item_ids)), n.chat_id.not_in(chats_told))
        .values(alert_id=to_alert_id)
    )
    return moved.rowcount


async def told_by_another(conn: AsyncConnection, alert: Alert, item_id: int) -> None:
    """Re-point the notices of this item, which left, to another item of the story.

    By the oldest that matches the topic; where none does all stays as it is.
    """
    n, i, m = s.notices.c, s.items.c, s.matches.c
    other = (
        sa.select(sa.func.min(i.id))
        .join_from(s.items, s.matches, m.item_id == i.id)
        .where(
            i.story_id == alert.story_id, i.id != item_id, m.topic == n.topic, item_matches.holds()
        )
        .scalar_subquery()
    )
    there = s.items.alias()
    told_revision = sa.select(there.c.revision).where(there.c.id == other).scalar_subquery()
    await conn.execute(
        sa.update(s.notices)
        .where(n.alert_id == alert.id, n.item_id == item_id, other.is_not(None))
        .values(item_id=other, revision=told_revision)
    )


Parts = dict[tuple[int, int, int], int]
"""By (chat, story, item) of what a chat split off for itself the item it stands with."""


async def parts(
    conn: AsyncConnection, chat_ids: Collection[int], story_ids: Collection[int]
) -> Parts:
    """The items that these chats split off from these stories for themselves."""
    x = s.splits.c
    found: Parts = {}
    for chunk in chunks(story_ids):
        query = sa.select(x.chat_id, x.story_id, x.item_id, x.part).where(
            x.chat_id.in_(list(chat_ids)[:1000]), x.story_id.in_(chunk)
        )
        for row in await conn.execute(query):
            found[row.chat_id, row.story_id, row.item_id] = row.part
    return found


async def parts_of(conn: AsyncConnection, story_id: int, item_id: int) -> dict[int, int]:
    """By chat that split the item off the story for itself, with which item it stands."""
    x = s.splits.c
    query = sa.select(x.chat_id, x.part).where(
        x.story_id == story_id, x.item_id == item_id, x.chat_id != 0
    )
    return {row.chat_id: row.part for row in await conn.execute(query)}


async def split_in_chats(conn: AsyncConnection, story_ids: Collection[int]) -> set[int]:
    """Those of the stories that some chat split for itself."""
    found: set[int] = set()
    for chunk in chunks(story_ids):
        found |= {story_id for (story_id,) in await _SPLIT_IN_CHATS(conn, {"ids": chunk})}
    return found


_SPLIT_IN_CHATS = Prepared(
    lambda _: (
        sa.select(s.splits.c.story_id)
        .where(
            s.splits.c.story_id.in_(sa.bindparam("ids", expanding=True)),
            s.splits.c.chat_id != 0,
        )
        .distinct()
    )
)


async def go_with(
    conn: AsyncConnection, item_id: int, of: int, story_id: int, now: datetime
) -> None:
    """The item joined because of the item `of`: it goes with it in every chat's own split."""
    for chat_id, part in (await parts_of(conn, story_id, of)).items():
        await fingerprints.split_off(conn, item_id, story_id, now, chat_id, part=part)
