"""Sources and stories that a chat has muted, for a while or for good.

await mutes.add(conn, chat.id, "source", source.id, until=None, now=now)
muted = await mutes.muting(conn, source_id, story_ids, now)   # chats
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema as s
from bot.store.rows import chunks, insert

__all__ = ["Mute", "Muted", "add", "end", "muting", "of_chat", "without_muted"]

Muted = Literal["source", "story"]


@dataclass(frozen=True, slots=True)
class Mute:
    """`until` (UTC) it holds, None: until it is ended. `target_id` is the source's or story's."""

    id: int
    chat_id: int
    kind: Muted
    target_id: int
    until: datetime | None


_KEY: Final = ["chat_id", "kind", "target_id"]


async def add(
    conn: AsyncConnection,
    chat_id: int,
    kind: Muted,
    target_id: int,
    *,
    until: datetime | None,
    now: datetime,
) -> Mute:
    """Mute it until then; muted before, it is now until then."""
    new = insert(conn, s.mutes).values(
        chat_id=chat_id, kind=kind, target_id=target_id, until=until, created_at=now
    )
    statement = new.on_conflict_do_update(
        index_elements=_KEY, set_={"until": new.excluded.until}
    ).returning(s.mutes)
    return _of((await conn.execute(statement)).one())


async def end(conn: AsyncConnection, chat_id: int, number: int) -> Mute | None:
    """End the mute; returns what was muted, None if the chat has no such mute."""
    m = s.mutes.c
    gone = sa.delete(s.mutes).where(m.id == number, m.chat_id == chat_id).returning(s.mutes)
    row = (await conn.execute(gone)).one_or_none()
    return _of(row) if row else None


async def of_chat(conn: AsyncConnection, chat_id: int, now: datetime) -> list[Mute]:
    """What the chat mutes at `now`, the newest first."""
    m = s.mutes.c
    query = sa.select(s.mutes).where(m.chat_id == chat_id, _holds(now)).order_by(m.id.desc())
    return [_of(row) for row in await conn.execute(query)]


async def muting(
    conn: AsyncConnection, source_id: int, story_ids: Collection[int], now: datetime
) -> dict[int, Mute]:
    """The chats that mute the source or one of the stories at `now`, each with one such mute."""
    query = sa.select(s.mutes).where(_of_these(source_id, story_ids), _holds(now))
    rows = await conn.execute(query)
    return {row.chat_id: _of(row) for row in rows}


async def without_muted(
    conn: AsyncConnection,
    message_ids: Collection[int],
    source_id: int,
    story_ids: Collection[int],
    now: datetime,
) -> list[int]:
    """These messages, but for those in chats that mute the source or one of the stories."""
    chats = list(await muting(conn, source_id, story_ids, now))
    if not chats:
        return list(message_ids)
    muted: set[int] = set()
    for chunk in chunks(chats):
        muted |= {
            *await conn.scalars(
                sa.select(s.messages.c.id).where(
                    s.messages.c.chat_id.in_(chunk), s.messages.c.id.in_(list(message_ids))
                )
            )
        }
    return [each for each in message_ids if each not in muted]


def _of_these(source_id: int, story_ids: Collection[int]) -> sa.ColumnElement[bool]:
    m = s.mutes.c
    return sa.or_(
        sa.and_(m.kind == "source", m.target_id == source_id),
        sa.and_(m.kind == "story", m.target_id.in_(list(story_ids))),
    )


def _holds(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(s.mutes.c.until.is_(None), s.mutes.c.until > now)


def _of(row: sa.Row[Any]) -> Mute:
    return Mute(row.id, row.chat_id, row.kind, row.target_id, row.until)
