"""The archive: what was stored, searched in the filter language.

Search, backtest and forecast are one function: the index of words selects
(`filters.selection`, `store.archive`), the matcher verifies, newest first. So they find what a
filter finds, on SQLite and PostgreSQL alike, and read only texts that hold the words.

`index` keeps the index up with the items, a hundred at a time between other work; every
search first indexes what is left. Lemmas of words that no filter wants are looked up here and
not at arrival: an alert does not wait for them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import structlog

from bot.alerts.documents import document_of
from bot.ingest.matcher import FoundIn, Matcher
from bot.model import Item, Source
from bot.store import Store, archive, item_counts, item_matches
from bot.store.archive import IndexedText
from bot.store.item_pages import ArchivedItem
from filters.entities import Entity
from filters.query import Query
from filters.selection import Words

__all__ = ["MOST_READ", "Archive", "Backtest", "Order", "Progress", "Results", "SearchHit"]

log = structlog.get_logger(__name__)

_INDEXED_AT_ONCE: Final = 100
_VERIFIED_AT_ONCE: Final = 100
_MEASURED: Final = 50  # texts on which a query's cost is measured
_RANKED: Final = 500  # of the newest that match; older ones are found by date
MOST_READ: Final = 5_000
"""Posts that one search reads, about a second: where no word selects, each would be read."""


class Order(StrEnum):
    """Which of the texts that match come first."""

    NEWEST = "newest"
    BEST = "best"


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A stored item that a query finds. Spans are (field, start, end) in its title and text."""

    item: Item
    source: Source
    spans: tuple[tuple[str, int, int], ...]
    sentence: tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Results:
    """A page of a search. `more` says whether another page follows it.

    `candidates` is how many texts the index selected: no fewer match than were shown, no more
    than these.
    """

    hits: tuple[SearchHit, ...]
    more: bool
    candidates: int


