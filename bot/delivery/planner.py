"""Digests and summaries whose time has come become messages."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.hours import quiet_until
from bot.model import ChatMode, DigestEvery
from bot.store import Store, digests

__all__ = ["Planner"]

log = structlog.get_logger(__name__)

_BATCH = 200


class Planner:
    """See the module. With `charts` a weekly digest brings its picture."""

    def __init__(self, store: Store, *, charts: bool = False) -> None:
        self._store = store
        self._charts = charts
        self.due: datetime | None = None
        """When something will next be due, as last read."""

    async def step(self, now: datetime) -> bool:
        """Queue a batch of what is due; whether there was any. Raises StoreError.

        A message and the notices it tells are one transaction: a crash repeats or loses none.
        """
        async with self._store.read() as conn:
            found = await digests.due(conn, now, _BATCH)
            self.due = await digests.next_due(conn)
        if not found:
            return False
        async with self._store.write() as conn:
            for each in found:
                chat = each.chat
                # What was held would have rung; a digest of every hour need not.
                silent = not each.summary and (
                    chat.prefs.digest is DigestEvery.HOURLY
                    or quiet_until(chat.prefs, chat.tz, now) is not None
                )
                made = await digests.queue(conn, each, now, silent=silent)
                weekly = each.digest and chat.prefs.digest is DigestEvery.WEEKLY
                # A picture shows its topics: not in a chat that hides them.
                if made and weekly and self._charts and chat.mode is ChatMode.NORMAL:
                    await digests.queue_chart(conn, chat.id, now)
        log.info("digests.queued", chats=len(found))
        return True
