"""Messages: what is wanted in a chat, and what Telegram has taken.

The way of a message: queued, sending (committed before the call), then sent,
or retry (provably not taken), unknown (it may have been taken), dead. A sent
message whose wanted version is above the sent one is due for an edit.

Every `mark_*` on a message that is gone (its chat was forgotten or moved) does
nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Address, ChatType, MessageKind, MessageState, NoticeState
from bot.model.rendered import Button
from bot.store import chats, columns, meta
from bot.store import schema as s
from bot.store.message_rows import (
    TO_SEND,
    Message,
    SendLane,
    insert,
    joined,
    message_of,
    new_row,
    update,
)
from bot.store.rows import chunks
from bot.store.unreadable_rows import one_readable

__all__ = [
    "AFTER_SWEEP",
    "EDIT_PAUSE",
    "Taken",
    "by_telegram_message_id",
    "get",
    "mark_dead",
    "mark_deleted",
    "mark_edited",
    "mark_retry",
    "mark_sending",
    "mark_sent",
    "mark_sent_all",
    "mark_unknown",
    "note",
    "queue_plain",
    "recent",
    "recover",
]

EDIT_PAUSE = timedelta(minutes=5)
"""Between two edits of a message whose story grows."""
AFTER_SWEEP = timedelta(seconds=10)
"""Quiet removes what stood in the chat: what is said because of it is said a little later."""
_MAX_RECENT = 100_000
_MARK_SENT = (
    sa.update(s.messages)
    .where(s.messages.c.id == sa.bindparam("message"))
    .values(
        state=MessageState.SENT,
        telegram_message_id=sa.bindparam("number", type_=s.messages.c.telegram_message_id.type),
        sent_version=sa.bindparam("version", type_=s.messages.c.sent_version.type),
        sent_at=sa.bindparam("at", type_=columns.UtcDateTime),
        next_try_at=None,
        delete_at=sa.bindparam("gone_at", type_=columns.UtcDateTime),
        shows=sa.bindparam("hash", type_=s.messages.c.shows.type),
        thread_id=sa.bindparam("thread", type_=s.messages.c.thread_id.type),
        reason="",
    )
)
_MARK_TOLD = (
    sa.update(s.notices)
    .where(
        s.notices.c.message_id.in_(sa.bindparam("of_messages", expanding=True)),
        s.notices.c.state == NoticeState.QUEUED,
    )
    .values(state=NoticeState.TOLD)
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What Telegram took: `version` was rendered, a later one stays due."""

    message_id: int
    telegram_message_id: int
    version: int
    at: datetime
    delete_at: datetime | None = None
    shows: str = ""  # the hash of the text
    thread_id: int = 0  # of a private chat, in which it stands


async def queue_plain(
    conn: AsyncConnection,
    where: int | Address,
    html: str,
    now: datetime,
    lane: SendLane = SendLane.NORMAL,
    *,
    buttons: Sequence[Sequence[Button]] = (),
    silent: bool = False,
    after: datetime | None = None,
) -> int:
    """A message whose HTML is ready, with rows of buttons; returns its id.

    `where` is the id of a chat of ours, or an address: a chat that we do not
    know yet (the admin chat) is noted, without subscriptions. It is not sent before `after`.
    """
    if isinstance(where, Address):
        type_ = ChatType.PRIVATE if where.chat_id > 0 else ChatType.SUPERGROUP
        chat = await chats.ensure(conn, where.chat_id, where.thread_id, type_, now=now)
        where = chat.id
    pressed = [[[each.text, each.data, each.url, each.copy] for each in row] for row in buttons]
    row = new_row(where, MessageKind.PLAIN, lane, now)
    return await insert(
        conn,
        row | {"body": html, "buttons": pressed or None, "silent": silent, "next_try_at": after},
    )


