"""Silent replies under alerts: what joined a story, and what its followers want to know.

A chat that is paused or in its quiet hours gets them afterwards: of the reports that joined
meanwhile one reply under each alert, for the newest; the alert names them all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hours import day_of, quiet_until
from bot.model import ChatState, MessageKind, MessageState
from bot.store import follows
from bot.store import schema as s
from bot.store.rows import chunks, prefs_of
from bot.store.told_facts import told_facts
from filters.facts import names_event, unsaid

__all__ = ["DELETABLE", "queue", "queue_for_followers", "take_back"]

DELETABLE = timedelta(hours=48)
"""How long Telegram lets a bot delete what it said."""

_OUT = (MessageState.SENT, MessageState.SENDING, MessageState.UNKNOWN)


async def queue(
    conn: AsyncConnection,
    alert_id: int,
    item_id: int,
    now: datetime,
    *,
    within: Collection[int] | None = None,
    facts: Sequence[str] = (),
) -> int:
    """One silent reply under each message that tells the alert, of an item that joined it.

    Only where the alert was sent (one still to be sent will name the item itself); none
    twice of an item, none to the chat told of this very item, none to chats that prefer
    edits or split the item off, none where the chat was told all its `facts`, if
    they name an event. Of the messages `within`, if given. Returns how many.
    """
    query = _told(alert_id, item_id).where(s.messages.c.state.in_(_OUT))
    if within is not None:
        query = query.where(s.messages.c.id.in_(list(within)))
    messages_told = [row for row in await conn.execute(query) if not prefs_of(row.prefs).edits_only]
    if names_event(facts):
        before = await told_facts(conn, [row.id for row in messages_told], item_id)
        messages_told = [row for row in messages_told if unsaid(before.get(row.id, ()), facts)]
    resting = [row.id for row in messages_told if _rests(row, now)]
    for chunk in chunks(resting):
        m = s.messages.c
        await conn.execute(
            sa.delete(s.messages).where(
                m.reply_to.in_(chunk),
                m.kind == MessageKind.REPLY,
                m.body == "",
                m.state == MessageState.QUEUED,
                m.attempts == 0,
            )
        )
    return await _insert(conn, messages_told, item_id, "", now)


async def queue_for_followers(
    conn: AsyncConnection,
    alert_id: int,
    item_id: int,
    reason: str,
    now: datetime,
    *,
    within: Collection[int] | None = None,
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
    if within is not None:
        query = query.where(m.id.in_(list(within)))
    rows = (await conn.execute(query)).all()
    days = {row.chat_id: day_of(row.tz, now) for row in rows}
    not_today = [row for row in rows if row.told_on != days[row.chat_id]]
    await follows.note_told(
        conn, family.root_id, {row.chat_id: days[row.chat_id] for row in not_today}
    )
    return await _insert(conn, not_today, item_id, reason, now)


async def take_back(
    conn: AsyncConnection, item_ids: Collection[int], now: datetime, chat_id: int | None = None
) -> None:
    """Delete replies that say of these items what a split has made untrue.

    Those under an alert of another story; in the chat `chat_id`, which split the items off for
    itself, those under the story's own alert. What Telegram no longer deletes stays.
    """
    m, n, a, i = s.messages.c, s.notices.c, s.alerts.c, s.items.c
    under = sa.exists().where(n.message_id == m.reply_to, a.id == n.alert_id, i.id == m.item_id)
    strayed = (
        under.where(a.story_id != i.story_id)
        if chat_id is None
        else under.where(a.n >= 0) & (m.chat_id == chat_id)
    )
    for chunk in chunks(item_ids):
        await conn.execute(
            sa.update(s.messages)
            .where(
                m.item_id.in_(chunk),
                m.kind == MessageKind.REPLY,
                m.state == MessageState.SENT,
                m.telegram_message_id.is_not(None),
                m.sent_at > now - DELETABLE,
                strayed,
            )
            .values(delete_at=now)
        )


def _told(
    alert_id: int, item_id: int, reason: str | None = None, *, own: bool = False
) -> sa.Select[Any]:
    """Messages that tell the alert and have no such reply of the item yet."""
    m, n, c, a, x = s.messages.c, s.notices.c, s.chats.c, s.alerts.c, s.splits.c
    reply = s.messages.alias()
    same = reply.c.body == reason if reason == "gone" else reply.c.body != "gone"
    there = sa.exists().where(reply.c.reply_to == m.id, reply.c.item_id == item_id, same)
    # The chat may have split the item off: then it stands under the alert of that part.
    part = (
        sa.select(x.part)
        .where(x.item_id == item_id, x.story_id == a.story_id, x.chat_id == m.chat_id)
        .correlate(s.alerts, s.messages)
        .scalar_subquery()
    )
    here = sa.func.coalesce(part, 0) == sa.case((a.n < 0, -a.n), else_=0)
    query = (
        sa.select(m.id, m.chat_id, c.prefs, c.tz, c.state)
        .join_from(s.messages, s.notices, n.message_id == m.id)
        .join(s.chats, c.id == m.chat_id)
        .join(s.alerts, a.id == n.alert_id)
        .where(n.alert_id == alert_id, m.kind == MessageKind.ALERT, ~there, here)
        .order_by(m.id)
    )
    return query if own else query.where(n.item_id != item_id)


def _rests(row: Any, now: datetime) -> datetime | bool | None:
    """Whether the chat gets nothing now: until when, if that is known."""
    return row.state != ChatState.ACTIVE or quiet_until(prefs_of(row.prefs), row.tz, now)


async def _insert(
    conn: AsyncConnection, replied: Sequence[Any], item_id: int, reason: str, now: datetime
) -> int:
    rows = [
        {
            "chat_id": row.chat_id,
            "kind": MessageKind.REPLY,
            "lane": "bulk",
            "created_at": now,
            "next_try_at": quiet_until(prefs_of(row.prefs), row.tz, now),
            "reply_to": row.id,
            "item_id": item_id,
            "silent": True,
            "body": reason,
        }
        for row in replied
    ]
    if rows:
        await conn.execute(sa.insert(s.messages), rows)
    return len(rows)
