"""Reads channels backwards, a page at a time: over a gap, or into the past on request.

Where it stands is stored after each page. A crash repeats a page, whose items are known
then; a page that cannot be read is tried again, for as long as it takes. What a gap hid is
told if it is news still, and comes in the digest if not; a backfill fills the archive.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.backoff import backoff
from bot.clock import Clock
from bot.errors import SourceError
from bot.fetching.events import SourceEvents
from bot.fetching.recheck import Recheck
from bot.ingest.pipeline import Arrival, Pipeline
from bot.sources.previews import PreviewPage, Previews
from bot.store import Store, pagings
from bot.store.pagings import Paging, Purpose

__all__ = ["Pager"]

log = structlog.get_logger(__name__)

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=2)


class Pager:
    """See the module. How far it has come for a chat it says by `events`."""

    def __init__(
        self,
        store: Store,
        previews: Previews,
        pipeline: Pipeline,
        recheck: Recheck,
        clock: Clock,
        *,
        events: SourceEvents | None = None,
    ) -> None:
        self._store = store
        self._previews = previews
        self._pipeline = pipeline
        self._recheck = recheck
        self._clock = clock
        self._events = events or SourceEvents()

    async def step(self, now: datetime) -> bool:
        """Read the one page that is next; whether there was one. Raises StoreError."""
        async with self._store.read() as conn:
            paging = await pagings.due(conn, now)
        if paging is None:
            return False
        try:
            page = await self._previews.page(paging.source, now, paging.before, posts=True)
            if paging.before is not None and page.oldest >= paging.before:
                raise SourceError("The page of older posts shows the same ones again")
        except SourceError as error:
            await self._failed(paging, error)
            return True
        await self._take(paging, page)
        return True

    async def _take(self, paging: Paging, page: PreviewPage) -> None:
        gap = paging.purpose is Purpose.GAP
        items = [item for item in page.shown.items if int(item.key) > paging.floor]
        if paging.since is not None:
            items = [i for i in items if i.published is None or i.published >= paging.since]
        arrival = Arrival.MISSED if gap else Arrival.ARCHIVE
        done = await self._pipeline.ingest(
            paging.source, items, None, self._clock.now(), arrival=arrival
        )
        await self._recheck.noted(paging.source, page)
        times = [item.published for item in items if item.published is not None]
        reached = min([*times, *([paging.reached] if paging.reached else [])], default=None)
        before = page.shown.before
        oldest = min((i.published for i in page.shown.items if i.published), default=None)
        over = (
            before is None
            or page.oldest <= paging.floor + 1
            or (paging.since is not None and oldest is not None and oldest < paging.since)
        )
        paging = replace(
            paging, pages=paging.pages + 1, found=paging.found + done.new, reached=reached
        )
        async with self._store.write() as conn:
            if over or before is None:
                await pagings.finish(conn, paging.id)
                if paging.where is not None:
                    await self._events.caught_up(conn, paging)
            else:
                await pagings.move(
                    conn, paging.id, before, self._clock.now(), found=done.new, reached=reached
                )
        log.info(
            "paging.page",
            source=paging.source.id,
            purpose=str(paging.purpose),
            pages=paging.pages,
            new=done.new,
            over=over,
        )
        if not over and paging.where is not None:
            await self._events.paged(paging)

    async def _failed(self, paging: Paging, error: SourceError) -> None:
        wait = backoff(paging.failures, _FIRST_WAIT, _LONGEST_WAIT)
        async with self._store.write() as conn:
            when = self._clock.now() + wait
            await pagings.failed(conn, paging.id, error.key, error.plain_values, when)
        log.warning("paging.failed", source=paging.source.id, error=error.key)
