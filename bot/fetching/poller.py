"""Reads the sources whose time has come and hands what they say to the pipeline.

One source never waits for another: each is read in a task of its own, the most overdue
first, few of one host and many in all at a time (`bot.sources.lanes`), and whatever goes wrong with
one is written to its row. Nobody disables a source but a person or the source itself (410).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from bot.clock import Clock
from bot.errors import SourceError, SourceGone, StoreError
from bot.fetching.events import SourceEvents
from bot.fetching.recheck import Recheck
from bot.ingest.pipeline import Ingested, Pipeline
from bot.ingest.recorder import Recorder
from bot.model import ParsedItem, Source, SourceState
from bot.ops.failures import log_failure
from bot.sources.lanes import HostLane, Lanes
from bot.sources.previews import PreviewPage
from bot.store import Store, sources, visits
from bot.store.connection import Connection
from bot.store.visits import DueSource, FetchRecord

__all__ = ["Poller", "SourceReader", "Visit"]

log = structlog.get_logger(__name__)

_AGAIN_AFTER_BUG = timedelta(minutes=10)
# Visits with new items: while this many are being stored, no others begin.
_STORED_AT_ONCE = 6


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit to a source gave: items, oldest first, and what to remember.

    `learn` gives what to remember once it is known which items are new: those with these keys.
    """

    record: FetchRecord
    items: Sequence[ParsedItem] = field(default=())
    telegram_id: int | None = None  # a channel's stable id, once seen
    page: PreviewPage | None = None  # of a channel: what else it proves
    learn: Callable[[Collection[str]], FetchRecord] | None = None


class SourceReader(Protocol):
    """Fetches and parses one source: all network and no database."""

    async def read(self, source: Source, now: datetime) -> Visit:
        """Visit the source. Raises SourceError, its `key` fit to be shown."""
        ...

    def next_after_failure(self, source: Source, now: datetime, error: SourceError) -> datetime:
        """When to try again a source that has just failed once more."""
        ...

    def lane(self, due: DueSource) -> HostLane:
        """Which other sources it shares a server with, and how many of them at once."""
        ...


