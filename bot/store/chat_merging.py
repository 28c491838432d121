"""Two chats that become one: a group that became a supergroup, under another number."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import ChatType, MessageState, NoticeState
from bot.store import schema as s
from bot.store.chats import by_address, by_telegram_id, subscriptions, update_row

__all__ = ["migrate"]


async def migrate(conn: AsyncConnection, old_telegram_id: int, new_telegram_id: int) -> None:
    """The group became a supergroup with another number: follow it, threads too.

    Where both are known they become one: subscriptions are joined, and of two
    notices of one alert the further one stays (told, then queued, held,
    withdrawn). Messages already shown stay behind with the old group and are
    never edited or deleted again. Repeating it does nothing.
    """
    for old in await by_telegram_id(conn, old_telegram_id):
        await _leave_shown_messages(conn, old.id)
        new = await by_address(conn, new_telegram_id, old.address.thread_id)
        if new is None:
            await update_row(conn, old.id, telegram_id=new_telegram_id, type=ChatType.SUPERGROUP)
        else:
            await _merge(conn, old.id, new.id)


_FURTHEST_FIRST = (
    NoticeState.TOLD,
    NoticeState.QUEUED,
    NoticeState.HELD,
    NoticeState.DIGEST,
    NoticeState.WITHDRAWN,
)


async def _leave_shown_messages(conn: AsyncConnection, chat_id: int) -> None:
    await conn.execute(
        sa.update(s.messages)
        .where(s.messages.c.chat_id == chat_id, s.messages.c.state == MessageState.SENT)
        .values(telegram_message_id=None, fold_at=None, delete_at=None)
    )


async def _merge(conn: AsyncConnection, old_id: int, new_id: int) -> None:
    await _drop_doubled_notices(conn, old_id, new_id)
    have = {(sub.topic, sub.narrowing) for sub in await subscriptions(conn, new_id)}
    for sub in await subscriptions(conn, old_id):
        if (sub.topic, sub.narrowing) in have:
            await conn.execute(sa.delete(s.subscriptions).where(s.subscriptions.c.id == sub.id))
    await _drop_doubled_choices(conn, old_id, new_id)
    moved = (s.notices, s.messages, s.subscriptions, s.follows, s.splits, s.audit, s.watches)
    for table in (*moved, s.mutes):
        await conn.execute(sa.update(table).where(table.c.chat_id == old_id).values(chat_id=new_id))
    await conn.execute(sa.delete(s.chats).where(s.chats.c.id == old_id))


async def _drop_doubled_choices(conn: AsyncConnection, old_id: int, new_id: int) -> None:
    """What both chats follow or have split needs one row."""
    for table, key in (
        (s.follows, (s.follows.c.story_id,)),
        (s.splits, (s.splits.c.item_id, s.splits.c.story_id)),
        (s.mutes, (s.mutes.c.kind, s.mutes.c.target_id)),
    ):
        have = sa.select(*key).where(table.c.chat_id == new_id)
        mine = sa.tuple_(*key) if len(key) > 1 else key[0]
        await conn.execute(sa.delete(table).where(table.c.chat_id == old_id, mine.in_(have)))


async def _drop_doubled_notices(conn: AsyncConnection, old_id: int, new_id: int) -> None:
    """Of two notices of one alert keep the further one, and no message without notices."""
    mine, theirs = s.notices.alias("mine"), s.notices.alias("theirs")
    pairs = await conn.execute(
        sa.select(
            mine.c.id.label("old"),
            mine.c.state.label("old_state"),
            mine.c.message_id.label("old_message"),
            theirs.c.id.label("new"),
            theirs.c.state.label("new_state"),
            theirs.c.message_id.label("new_message"),
        )
        .join(theirs, theirs.c.alert_id == mine.c.alert_id)
        .where(mine.c.chat_id == old_id, theirs.c.chat_id == new_id)
    )
    emptied: set[int] = set()
    for pair in pairs.all():
        old_is_further = _FURTHEST_FIRST.index(pair.old_state) < _FURTHEST_FIRST.index(
            pair.new_state
        )
        lesser = ("new", "new_message") if old_is_further else ("old", "old_message")
        notice_id, message_id = (pair._mapping[name] for name in lesser)
        await conn.execute(sa.delete(s.notices).where(s.notices.c.id == notice_id))
        if message_id is not None:
            emptied.add(message_id)
    for message_id in emptied:
        left = sa.exists().where(s.notices.c.message_id == message_id)
        await conn.execute(
            sa.delete(s.messages).where(
                s.messages.c.id == message_id, s.messages.c.state != MessageState.SENT, ~left
            )
        )
