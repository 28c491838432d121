"""Silent replies under alerts: what joined a story, and what its followers want to know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.alerts.volume import day_of
from bot.model import MessageKind, MessageState
from bot.store import follows
from bot.store import schema as s
from bot.store.rows import prefs_of

__all__ = ["queue", "queue_for_followers"]

_OUT = (MessageState.SENT, MessageState.SENDING, MessageState.UNKNOWN)


async def queue(conn: AsyncConnection, alert_id: int, item_id: int, now: datetime) -> int:
    """One silent reply under each message that tells the alert, of an item that joined it.

    Only where the alert was sent (one still to be sent will name the item itself); none
    twice of an item, none to the chat told of this very item, none to chats that prefer
    edits. Returns how many.
    """
    rows = await conn.execute(_told(alert_id, item_id).where(s.messages.c.state.in_(_OUT)))
    told = [row for row in rows if not prefs_of(row.prefs).edits_only]
    return await _insert(conn, told, item_id, "", now)


async def queue_for_followers(
    conn: AsyncConnection, alert_id: int, item_id: int, reason: str, now: datetime
) -> int:
    """The same to chats that follow the story, at most one a day of theirs.

    `reason` is `named`, `gone` or a stage. Returns how many.
    """
    family = await follows.family_of_alert(conn, alert_id)
    if family is None:
        return 0
    f, m = s.follows.c, s.messages.c
    query = (
        _told(alert_id, item_id, reason, own=reason == "gone")
        .add_columns(f.told_on)
        .join(s.follows, sa.and_(f.chat_id == m.chat_id, f.story_id == family.root_id))
        .where(m.state.in_([*_OUT, MessageState.DELETED]))
    )
    rows = (await conn.execute(query)).all()
    days = {row.chat_id: day_of(row.tz, now) for row in rows}
    told = [row for row in rows if row.told_on != days[row.chat_id]]
    await follows.told(conn, family.root_id, {row.chat_id: days[row.chat_id] for row in told})
    return await _insert(conn, told, item_id, reason, now)


def _told(
    alert_id: int, item_id: int, reason: str | None = None, *, own: bool = False
) -> sa.Select[Any]:
    """Messages that tell the alert and have no such reply of the item yet."""
    m, n, c = s.messages.c, s.notices.c, s.chats.c
    said = s.messages.alias()
    same = said.c.body == reason if reason == "gone" else said.c.body != "gone"
    there = sa.exists().where(said.c.reply_to == m.id, said.c.item_id == item_id, same)
    query = (
        sa.select(m.id, m.chat_id, c.prefs, c.tz)
        .join_from(s.messages, s.notices, n.message_id == m.id)
        .join(s.chats, c.id == m.chat_id)
        .where(n.alert_id == alert_id, m.kind == MessageKind.ALERT, ~there)
        .order_by(m.id)
    )
    return query if own else query.where(n.item_id != item_id)


async def _insert(
    conn: AsyncConnection, told: Iterable[Any], item_id: int, reason: str, now: datetime
) -> int:
    rows = [
        {
            "chat_id": row.chat_id,
            "kind": MessageKind.REPLY,
            "lane": "bulk",
            "created_at": now,
            "reply_to": row.id,
            "item_id": item_id,
            "silent": True,
            "body": reason,
        }
        for row in told
    ]
    if rows:
        await conn.execute(sa.insert(s.messages), rows)
    return len(rows)
