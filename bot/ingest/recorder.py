"""Writes what visits to sources leave, in groups.

A commit waits for the disk. Most visits bring nothing but a new due time, and a hundred of
those a second share a commit: a group closes a quarter of a second after its first record,
when it is large, or when few other visits are under way. A crash before the commit loses due times
only: Vigil then visits these sources once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import structlog

from bot.clock import Clock
from bot.errors import StoreDown, StoreError
from bot.model import Source
from bot.store import Store, meta, visits
from bot.store.connection import Connection
from bot.store.visits import FetchRecord, Recorded

__all__ = ["Recorder"]

log = structlog.get_logger(__name__)

_MAX_WAIT_SECONDS = 0.25  # seconds
_MAX_RECORDS = 200
_MIN_VISITS = 4  # visits under way: not worth waiting for


@dataclass(slots=True)
class _Group:
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    records: list[Recorded] = field(default_factory=list)
    failed: dict[int, StoreError] = field(default_factory=dict)  # by place among the records
    task: asyncio.Task[None] | None = None


class Recorder:
    """See the module. One for a store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._coming = 0
        self._group = _Group()
        self._writing: set[asyncio.Task[None]] = set()

    @contextmanager
    def expecting(self) -> Iterator[None]:
        """While the block lasts, a record may come of it."""
        self._coming += 1
        try:
            yield
        finally:
            self._coming -= 1
            if self._coming < _MIN_VISITS:
                self._group.closed.set()

    async def record(self, source: Source, record: FetchRecord) -> None:
        """Write what a visit to the source left; returns once it is committed.

        Nothing is written for a source that has got another address since. Raises StoreError.
        """
        group = self._group
        place = len(group.records)
        group.records.append(Recorded(source.id, source.address, record))
        if group.task is None:
            group.task = asyncio.create_task(self._write(group), name="record")
            self._writing.add(group.task)
            group.task.add_done_callback(self._writing.discard)
        if self._coming < _MIN_VISITS or len(group.records) >= _MAX_RECORDS:
            group.closed.set()
        await asyncio.shield(group.task)
        if place in group.failed:
            raise group.failed[place]

    async def close(self) -> None:
        """Write what has come so far."""
        self._group.closed.set()
        await asyncio.gather(*self._writing)

    async def _write(self, group: _Group) -> None:
        with suppress(TimeoutError):
            async with self._clock.timeout(_MAX_WAIT_SECONDS):
                await group.closed.wait()
        try:
            # A record that comes while the group waits for the writer still joins the group.
            async with self._store.write() as conn:
                self._close(group)
                await _commit(conn, group.records)
        except StoreError as error:
            self._close(group)
            if len(group.records) == 1 or isinstance(error, StoreDown):
                group.failed = dict.fromkeys(range(len(group.records)), error)
                return
            log.warning("record.one_by_one", records=len(group.records))
            for place, each in enumerate(group.records):
                try:
                    async with self._store.write() as conn:
                        await _commit(conn, [each])
                except StoreError as alone:
                    group.failed[place] = alone

    def _close(self, group: _Group) -> None:
        if self._group is group:
            self._group = _Group()


async def _commit(conn: Connection, records: list[Recorded]) -> None:
    await visits.record_fetches(conn, records)
    if failures := sum(bool(each.record.error) for each in records):
        await meta.bump(conn, "polls_failed", failures)
