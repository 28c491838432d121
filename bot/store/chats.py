"""Chats that receive, and what they subscribe to.

`telegram_id` is Telegram's number of a chat, `chat_id` ours. A forum topic is a
chat of its own: the same `telegram_id`, another `thread_id` (0: none).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Chat, ChatMode, ChatState, ChatType, Prefs, Subscription, Way
from bot.store import columns, digests, message_numbers, notices, watches
from bot.store import schema as s
from bot.store.rows import chat_of, chunks, insert, prefs_stored, subscription_of
from bot.store.unreadable_rows import readable

__all__ = [
    "by_address",
    "by_telegram_id",
    "channels_without_zone",
    "count_subscribers",
    "counts",
    "ensure",
    "forget",
    "get",
    "get_many",
    "next_pause_over",
    "pause",
    "pauses_over",
    "reassured",
    "resume",
    "set_lang",
    "set_mode",
    "set_prefs",
    "set_state",
    "set_tz",
    "set_ways",
    "subscribe",
    "subscriptions",
    "subscriptions_of",
    "unheard",
    "unsubscribe",
    "update_row",
]

_STATES = frozenset(ChatState)


async def ensure(
    conn: AsyncConnection,
    telegram_id: int,
    thread_id: int,
    type_: ChatType,
    *,
    lang: str = "en",
    tz: str = "UTC",
    mode: ChatMode = ChatMode.NORMAL,
    now: datetime,
) -> Chat:
    """The chat at this address, made with these choices if it is not there yet.

    A known chat keeps its language, zone, mode and state.
    """
    new = insert(conn, s.chats).values(
        telegram_id=telegram_id,
        thread_id=thread_id,
        type=type_,
        lang=lang,
        tz=tz,
        mode=mode,
        created_at=now,
    )
    await conn.execute(new.on_conflict_do_nothing(index_elements=["telegram_id", "thread_id"]))
    chat = await by_address(conn, telegram_id, thread_id)
    assert chat is not None  # just ensured, in this transaction
    return chat


async def get(conn: AsyncConnection, chat_id: int) -> Chat | None:
    """The chat with our id, or None."""
    row = (await conn.execute(sa.select(s.chats).where(s.chats.c.id == chat_id))).one_or_none()
    return chat_of(row) if row else None


async def get_many(conn: AsyncConnection, chat_ids: Collection[int]) -> dict[int, Chat]:
    """These chats by our id; those that are gone are absent."""
    found: dict[int, Chat] = {}
    for chunk in chunks(chat_ids):
        rows = await conn.execute(sa.select(s.chats).where(s.chats.c.id.in_(chunk)))
        found |= {row.id: chat_of(row) for row in rows}
    return found


async def by_address(conn: AsyncConnection, telegram_id: int, thread_id: int = 0) -> Chat | None:
    """The chat at this address, or None."""
    query = sa.select(s.chats).where(
        s.chats.c.telegram_id == telegram_id, s.chats.c.thread_id == thread_id
    )
    row = (await conn.execute(query)).one_or_none()
    return chat_of(row) if row else None


async def by_telegram_id(conn: AsyncConnection, telegram_id: int) -> list[Chat]:
    """All chats of this Telegram chat, its threads too, by thread."""
    query = sa.select(s.chats).where(s.chats.c.telegram_id == telegram_id)
    return [chat_of(row) for row in await conn.execute(query.order_by(s.chats.c.thread_id))]


async def channels_without_zone(conn: AsyncConnection, limit: int) -> list[Chat]:
    """Up to `limit` channels whose zone nobody chose (UTC), newest first."""
    query = sa.select(s.chats).where(s.chats.c.type == ChatType.CHANNEL, s.chats.c.tz == "UTC")
    rows = await conn.execute(query.order_by(s.chats.c.id.desc()).limit(limit))
    return [chat_of(row) for row in rows]


async def set_state(
    conn: AsyncConnection, chat_id: int, state: ChatState, reason: str = ""
) -> bool:
    """Set the state; whether there is such a chat.

    For pausing by a subscriber use `pause` and `resume`: they also hold notices.
    """
    return await update_row(conn, chat_id, state=state, reason=reason)


async def set_mode(conn: AsyncConnection, chat_id: int, mode: ChatMode) -> bool:
    """Choose Quiet or Normal; whether there is such a chat."""
    return await update_row(conn, chat_id, mode=mode)


async def set_lang(conn: AsyncConnection, chat_id: int, lang: str) -> bool:
    """Choose the language; whether there is such a chat."""
    return await update_row(conn, chat_id, lang=lang)


async def set_tz(conn: AsyncConnection, chat_id: int, tz: str) -> bool:
    """Choose the zone by its IANA name; whether there is such a chat."""
    return await update_row(conn, chat_id, tz=tz)


async def set_prefs(conn: AsyncConnection, chat_id: int, prefs: Prefs) -> bool:
    """Choose cap, quiet hours, digest, vanishing; whether there is such a chat.

    What waits for a digest or summary waits as it did: see `digests.reschedule`.
    """
    return await update_row(conn, chat_id, prefs=prefs_stored(prefs))


async def set_ways(
    conn: AsyncConnection, chat_id: int, topic: str, ways: Mapping[str, Way]
) -> None:
    """How loudly the topic comes, by stage ("" for all others), for all narrowings alike."""
    await conn.execute(
        sa.update(s.subscriptions)
        .where(s.subscriptions.c.chat_id == chat_id, s.subscriptions.c.topic == topic)
        .values(ways={stage: str(way) for stage, way in ways.items()})
    )


async def pause(
    conn: AsyncConnection, chat_id: int, now: datetime, until: datetime | None = None
) -> int:
    """Send the chat nothing until `resume`; returns how many waiting notices are held.

    `until` is when somebody shall call `resume` (see `pauses_over`). Repeating it
    keeps the time of the first pause and takes the new `until`.
    """
    await update_row(
        conn,
        chat_id,
        state=ChatState.PAUSED,
        paused_at=sa.func.coalesce(s.chats.c.paused_at, sa.literal(now, columns.UtcDateTime)),
        paused_until=until,
    )
    return await notices.hold_notices(conn, chat_id)


async def resume(conn: AsyncConnection, chat_id: int, now: datetime) -> int:
    """End the pause: what was held comes now, as one summary.

    A digest that has come due meanwhile comes with it. Returns how many stories that is.
    """
    await update_row(
        conn, chat_id, state=ChatState.ACTIVE, paused_at=None, paused_until=None, reason=""
    )
    await digests.hold_until(conn, now, [chat_id])
    return await digests.waiting(conn, chat_id, now)


async def pauses_over(conn: AsyncConnection, now: datetime) -> list[Chat]:
    """Paused chats whose `paused_until` has come, by id."""
    query = sa.select(s.chats).where(
        s.chats.c.state == ChatState.PAUSED, s.chats.c.paused_until <= now
    )
    return [chat_of(row) for row in await conn.execute(query.order_by(s.chats.c.id))]


async def next_pause_over(conn: AsyncConnection) -> datetime | None:
    """When the first pause ends by itself, possibly past; None: none does."""
    query = sa.select(s.chats.c.paused_until).where(
        s.chats.c.state == ChatState.PAUSED, s.chats.c.paused_until.is_not(None)
    )
    when: datetime | None = await conn.scalar(query.order_by(s.chats.c.paused_until).limit(1))
    return when


async def subscribe(
    conn: AsyncConnection,
    chat_id: int,
    topic: str,
    now: datetime,
    *,
    narrowing: str = "",
    armies: Collection[str] = (),
    stages: Collection[str] = (),
    ways: Mapping[str, Way] | None = None,
) -> Subscription:
    """The chat wants the topic. Repeating it replaces armies and stages, and `ways` if given.

    The same topic with another `narrowing` is another subscription.
    """
    new = insert(conn, s.subscriptions).values(
        chat_id=chat_id,
        topic=topic,
        narrowing=narrowing,
        armies=list(armies),
        stages=list(stages),
        ways={stage: str(way) for stage, way in (ways or {}).items()},
        created_at=now,
    )
    changed = {"armies": new.excluded.armies, "stages": new.excluded.stages}
    statement = new.on_conflict_do_update(
        index_elements=["chat_id", "topic", "narrowing"],
        set_=changed if ways is None else changed | {"ways": new.excluded.ways},
    )
    row = (await conn.execute(statement.returning(s.subscriptions))).one()
    return subscription_of(row)


async def unsubscribe(
    conn: AsyncConnection, chat_id: int, topic: str, narrowing: str | None = None
) -> int:
    """End the chat's subscriptions to the topic; returns how many there were.

    With a `narrowing`, only that one.
    """
    where = [s.subscriptions.c.chat_id == chat_id, s.subscriptions.c.topic == topic]
    if narrowing is not None:
        where.append(s.subscriptions.c.narrowing == narrowing)
    return (await conn.execute(sa.delete(s.subscriptions).where(*where))).rowcount


async def subscriptions(conn: AsyncConnection, chat_id: int | None = None) -> list[Subscription]:
    """The chat's subscriptions by topic; without a chat, everybody's."""
    query = sa.select(s.subscriptions).order_by(
        s.subscriptions.c.chat_id, s.subscriptions.c.topic, s.subscriptions.c.id
    )
    if chat_id is not None:
        query = query.where(s.subscriptions.c.chat_id == chat_id)
    return readable(await conn.execute(query), subscription_of, "subscriptions")


async def subscriptions_of(
    conn: AsyncConnection, chat_ids: Collection[int]
) -> dict[int, list[Subscription]]:
    """As `subscriptions`, by chat, of many in one go; a chat without any is absent."""
    c, found = s.subscriptions.c, defaultdict[int, list[Subscription]](list)
    for chunk in chunks(chat_ids):
        query = sa.select(s.subscriptions).where(c.chat_id.in_(chunk))
        rows = await conn.execute(query.order_by(c.chat_id, c.topic, c.id))
        for each in readable(rows, subscription_of, "subscriptions"):
            found[each.chat_id].append(each)
    return dict(found)


async def count_subscribers(conn: AsyncConnection, topic: str) -> int:
    """How many chats, blocked ones excepted, subscribe to the topic."""
    query = (
        sa.select(sa.func.count(sa.distinct(s.subscriptions.c.chat_id)))
        .join(s.chats, s.chats.c.id == s.subscriptions.c.chat_id)
        .where(s.subscriptions.c.topic == topic, s.chats.c.state != ChatState.BLOCKED)
    )
    return await conn.scalar(query) or 0


async def counts(conn: AsyncConnection) -> dict[ChatState, int]:
    """Chats by state; states without any are absent."""
    rows = await conn.execute(
        sa.select(s.chats.c.state, sa.func.count().label("n")).group_by(s.chats.c.state)
    )
    return {ChatState(row.state): row.n for row in rows if row.state in _STATES}


async def unheard(conn: AsyncConnection, since: datetime, limit: int) -> list[Chat]:
    """Up to `limit` active chats, subscribed at `since`, that have had no message after it.

    Neither an alert, at once or later, nor that nothing happened. No channels: their
    readers did not ask.
    """
    c, n = s.chats.c, s.notices.c
    subscribed = sa.exists().where(
        s.subscriptions.c.chat_id == c.id, s.subscriptions.c.created_at <= since
    )
    heard = sa.exists().where(n.chat_id == c.id, n.created_at > since)
    rows = await conn.execute(
        sa.select(s.chats)
        .where(
            c.state == ChatState.ACTIVE,
            c.type != ChatType.CHANNEL,
            c.created_at <= since,
            c.reassured_at.is_(None) | (c.reassured_at <= since),
            subscribed,
            ~heard,
        )
        .order_by(c.id)
        .limit(limit)
    )
    return [chat_of(row) for row in rows]


async def reassured(conn: AsyncConnection, chat_id: int, now: datetime) -> None:
    """Record that the chat got "Still watching" at `now`."""
    await conn.execute(sa.update(s.chats).where(s.chats.c.id == chat_id).values(reassured_at=now))


async def forget(conn: AsyncConnection, chat_id: int) -> None:
    """Delete the chat with its subscriptions, notices, messages and drafts.

    Nothing that names it stays in the tables (what a person may do is kept by
    `people`). Messages stay where Telegram shows them. Repeating it does nothing.
    """
    chat = await get(conn, chat_id)
    if chat is None:
        return
    await watches.end_all(conn, chat_id)
    theirs = (s.notices, s.messages, s.subscriptions, s.follows, s.splits, s.mutes, s.audit)
    for table in theirs:
        await conn.execute(sa.delete(table).where(table.c.chat_id == chat_id))
    await conn.execute(
        sa.update(s.pagings)
        .where(s.pagings.c.chat_id == chat.address.chat_id)
        .values(chat_id=None, message_id=None)
    )
    await conn.execute(
        sa.delete(s.drafts).where(s.drafts.c.telegram_chat_id == chat.address.chat_id)
    )
    await message_numbers.forget(conn, chat.address.chat_id)
    await conn.execute(sa.delete(s.chats).where(s.chats.c.id == chat_id))


async def update_row(conn: AsyncConnection, chat_id: int, **values: Any) -> bool:
    changed = await conn.execute(sa.update(s.chats).where(s.chats.c.id == chat_id).values(**values))
    return changed.rowcount > 0