async def mark_sending(conn: AsyncConnection, ids: Collection[int], epoch: int) -> list[int]:
    """Take these messages for sending; commit before calling Telegram.

    Returns, by id, those that were still to be sent: send only them. Each one
    that may be a repetition is counted in the counter `messages_repeated`.
    """
    taken: list[sa.Row[Any]] = []
    for chunk in chunks(ids):
        statement = (
            sa.update(s.messages)
            .where(s.messages.c.id.in_(chunk), s.messages.c.state.in_(TO_SEND))
            .values(
                state=MessageState.SENDING,
                epoch=epoch,
                attempts=s.messages.c.attempts + 1,
                next_try_at=None,
            )
            .returning(s.messages.c.id, s.messages.c.unknowns)
        )
        taken += (await conn.execute(statement)).all()
    if repeated := sum(row.unknowns > 0 for row in taken):
        await meta.bump(conn, "messages_repeated", repeated)
    return sorted(row.id for row in taken)


async def mark_sent(
    conn: AsyncConnection,
    message_id: int,
    telegram_message_id: int,
    version: int,
    now: datetime,
    *,
    delete_at: datetime | None = None,
    shows: str = "",
    thread_id: int = 0,
) -> None:
    """Record that Telegram took the message in `version`, and mark its notices as told.

    `version` is the wanted version that was rendered: a later one stays due. `shows` is
    the hash of the text.
    """
    taken = Taken(message_id, telegram_message_id, version, now, delete_at, shows, thread_id)
    await mark_sent_all(conn, [taken])


async def mark_sent_all(conn: AsyncConnection, taken: Sequence[Taken]) -> None:
    """As `mark_sent`, of many in two statements."""
    if not taken:
        return
    await conn.execute(
        _MARK_SENT,
        [
            {
                "message": each.message_id,
                "number": each.telegram_message_id,
                "version": each.version,
                "at": each.at,
                "gone_at": each.delete_at,
                "hash": each.shows,
                "thread": each.thread_id,
            }
            for each in taken
        ],
    )
    for chunk in chunks([each.message_id for each in taken]):
        await conn.execute(_MARK_TOLD, {"of_messages": chunk})


async def mark_retry(
    conn: AsyncConnection, message_id: int, next_try_at: datetime, reason: str = ""
) -> None:
    """Provably not taken: again at `next_try_at`. A sent message stays sent, its edit waits."""
    await update(
        conn,
        message_id,
        state=sa.case(
            (s.messages.c.state == MessageState.SENDING, MessageState.RETRY),
            else_=s.messages.c.state,
        ),
        next_try_at=next_try_at,
        reason=reason,
    )


async def mark_unknown(
    conn: AsyncConnection,
    message_id: int,
    next_try_at: datetime,
    reason: str = "",
    *,
    counter: str = "messages_unknown",
) -> None:
    """No answer came, it may have been taken: counted, again at `next_try_at`.

    Only for a send; an edit repeats freely, with `mark_retry`. `counter` counts it.
    """
    changed = await conn.execute(
        sa.update(s.messages)
        .where(s.messages.c.id == message_id, s.messages.c.state == MessageState.SENDING)
        .values(
            state=MessageState.UNKNOWN,
            unknowns=s.messages.c.unknowns + 1,
            next_try_at=next_try_at,
            reason=reason,
        )
    )
    if changed.rowcount:
        await meta.bump(conn, counter)


async def mark_dead(
    conn: AsyncConnection,
    message_id: int,
    reason: str,
    notices: NoticeState = NoticeState.WITHDRAWN,
) -> None:
    """Give the message up. Its untold notices become `notices`.

    HELD keeps them for a summary, when the chat can be reached again.
    """
    await update(conn, message_id, state=MessageState.DEAD, reason=reason, next_try_at=None)
    await _set_notices(conn, message_id, notices)


async def mark_edited(
    conn: AsyncConnection,
    message_id: int,
    version: int,
    now: datetime,
    *,
    shows: str | None = None,
    grown: bool = False,
) -> None:
    """Telegram shows `version`. A time to fold that has come by `now` is done with.

    `shows` is the hash of the text, if it is another now; `grown` counts the edit and
    lets the next one for growth wait `EDIT_PAUSE`.
    """
    m = s.messages.c
    values: dict[str, Any] = {
        "sent_version": version,
        "next_try_at": None,
        "fold_at": sa.case((m.fold_at <= now, None), else_=m.fold_at),
        "reason": "",
    }
    if shows is not None:
        values["shows"] = shows
    if grown:
        values |= {"edits": m.edits + 1, "edit_at": now + EDIT_PAUSE}
    await update(conn, message_id, **values)


