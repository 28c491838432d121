"""The way of an item from a parser to its alert: sequences the steps, decides nothing.

Known items are dropped, the others matched (outside any lock). At most 50 at a time are then
surveyed (`bot.ingest.survey`: the texts they are compared with are read and profiled) and placed,
decided on and stored in one transaction of the only writer. Within a process one batch is
surveyed and stored at a time, so that nothing comes between; where another process was faster,
the batch is surveyed again. A batch that fails is tried once more item by item, each in a
savepoint. The source's new state (ETag, next due) goes into the last of these transactions: after a
crash in between Vigil reads the source again and drops the items it has stored.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
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
from bot.ingest.batch import is_same
from bot.ingest.matcher import Matcher, as_matches
from bot.ingest.placement import IncomingText
from bot.ingest.recorder import Recorder
from bot.ingest.reports import NOTHING, Stored, is_roundup, split, told_whole
from bot.ingest.surroundings import Overtaken
from bot.ingest.survey import blank_survey, survey
from bot.ingest.transaction import Arrival, Transaction
from bot.model import Item, ParsedItem, Source, SourceState, Transport
from bot.sources.text import joined
from bot.store import (
    Store,
    articles,
    entities,
    exclusions,
    filters,
    fingerprints,
    fits,
    groups,
    item_matches,
    items,
    meta,
    roundups,
    stories,
    topics,
    visits,
)
from bot.store.connection import Connection
from bot.store.items import ArchivedItem, NewItem, StoredItem
from bot.store.transient import may_pass
from bot.store.visits import FetchRecord, Recorded
from bot.stories.candidates import Candidates, fingerprint_of
from bot.stories.guids import is_successor, rekeyed, rewritten
from bot.stories.identity import identify, shared_urls, url_keys
from bot.stories.relation import text_profile
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
_PAGE: Final = 100

# Surveys of a batch: other processes may be faster twice, one item may fail once.
_MAX_SURVEYS: Final = 5

# Batches that the fingerprints in memory are trusted for where no other process writes.
_ITEMS_READ_WHOLE: Final = 1_000


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
        self._candidates = Candidates()
        self._placing = asyncio.Lock()
        self._whole = 0

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
        current, changed, known = await self._changed(source, batch, now, look=look)
        if current is None:
            return Ingested(read=len(batch))
        done: Counter[str] = Counter()
        generation = self._matcher.generation
        if learn is not None:
            outcome = learn({item.key for item in changed} - known.keys())
        record = _completed(outcome, current, batch, now)
        shared = shared_urls(batch) | {
            canonical_url(item.url) for item in changed if is_successor(item.key)
        }
        if not changed and record is not None:
            await self._recorder.record(source, record)
        chunks = _chunks(changed)
        for n, chunk in enumerate(chunks, 1):
            readings, stored = await self._match(current, chunk, shared, known)
            last = record if n == len(chunks) else None

            async def finish(conn: Connection, last: FetchRecord | None = last) -> None:
                keys = [each.item.key for each in readings if each.entry is None]  # noqa: B023 - called in this turn
                await articles.want(conn, current, keys, now)
                if last is not None:
                    left = Recorded(current.id, source.address, last)
                    await visits.record_fetches(conn, [left])

            unsure = not look and source.transport is Transport.FEED
            try:
                done += await self._store_batch(
                    readings, stored, now, arrival, finish, unsure=unsure
                )
            except _AddressKnown:
                rest = await self.ingest(
                    source, batch, outcome, now, arrival=arrival, look=True, learn=learn
                )
                counted = {name: n for name, n in asdict(rest).items() if name != "read"}
                return _ingested(len(batch), done + Counter(counted))
        if self._matcher.generation != generation:
            # The filters changed meanwhile; their rematch may have passed by already.
            await self.rematch(now)
        return _ingested(len(batch), done)

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
            again = await self._again(read, generation)
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
            done += await self._store_batch(readings, stored, now, Arrival.NEWS, finish)
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

    async def _changed(
        self, source: Source, batch: Sequence[ParsedItem], now: datetime, *, look: bool
    ) -> tuple[Source | None, list[ParsedItem], Mapping[str, StoredItem]]:
        """The source as it is stored now, which items are new or have another text, and what is
        stored of them.

        The source may have changed while it was fetched; None: it was removed. Of equal
        keys the first counts.
        """
        by_key: dict[str, ParsedItem] = {}
        for item in batch:
            by_key.setdefault(item.key, item)
        asked = frozenset(by_key)

        async def read(
            conn: Connection,
        ) -> tuple[Source, list[ParsedItem], dict[str, StoredItem], Mapping[str, str]] | None:
            there: Mapping[str, ParsedItem] = by_key
            current, known = await items.known_of(conn, source.id, list(by_key))
            if current is None or current.state is SourceState.REMOVED:
                return None
            if source.transport is Transport.FEED:
                there = await self._recognised(conn, source, by_key, known, now, look=look)
                if rekeyed_as := there.keys() - asked:
                    known |= await items.known(conn, source.id, rekeyed_as)
            changed = [item for item in there.values() if not is_same(item, known.get(item.key))]
            known_keys = [item.key for item in changed if item.key in known]
            # An item whose article was read has its text too, which the feed does not say.
            more = await articles.texts(conn, source.id, known_keys) if known_keys else {}
            return current, changed, known, more

        read_now = await self._store.read_at_once(read)
        if read_now is None:
            return None, [], {}
        current, changed, known, more = read_now
        wide = [
            replace(item, text=joined(item.text, more[item.key])) if item.key in more else item
            for item in changed
        ]
        return current, [item for item in wide if not is_same(item, known.get(item.key))], known

    async def _recognised(
        self,
        conn: Connection,
        source: Source,
        by_key: Mapping[str, ParsedItem],
        known: Mapping[str, StoredItem],
        now: datetime,
        *,
        look: bool,
    ) -> dict[str, ParsedItem]:
        """The entries by the keys they are stored with, where a guid has changed or was reused."""
        changed = [item for item in by_key.values() if not is_same(item, known.get(item.key))]
        if not changed:
            return dict(by_key)
        there = await items.stored(conn, source.id, [i.key for i in changed if i.key in known])
        new = [item for item in changed if look and item.key not in known and item.url]
        urls = {key for item in new for key in url_keys(item.url)}
        elsewhere = await items.at_keys(conn, source.id, urls) if urls else []
        anew = rewritten(changed, there, elsewhere, now)
        later = await items.successors(conn, source.id, anew)
        found: dict[str, ParsedItem] = {}
        for item in rekeyed(by_key.values(), there, elsewhere, later, now):
            found.setdefault(item.key, item)
        return found

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
        generation, found = await self._matcher.read(documents)

        def work(stored: Mapping[int, Stored]) -> list[IncomingText]:
            whole = [
                _reading(item, source, generation, each, shared)
                for item, each in zip(chunk, found, strict=True)
            ]
            return [
                reading
                for one, each in zip(whole, found, strict=True)
                for reading in _split(one, each, stored.get(_id(known, one.item), NOTHING))
            ]

        roundups_known = [
            known[item.key].item_id
            for item, each in zip(chunk, found, strict=True)
            if item.key in known and isinstance(each, Found) and is_roundup(each)
        ]
        stored = await self._roundups(roundups_known) if roundups_known else {}
        readings = await asyncio.to_thread(work, stored)
        ids: dict[int, int] = {}
        for place, each in enumerate(readings):
            there = each.entry.item.id if each.entry and each.entry.item else _id(known, each.item)
            if there:
                ids[place] = there
        return readings, ids

    async def _roundups(self, item_ids: Sequence[int]) -> dict[int, Stored]:
        """What is stored of these items, which are roundups by now."""
        async with self._store.read() as conn:
            there = await items.get_many(conn, item_ids)
            parts = await roundups.parts_of(conn, item_ids)
            matches = {
                item.id: await item_matches.ever_matched(conn, item.id)
                for item in there.values()
                if not item.cut and item.id not in parts
            }
        return {
            item.id: Stored(
                item, parts.get(item.id, ()), told_whole(item, matches.get(item.id, ()))
            )
            for item in there.values()
        }

    async def _again(
        self, read: Sequence[tuple[ArchivedItem, Found]], generation: int
    ) -> list[tuple[Item, IncomingText]]:
        """Stored items as filters that have changed read them, with the reports of roundups."""
        several = [each.item.id for each, found in read if is_roundup(found)]
        stored = await self._roundups(several) if several else {}
        again: list[tuple[Item, IncomingText]] = []
        for each, found in read:
            whole = stored.get(each.item.id, NOTHING)
            readings = split(_read_again(each, generation, found), found, whole)
            added = [r for r in readings[1:] if r.entry is not None and r.entry.item is None]
            made = await self._add_reports(each, added) if added else {}
            again.append((each.item, readings[0]))
            for reading in readings[1:]:
                there = reading.entry.item if reading.entry is not None else None
                item = there or made[reading.item.key]
                if item.text == reading.item.text:
                    again.append((item, reading))
        return again

    async def _add_reports(
        self, each: ArchivedItem, readings: Sequence[IncomingText]
    ) -> dict[str, Item]:
        """Store entries of a roundup in which something is found only now, as if they had come
        with it and nothing had been found; by key.
        """
        whole = each.item
        async with self._placing, self._store.write(relating=True) as conn:
            story_ids = await stories.create_many(conn, len(readings), whole.seen_at)
            new = [
                NewItem(
                    reading.item,
                    story_id,
                    archived=whole.archived,
                    lang=whole.lang,
                    part=(whole.id, reading.entry.start, reading.entry.end),
                )
                for reading, story_id in zip(readings, story_ids, strict=True)
                if reading.entry is not None
            ]
            ids = await items.insert_items(conn, each.source.id, new, seen_at=whole.seen_at)
            await stories.add_key_pairs(
                conn,
                [
                    (key, story_id)
                    for reading, story_id in zip(readings, story_ids, strict=True)
                    for key in reading.identity.stored
                ],
            )
            fingerprint = [(ids[reading.item.key], reading.fingerprint) for reading in readings]
            fingerprinted = await fingerprints.add_fingerprints(conn, fingerprint)
            if not await item_matches.ever_matched(conn, whole.id):
                await roundups.cut(conn, [whole.id])
            made = await items.get_many(conn, ids.values())
        for row in fingerprinted:
            self._candidates.add(*row)
        return {item.key: item for item in made.values()}

    async def _store_batch(
        self,
        batch: Sequence[IncomingText],
        stored: Mapping[int, int],
        now: datetime,
        arrival: Arrival,
        finish: Callable[[Connection], Awaitable[None]],
        *,
        unsure: bool = False,
    ) -> Counter[str]:
        """Survey, place and store; `finish` is done in the same transaction.

        `stored`: ids of the items among the batch that are stored, by place. If `unsure`, raises
        _AddressKnown where one of the others has an address that is known.
        """
        one_by_one, blank = False, not stored
        async with self._placing:
            for attempt in range(_MAX_SURVEYS):
                alone = await self._catch_up()
                seen = blank_survey(self._candidates, batch) if blank else None
                if seen is None:
                    async with self._store.read() as conn:
                        if not alone:
                            await fingerprints.catch_up(conn, self._candidates, purged=True)
                        seen = await survey(conn, self._candidates, batch, stored, now)
                    if unsure and _named(batch, stored, seen.by_key):
                        raise _AddressKnown
                last, blank = attempt == _MAX_SURVEYS - 1, False
                try:
                    work = await self._store.write_at_once(
                        partial(
                            _taken,
                            batch,
                            finish,
                            partial(
                                Transaction,
                                now=now,
                                candidates=self._candidates,
                                survey=seen,
                                arrival=arrival,
                                patient=last,
                                alone=alone,
                                fresh=not stored and not one_by_one,
                            ),
                            one_by_one=one_by_one,
                        ),
                        relating=True,
                    )
                    break
                except Overtaken:
                    continue
                except _OneFailed as error:
                    log.warning("items.tried_apart", error=type(error.__cause__).__name__)
                    one_by_one = True
                except BaseException:
                    self._whole = 0  # it may have been committed all the same
                    raise
            for row in sorted(work.fingerprinted):
                self._candidates.add(*row)
        self._tell(work.done)
        return work.done

    async def _catch_up(self) -> bool:
        """Know all fingerprints that are stored; whether nobody else can store any meanwhile."""
        if self._whole:
            self._whole -= 1
            return True
        alone = self._store.exclusive
        if alone or not self._candidates.last:
            async with self._store.read() as conn:
                await fingerprints.catch_up(conn, self._candidates, purged=True)
        self._whole = _ITEMS_READ_WHOLE if alone else 0
        return alone

    async def _older(self, now: datetime, after: int) -> list[ArchivedItem]:
        async with self._store.read() as conn:
            return await items.older(
                conn, self._matcher.generation, now - REMATCHED, after, _ITEMS_A_TRANSACTION
            )

    def _tell(self, done: Counter[str]) -> None:
        if done["alerts"] or done["joined"]:
            self.on_new_causes()


class _AddressKnown(Exception):
    """A new entry may be one that is stored under another guid: look for it first."""


def _named(
    batch: Sequence[IncomingText], stored: Mapping[int, int], by_key: Mapping[str, int]
) -> bool:
    """Whether the address of one of the new items is known."""
    return any(
        key in by_key
        for n, each in enumerate(batch)
        if n not in stored and each.entry is None
        for key in url_keys(each.item.url)
    )


class _OneFailed(Exception):
    """One of a batch brought its transaction down; its cause says how."""


async def _taken(
    batch: Sequence[IncomingText],
    finish: Callable[[Connection], Awaitable[None]],
    begun: Callable[[Connection], Transaction],
    conn: Connection,
    *,
    one_by_one: bool,
) -> Transaction:
    """The transaction that `begun` gives, with the batch taken and finished."""
    work = begun(conn)
    if one_by_one:
        await work.take_one_by_one(batch)
    else:
        try:
            await work.take(batch)
        except Exception as error:
            if may_pass(error) or isinstance(error, Overtaken):
                raise
            raise _OneFailed from error
    await finish(conn)
    return work


def _id(known: Mapping[str, StoredItem], item: ParsedItem) -> int:
    """The id of the item, 0 of one that is not stored."""
    there = known.get(item.key)
    return 0 if there is None else there.item_id


def _split(reading: IncomingText, found: Found | Exception, stored: Stored) -> list[IncomingText]:
    """The text as it is read; of a roundup with its reports."""
    if reading.failure is not None or isinstance(found, Exception):
        return [reading]
    try:
        return split(reading, found, stored)
    except Exception as error:  # noqa: BLE001 - of one item, which is quarantined
        return [IncomingText(reading.source, reading.item, reading.generation, failure=error)]


def _reading(
    item: ParsedItem,
    source: Source,
    generation: int,
    found: Found | Exception,
    shared: Collection[str],
) -> IncomingText:
    if isinstance(found, Exception):
        return IncomingText(source, item, generation, failure=found)
    try:
        identity = identify(item, source, shared)
        profile = text_profile(item.title, item.text)
        fingerprint = fingerprint_of(profile.clean)
    except Exception as error:  # noqa: BLE001 - of one item, which is quarantined
        return IncomingText(source, item, generation, failure=error)
    return IncomingText(source, item, generation, identity, as_matches(found), profile, fingerprint)


def _read_again(old: ArchivedItem, generation: int, found: Found) -> IncomingText:
    """A stored item as filters that have changed read it."""
    item = old.item
    parsed = ParsedItem(
        key=item.key,
        title=item.title,
        text=item.text,
        url=item.url,
        published=item.published,
        lang=item.lang,
        forwarded_from=item.forwarded_from,
        forward_name=item.forward_name,
    )
    profile = text_profile(item.title, item.text)
    identity = identify(parsed, old.source)
    fingerprint = fingerprint_of(profile.clean)
    matches = as_matches(found)
    return IncomingText(
        old.source, parsed, generation, identity, matches, profile, fingerprint, rematched=True
    )


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
