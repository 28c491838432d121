"""Rows for store tests, by one call each. All in one small invented world."""

from __future__ import annotations

import itertools
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import (
    Alert,
    Chat,
    ChatType,
    ItemMatch,
    NoticeState,
    ParsedItem,
    Source,
    SourceKind,
    Transport,
)
from bot.store import (
    alerts,
    chats,
    item_matches,
    items,
    message_rows,
    messages,
    notices,
    sources,
    stories,
)
from bot.store import schema as s

TOPIC = "refusal"
_numbers = itertools.count(1)


async def add_source(conn: AsyncConnection, now: datetime, name: str = "pskovpost") -> Source:
    source, _ = await sources.add(
        conn,
        transport=Transport.FEED,
        address=f"https://{name}.example/rss",
        identity=f"https://{name}.example/rss",
        title=name.title(),
        kind=SourceKind.MEDIA,
        lang="ru",
        now=now,
    )
    return source


def post(key: str = "1", title: str = "Отказались ехать", text: str = "") -> ParsedItem:
    return ParsedItem(key=key, title=title, text=text, url=f"https://pskovpost.example/{key}")


def match(
    topic: str = TOPIC,
    filter_key: str = "refusal/base",
    spans: tuple[tuple[str, int, int], ...] = (("title", 0, 10),),
) -> ItemMatch:
    return ItemMatch(topic, filter_key, spans, ("title", 0, 16), army="ru", stage="report")


async def add_item(
    conn: AsyncConnection,
    now: datetime,
    source: Source,
    parsed: ParsedItem | None = None,
    *,
    story_id: int | None = None,
    relation: str = "new",
    found: tuple[ItemMatch, ...] = (match(),),
) -> int:
    if story_id is None:
        story_id = await stories.create(conn, now)
    item_id = await items.insert_item(
        conn,
        source.id,
        parsed or post(str(next(_numbers))),
        seen_at=now,
        story_id=story_id,
        relation=relation,
    )
    await item_matches.insert_matches(conn, item_id, 1, found)
    return item_id


async def add_alert(conn: AsyncConnection, now: datetime) -> tuple[Alert, int]:
    """A new story's alert with its cause; returns it and the item's id."""
    source = await add_source(conn, now)
    item_id = await add_item(conn, now, source)
    item = await items.get(conn, item_id)
    assert item is not None
    assert item.story_id is not None
    alert = await alerts.create(conn, item.story_id, 0, now)
    await alerts.add_cause(conn, alert.id, item_id, now)
    return alert, item_id


async def add_chat(
    conn: AsyncConnection,
    now: datetime,
    telegram_id: int = 1001,
    thread_id: int = 0,
    topics: tuple[str, ...] = (TOPIC,),
) -> Chat:
    type_ = ChatType.PRIVATE if telegram_id > 0 else ChatType.SUPERGROUP
    chat = await chats.ensure(conn, telegram_id, thread_id, type_, now=now)
    for topic in topics:
        await chats.subscribe(conn, chat.id, topic, now)
    return chat


async def add_notice(
    conn: AsyncConnection,
    now: datetime,
    chat: Chat,
    alert: Alert,
    item_id: int,
    state: NoticeState = NoticeState.QUEUED,
    lane: message_rows.SendLane = message_rows.SendLane.NORMAL,
) -> notices.Notice:
    """The chat shall hear of the alert by the item: at once, with a message, or later."""
    offer = notices.Offer(alert.id, item_id, 1, now)
    assert (
        await notices.add_notices(
            conn, offer, notices.NoticeDelivery(TOPIC, state, lane), [chat.id]
        )
        == 1
    )
    query = sa.select(s.notices.c.id).where(
        s.notices.c.chat_id == chat.id, s.notices.c.alert_id == alert.id
    )
    notice = await notices.get_notice(conn, await conn.scalar(query) or 0)
    assert notice is not None
    return notice


def message_of(notice: notices.Notice) -> int:
    """The message that tells it."""
    assert notice.message_id is not None
    return notice.message_id


async def add_message(
    conn: AsyncConnection,
    now: datetime,
    chat: Chat,
    lane: message_rows.SendLane = message_rows.SendLane.NORMAL,
) -> int:
    """A queued alert of a new story for the chat; returns the message's id."""
    alert, item_id = await add_alert(conn, now)
    return message_of(await add_notice(conn, now, chat, alert, item_id, lane=lane))


async def send(
    conn: AsyncConnection, now: datetime, message_id: int, telegram_message_id: int = 70
) -> None:
    """As the outbox does when all goes well."""
    assert await messages.mark_sending(conn, [message_id], 1) == [message_id]
    message = await messages.get(conn, message_id)
    assert message is not None
    await messages.mark_sent(conn, message_id, telegram_message_id, message.wanted_version, now)
