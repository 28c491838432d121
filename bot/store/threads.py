"""Threads of private chats: one a topic, made by the bot, with its name for as long as it stands.

A thread is a row of `messages`: kind THREAD, `body` its topic, `telegram_message_id` its number.
So the outbox deletes it as it deletes messages, and what it stands in knows it by `thread_id`.
The row is written before Telegram is asked for the thread, DEAD until that answers: whatever ends
in between, it is known that there may be one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import PRIVATE_TOPIC, MessageKind, MessageState, NoticeState, is_private
from bot.store import digests, watches
from bot.store import schema as s
from bot.store.message_rows import SendLane, insert, new_row, update

__all__ = [
    "LEFT",
    "TRY_AGAIN_AFTER",
    "all_standing",
    "any_left",
    "any_unsure",
    "end_all",
    "ends",
    "failed_lately",
    "gone",
    "made",
    "not_made",
    "of_message",
    "own_words",
    "say_unsure",
    "standing",
    "take_back",
    "trying",
]

TRY_AGAIN_AFTER = timedelta(hours=1)
"""After a try that was not answered: each may have left an empty thread behind."""

LEFT = "left"
"""The `reason` of a thread that Telegram has not deleted, of which the chat was told."""

_BARELY = timedelta(minutes=1)  # what comes so shortly before its thread goes is not read


async def standing(conn: AsyncConnection, chat_id: int, topic: str) -> int | None:
    """Telegram's number of the topic's thread in the chat, the newest; None if there is none.

    One that is to be deleted is none any more.
    """
    m = s.messages.c
    query = _threads(chat_id).with_only_columns(m.telegram_message_id)
    query = query.where(m.body == topic, m.delete_at.is_(None))
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


# making


async def trying(conn: AsyncConnection, chat_id: int, topic: str, now: datetime) -> int:
    """Telegram is asked for the topic's thread: there may be one from now on. The row's id."""
    row = new_row(chat_id, MessageKind.THREAD, SendLane.BULK, now)
    dead = {"state": MessageState.DEAD, "body": topic, "reason": "not answered"}
    return await insert(conn, row | dead)


async def made(
    conn: AsyncConnection, row_id: int, number: int, now: datetime, delete_at: datetime | None
) -> None:
    """Telegram made the thread of that try; `delete_at`: it is not wanted any more."""
    await update(
        conn,
        row_id,
        state=MessageState.SENT,
        telegram_message_id=number,
        sent_version=1,
        sent_at=now,
        delete_at=delete_at,
        reason="",
    )


async def not_made(conn: AsyncConnection, row_id: int) -> None:
    """Telegram certainly made no thread."""
    await conn.execute(sa.delete(s.messages).where(s.messages.c.id == row_id))


async def failed_lately(conn: AsyncConnection, chat_id: int, topic: str, now: datetime) -> bool:
    """Whether a try a short time ago was not answered: then no other is made."""
    m = s.messages.c
    query = _unsure(chat_id).where(m.body == topic, m.created_at > now - TRY_AGAIN_AFTER)
    return await conn.scalar(query.limit(1)) is not None


async def any_unsure(conn: AsyncConnection, chat_id: int) -> bool:
    """Whether a thread may stand in the chat of which nothing is known."""
    return await conn.scalar(_unsure(chat_id).limit(1)) is not None


async def say_unsure(conn: AsyncConnection, chat_id: int) -> bool:
    """As `any_unsure`, for the caller that writes to the chat now: once about each."""
    ids = list(await conn.scalars(_unsure(chat_id)))
    messages_told = sa.update(s.messages).where(s.messages.c.id.in_(ids))
    await conn.execute(messages_told.values(state=MessageState.DELETED, reason="told"))
    return bool(ids)


# ending


async def gone(conn: AsyncConnection, chat_id: int, number: int) -> bool:
    """The thread is no longer there, nor what stood in it; whether it was known."""
    m = s.messages.c
    values = {"state": MessageState.DELETED, "fold_at": None, "delete_at": None}
    ended = await conn.execute(
        sa.update(s.messages)
        .where(
            m.chat_id == chat_id,
            m.kind == MessageKind.THREAD,
            m.telegram_message_id == number,
            m.state == MessageState.SENT,
        )
        .values(**values, next_try_at=None, reason="gone")
    )
    await conn.execute(
        sa.update(s.messages)
        .where(m.chat_id == chat_id, m.thread_id == number, m.state == MessageState.SENT)
        .values(**values, next_try_at=None)
    )
    return bool(ended.rowcount)


async def end_all(
    conn: AsyncConnection, chat_id: int, when: datetime | None, now: datetime
) -> None:
    """Have the outbox delete the chat's threads at `when`, with all in them.

    None: those whose time has not come stay after all.
    """
    m = s.messages.c
    which = _threads(chat_id)
    values: dict[str, object] = {"delete_at": when}
    if when is None or when > now:
        which = which.where(m.delete_at.is_(None) | (m.delete_at > now))
    else:
        values |= {"next_try_at": None, "reason": ""}
    await conn.execute(sa.update(s.messages).where(m.id.in_(which)).values(**values))


async def ends(
    conn: AsyncConnection, chat_id: int, number: int, by: datetime | None = None
) -> bool:
    """Whether that thread of ours is gone, or is to be deleted (`by` then, or so)."""
    m = s.messages.c
    query = sa.select(m.state, m.delete_at).where(
        m.chat_id == chat_id, m.kind == MessageKind.THREAD, m.telegram_message_id == number
    )
    row = (await conn.execute(query.order_by(m.id.desc()).limit(1))).one_or_none()
    if row is None:
        return False
    going = row.delete_at is not None and (by is None or row.delete_at <= by + _BARELY)
    return going or bool(row.state != MessageState.SENT)


async def take_back(
    conn: AsyncConnection, chat_id: int, since: datetime, now: datetime, only: int | None = None
) -> None:
    """Delete what stands in threads, since those go; what was told there since then is held.

    It may be unread: it comes again, in one summary, soon. Each message is deleted by itself,
    since its thread may stay for long, and nothing folds what tells of no notice any more.
    `only`: this message.
    """
    m, n = s.messages.c, s.notices.c
    inside = sa.select(m.id).where(
        m.chat_id == chat_id, m.thread_id != 0, m.state == MessageState.SENT
    )
    if only is not None:
        inside = inside.where(m.id == only)
    unread = inside.where(m.sent_at >= since)
    alerts = unread.where(m.kind == MessageKind.ALERT)
    # What a reply told is of its alert: that story comes again.
    answered = unread.with_only_columns(m.reply_to).where(m.kind == MessageKind.REPLY)
    in_thread = n.message_id.in_(alerts) | n.message_id.in_(answered)
    held = await conn.execute(
        sa.update(s.notices)
        .where(n.chat_id == chat_id, in_thread, n.state == NoticeState.TOLD)
        .values(state=NoticeState.HELD, message_id=None)
    )
    await conn.execute(
        sa.update(s.messages).where(m.id.in_(inside)).values(delete_at=now, next_try_at=None)
    )
    if held.rowcount:
        await digests.hold_until(conn, now, [chat_id])


async def any_left(conn: AsyncConnection, chat_id: int) -> bool:
    """Whether the chat got the message that Telegram does not delete one of its threads."""
    query = _threads(chat_id).where(s.messages.c.reason == LEFT)
    return await conn.scalar(query.limit(1)) is not None


def _threads(chat_id: int) -> sa.Select[tuple[int]]:
    """The rows of the threads that stand in the chat."""
    m = s.messages.c
    return sa.select(m.id).where(
        m.chat_id == chat_id, m.kind == MessageKind.THREAD, m.state == MessageState.SENT
    )


def _unsure(chat_id: int) -> sa.Select[tuple[int]]:
    """The rows of the tries that were not answered."""
    m = s.messages.c
    return sa.select(m.id).where(
        m.chat_id == chat_id, m.kind == MessageKind.THREAD, sa.text(s.DEAD)
    )
