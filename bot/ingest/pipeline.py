"""The way of an item from a parser to its alert: sequences the steps, decides nothing.

Known items are dropped (`bot.ingest.arriving`), the others matched (outside any lock). At most 50
at a time are then surveyed, placed, decided on and stored (`bot.ingest.committing`). The source's
new state (ETag, next due) goes into the last of these transactions: after a crash in between Vigil
reads the source again and drops the items it has stored.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from bot.alerts import topics as known_topics
from bot.alerts.decide import is_first_fetch
from bot.alerts.documents import document_of
from bot.clock import Clock
from bot.ingest.archive import Archive, Backtest
from bot.ingest.arriving import changed_of
from bot.ingest.committing import AddressKnown, Committer
from bot.ingest.incoming import as_incoming, stored_id, with_reports
from bot.ingest.matcher import Matcher
from bot.ingest.placement import IncomingText
from bot.ingest.recorder import Recorder
from bot.ingest.reports import NOTHING, Stored, is_roundup
from bot.ingest.rereading import read_again, stored_roundups
from bot.ingest.transaction import Arrival
from bot.model import ParsedItem, Source, Transport
from bot.store import (
    Store,
    articles,
    entities,
    exclusions,
    filters,
    fits,
    groups,
    item_matches,
    item_pages,
    items,
    meta,
    topics,
    visits,
)
from bot.store.connection import Connection
from bot.store.item_pages import ArchivedItem
from bot.store.items import StoredItem
from bot.store.visits import FetchRecord, Recorded
from bot.stories.guids import is_successor
from bot.stories.identity import shared_urls
from bot.urls import canonical_url
from filters.entities import Entity
from filters.matching_version import matching_version
from filters.nodes import Query
from filters.packs import load_packs
from filters.reading import Reader
from filters.reading import Reading as Found

__all__ = ["REMATCHED", "Arrival", "Ingested", "Pipeline"]

log = structlog.get_logger(__name__)

REMATCHED: Final = timedelta(days=7)
"""How far back items are matched again after a change of filters."""

# A transaction holds the only writer; so many items take it some 50 ms.
_ITEMS_A_TRANSACTION: Final = 50


@dataclass(frozen=True, slots=True)
class Ingested:
    """The counts of a batch. `read` counts all its items, the others the items that changed
    anything.

    `alerts` are new, `joined` offered an alert there was. Items in quarantine are in
    none of the others.
    """

    read: int = 0
    new: int = 0
    revised: int = 0
    matched: int = 0
    alerts: int = 0
    joined: int = 0
    archived: int = 0
    quarantined: int = 0


def _nobody() -> None:
    return None


class Pipeline:
    """See the module. Make one for a store; `load_filters` before the first batch.

    `on_new_causes` is called after a commit that gave the outbox something to expand.
    """

    def __init__(
        self,
        store: Store,
        reader: Reader,
        clock: Clock,
        on_new_causes: Callable[[], None] = _nobody,
        recorder: Recorder | None = None,
    ) -> None:
        self.on_new_causes = on_new_causes
        self._recorder = recorder or Recorder(store, clock)
        self._store = store
        self._clock = clock
        self._matcher = Matcher(reader)
        self.archive = Archive(store, self._matcher)
        self._committer = Committer(store)

    @property
    def matcher(self) -> Matcher:
        """For whoever asks how a text is read: the only door to the filters."""
        return self._matcher

    def close(self) -> None:
        """End the thread of matching."""
        self._matcher.close()

    # filters

    async def load_filters(self, now: datetime) -> int:
        """Bring the packs of this release into the store and use all active filters.

        Returns the generation. Call `rematch` some time afterwards: the packs, or how this
        release matches, may have changed since the last run.
        """
        packs = [(f.key, f.topic, f.query_text) for f in load_packs().filters]
        async with self._store.write() as conn:
            await filters.sync_packs(conn, packs, now)
            await filters.note_matching(conn, matching_version())
        return await self.take_up_filters()

    async def take_up_filters(self) -> int:
        """Use the active filters, entities and word groups that are in the store now, and what
        was learnt of answers; returns their generation."""
        async with self._store.read() as conn:
            generation = await meta.generation(conn)
            active = await filters.list_all(conn, private=True)
            stored = await entities.list_all(conn)
            named = [each.entity for each in stored if not each.is_off]
            own_groups = await groups.all_words(conn)
            fit = await fits.used(conn)
            own_topics = await topics.list_all(conn)
            left_out = await exclusions.all_words(conn)
        learned = None if fit is None else fit.learned
        await self._matcher.take_up(
            *(active, named, generation, own_groups),
            learned=learned,
            topics=own_topics,
            exclusions=left_out,
        )
        known_topics.use(own_topics)
        return generation

    async def filters_changed(self, now: datetime) -> Ingested:
        """After a committed change of filters or entities: use them, match recent items again."""
        await self.take_up_filters()
        return await self.rematch(now)

    # items

    async def ingest(
        self,
        source: Source,
        batch: Sequence[ParsedItem],
        outcome: FetchRecord | None,
        now: datetime,
        *,
        arrival: Arrival = Arrival.NEWS,
        look: bool = False,
        learn: Callable[[Collection[str]], FetchRecord] | None = None,
    ) -> Ingested:
        """Take what a visit to the source brought; what it brought before changes nothing.

        `outcome` is written with the last items, or, where nothing is new, with those of
        other visits (None: the source's row stays as it is). A removed source brings
        nothing any more. An item that fails is quarantined and counted; it is tried again
        whenever it comes. Raises StoreError: then some items may be stored already,
        `outcome` is not. `learn` gives the outcome by the keys of the items that are new.

        `look`: whether new entries of a feed may be stored under other guids is asked before,
        not only where it turns out that one of their addresses is known.
        """
        if not batch:
            if outcome is not None:
                await self._recorder.record(source, outcome)
            return Ingested()
        current, changed, known = await changed_of(self._store, source, batch, now, look=look)
        if current is None:
            return Ingested(read=len(batch))
        done: Counter[str] = Counter()
        generation = self._matcher.generation
        unsure = not look and source.transport is Transport.FEED
        if learn is not None:
            outcome = learn({item.key for item in changed} - known.keys())
        record = _completed(outcome, current, batch, now)
        shared = shared_urls(batch) | {
            canonical_url(item.url) for item in changed if is_successor(item.key)
        }
        if not changed and record is not None:
            await self._recorder.record(source, record)
        arrived = partial(self._take_chunk, current, now=now, arrival=arrival, unsure=unsure)
        chunks = _chunks(changed)
        for n, chunk in enumerate(chunks, 1):
            left = record if n == len(chunks) else None
            after = None if left is None else Recorded(current.id, source.address, left)
            try:
                done += await arrived(chunk, shared, known, after)
            except AddressKnown:
                rest = await self.ingest(
                    source, batch, outcome, now, arrival=arrival, look=True, learn=learn
                )
                counted = {name: n for name, n in asdict(rest).items() if name != "read"}
                return _ingested(len(batch), done + Counter(counted))
        if self._matcher.generation != generation:
            # The filters changed meanwhile; their rematch may have passed by already.
            await self.rematch(now)
        return _ingested(len(batch), done)

    async def _take_chunk(
        self,
        source: Source,
        chunk: Sequence[ParsedItem],
        shared: Collection[str],
        known: Mapping[str, StoredItem],
        left: Recorded | None,
        *,
        now: datetime,
        arrival: Arrival,
        unsure: bool,
    ) -> Counter[str]:
        """Match and store items of one transaction; with them what the visit has `left`."""
        readings, stored = await self._match(source, chunk, shared, known)

        async def finish(conn: Connection) -> None:
            keys = [each.item.key for each in readings if each.entry is None]
            await articles.want(conn, source, keys, now)
            if left is not None:
                await visits.record_fetches(conn, [left])

        return self._told(
            await self._committer.commit(readings, stored, now, arrival, finish, unsure=unsure)
        )

    async def rematch(self, now: datetime) -> Ingested:
        """Match again the items of the last days that were read with older filters.

        Items that match a new topic get an alert, unless they are in the archive or too old.
        Repeating it does nothing.
        """
        done: Counter[str] = Counter()
        count, after = 0, 0
        while page := await self._older(now, after):
            after = page[-1].item.id
            count += len(page)
            generation, found = await self._matcher.read(
                [document_of(each.item, each.source) for each in page]
            )
            read = [(e, f) for e, f in zip(page, found, strict=True) if isinstance(f, Found)]
            again = await read_again(self._store, self._committer, read, generation)
            hits = [(item, reading) for item, reading in again if reading.matches]
            silent = [(item.id, item.revision) for item, r in again if not r.matches]

            async def finish(
                conn: Connection,
                silent: Sequence[tuple[int, int]] = silent,
                generation: int = generation,
            ) -> None:
                await item_matches.lapse_matches(conn, [(*each, ()) for each in silent])
                await items.note_readings(conn, silent, generation)

            readings = [reading for _, reading in hits]
            stored = {place: item.id for place, (item, _) in enumerate(hits)}
            done += self._told(
                await self._committer.commit(readings, stored, now, Arrival.NEWS, finish)
            )
        if count:
            log.info("rematch.finished", items=count, alerts=done["alerts"])
        return _ingested(count, done)

    async def backtest(
        self,
        query: Query,
        topic: str | None,
        since: datetime,
        *,
        without: str = "",
        examples: int = 5,
        more: Sequence[Entity] = (),
    ) -> Backtest:
        """As `Archive.backtest`."""
        return await self.archive.backtest(
            query, topic, since, without=without, examples=examples, more=more
        )

    # reading what is known

    async def _match(
        self,
        source: Source,
        chunk: Sequence[ParsedItem],
        shared: Collection[str],
        known: Mapping[str, StoredItem],
    ) -> tuple[list[IncomingText], dict[int, int]]:
        """The texts as they are read, with the reports of roundups among them; and by place the
        ids of those that are stored.
        """
        documents = [document_of(item, source) for item in chunk]

        def work(
            generation: int, found: Sequence[Found | Exception], stored: Mapping[int, Stored] = {}
        ) -> list[IncomingText]:
            whole = [
                as_incoming(item, source, generation, each, shared)
                for item, each in zip(chunk, found, strict=True)
            ]
            return [
                reading
                for one, each in zip(whole, found, strict=True)
                for reading in with_reports(
                    one, each, stored.get(stored_id(known, one.item), NOTHING)
                )
            ]

        if not any(item.key in known for item in chunk):
            return await self._matcher.read_and(documents, work), {}
        generation, found = await self._matcher.read(documents)
        roundups_known = [
            known[item.key].item_id
            for item, each in zip(chunk, found, strict=True)
            if item.key in known and isinstance(each, Found) and is_roundup(each)
        ]
        stored = await stored_roundups(self._store, roundups_known) if roundups_known else {}
        readings = await asyncio.to_thread(work, generation, found, stored)
        ids: dict[int, int] = {}
        for place, each in enumerate(readings):
            there = (
                each.entry.item.id
                if each.entry and each.entry.item
                else stored_id(known, each.item)
            )
            if there:
                ids[place] = there
        return readings, ids

    async def _older(self, now: datetime, after: int) -> list[ArchivedItem]:
        async with self._store.read() as conn:
            return await item_pages.older(
                conn, self._matcher.generation, now - REMATCHED, after, _ITEMS_A_TRANSACTION
            )

    def _told(self, done: Counter[str]) -> Counter[str]:
        if done["alerts"] or done["joined"]:
            self.on_new_causes()
        return done


def _ingested(read: int, done: Counter[str]) -> Ingested:
    return Ingested(read=read, **done)


def _chunks(changed: Sequence[ParsedItem]) -> list[Sequence[ParsedItem]]:
    return [
        changed[n : n + _ITEMS_A_TRANSACTION] for n in range(0, len(changed), _ITEMS_A_TRANSACTION)
    ]


def _completed(
    outcome: FetchRecord | None, source: Source, batch: Sequence[ParsedItem], now: datetime
) -> FetchRecord | None:
    """The outcome with what the items say of the source."""
    if outcome is None or outcome.error:
        return outcome
    if batch and is_first_fetch(source) and outcome.archived_at is None:
        outcome = replace(outcome, archived_at=now)
    times = [min(item.published, now) for item in batch if item.published is not None]
    if times and outcome.last_item_at is None:
        outcome = replace(outcome, last_item_at=max(times))
    return outcome
