"""After three days without alerts a chat hears that it is still being watched for."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.alerts.volume import quiet_until
from bot.chat.services import Services
from bot.i18n import translator
from bot.store import alerts, chats, digests, items, messages, meta
from bot.store.messages import Lane

__all__ = ["AFTER", "reassure"]

log = structlog.get_logger(__name__)

AFTER = timedelta(days=3)
_MOST = 5_000
_LAST, _SINCE = "watched_at", "watching_since"  # of `meta`
_BREAK = timedelta(hours=12)


async def _watched(services: Services, since: datetime, now: datetime) -> bool:
    """Whether sources were watched without a break from `since` until now; notes that they are.

    After days offline nobody may say that nothing happened.
    """
    async with services.store.write() as conn:
        last, begun = await meta.get(conn, _LAST), await meta.get(conn, _SINCE)
        if not (last and begun) or now - datetime.fromisoformat(last) > _BREAK:
            begun = now.isoformat()
            await meta.set_value(conn, _SINCE, begun)
        await meta.set_value(conn, _LAST, now.isoformat())
    return datetime.fromisoformat(begun) <= since


async def reassure(services: Services, now: datetime) -> int:
    """Tell the chats that have heard nothing for three days; how many. Not in quiet hours.

    Call it every hour or so.

    Nothing in it says what is watched for: it may be seen on a lock screen.
    """
    since = now - AFTER
    if not await _watched(services, since, now):
        return 0
    async with services.store.read() as conn:
        found = await chats.unheard(conn, since, _MOST)
        if not found or await alerts.open_causes(conn, 1):
            return 0  # somebody may be about to hear
        read = sum((await items.count_by_source(conn, since)).values())
        unread = await digests.unread(conn)
    count = 0
    async with services.store.write() as conn:
        for chat in found:
            if quiet_until(chat.prefs, chat.tz, now) is not None:
                continue
            t = translator(chat.lang)
            body = t(
                "Still watching: {items}, {sources}.",
                items=t.n("{n} item read", "{n} items read", read),
                sources=t.n(
                    "{n} source unread", "{n} sources unread", unread.sources if unread else 0
                ),
            )
            await messages.queue_plain(conn, chat.id, body, now, Lane.BULK, silent=True)
            await chats.reassured(conn, chat.id, now)
            count += 1
    if count:
        services.wake_delivery()
        log.info("chats.reassured", chats=count)
    return count