async def mark_deleted(conn: AsyncConnection, message_id: int, reason: str = "") -> None:
    """The message is no longer in the chat: neither edited nor deleted again."""
    await update(
        conn,
        message_id,
        state=MessageState.DELETED,
        fold_at=None,
        delete_at=None,
        next_try_at=None,
        reason=reason,
    )


async def note(
    conn: AsyncConnection,
    chat_id: int,
    telegram_message_id: int,
    now: datetime,
    delete_at: datetime,
) -> None:
    """Remember a message of the chat only to delete it at `delete_at`.

    For answers that did not pass through the outbox, and in private chats for
    what the person wrote. Its text is not kept.
    """
    row = new_row(chat_id, MessageKind.PLAIN, SendLane.BULK, now) | {
        "state": MessageState.SENT,
        "telegram_message_id": telegram_message_id,
        "sent_version": 1,
        "sent_at": now,
        "delete_at": delete_at,
    }
    await insert(conn, row)


async def recover(conn: AsyncConnection, epoch: int, now: datetime) -> int:
    """At start: messages being sent under another epoch become UNKNOWN, due at `now`.

    Returns how many; each is counted in `messages_unknown`.
    """
    changed = await conn.execute(
        sa.update(s.messages)
        .where(
            sa.text(s.UNSENT),
            s.messages.c.state == MessageState.SENDING,
            s.messages.c.epoch != epoch,
        )
        .values(
            state=MessageState.UNKNOWN,
            unknowns=s.messages.c.unknowns + 1,
            next_try_at=now,
            reason="stopped while sending",
        )
    )
    if changed.rowcount:
        await meta.bump(conn, "messages_unknown", changed.rowcount)
    return changed.rowcount


async def recent(
    conn: AsyncConnection, now: datetime, within: timedelta
) -> list[tuple[Address, datetime]]:
    """Where and when messages were sent, or edited because they grew, so short a time ago.

    Of the newest hundred thousand: the outbox sends two thousand a minute.
    """
    m, c = s.messages.c, s.chats.c
    newest = sa.select(sa.func.max(m.id) - _MAX_RECENT).scalar_subquery()
    since, edited = now - within, now - within + EDIT_PAUSE
    rows = await conn.execute(
        sa.select(c.telegram_id, c.type, m.sent_at, m.edit_at)
        .join_from(s.messages, s.chats, m.chat_id == c.id)
        .where(m.id > newest, (m.sent_at > since) | (m.edit_at > edited))
    )
    found = []
    for row in rows:
        where = Address(row.telegram_id, group=row.type != ChatType.PRIVATE)
        if row.sent_at is not None and row.sent_at > since:
            found.append((where, row.sent_at))
        if row.edit_at is not None and row.edit_at > edited:
            found.append((where, row.edit_at - EDIT_PAUSE))
    return found


async def get(conn: AsyncConnection, message_id: int) -> Message | None:
    """The message, or None."""
    row = (await conn.execute(joined().where(s.messages.c.id == message_id))).one_or_none()
    return one_readable(row, message_of, "messages")


async def by_telegram_message_id(
    conn: AsyncConnection, chat_id: int, telegram_message_id: int
) -> Message | None:
    """The message that Telegram shows under this number in our chat `chat_id`."""
    query = joined().where(
        s.messages.c.chat_id == chat_id,
        s.messages.c.telegram_message_id == telegram_message_id,
        s.messages.c.kind != MessageKind.THREAD,  # numbered by themselves in private chats
    )
    row = (await conn.execute(query.order_by(s.messages.c.id.desc()).limit(1))).one_or_none()
    return one_readable(row, message_of, "messages")


async def _set_notices(conn: AsyncConnection, message_id: int, state: NoticeState) -> None:
    await conn.execute(
        sa.update(s.notices)
        .where(s.notices.c.message_id == message_id, s.notices.c.state == NoticeState.QUEUED)
        .values(state=state)
    )
