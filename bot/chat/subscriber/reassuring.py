"""After three days without alerts a chat gets a sign that Vigil still watches."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.chat.services import Services
from bot.chat.text import message
from bot.commands import alarms
from bot.i18n import translator
from bot.model.rendered import Rendered

__all__ = ["AFTER", "reassure"]

log = structlog.get_logger(__name__)

AFTER = timedelta(days=3)


async def reassure(services: Services, now: datetime) -> int:
    """Write to the chats that got nothing for three days; how many. Not in quiet hours.

    Call it every hour or so.

    It names no topic: somebody may see it on a lock screen.
    """
    since = now - AFTER
    if not await alarms.watched(services.backend, since, now):
        return 0
    count = await alarms.reassure(services.backend, since, now, _phrase)
    if count:
        log.info("chats.reassured", chats=count)
    return count


def _phrase(lang: str, read: int, unread: int) -> Rendered:
    t = translator(lang)
    return message(
        t(
            "Still watching: {items}, {sources}.",
            items=t.n("{n} item read", "{n} items read", read),
            sources=t.n("{n} source unread", "{n} sources unread", unread),
        )
    )
