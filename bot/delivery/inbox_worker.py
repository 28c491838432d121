"""Handles what the receiver has kept: channel posts and membership changes, in Telegram's order.

An update stays pending until its handling has been committed, so a crash repeats it; handling
must bear repetition (item keys and unique notices do). One that fails is tried again, and what
came later about the same post or chat waits for it: an old change must not undo a newer one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.botapi.updates import Unreadable
from bot.clock import Clock
from bot.errors import StoreError
from bot.ops.failures import log_failure
from bot.store import Store, inbox, meta
from bot.store.inbox import InboxEntry
from bot.store.transient import passes

__all__ = ["InboxWorker"]

log = structlog.get_logger(__name__)

_BATCH = 100
_STORE_WAIT = timedelta(seconds=2)
_IDLE_POLL = timedelta(seconds=60)


class InboxWorker:
    """`handle` is given one entry; what it raises is counted against that entry alone.

    An entry that it finds Unreadable goes to `on_unreadable` and is not tried again.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        handle: Callable[[InboxEntry], Awaitable[None]],
        on_unreadable: Callable[[Mapping[str, int]], Awaitable[None]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._handle = handle
        self._on_unreadable = on_unreadable
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something was kept."""
        self._woken.set()

    async def run(self) -> None:
        """Handle until cancelled."""
        while True:
            self._woken.clear()
            again = await self.step(self._clock.now())
            await self._nap(again or self._clock.now() + _IDLE_POLL)

    async def step(self, now: datetime) -> datetime | None:
        """Handle all that is pending; when to come again if something failed, else None."""
        again: datetime | None = None
        tried: set[int] = set()
        waiting: set[object] = set()  # what an earlier update that failed was about
        while True:
            try:
                async with self._store.read() as conn:
                    entries = await inbox.pending(conn, _BATCH + len(tried))
                fresh = [e for e in entries if e.update_id not in tried]
                if not fresh:
                    return again
                for entry in fresh:
                    tried.add(entry.update_id)
                    about = _about(entry)
                    if about in waiting or not await self._one(entry, now):
                        waiting.add(about)
                        again = now + _STORE_WAIT
            except StoreError as error:
                log_failure(log, "inbox.store_failed", error)
                return now + _STORE_WAIT

    async def _one(self, entry: InboxEntry, now: datetime) -> bool:
        try:
            await self._handle(entry)
        except Unreadable as error:
            await self._on_unreadable({error.form: 1})
        except Exception as error:
            if isinstance(error, StoreError) and passes(error):
                raise
            # Frames name the place; the update's text and people stay out of the log.
            log.error(
                "inbox.failed", update=entry.update_id, kind=entry.kind, error=type(error).__name__
            )
            async with self._store.write() as conn:
                await inbox.failed(conn, entry.update_id, type(error).__name__)
                await meta.bump(conn, "inbox_failed")
            return False
        async with self._store.write() as conn:
            await inbox.done(conn, entry.update_id, now)
        return True

    async def _nap(self, until: datetime) -> None:
        waits: set[asyncio.Future[object]] = {
            asyncio.ensure_future(self._woken.wait()),
            asyncio.ensure_future(self._clock.sleep_until(until)),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


def _about(entry: InboxEntry) -> object:
    """The post or chat that an update changes."""
    change = entry.payload.get(entry.kind)
    if not isinstance(change, Mapping):
        return entry.update_id
    chat, number = change.get("chat"), change.get("message_id")
    chat_id = chat.get("id") if isinstance(chat, Mapping) else None
    if not isinstance(chat_id, int) or not isinstance(number, int | None):
        return entry.update_id
    return chat_id, number