class Poller:
    """See the module. `step` is for tests and one-shot runs, `tick` for the ticker.

    What happens to sources it says by `events`.
    """

    def __init__(
        self,
        store: Store,
        reader: SourceReader,
        pipeline: Pipeline,
        clock: Clock,
        *,
        recorder: Recorder | None = None,
        at_once: int = 64,
        events: SourceEvents | None = None,
        recheck: Recheck | None = None,
    ) -> None:
        self._store = store
        self._reader = reader
        self._pipeline = pipeline
        self._clock = clock
        self._recorder = recorder or Recorder(store, clock)
        self._events = events or SourceEvents()
        self._whole: set[int] = set()  # channels whose pages were last read to the last block
        self._recheck = recheck
        self._lanes = Lanes(at_once)
        self._running: dict[int, asyncio.Task[Ingested | None]] = {}
        self._storing = 0
        self._letting_in: asyncio.Task[None] | None = None
        self._closed = False

    async def tick(self) -> None:
        """Begin to read what is due and not being read; does not wait for it."""
        now = self._clock.now()
        due = await self._store.read_at_once(partial(visits.due, now=now))
        self._lanes.line_up(((each.id, self._reader.lane(each)) for each in due), self._running)
        if self._letting_in is None:
            await self._let_in()

    async def _let_in(self) -> None:
        """Start those that wait and may be read. Raises StoreError."""
        while not self._closed and self._storing < _STORED_AT_ONCE:
            ids = self._lanes.enter()
            if not ids:
                return
            try:
                found = await self._store.read_at_once(partial(sources.many, source_ids=ids))
            except BaseException:
                for each in ids:
                    self._lanes.leave(each)
                raise
            now = self._clock.now()
            for each in ids:
                source = found.get(each)
                # Somebody may have had it read just now, by a command.
                if source and _waits(source, now) and not (self._closed or each in self._running):
                    self._start(source)
                else:
                    self._lanes.leave(each)

    def _start(self, source: Source) -> None:
        task = asyncio.create_task(self._poll(source), name=f"poll-{source.id}")
        self._running[source.id] = task
        task.add_done_callback(partial(self._finished, source.id))

    def _finished(self, source_id: int, _: object) -> None:
        self._running.pop(source_id, None)
        self._leave(source_id, None)

    def _leave(self, source_id: int, seconds: float | None) -> None:
        """Its place is free: a waiting source gets it without waiting for the next tick."""
        self._lanes.leave(source_id, seconds or 0.0)
        if self._letting_in is None and not self._closed and self._lanes.waiting:
            self._letting_in = asyncio.create_task(self._let_others_in(), name="let-in")

    async def _let_others_in(self) -> None:
        try:
            await self._let_in()
        except StoreError as error:
            log_failure(log, "poll.store_failed", error)  # the next tick tries again
        finally:
            self._letting_in = None

    async def step(self, now: datetime) -> datetime | None:
        """Read all that is due at `now`, to the end; when the next one is due."""
        while True:
            await self.tick()
            tasks = [*self._running.values(), *filter(None, [self._letting_in])]
            if not tasks:
                break
            await asyncio.wait(tasks)
        async with self._store.read() as conn:
            return await visits.next_due(conn)

    async def read_now(self, source: Source) -> Ingested | None:
        """Read one source at once, due or not; None when it failed (see its row)."""
        if (task := self._running.get(source.id)) is None:
            self._start(source)
            task = self._running[source.id]
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Stop reading, for good; what was committed stays, the rest is read again."""
        self._closed = True
        tasks = [*self._running.values(), *filter(None, [self._letting_in])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._recorder.close()

    async def _poll(self, source: Source) -> Ingested | None:
        started = self._clock.now()
        try:
            with self._recorder.expecting():
                began = self._clock.monotonic()
                try:
                    reading = await self._reader.read(source, started)
                finally:
                    took = self._clock.monotonic() - began
            if not reading.items:
                self._leave(source.id, took)
            done = await self._store_reading(source, reading)
            if reading.telegram_id not in (None, source.telegram_id):
                await self._learn_id(source, reading.telegram_id)
            if reading.page is not None and self._recheck is not None:
                await self._recheck.noted(source, reading.page)
                await self._blocks(source, reading.page)
            if done.new:
                await self._events.brought(source)
            if reading.record.address:
                await self._events.moved(source, reading.record.address)
        except SourceError as error:
            self._leave(source.id, took)
            await self._failed(source, error)
        except StoreError as error:
            # Nothing was committed: the source is still due and comes again.
            log_failure(log, "poll.store_failed", error, source=source.id)
            await self._postpone(source)
        except Exception as error:
            log.exception("poll.bug", source=source.id)
            await self._failed(
                source, SourceError("An error in Vigil: {name}", name=type(error).__name__)
            )
        else:
            if not done.read:
                log.debug("poll.nothing_new", source=source.id)
                return done
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

    async def _store_reading(self, source: Source, reading: Visit) -> Ingested:
        brings = bool(reading.items)
        self._storing += brings
        try:
            return await self._pipeline.ingest(
                source, reading.items, reading.record, self._clock.now(), learn=reading.learn
            )
        finally:
            self._storing -= brings

    async def _blocks(self, source: Source, page: PreviewPage) -> None:
        """Say of a page how much of it could not be read; that all of it can, once after that."""
        unread = page.shown.unread
        if not self._events.unread.has_listeners or (not unread and source.id in self._whole):
            return
        await self._events.unread(source, unread, len(page.shown.posts) + unread)
        (self._whole.discard if unread else self._whole.add)(source.id)

    async def _failed(self, source: Source, error: SourceError) -> None:
        now = self._clock.now()
        failures = source.failures + 1
        if failures & (failures - 1) == 0:  # 1, 2, 4, 8 …: a dead host is no line an hour
            log.warning("poll.failed", source=source.id, error=error.key, failures=failures)
        record = FetchRecord(
            at=now,
            next_due=self._reader.next_after_failure(source, now, error),
            error=error.key,
            error_values=error.plain_values,
        )
        try:
            await self._recorder.record(source, record)
            if isinstance(error, SourceGone):
                async with self._store.write() as conn:
                    await self._gone(conn, source, now)
        except StoreError as failed:
            log_failure(log, "poll.store_failed", failed, source=source.id)

    async def _gone(self, conn: Connection, source: Source, now: datetime) -> None:
        """Stop polling it until a person resumes it, unless somebody has decided meanwhile."""
        current = await sources.get(conn, source.id)
        if current is None or current.state is not SourceState.ACTIVE:
            return
        await sources.set_state(conn, source.id, SourceState.GONE, now)
        await self._events.gone(conn, current)

    async def _postpone(self, source: Source) -> None:
        try:
            async with self._store.write() as conn:
                await visits.set_due(conn, source.id, self._clock.now() + _AGAIN_AFTER_BUG)
        except StoreError as error:
            log_failure(log, "poll.store_failed", error, source=source.id)

    async def _learn_id(self, source: Source, telegram_id: int | None) -> None:
        if telegram_id is None:
            return
        async with self._store.write() as conn:
            await sources.set_telegram_id(conn, source.id, telegram_id)


def _waits(source: Source, now: datetime) -> bool:
    """Whether it is still to be read: somebody may have read, paused or removed it meanwhile."""
    due = source.next_due
    return source.state is SourceState.ACTIVE and due is not None and due <= now
