"""Notices: which chat gets which alert, at once, in a summary or in the digest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import ChatState, MessageKind, MessageState, NoticeState
from bot.store import columns, item_matches
from bot.store import follows as story_follows
from bot.store import schema as s
from bot.store.rows import Notice, chunks, insert, notice_of
from bot.store.unreadable_rows import one_readable, readable

__all__ = [
    "Notice",
    "NoticeDelivery",
    "Offer",
    "add_notices",
    "chats_left_held",
    "drop_unfollowed",
    "get_notice",
    "hold_notices",
    "notices_held",
    "set_topic",
    "split_delivery",
    "withdraw_notices",
]


@dataclass(frozen=True, slots=True)
class Offer:
    """An alert through this revision of this item, offered at `at` (UTC)."""

    alert_id: int
    item_id: int
    revision: int
    at: datetime


@dataclass(frozen=True, slots=True)
class NoticeDelivery:
    """Under which topic, whether at once or later, in which lane (of messages.Lane)."""

    topic: str
    state: NoticeState
    lane: str
    silent: bool = False


def split_delivery(topic: str) -> NoticeDelivery:
    """The delivery of an item that one chat split off: at once, without sound."""
    return NoticeDelivery(topic, NoticeState.QUEUED, "bulk", silent=True)


async def add_notices(
    conn: AsyncConnection, offer: Offer, delivery: NoticeDelivery, chat_ids: Sequence[int]
) -> int:
    """Notices of the alert for these chats, with messages where they are to be sent.

    Two statements for any number. A chat that has a notice of the alert already keeps
    that one and gets no message. Returns how many notices are new.
    """
    new = 0
    for chunk in chunks(chat_ids):
        if delivery.state is NoticeState.QUEUED:
            made = await _messages_for(conn, offer, delivery, chunk)
            of = sa.select(s.messages.c.chat_id, *_constants(offer, delivery), s.messages.c.id)
            source = of.where(s.messages.c.id.in_(made))
        else:
            made = []
            nothing = sa.cast(sa.null(), s.notices.c.message_id.type).label("message_id")
            of = sa.select(s.chats.c.id, *_constants(offer, delivery), nothing)
            source = of.where(s.chats.c.id.in_(chunk))
        names = ["chat_id", *_CONSTANT, "message_id"]
        statement = (
            insert(conn, s.notices)
            .from_select(names, source, include_defaults=False)
            .on_conflict_do_nothing(index_elements=["chat_id", "alert_id"])
        )
        count = (await conn.execute(statement)).rowcount
        new += count
        if count < len(made):
            is_used = sa.exists().where(s.notices.c.message_id == s.messages.c.id)
            await conn.execute(sa.delete(s.messages).where(s.messages.c.id.in_(made), ~is_used))
    return new


_CONSTANT = ("alert_id", "item_id", "revision", "topic", "state", "created_at")


def _constants(offer: Offer, delivery: NoticeDelivery) -> list[sa.ColumnElement[Any]]:
    values = {
        "alert_id": offer.alert_id,
        "item_id": offer.item_id,
        "revision": offer.revision,
        "topic": delivery.topic,
        "state": str(delivery.state),
        "created_at": offer.at,
    }
    return [
        sa.cast(sa.literal(values[name], s.notices.c[name].type), s.notices.c[name].type).label(
            name
        )
        if name != "created_at"
        else sa.literal(offer.at, columns.UtcDateTime).label(name)
        for name in _CONSTANT
    ]


async def _messages_for(
    conn: AsyncConnection, offer: Offer, delivery: NoticeDelivery, chat_ids: Sequence[int]
) -> list[int]:
    rows = sa.select(
        s.chats.c.id,
        sa.literal(str(MessageKind.ALERT), columns.StoredText).label("kind"),
        sa.literal(str(delivery.lane), columns.StoredText).label("lane"),
        sa.literal(delivery.silent, sa.Boolean).label("silent"),
        sa.literal(offer.at, columns.UtcDateTime).label("created_at"),
    ).where(s.chats.c.id.in_(chat_ids))
    statement = (
        insert(conn, s.messages)
        .from_select(
            ["chat_id", "kind", "lane", "silent", "created_at"],
            rows.order_by(s.chats.c.id),
            include_defaults=False,
        )
        .returning(s.messages.c.id)
    )
    return list(await conn.scalars(statement))


async def get_notice(conn: AsyncConnection, notice_id: int) -> Notice | None:
    """The notice, or None. Check its chat before showing it to anyone."""
    row = (
        await conn.execute(sa.select(s.notices).where(s.notices.c.id == notice_id))
    ).one_or_none()
    return one_readable(row, notice_of, "notices")


_HOLDABLE = [MessageKind.ALERT, MessageKind.SUMMARY, MessageKind.DIGEST, MessageKind.CHART]


async def hold_notices(conn: AsyncConnection, chat_id: int) -> int:
    """Take back what waits to be sent to the chat, for one summary later.

    Queued notices become HELD and their messages vanish, unless Telegram may
    already have taken the message. Returns how many are newly held.
    """
    waiting = sa.select(s.messages.c.id).where(
        s.messages.c.chat_id == chat_id,
        s.messages.c.kind.in_(_HOLDABLE),
        s.messages.c.state.in_([MessageState.QUEUED, MessageState.RETRY]),
        s.messages.c.unknowns == 0,
    )
    # Locked, so that the outbox cannot begin to send one meanwhile.
    ids = list(await conn.scalars(waiting.with_for_update()))
    queued = sa.and_(s.notices.c.chat_id == chat_id, s.notices.c.state == NoticeState.QUEUED)
    hold = sa.update(s.notices).values(state=NoticeState.HELD, message_id=None)
    held = (await conn.execute(hold.where(queued, s.notices.c.message_id.is_(None)))).rowcount
    for chunk in chunks(ids):
        of_these = s.notices.c.message_id.in_(chunk)
        held += (await conn.execute(hold.where(queued, of_these))).rowcount
        await conn.execute(sa.update(s.notices).where(of_these).values(message_id=None))
        await conn.execute(sa.delete(s.messages).where(s.messages.c.id.in_(chunk)))
    return held


async def chats_left_held(conn: AsyncConnection) -> list[int]:
    """Open chats with held notices that no planned summary would bring, by id.

    So does a message leave them that was given up unanswered, or a paused chat
    that was merged into another. What quiet hours or a cap hold has its time.
    """
    held = sa.select(s.notices.c.chat_id).where(s.notices.c.state == NoticeState.HELD)
    query = sa.select(s.chats.c.id).where(
        s.chats.c.state == ChatState.ACTIVE,
        s.chats.c.summary_due.is_(None),
        s.chats.c.id.in_(held),
    )
    return list(await conn.scalars(query.order_by(s.chats.c.id)))


async def drop_unfollowed(conn: AsyncConnection, message_ids: Collection[int]) -> list[Notice]:
    """Withdraw what these messages would tell of topics their chats have left, unless the
    chat follows the story.

    Returns those whose item also matches a topic that the chat still follows,
    untouched: `set_topic` or withdraw them.
    """
    n, left = s.notices.c, []
    follows = sa.exists().where(
        s.subscriptions.c.chat_id == n.chat_id, s.subscriptions.c.topic == n.topic
    ) | story_follows.follows_alert(n.chat_id, n.alert_id, developments=True)
    other = sa.exists().where(
        s.matches.c.item_id == n.item_id,
        s.matches.c.revision == n.revision,
        s.subscriptions.c.topic == s.matches.c.topic,
        s.subscriptions.c.chat_id == n.chat_id,
        item_matches.holds(),
    )
    for chunk in chunks(message_ids):
        unfollowed = sa.and_(n.message_id.in_(chunk), n.state == NoticeState.QUEUED, ~follows)
        await conn.execute(
            sa.update(s.notices).where(unfollowed, ~other).values(state=NoticeState.WITHDRAWN)
        )
        rows = await conn.execute(sa.select(s.notices).where(unfollowed).order_by(n.id))
        left += readable(rows, notice_of, "notices")
    return left


async def set_topic(conn: AsyncConnection, notice_id: int, topic: str) -> None:
    """Tell the notice under another topic."""
    await conn.execute(sa.update(s.notices).where(s.notices.c.id == notice_id).values(topic=topic))


async def notices_held(conn: AsyncConnection, chat_id: int) -> list[Notice]:
    """The chat's notices held for a summary, oldest first."""
    rows = await conn.execute(
        sa.select(s.notices)
        .where(s.notices.c.chat_id == chat_id, s.notices.c.state == NoticeState.HELD)
        .order_by(s.notices.c.created_at, s.notices.c.id)
    )
    return readable(rows, notice_of, "notices")


async def withdraw_notices(conn: AsyncConnection, notice_ids: Collection[int]) -> None:
    """Withdraw these notices: they will not be sent. Sent ones stay as they are."""
    for chunk in chunks(notice_ids):
        await conn.execute(
            sa.update(s.notices)
            .where(s.notices.c.id.in_(chunk), s.notices.c.state != NoticeState.TOLD)
            .values(state=NoticeState.WITHDRAWN)
        )
