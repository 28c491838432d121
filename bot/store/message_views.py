"""Messages with all that their texts are made from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import MessageKind, MessageState
from bot.model.rendered import Button
from bot.model.views import AlertView, ChartView, DigestView, ReplyView, SummaryView
from bot.store import alert_views, digests, item_matches, posts
from bot.store import schema as s
from bot.store.message_rows import (
    Message,
    joined,
    message_of,
)
from bot.store.messages import get
from bot.store.rows import chunks
from bot.store.told_facts import told_facts
from bot.store.unreadable_rows import one_readable
from filters.facts import unsaid

__all__ = [
    "Content",
    "MessageView",
    "thread_of",
    "view",
    "views_of",
]

Content = AlertView | ReplyView | SummaryView | DigestView | ChartView | str


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message with all that its text is made from.

    `content` is a str for PLAIN messages: HTML, rendered when it was queued.
    """

    message: Message
    content: Content
    buttons: tuple[tuple[Button, ...], ...] = ()  # of PLAIN messages


async def _reply(conn: AsyncConnection, row: sa.Row[Any]) -> ReplyView | None:
    """None where the alert is no longer shown, or the item has left the story.

    A follower gets the news even if the alert has vanished.
    """
    if row.reply_to is None or row.item_id is None:
        return None
    to = await get(conn, row.reply_to)
    alert = await alert_views.alert_of_message(conn, row.reply_to)
    other = await alert_views.joined(conn, row.item_id)
    shown = to is not None and to.state is MessageState.SENT
    if to is None or alert is None or other is None or not (shown or row.body):
        return None
    if alert.item_id != row.item_id and all(j.item_id != row.item_id for j in alert.joined):
        return None
    gone = (await posts.gone(conn, [row.item_id])).get(row.item_id)
    if row.body == "gone" and gone is None:
        return None  # it is back
    number = to.telegram_message_id if shown else None
    facts = () if row.body else await _new_facts(conn, row.item_id, row.reply_to)
    return ReplyView(alert, other, number, row.body, gone, row.id, facts)


async def _new_facts(conn: AsyncConnection, item_id: int, alert_message: int) -> tuple[str, ...]:
    """Facts of the item that no text had which the chat was alerted to before."""
    matches = await item_matches.matches_of(conn, item_id)
    own = [each for match in matches for each in match.evidence.get("facts", ())]
    facts_before = await told_facts(conn, [alert_message], item_id)
    return unsaid(facts_before.get(alert_message, ()), list(dict.fromkeys(own)))


async def view(conn: AsyncConnection, message_id: int) -> MessageView | None:
    """All that the message's text is made from, as stored now.

    None when it is gone, or has no notice any more.
    """
    return (await views_of(conn, [message_id])).get(message_id)


async def views_of(conn: AsyncConnection, message_ids: Collection[int]) -> dict[int, MessageView]:
    """As `view`, of many in one go; those that it has none of are absent."""
    rows: list[sa.Row[Any]] = []
    for chunk in chunks(message_ids):
        rows += await conn.execute(joined().where(s.messages.c.id.in_(chunk)))
    unsent = {row.id: row.sent_version == 0 for row in rows if row.kind == MessageKind.ALERT}
    alerts_by_message = await alert_views.alerts_of_messages(conn, unsent) if unsent else {}
    found: dict[int, MessageView] = {}
    for row in rows:
        message = one_readable(row, message_of, "messages")
        if message is None:
            continue
        if message.kind is MessageKind.ALERT:
            content: Content | None = alerts_by_message.get(row.id)
        else:
            content = await _content(conn, row, message)
        if content is not None:
            found[row.id] = MessageView(message, content, _buttons_of(row))
    return found


async def _content(conn: AsyncConnection, row: sa.Row[Any], message: Message) -> Content | None:
    """What a message that is no alert tells, or None if it tells nothing any more."""
    if message.kind is MessageKind.PLAIN:
        return str(row.body)
    if message.kind is MessageKind.THREAD:
        return None  # Telegram shows its name
    if message.kind is MessageKind.REPLY:
        return await _reply(conn, row)
    if message.kind is MessageKind.SUMMARY:
        return await alert_views.summary(conn, message.id)
    if message.kind is MessageKind.DIGEST:
        return await digests.view(conn, message.id, message.created_at)
    return await digests.chart(conn, message.chat, message.created_at)


def _buttons_of(row: sa.Row[Any]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(Button(*each) for each in line) for line in row.buttons or ())


async def thread_of(
    conn: AsyncConnection, telegram_id: int, telegram_message_id: int
) -> int | None:
    """In which thread of the Telegram chat the message stands; None if it is not one of ours."""
    query = (
        sa.select(s.chats.c.thread_id + s.messages.c.thread_id)  # one of them is 0
        .join_from(s.messages, s.chats, s.messages.c.chat_id == s.chats.c.id)
        .where(
            s.chats.c.telegram_id == telegram_id,
            s.messages.c.telegram_message_id == telegram_message_id,
            s.messages.c.kind != MessageKind.THREAD,
        )
        .limit(1)
    )
    thread: int | None = await conn.scalar(query)
    return thread
