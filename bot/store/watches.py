"""Own words of a chat: each a filter, a topic and a subscription that nobody else has.

What a subscriber looks for may put them at risk. So an ended watch leaves nothing: neither its
words nor what they found, and no history of what they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.model import PRIVATE_TOPIC
from bot.store import meta
from bot.store import schema as s
from bot.store.connection import Connection
from bot.store.filters import FilterState, Origin

__all__ = ["Watch", "add", "end", "end_all", "get", "of_chat", "set_expression", "set_paused"]

_KEY: Final = "w"


@dataclass(frozen=True, slots=True)
class Watch:
    """One chat's words, in the filter language. `id` is that of their filter."""

    id: int
    chat_id: int
    expression: str
    paused: bool
    created_at: datetime

    @property
    def topic(self) -> str:
        """The topic of its alerts."""
        return f"{PRIVATE_TOPIC}{self.id}"


async def add(conn: Connection, chat_id: int, expression: str, now: datetime) -> Watch:
    """New words of the chat, which is subscribed to them. The expression must have been parsed."""
    waiting = f"new:{await meta.bump_generation(conn)}"
    new = sa.insert(s.filters).values(
        key=waiting, topic="", expression=expression, origin=Origin.WATCH, created_at=now
    )
    number: int = (await conn.execute(new.returning(s.filters.c.id))).scalar_one()
    watch = Watch(number, chat_id, expression, paused=False, created_at=now)
    await conn.execute(
        sa.update(s.filters)
        .where(s.filters.c.id == number)
        .values(key=f"{_KEY}{number}", topic=watch.topic)
    )
    await conn.execute(sa.insert(s.watches).values(filter_id=number, chat_id=chat_id))
    await conn.execute(
        sa.insert(s.subscriptions).values(chat_id=chat_id, topic=watch.topic, created_at=now)
    )
    return watch


async def of_chat(conn: Connection, chat_id: int) -> list[Watch]:
    """The chat's words, the oldest first."""
    query = _query().where(s.watches.c.chat_id == chat_id).order_by(s.filters.c.id)
    return [_watch_of(row) for row in await conn.execute(query)]


async def get(conn: Connection, chat_id: int, number: int) -> Watch | None:
    """These words, if they are the chat's."""
    query = _query().where(s.watches.c.chat_id == chat_id, s.watches.c.filter_id == number)
    row = (await conn.execute(query)).one_or_none()
    return _watch_of(row) if row else None


async def set_expression(conn: Connection, number: int, expression: str) -> None:
    """Other words in the same place; what the old ones found is forgotten."""
    await _forget_matches(conn, number)
    await conn.execute(
        sa.update(s.filters).where(s.filters.c.id == number).values(expression=expression)
    )
    await meta.bump_generation(conn)


async def set_paused(conn: Connection, number: int, paused: bool) -> None:
    """Stop looking for the words, or go on."""
    state = FilterState.OFF if paused else FilterState.ACTIVE
    await conn.execute(sa.update(s.filters).where(s.filters.c.id == number).values(state=state))
    await meta.bump_generation(conn)


async def end(conn: Connection, watch: Watch) -> None:
    """Delete the words and their finds. The alerts stay in the chat."""
    await _forget_matches(conn, watch.id)
    await conn.execute(sa.delete(s.subscriptions).where(s.subscriptions.c.topic == watch.topic))
    await conn.execute(sa.delete(s.watches).where(s.watches.c.filter_id == watch.id))
    await conn.execute(sa.delete(s.filters).where(s.filters.c.id == watch.id))
    await meta.bump_generation(conn)


async def end_all(conn: Connection, chat_id: int) -> None:
    """Forget all words of a chat that is about to be forgotten."""
    for each in await of_chat(conn, chat_id):
        await end(conn, each)


async def _forget_matches(conn: Connection, number: int) -> None:
    key = f"{_KEY}{number}"
    await conn.execute(sa.delete(s.matches).where(s.matches.c.filter_key == key))
    await conn.execute(sa.delete(s.feedback).where(s.feedback.c.filter_key == key))


def _query() -> sa.Select[Any]:
    f = s.filters.c
    return sa.select(
        s.watches.c.filter_id, s.watches.c.chat_id, f.expression, f.state, f.created_at
    ).join_from(s.watches, s.filters, f.id == s.watches.c.filter_id)


def _watch_of(row: sa.Row[Any]) -> Watch:
    paused = row.state != FilterState.ACTIVE
    return Watch(row.filter_id, row.chat_id, row.expression, paused, row.created_at)
