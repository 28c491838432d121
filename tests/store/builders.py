"""Rows for store tests, by one call each. All in one small invented world."""

from __future__ import annotations

import itertools
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import (
    Alert,
    Chat,
    ChatType,
    ItemMatch,
    ParsedItem,
    Source,
    SourceKind,
    Transport,
)
from bot.store import alerts, chats, items, messages, sources, stories

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
    await items.insert_matches(conn, item_id, 1, found)
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
    conn: AsyncConnection, now: datetime, chat: Chat, alert: Alert, item_id: int
) -> alerts.Notice:
    [notice] = await alerts.insert_notices(
        conn, [alerts.NewNotice(chat.id, alert.id, item_id, TOPIC)], now
    )
    return notice


async def add_message(
    conn: AsyncConnection,
    now: datetime,
    chat: Chat,
    lane: messages.Lane = messages.Lane.NORMAL,
) -> int:
    """A queued alert of a new story for the chat; returns the message's id."""
    alert, item_id = await add_alert(conn, now)
    notice = await add_notice(conn, now, chat, alert, item_id)
    [message_id] = await messages.queue_alerts(conn, [notice], now, lane)
    return message_id


async def send(
    conn: AsyncConnection, now: datetime, message_id: int, telegram_message_id: int = 70
) -> None:
    """As the outbox does when all goes well."""
    assert await messages.mark_sending(conn, [message_id], 1) == [message_id]
    message = await messages.get(conn, message_id)
    assert message is not None
    await messages.mark_sent(conn, message_id, telegram_message_id, message.wanted_version, now)