@dataclass(slots=True)
class Progress:
    """How far a reading of the archive has come: `read` of `of` posts that may match (0: not
    known yet)."""

    of: int = 0
    read: int = 0

    @property
    def percent(self) -> int:
        return 100 * self.read // self.of if self.of else 0


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a query would have found: `hits` of `items` of `sources`.

    `caught` of the hits are found by another filter of the topic (of any, without one);
    `stories` is how many stories the rest tells. `new` are examples of it, newest first.
    `days` counts hits by date of publication (UTC), for a chart.
    """

    items: int
    sources: int
    hits: int
    caught: int
    stories: int
    new: tuple[SearchHit, ...]
    days: tuple[tuple[str, int], ...] = ()


class Archive:
    """See the module. One for a process, on its store and its matcher."""

    def __init__(self, store: Store, matcher: Matcher) -> None:
        self._store = store
        self._matcher = matcher

    async def index(self, most: int | None = None) -> int:
        """Index up to `most` texts that are not yet (all of them: None); returns how many.

        Begins again when the dictionaries have changed, or when most of the index is of texts
        that are gone. Raises StoreError; a repeated call goes on where it stood.
        """
        wanted = self._matcher.index_signature
        async with self._store.read() as conn:
            stale = await archive.signature(conn) != wanted or await archive.wants_rebuild(conn)
        if stale:
            async with self._store.write() as conn:
                await archive.reset(conn, wanted)
        done = 0
        while most is None or done < most:
            size = min(_INDEXED_AT_ONCE, most - done) if most else _INDEXED_AT_ONCE
            async with self._store.read() as conn:
                texts = await archive.pending(conn, size)
            if not texts:
                break
            words = await self._matcher.words([document_of(t.item, t.source) for t in texts])
            async with self._store.write() as conn:
                await archive.add(
                    conn,
                    [
                        IndexedText(each.item.id, each.item.published or each.item.seen_at, terms)
                        for each, terms in zip(texts, words, strict=True)
                    ],
                )
            done += len(texts)
        return done

    async def unindexed(self) -> int:
        """How many items `index` has still to read."""
        async with self._store.read() as conn:
            if await archive.signature(conn) != self._matcher.index_signature:
                return await item_counts.count(conn)
            return await archive.count_pending(conn)

    async def search(
        self,
        query: Query,
        since: datetime,
        until: datetime | None = None,
        *,
        limit: int = 10,
        skip: int = 0,
        order: Order = Order.NEWEST,
        indexed: bool = False,
        read: int | None = None,
    ) -> Results:
        """A page of the items of `since` up to before `until` that the query matches.

        Times are aware UTC and mean publication (first sight where there is none). BEST puts
        those first in which most of what was asked stands in one sentence, of the newest 500.
        `indexed` searches what is indexed and writes nothing. At most `read` texts that the
        index selected, the newest, are read: where it can select none, that is every post.
        """
        if not indexed:
            await self.index()
        candidates = await self._candidates(query, since, until, most=read)
        most = _RANKED if order is Order.BEST else skip + limit + 1
        found: list[SearchHit] = []
        async for hit in self._verified(query, candidates):
            found.append(hit)
            if len(found) >= most:
                break
        if order is Order.BEST:
            found.sort(key=_closeness, reverse=True)  # stable: of equals the newest first
        page = found[skip : skip + limit]
        return Results(tuple(page), len(found) > skip + limit, len(candidates))

    async def backtest(
        self,
        query: Query,
        topic: str | None,
        since: datetime,
        *,
        without: str = "",
        examples: int = 5,
        more: Sequence[Entity] = (),
        progress: Progress | None = None,
    ) -> Backtest:
        """What the query would have found in items published at or after `since`.

        `without` is the key of the filter itself, where it is active already; `more` are
        entities not stored yet. Without a topic (None) nothing counts as caught. `progress`
        says how far it is.
        """
        progress = progress or Progress()
        await self.index()
        candidates = await self._candidates(query, since, more=more)
        progress.of = len(candidates)
        async with self._store.read() as conn:
            seen, from_sources = await archive.count(conn, since)
        hits = [hit async for hit in self._verified(query, candidates, more, progress)]
        caught: set[int] = set()
        if topic is not None and hits:
            async with self._store.read() as conn:
                caught = await item_matches.caught(conn, [h.item.id for h in hits], topic, without)
        new = [hit for hit in hits if hit.item.id not in caught]
        days: dict[str, int] = {}
        for hit in hits:
            day = (hit.item.published or hit.item.seen_at).date().isoformat()
            days[day] = days.get(day, 0) + 1
        return Backtest(
            items=seen,
            sources=from_sources,
            hits=len(hits),
            caught=len(hits) - len(new),
            stories=len({hit.item.story_id or -hit.item.id for hit in new}),
            new=tuple(new[:examples]),
            days=tuple(sorted(days.items())),
        )

    async def cost(self, query: Query, since: datetime) -> float:
        """Seconds of CPU that the query adds to each post that arrives, as posts since then are.

        Measured on the newest of those that the index selects: others are not read for it.
        """
        candidates = await self._candidates(query, since)
        async with self._store.read() as conn:
            seen, _ = await archive.count(conn, since)
            texts = await archive.load(conn, candidates[:_MEASURED])
        each = await self._matcher.cost(query, [document_of(t.item, t.source) for t in texts])
        return each * len(candidates) / seen if seen else 0.0

    async def matched(
        self, topics: Sequence[str], limit: int, among: Sequence[str] = ()
    ) -> list[SearchHit]:
        """The newest posts of these topics, one of a story; of those that hold one of the words
        `among`, as `Matcher.words` gives them."""
        await self.index()
        async with self._store.read() as conn:
            chosen = Words(tuple(among)) if among else None
            found = await archive.last_matched(conn, topics, limit, chosen)
        return [SearchHit(e.item, e.source, spans, at) for e, spans, at in found]

    async def _candidates(
        self,
        query: Query,
        since: datetime,
        until: datetime | None = None,
        more: Sequence[Entity] = (),
        most: int | None = None,
    ) -> list[int]:
        chosen = await self._matcher.select(query, more)
        async with self._store.read() as conn:
            return await archive.find(conn, chosen, since, until, most)

    async def _verified(
        self,
        query: Query,
        ids: Sequence[int],
        more: Sequence[Entity] = (),
        progress: Progress | None = None,
    ) -> AsyncIterator[SearchHit]:
        """Those of the items that match, in their order; other work goes on in between."""
        for start in range(0, len(ids), _VERIFIED_AT_ONCE):
            async with self._store.read() as conn:
                texts = await archive.load(conn, ids[start : start + _VERIFIED_AT_ONCE])
            found = await self._matcher.find(
                query, [document_of(t.item, t.source) for t in texts], more
            )
            if progress is not None:
                progress.read = min(len(ids), start + _VERIFIED_AT_ONCE)
            for each, where in zip(texts, found, strict=True):
                if where is not None:
                    yield _hit(each, where)


def _hit(each: ArchivedItem, where: FoundIn) -> SearchHit:
    return SearchHit(each.item, each.source, where.spans, where.sentence)


def _closeness(hit: SearchHit) -> tuple[int, int]:
    """How much of what was found stands in the sentence shown, then how much there is."""
    field, start, end = hit.sentence
    inside = sum(f == field and start <= first < end for f, first, _ in hit.spans)
    return inside, len(hit.spans)
