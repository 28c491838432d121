"""Reads the sources whose time has come and hands what they say to the pipeline.

One source never waits for another: each is read in a task of its own, at most
`at_once` at a time, and whatever goes wrong with one is written to its row.
Nobody disables a source but a person or the source itself (410).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import SourceError, SourceGone, StoreError
from bot.model import ParsedItem, Source, SourceState
from bot.pipeline import Ingested, Pipeline
from bot.previews import PreviewPage
from bot.store import Store, meta, sources
from bot.store.sources import FetchRecord
from bot.watching import Watch

__all__ = ["Poller", "Reading", "SourceReader"]

log = structlog.get_logger(__name__)

_AGAIN_AFTER_BUG = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one visit to a source gave: items, oldest first, and what to remember."""

    record: FetchRecord
    items: Sequence[ParsedItem] = field(default=())
    telegram_id: int | None = None  # a channel's stable id, once seen
    page: PreviewPage | None = None  # of a channel: what else it proves


class SourceReader(Protocol):
    """Fetches and parses one source: all network and no database."""

    async def read(self, source: Source, now: datetime) -> Reading:
        """Visit the source. Raises SourceError, its `key` fit to be shown."""
        ...

    def next_after_failure(self, source: Source, now: datetime, error: SourceError) -> datetime:
        """When to try again a source that has just failed once more."""
        ...


class Poller:
    """See the module. `step` is for tests and one-shot runs, `tick` for the ticker.

    `on_gone` is called in the transaction that stops a source which says that it is gone,
    `on_moved` after one has been read at another address that is kept, `on_unread` with how
    many blocks of a channel's page could not be read, of how many.
    """

    def __init__(
        self,
        store: Store,
        reader: SourceReader,
        pipeline: Pipeline,
        clock: Clock,
        *,
        at_once: int = 16,
        on_gone: Callable[[AsyncConnection, Source], Awaitable[None]] | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._store = store
        self._reader = reader
        self._pipeline = pipeline
        self._clock = clock
        self._at_once = at_once
        self.on_gone = on_gone
        self.on_moved: Callable[[Source, str], Awaitable[None]] | None = None
        self.on_unread: Callable[[Source, int, int], Awaitable[None]] | None = None
        self._whole: set[int] = set()  # channels whose pages were last read to the last block
        self._watch = watch
        self._running: dict[int, asyncio.Task[Ingested | None]] = {}
        self._closed = False

    async def tick(self) -> None:
        """Begin to read what is due and not being read; does not wait for it."""
        now = self._clock.now()
        free = self._at_once - len(self._running)
        if free <= 0:
            return
        async with self._store.read() as conn:
            due = await sources.due(conn, now, free + len(self._running))
        if self._closed:
            return
        for source in [s for s in due if s.id not in self._running][:free]:
            task = asyncio.create_task(self._poll(source), name=f"poll-{source.id}")
            self._running[source.id] = task
            task.add_done_callback(partial(self._finished, source.id))

    def _finished(self, source_id: int, _: object) -> None:
        self._running.pop(source_id, None)

    async def step(self, now: datetime) -> datetime | None:
        """Read all that is due at `now`, to the end; when the next one is due."""
        while True:
            await self.tick()
            if not self._running:
                break
            await asyncio.wait(list(self._running.values()))
        async with self._store.read() as conn:
            return await sources.next_due(conn)

    async def read_now(self, source: Source) -> Ingested | None:
        """Read one source at once, due or not; None when it failed (see its row)."""
        if (task := self._running.get(source.id)) is not None:
            return await asyncio.shield(task)
        return await self._poll(source)

    async def close(self) -> None:
        """Stop reading, for good; what was committed stays, the rest is read again."""
        self._closed = True
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _poll(self, source: Source) -> Ingested | None:
        started = self._clock.now()
        try:
            reading = await self._reader.read(source, started)
            done = await self._pipeline.ingest(
                source, reading.items, reading.record, self._clock.now()
            )
            if reading.telegram_id not in (None, source.telegram_id):
                await self._learn_id(source, reading.telegram_id)
            if reading.page is not None and self._watch is not None:
                await self._watch.noted(source, reading.page)
                await self._blocks(source, reading.page)
            if reading.record.address and self.on_moved is not None:
                await self.on_moved(source, reading.record.address)
        except SourceError as error:
            await self._failed(source, error)
        except StoreError:
            # Nothing was committed: the source is still due and comes again.
            log.exception("poll.store_failed", source=source.id)
            await self._postpone(source)
        except Exception as error:
            log.exception("poll.bug", source=source.id)
            await self._failed(
                source, SourceError("An error in Vigil: {name}", name=type(error).__name__)
            )
        else:
            log.info(
                "poll.finished",
                source=source.id,
                read=done.read,
                new=done.new,
                revised=done.revised,
                matched=done.matched,
                alerts=done.alerts,
                joined=done.joined,
                archived=done.archived,
            )
            return done
        return None

    async def _blocks(self, source: Source, page: PreviewPage) -> None:
        """Say of a page how much of it could not be read; that all of it can, once after that."""
        unread = page.shown.unread
        if self.on_unread is None or (not unread and source.id in self._whole):
            return
        await self.on_unread(source, unread, len(page.shown.posts) + unread)
        (self._whole.discard if unread else self._whole.add)(source.id)

    async def _failed(self, source: Source, error: SourceError) -> None:
        now = self._clock.now()
        log.warning("poll.failed", source=source.id, error=error.key, failures=source.failures + 1)
        record = FetchRecord(
            at=now,
            next_due=self._reader.next_after_failure(source, now, error),
            error=error.key,
            error_values={name: _plain(value) for name, value in error.values.items()},
        )
        try:
            async with self._store.write() as conn:
                await sources.record_fetch(conn, source.id, record)
                await meta.bump(conn, "polls_failed")
                if isinstance(error, SourceGone):
                    await self._gone(conn, source, now)
        except StoreError:
            log.exception("poll.store_failed", source=source.id)

    async def _gone(self, conn: AsyncConnection, source: Source, now: datetime) -> None:
        """It is not asked again until a person says so; unless one has decided meanwhile."""
        current = await sources.get(conn, source.id)
        if current is None or current.state is not SourceState.ACTIVE:
            return
        await sources.set_state(conn, source.id, SourceState.GONE, now)
        if self.on_gone is not None:
            await self.on_gone(conn, current)

    async def _postpone(self, source: Source) -> None:
        try:
            async with self._store.write() as conn:
                await sources.set_due(conn, source.id, self._clock.now() + _AGAIN_AFTER_BUG)
        except StoreError:
            log.exception("poll.store_failed", source=source.id)

    async def _learn_id(self, source: Source, telegram_id: int | None) -> None:
        if telegram_id is None:
            return
        async with self._store.write() as conn:
            await sources.set_telegram_id(conn, source.id, telegram_id)


def _plain(value: object) -> object:
    """JSON takes few types."""
    return value if isinstance(value, int | float | str | bool) else str(value)
