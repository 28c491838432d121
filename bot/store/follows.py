"""Which chats follow which stories.

A story is followed under the one its case began with (`root_of_alert`): a verdict is a story
of its own that goes on from the first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema as s
from bot.store.rows import chunks, insert

__all__ = [
    "Family",
    "family_of_alert",
    "follow",
    "follows_alert",
    "note_told",
    "told_on",
    "unfollow",
]


@dataclass(frozen=True, slots=True)
class Family:
    """The story of an alert, and the one its case began with (itself, if it did)."""

    story_id: int
    root_id: int

    @property
    def development(self) -> bool:
        return self.story_id != self.root_id


async def family_of_alert(conn: AsyncConnection, alert_id: int) -> Family | None:
    """None if there is no such alert."""
    query = (
        sa.select(s.stories.c.id, s.stories.c.parent_id)
        .join_from(s.alerts, s.stories, s.alerts.c.story_id == s.stories.c.id)
        .where(s.alerts.c.id == alert_id)
    )
    row = (await conn.execute(query)).one_or_none()
    return None if row is None else Family(row.id, row.parent_id or row.id)


async def follow(conn: AsyncConnection, chat_id: int, root_id: int, now: datetime) -> None:
    """Make the chat follow the story; repeating it does nothing."""
    new = insert(conn, s.follows).values(chat_id=chat_id, story_id=root_id, since=now)
    await conn.execute(new.on_conflict_do_nothing(index_elements=["chat_id", "story_id"]))


async def unfollow(conn: AsyncConnection, chat_id: int, root_id: int) -> bool:
    """Whether the chat followed the story until now."""
    f = s.follows.c
    gone = await conn.execute(
        sa.delete(s.follows).where(f.chat_id == chat_id, f.story_id == root_id)
    )
    return gone.rowcount > 0


async def told_on(
    conn: AsyncConnection, root_id: int, chat_ids: Collection[int]
) -> Mapping[int, str]:
    """Those of the chats that follow the story, each with the date of its last message on it."""
    found: dict[int, str] = {}
    f = s.follows.c
    for chunk in chunks(chat_ids):
        query = sa.select(f.chat_id, f.told_on).where(f.story_id == root_id, f.chat_id.in_(chunk))
        found |= {row.chat_id: row.told_on for row in await conn.execute(query)}
    return found


async def note_told(conn: AsyncConnection, root_id: int, days: Mapping[int, str]) -> None:
    """Record that these chats got a message about the followed story on their dates."""
    f = s.follows.c
    if days:
        await conn.execute(
            sa.update(s.follows)
            .where(f.story_id == root_id, f.chat_id == sa.bindparam("of_chat"))
            .values(told_on=sa.bindparam("day")),
            [{"of_chat": chat_id, "day": day} for chat_id, day in days.items()],
        )


def follows_alert(
    chat_id: sa.ColumnElement[int], alert_id: sa.ColumnElement[int], *, developments: bool = False
) -> sa.ColumnElement[bool]:
    """Whether that chat follows the story of that alert; with `developments` only of one that
    goes on from another.
    """
    root: sa.ColumnElement[Any] = s.stories.c.parent_id
    if not developments:
        root = sa.func.coalesce(root, s.stories.c.id)
    return sa.exists().where(
        s.alerts.c.id == alert_id,
        s.stories.c.id == s.alerts.c.story_id,
        s.follows.c.story_id == root,
        s.follows.c.chat_id == chat_id,
    )
