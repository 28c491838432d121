"""How many messages there are of each state."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import MessageKind, MessageState
from bot.store import schema as s

__all__ = ["Totals", "any_unknown", "counts", "totals"]


@dataclass(frozen=True, slots=True)
class Totals:
    """How many messages wait (one whose answer is unknown too), were sent, were given up."""

    waiting: int
    sent: int
    dead: int


async def any_unknown(conn: AsyncConnection) -> bool:
    """Whether there is a message that may have come and is to be tried again."""
    query = sa.select(s.messages.c.id).where(
        sa.text(s.UNSENT), s.messages.c.state == MessageState.UNKNOWN
    )
    return (await conn.execute(query.limit(1))).first() is not None


async def counts(conn: AsyncConnection) -> dict[MessageState, int]:
    """Messages by state; states without any are absent."""
    rows = await conn.execute(
        sa.select(s.messages.c.state, sa.func.count().label("n")).group_by(s.messages.c.state)
    )
    known = frozenset(MessageState)
    return {MessageState(row.state): row.n for row in rows if row.state in known}


async def totals(conn: AsyncConnection) -> Totals:
    """As `counts` in few words, from indexes alone: however many were ever sent.

    A try to make a thread that was not answered is no message that was given up.
    """
    count = sa.select(sa.func.count()).select_from(s.messages)
    waiting = await conn.scalar(count.where(sa.text(s.UNSENT))) or 0
    dead = await conn.scalar(count.where(sa.text(s.DEAD))) or 0
    threads = count.where(sa.text(s.DEAD), s.messages.c.kind == MessageKind.THREAD)
    sent = (await conn.scalar(count) or 0) - waiting - dead
    return Totals(waiting, sent, dead - (await conn.scalar(threads) or 0))
