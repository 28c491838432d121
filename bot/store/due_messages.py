"""Which messages are due, in which order: lanes share the turns, chats take turns."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import (
    ChatState,
    MessageKind,
    MessageState,
)
from bot.store import columns, unreadable_rows
from bot.store import schema as s
from bot.store.message_rows import (
    TO_SEND,
    Message,
    SendLane,
    joined,
    message_of,
)

__all__ = [
    "due",
    "next_due",
]


async def due(
    conn: AsyncConnection,
    now: datetime,
    limit: int,
    *,
    per_chat: int = 1,
    busy: Collection[int] = (),
) -> list[Message]:
    """Up to `limit` messages to send, edit or delete at `now`; `Message.work` says which.

    At most `per_chat` of one Telegram chat (all its threads together), so that a
    long queue of one hides nobody else's, and none of the chats whose Telegram
    ids are in `busy`. The lanes take turns: of twelve places urgent ones have eight,
    normal ones three, bulk one and deletions two between them, each by age; edits
    come after all of these. Chats that are blocked get nothing; paused ones only
    plain messages and what folds or deletes. Repeating it returns the same.
    """
    given: dict[str, Any] = {"now": now, "most": limit, "per_chat": per_chat}
    if busy:
        given["busy"] = list(busy)
    while True:
        # One that cannot be read stands first in its chat: it must not hide what waits behind.
        aside = unreadable_rows.ids("messages")
        rows = (await conn.execute(_due(bool(busy)), {**given, "aside": aside})).all()
        found = unreadable_rows.readable(rows, message_of, "messages")
        if len(found) == len(rows) or len(unreadable_rows.ids("messages")) == len(aside):
            return found


async def next_due(conn: AsyncConnection, now: datetime) -> datetime | None:
    """When `due` will next have something: `now` if it has, None if nothing is planned.

    Only what is stored counts, not what is in flight or held back by `busy`.
    """
    if await due(conn, now, 1):
        return now
    times = (await conn.execute(_planned(), {"now": now})).one()
    return columns.soonest(times)


_NOW = sa.bindparam("now", type_=columns.UtcDateTime)


@cache
def _due(with_busy: bool) -> sa.Select[Any]:
    """What `due` asks: built once, as building it takes longer than asking."""
    m, c = s.messages.c, s.chats.c
    ready = m.next_try_at.is_(None) | (m.next_try_at <= _NOW)
    open_chat = (c.state == ChatState.ACTIVE) | (
        (c.state == ChatState.PAUSED) & (m.kind == MessageKind.PLAIN)
    )
    sends = m.state.in_(TO_SEND)
    deletes = sa.and_(m.state == MessageState.SENT, m.delete_at <= _NOW)
    rank = sa.case(
        (sends & (m.lane == SendLane.URGENT), 0),
        (sends & (m.lane == SendLane.NORMAL), 1),
        (sends, 2),
        (deletes, 3),
        (m.fold_at.is_not(None), 0),  # somebody waits for Open, or it must be folded
        else_=4,
    )
    place = sa.func.row_number().over(partition_by=c.telegram_id, order_by=(rank, m.id))
    chosen = (
        sa.select(m.id, rank.label("rank"), place.label("place"))
        .join_from(s.messages, s.chats, m.chat_id == c.id)
        .where(
            m.id.in_(sa.union_all(*_due_branches())),
            ready,
            m.id.not_in(sa.bindparam("aside", expanding=True)),
            c.state != ChatState.BLOCKED,
            open_chat | (m.fold_at <= _NOW) | (m.delete_at <= _NOW),
        )
    )
    if with_busy:
        chosen = chosen.where(c.telegram_id.not_in(sa.bindparam("busy", expanding=True)))
    first = chosen.subquery()
    nth = sa.func.row_number().over(partition_by=first.c.rank, order_by=first.c.id)
    turns = (
        sa.select(first.c.id, (nth * _shares(first.c.rank)).label("turn"))
        .where(first.c.place <= sa.bindparam("per_chat", type_=sa.Integer))
        .subquery()
    )
    return (
        joined()
        .join(turns, turns.c.id == m.id)
        .order_by(turns.c.turn, m.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


@cache
def _planned() -> sa.Select[Any]:
    """The next time of each kind, from an index of its own."""
    m = s.messages.c
    alive = s.chats.c.state != ChatState.BLOCKED
    joined = sa.join(s.messages, s.chats, m.chat_id == s.chats.c.id)
    times = [
        sa.select(sa.func.min(column))
        .select_from(joined)
        .where(column > _NOW, m.state.in_(states), alive)
        for column, states in (
            (m.next_try_at, [*TO_SEND, MessageState.SENT]),
            (m.fold_at, [MessageState.SENT]),
            (m.delete_at, [MessageState.SENT]),
        )
    ]
    # Not joined: the partial index wants its condition as it stands.
    writable = sa.exists().where(s.chats.c.id == m.chat_id, alive)
    growing = sa.select(sa.func.min(m.edit_at))
    times.append(growing.where(sa.text(s.STALE), m.edit_at > _NOW, writable))
    return sa.select(*(each.scalar_subquery() for each in times))


def _due_branches() -> list[sa.Select[Any]]:
    """Ids by reason, each read from an index of its own.

    Both databases use a partial index only where they see its very condition.
    """
    m = s.messages.c
    ready = m.next_try_at.is_(None) | (m.next_try_at <= _NOW)
    shown = sa.and_(m.state == MessageState.SENT, m.telegram_message_id.is_not(None), ready)
    return [
        sa.select(m.id).where(sa.text(s.UNSENT), m.state.in_(TO_SEND), ready),
        sa.select(m.id).where(sa.text(s.STALE), shown, m.edit_at.is_(None) | (m.edit_at <= _NOW)),
        sa.select(m.id).where(shown, m.fold_at <= _NOW),
        sa.select(m.id).where(shown, m.delete_at <= _NOW),
    ]


def _shares(rank: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """The distance between the turns of a lane: the smaller, the more turns."""
    return sa.case((rank == 0, 3), (rank == 1, 8), (rank == 2, 24), (rank == 3, 12), else_=10**6)
