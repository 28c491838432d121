"""Threads of private chats: one a topic, made by the bot, with its name for as long as it stands.

A thread is a row of `messages`: kind THREAD, `body` its topic, `telegram_message_id` its number.
So the outbox deletes it as it deletes messages, and what it stands in knows it by `thread_id`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import PRIVATE_TOPIC, MessageKind, MessageState, NoticeState, is_private
from bot.store import digests, watches
from bot.store import schema as s
from bot.store.message_rows import SendLane, insert, new_row

__all__ = [
    "TRY_AGAIN_AFTER",
    "all_standing",
    "end_all",
    "failed",
    "failed_lately",
    "gone",
    "made",
    "of_message",
    "own_words",
    "standing",
    "take_back",
]

TRY_AGAIN_AFTER = timedelta(hours=1)
"""After a try that was not answered: each may have left an empty thread behind."""


async def standing(conn: AsyncConnection, chat_id: int, topic: str) -> int | None:
    """Telegram's number of the topic's thread in the chat, the newest; None if there is none."""
    m = s.messages.c
    query = _threads(chat_id).with_only_columns(m.telegram_message_id).where(m.body == topic)
    number: int | None = await conn.scalar(query.order_by(m.id.desc()).limit(1))
    return number


async def all_standing(conn: AsyncConnection, chat_id: int) -> list[int]:
    """Telegram's numbers of all threads of the chat."""
    m = s.messages.c
    query = _threads(chat_id).with_only_columns(m.telegram_message_id)
    return [each for each in await conn.scalars(query.order_by(m.id)) if each is not None]


async def of_message(conn: AsyncConnection, chat_id: int, telegram_message_id: int) -> int:
    """In which thread that message of the chat stands; 0: in none, or it is not known."""
    m = s.messages.c
    query = sa.select(m.thread_id).where(
        m.chat_id == chat_id,
        m.telegram_message_id == telegram_message_id,
        m.kind != MessageKind.THREAD,
    )
    return await conn.scalar(query.order_by(m.id.desc()).limit(1)) or 0


async def own_words(conn: AsyncConnection, chat_id: int, topic: str) -> str:
    """What a chat's own topic looks for, by which its thread is named; "" of any other topic."""
    number = topic.removeprefix(PRIVATE_TOPIC)
    if not is_private(topic) or not number.isdecimal():
        return ""
    watch = await watches.get(conn, chat_id, int(number))
    return "" if watch is None else watch.expression


async def made(conn: AsyncConnection, chat_id: int, topic: str, number: int, now: datetime) -> None:
    """Telegram made the thread `number` for the topic."""
    row = new_row(chat_id, MessageKind.THREAD, SendLane.BULK, now) | {
        "state": MessageState.SENT,
        "body": topic,
        "telegram_message_id": number,
        "sent_version": 1,
        "sent_at": now,
    }
    await insert(conn, row)


async def failed(conn: AsyncConnection, chat_id: int, topic: str, now: datetime) -> None:
    """A try to make the topic's thread was never answered."""
    row = new_row(chat_id, MessageKind.THREAD, SendLane.BULK, now)
    await insert(conn, row | {"state": MessageState.DEAD, "body": topic, "reason": "not answered"})


async def failed_lately(conn: AsyncConnection, chat_id: int, topic: str, now: datetime) -> bool:
    """Whether that was a short time ago: then no other is tried."""
    m = s.messages.c
    query = sa.select(m.id).where(
        m.chat_id == chat_id,
        m.kind == MessageKind.THREAD,
        m.body == topic,
        sa.text(s.DEAD),
        m.created_at > now - TRY_AGAIN_AFTER,
    )
    return await conn.scalar(query.limit(1)) is not None


async def gone(conn: AsyncConnection, chat_id: int, number: int) -> str | None:
    """The thread is no longer there, nor what stood in it: its topic, None if it was not known."""
    m = s.messages.c
    ended = (
        sa.update(s.messages)
        .where(
            m.chat_id == chat_id,
            m.kind == MessageKind.THREAD,
            m.telegram_message_id == number,
            m.state == MessageState.SENT,
        )
        .values(state=MessageState.DELETED, delete_at=None, reason="gone")
    )
    topic: str | None = (await conn.execute(ended.returning(m.body))).scalars().first()
    await conn.execute(
        sa.update(s.messages)
        .where(m.chat_id == chat_id, m.thread_id == number, m.state == MessageState.SENT)
        .values(state=MessageState.DELETED, fold_at=None, delete_at=None, next_try_at=None)
    )
    return topic


async def end_all(conn: AsyncConnection, chat_id: int, when: datetime | None) -> int:
    """Have the outbox delete the chat's threads at `when`, with all in them; how many there are.

    None: those whose time has not come stay after all.
    """
    m = s.messages.c
    ids = list(await conn.scalars(_threads(chat_id).with_only_columns(m.id)))
    if ids:
        await conn.execute(sa.update(s.messages).where(m.id.in_(ids)).values(delete_at=when))
    return len(ids)


async def take_back(conn: AsyncConnection, chat_id: int, since: datetime, now: datetime) -> int:
    """Hold what was told in threads since then: they are being deleted, perhaps unread.

    It comes again, in one summary, soon. How many notices that is.
    """
    m, n = s.messages.c, s.notices.c
    told = sa.select(m.id).where(
        m.chat_id == chat_id,
        m.thread_id != 0,
        m.kind == MessageKind.ALERT,
        m.state == MessageState.SENT,
        m.sent_at >= since,
    )
    held = await conn.execute(
        sa.update(s.notices)
        .where(n.chat_id == chat_id, n.message_id.in_(told), n.state == NoticeState.TOLD)
        .values(state=NoticeState.HELD, message_id=None)
    )
    if held.rowcount:
        await digests.hold_until(conn, now, [chat_id])
    return held.rowcount


def _threads(chat_id: int) -> sa.Select[tuple[int]]:
    """The rows of the threads that stand in the chat."""
    m = s.messages.c
    return sa.select(m.id).where(
        m.chat_id == chat_id, m.kind == MessageKind.THREAD, m.state == MessageState.SENT
    )
