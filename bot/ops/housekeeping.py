"""Keeps the database from growing for ever: deletes what is over, and measures what is there."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.store import (
    Store,
    albums,
    audit,
    blocked_chats,
    fingerprints,
    message_numbers,
    meta,
    people,
    retention,
    sizes,
)
from bot.stories.relation import CASE_WINDOW, COPY_WINDOW

__all__ = ["Housekeeper"]

log = structlog.get_logger(__name__)

_WALK_EVERY = 3600.0  # seconds
_ALBUMS_KEPT = timedelta(days=31)


class Housekeeper:
    """`step` it every few seconds, `measure` once a day."""

    def __init__(
        self, store: Store, clock: Clock, kept: retention.Kept, *, forget_blocked_days: int = 0
    ) -> None:
        self._store = store
        self._clock = clock
        self._kept = kept
        self._forget_blocked_days = forget_blocked_days
        self._walk: retention.Walk | None = None
        self._walked = float("-inf")

    async def step(self) -> int:
        """Delete a little of what is over, give a little room back; how many rows went.

        Raises StoreError.
        """
        at = self._clock.monotonic()
        if self._walk is None or (self._walk.done and at - self._walked >= _WALK_EVERY):
            async with self._store.read() as conn:
                self._walk, self._walked = await retention.walk(conn), at
        walk = self._walk
        before = walk.after, walk.done
        try:
            async with self._store.write() as conn:
                gone = await retention.step(conn, self._clock.now(), self._kept, walk)
        except BaseException:
            walk.after, walk.done = before  # nothing was deleted
            raise
        async with self._store.write() as conn:
            await retention.vacuum(conn)
        if self._kept.others is not None:
            await asyncio.to_thread(self._store.drop_copies, self._clock.now() - self._kept.others)
        return gone

    async def forget(self) -> None:
        """Delete what has a time of its own: invitations, the journal, who blocked us for long,
        and what later news was compared with.

        Raises StoreError.
        """
        now = self._clock.now()
        async with self._store.write() as conn:
            await people.purge_expired(conn, now)
            await audit.purge(conn, now)
            await message_numbers.purge(conn, now)
            if self._forget_blocked_days:
                await blocked_chats.forget(conn, now, timedelta(days=self._forget_blocked_days))
            await albums.purge(conn, now - _ALBUMS_KEPT)
            await fingerprints.purge(conn, now - COPY_WINDOW, now - CASE_WINDOW)

    async def measure(self) -> None:
        """Note how large each class is, unless that was done today. Raises StoreError."""
        today = self._clock.now().date()
        async with self._store.read() as conn:
            before = sizes.days_of(await meta.get(conn, sizes.SIZES))
            if today.isoformat() in before:
                return
            found = await retention.sizes(conn)
        async with self._store.write() as conn:
            await sizes.note(conn, before, today, found)
        log.info("store.measured", bytes=found["all"])
