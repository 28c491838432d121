"""Fetches the articles of items whose feed gives only a summary, and has them matched too.

What is wanted was written with the items, so a crash loses none. An article is fetched
once, by the safe fetcher, one at a time for a source; its main text joins the item's as a
new revision, which is matched and told like any other. What people were told of is kept
as it came.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

import structlog

from bot.clock import Clock
from bot.errors import FetchFailed, SourceError, StoreError
from bot.ingest.pipeline import Arrival, Pipeline
from bot.model import Item, ParsedItem
from bot.ops.failures import log_failure
from bot.sources.exchange import request_for
from bot.sources.http import Fetcher
from bot.sources.text import joined
from bot.sources.worker import Parser
from bot.store import Store, articles, evidence
from bot.store.articles import Wanted

__all__ = ["FullTexts"]

log = structlog.get_logger(__name__)

_WAITS = (timedelta(minutes=2), timedelta(minutes=20), timedelta(hours=3))
# An article may be written after its feed tells of it; other refusals are for good.
_PERHAPS_LATER = frozenset({404, 408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class _Page:
    url: str
    body: bytes


class FullTexts:
    """See the module. `step` is for tests and one-shot runs, `tick` for the ticker."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        parser: Parser,
        pipeline: Pipeline,
        clock: Clock,
        *,
        at_once: int = 4,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._parser = parser
        self._pipeline = pipeline
        self._clock = clock
        self._at_once = at_once
        self._running: dict[int, asyncio.Task[None]] = {}
        self._closed = False

    async def tick(self) -> None:
        """Begin to fetch what is due, one article a source; does not wait for it."""
        free = self._at_once - len(self._running)
        if free <= 0:
            return
        async with self._store.read() as conn:
            wanted = await articles.due(conn, self._clock.now(), free, self._running)
        if self._closed:
            return
        for each in wanted:
            if each.source.id in self._running:
                continue
            task = asyncio.create_task(self._take(each), name=f"article-{each.item.id}")
            self._running[each.source.id] = task
            task.add_done_callback(partial(self._finished, each.source.id))

    def _finished(self, source_id: int, _: object) -> None:
        self._running.pop(source_id, None)

    async def step(self) -> bool:
        """Fetch all that is due now, to the end; whether there was anything."""
        any_was = False
        while True:
            await self.tick()
            if not self._running:
                return any_was
            any_was = True
            await asyncio.wait(list(self._running.values()))

    async def close(self) -> None:
        """Stop fetching, for good; what was begun is begun again after a start."""
        self._closed = True
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self, wanted: Wanted) -> None:
        try:
            page, text = None, wanted.text
            if text is None:
                page, text = await self._fetched(wanted)
            await self._join(wanted, text, page)
        except SourceError as error:
            await self._failed(wanted, error)
        except StoreError as error:
            log_failure(log, "article.store_failed", error, item=wanted.item.id)
        except Exception as error:
            log.exception("article.bug", item=wanted.item.id)
            await self._failed(
                wanted, SourceError("An error in Vigil: {name}", name=type(error).__name__)
            )

    async def _fetched(self, wanted: Wanted) -> tuple[_Page, str]:
        now = self._clock.now()
        answer = await self._fetcher.fetch(request_for(wanted.source, wanted.url))
        article = await self._parser.article(
            answer.body, url=answer.url, now=now, content_type=answer.content_type
        )
        async with self._store.write() as conn:
            await articles.read(
                conn,
                wanted.item.id,
                title=article.title,
                text=article.text,
                sha256=sha256(answer.body).hexdigest(),
                now=now,
            )
        return _Page(answer.url, answer.body), article.text

    async def _join(self, wanted: Wanted, text: str, page: _Page | None) -> None:
        """The item gets the text; committed before the article counts as done."""
        now = self._clock.now()
        done = await self._pipeline.ingest(
            wanted.source,
            [_widened(wanted.item, text, wanted.has)],
            None,
            now,
            arrival=Arrival.ARTICLE,
        )
        async with self._store.write() as conn:
            await articles.done(conn, wanted.item.id)
            if page is not None and (done.matched or await articles.is_told(conn, wanted.item.id)):
                await evidence.keep(conn, page.url, page.body, now)
        log.info("article.read", source=wanted.source.id, matched=done.matched, alerts=done.alerts)

    async def _failed(self, wanted: Wanted, error: SourceError) -> None:
        now = self._clock.now()
        when = _again(wanted, error, now)
        log.info("article.failed", source=wanted.source.id, error=error.key, again=when is not None)
        try:
            async with self._store.write() as conn:
                await articles.failed(conn, wanted.item.id, error.key, error.plain_values, when)
        except StoreError as failed:
            log_failure(log, "article.store_failed", failed, item=wanted.item.id)


def _again(wanted: Wanted, error: SourceError, now: datetime) -> datetime | None:
    """When to try once more, None when that would change nothing."""
    if not isinstance(error, FetchFailed) or error.refused or wanted.attempts >= len(_WAITS):
        return None
    status = error.values.get("status")
    if status is not None and status not in _PERHAPS_LATER:
        return None
    asked = timedelta(seconds=error.retry_after or 0)
    return now + max(_WAITS[wanted.attempts], min(asked, _LONGEST_WAIT))


def _widened(item: Item, text: str, has: tuple[str, ...]) -> ParsedItem:
    """The stored item as its parser would give it, with the article's text."""
    return ParsedItem(
        key=item.key,
        title=item.title,
        text=joined(item.text, text),
        url=item.url,
        published=item.published,
        author=item.author,
        lang=item.lang,
        links=item.links,
        tags=item.tags,
        has=has,
        forwarded_from=item.forwarded_from,
        forward_name=item.forward_name,
    )
