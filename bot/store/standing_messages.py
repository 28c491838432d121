"""What stands in a chat: shown, opened, folded, deleted when its time is over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import (
    MessageKind,
    MessageState,
)
from bot.store import columns, replies
from bot.store import schema as s
from bot.store.message_rows import (
    FOLDING,
    Message,
    joined,
    message_of,
    update,
)
from bot.store.rows import chunks
from bot.store.unreadable_rows import readable

__all__ = [
    "delete_at",
    "fold",
    "let_vanish",
    "refresh",
    "reveal",
    "shown",
    "standing",
]


async def let_vanish(
    conn: AsyncConnection, chat_id: int, life: timedelta | None, now: datetime
) -> None:
    """What the chat shows is deleted `life` after it was sent (at once if that is past).

    None: stays. Messages too old for Telegram to delete are left as they are, and what is being
    deleted with its thread is.
    """
    m = s.messages.c
    shown = await conn.execute(
        sa.select(m.id, m.sent_at).where(
            m.chat_id == chat_id,
            m.state == MessageState.SENT,
            m.kind != MessageKind.THREAD,
            m.telegram_message_id.is_not(None),
            m.sent_at > now - replies.DELETABLE,
            (m.thread_id == 0) | m.delete_at.is_(None) | (m.delete_at > now),
        )
    )
    times = [
        {"message": row.id, "when": None if life is None else max(now, row.sent_at + life)}
        for row in shown
    ]
    if times:
        await conn.execute(
            sa.update(s.messages)
            .where(m.id == sa.bindparam("message"))
            .values(delete_at=sa.bindparam("when", type_=columns.UtcDateTime)),
            times,
        )


async def fold(conn: AsyncConnection, chat_id: int) -> None:
    """The chat is Quiet from now on: what stands there, however old, is folded by an edit.

    What was opened is closed too.
    """
    m = s.messages.c
    await conn.execute(
        sa.update(s.messages)
        .where(
            m.chat_id == chat_id,
            m.kind.in_(FOLDING),
            (m.state == MessageState.SENDING)
            | ((m.state == MessageState.SENT) & m.telegram_message_id.is_not(None)),
        )
        .values(
            wanted_version=m.wanted_version + 1,
            fold_at=None,
            edit_at=None,
            edits=sa.case((m.edits > 0, m.edits - 1), else_=0),
        )
    )


async def shown(conn: AsyncConnection, chat_id: int, since: datetime) -> list[int]:
    """Telegram's numbers of the chat's messages sent at or after `since` and not deleted."""
    query = sa.select(s.messages.c.telegram_message_id).where(
        s.messages.c.chat_id == chat_id,
        s.messages.c.kind != MessageKind.THREAD,
        s.messages.c.state == MessageState.SENT,
        s.messages.c.sent_at >= since,
        s.messages.c.telegram_message_id.is_not(None),
    )
    return list(await conn.scalars(query.order_by(s.messages.c.id)))


async def standing(conn: AsyncConnection, chat_id: int) -> list[Message]:
    """All messages that stand in the chat and do not fold, however old, oldest first."""
    query = joined().where(
        s.messages.c.chat_id == chat_id,
        s.messages.c.kind.not_in((*FOLDING, MessageKind.THREAD)),
        s.messages.c.state == MessageState.SENT,
        s.messages.c.telegram_message_id.is_not(None),
    )
    rows = await conn.execute(query.order_by(s.messages.c.id))
    return readable(rows, message_of, "messages")


async def delete_at(conn: AsyncConnection, ids: Collection[int], when: datetime) -> None:
    """Have the outbox delete these at `when`, however old: what is too old it empties."""
    for chunk in chunks(ids):
        await conn.execute(
            sa.update(s.messages).where(s.messages.c.id.in_(chunk)).values(delete_at=when)
        )


async def reveal(conn: AsyncConnection, message_id: int, until: datetime) -> None:
    """Show the text of a Quiet message until `until`; due for an edit at once."""
    await refresh(conn, message_id, fold_at=until)


async def refresh(
    conn: AsyncConnection, message_id: int, *, fold_at: datetime | None = None
) -> None:
    """Somebody pressed a button that changes the message: an edit at once that counts for none."""
    m = s.messages.c
    folds = {} if fold_at is None else {"fold_at": fold_at}
    await update(
        conn,
        message_id,
        wanted_version=m.wanted_version + 1,
        edit_at=None,
        shows="",  # More may have put something else there
        edits=sa.case((m.edits > 0, m.edits - 1), else_=0),
        **folds,
    )
