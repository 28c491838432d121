"""One transaction of the only writer: a batch is placed, decided on and stored.

Every arrival goes this way: new, revised, rematched and article texts. What a text is placed
among is read in the transaction itself (`bot.ingest.surroundings`), and read again whenever
something but a story of its own was written (`bot.ingest.writing`). Texts that begin stories of
their own, nearly all there are, are written together (`bot.ingest.batch`). Decisions are those of
`bot.ingest.placement` and `bot.alerts`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum

import structlog

from bot.alerts.decide import (
    GAP,
    Action,
    Case,
    Decision,
    decide,
    is_dated_back,
    is_first_fetch,
    is_missed,
    pushed_topics,
)
from bot.ingest.batch import Placed, Waiting, changes_little, is_same, may_wait
from bot.ingest.placement import IncomingText, Near, Placement, Standing, place
from bot.ingest.surroundings import Facts, Overtaken, SurroundingsReader
from bot.ingest.survey import Survey
from bot.ingest.writing import Writer
from bot.model import Alert, Item, ItemMatch, ParsedItem, Source, Transport
from bot.store import items, meta, quarantined_items, roundups, stories
from bot.store.columns import storable
from bot.store.connection import Connection
from bot.store.transient import may_pass
from bot.stories.candidates import Candidates

__all__ = ["Arrival", "Transaction"]

log = structlog.get_logger(__name__)


class Arrival(StrEnum):
    """How items come."""

    NEWS = "news"  # a visit, or a post sent to us
    MISSED = "missed"  # what a gap between visits hid
    ARTICLE = "article"  # the item is known, its article was fetched
    ARCHIVE = "archive"  # asked for; tells nobody


@dataclass(slots=True)
class Transaction:
    """`conn` is of `Store.write(relating=True)`. `done` counts by the names of Ingested.

    `candidates` hold what earlier transactions committed; what this one adds is kept apart,
    since it may yet be rolled back: `fingerprinted` are its rows for them. With `patient` nothing
    is Overtaken: what came since the survey is not compared. `alone`: no other process writes, and
    `candidates` hold all there is. `fresh`: none of the batch was stored when that was asked.
    """

    conn: Connection
    now: datetime
    candidates: Candidates
    survey: Survey
    arrival: Arrival = Arrival.NEWS
    patient: bool = False
    alone: bool = False
    fresh: bool = False
    _writer: Writer = field(init=False)
    _reader: SurroundingsReader = field(init=False)

    def __post_init__(self) -> None:
        self._writer = Writer(self.conn, self.now)
        self._reader = SurroundingsReader(
            conn=self.conn,
            now=self.now,
            candidates=self.candidates,
            survey=self.survey,
            added=self._writer.added,
            patient=self.patient,
            alone=self.alone,
            fresh=self.fresh,
        )

    @property
    def done(self) -> Counter[str]:
        return self._writer.done

    @property
    def fingerprinted(self) -> Sequence[tuple[int, int, Sequence[int]]]:
        return self._writer.fingerprinted

    async def take(self, batch: Sequence[IncomingText], at: Sequence[int] = ()) -> None:
        """Store new items, new texts and new findings; what is stored already stays as it is.

        `at` says where in the batch that was surveyed these texts stand, if they are not all.
        Raises Overtaken, and whatever one of the texts brings about: nothing is stored then
        by a transaction that is rolled back.
        """
        places = list(at) or list(range(len(batch)))
        stored = await self._reader.stored(batch)
        self._writer.ids |= {
            (batch[0].source.id, key): each.item_id for key, each in stored.items()
        }
        await self._reader.check(batch, places, stored)
        facts = await self._reader.by_keys(batch)
        waiting = Waiting()
        for n, (reading, at_place) in enumerate(zip(batch, places, strict=True)):
            if reading.failure is not None:
                await self.quarantine(reading, reading.failure)
                continue
            known = stored.get(reading.item.key)
            if known is not None and not reading.rematched and is_same(reading.item, known):
                continue
            if waiting.names(reading):
                facts = await self._written(waiting.placed, facts)
                waiting = Waiting()
                if not facts.whole:
                    facts = await self._reader.whole(batch, places, facts)
            placed, mates = None, waiting.near(reading, self.now)
            if known is None and not reading.rematched:
                placed = await self._place(reading, at_place, facts, known, mates)
            if placed is None or (placed.placement.kind != "new" and (mates or not facts.whole)):
                if mates:
                    facts = await self._written(waiting.placed, facts)
                    waiting = Waiting()
                if not facts.whole:
                    facts = await self._reader.whole(batch, places, facts)
                placed = await self._place(reading, at_place, facts, known)
            if placed is None:
                continue
            if may_wait(placed):
                waiting.add(placed)
                continue
            if not changes_little(placed):
                # What stories it joins or ends must not take from those that wait where they go.
                facts = await self._written(waiting.placed, facts)
                waiting = Waiting()
            facts = await self._written([*waiting.placed, placed], facts)
            waiting = Waiting()
            if not facts.whole and n + 1 < len(batch):
                facts = await self._reader.whole(batch, places, facts)
        await self._writer.apply(waiting.placed)
        await roundups.move_parts(
            self.conn,
            [
                (stored[each.item.key].item_id, each.entry.start, each.entry.end)
                for each in batch
                if each.entry is not None and each.item.key in stored
            ],
        )

    async def take_one_by_one(self, batch: Sequence[IncomingText]) -> None:
        """The same, each text in a savepoint: one that fails is quarantined and counted. With a
        roundup stand its entries.
        """
        for places in _units(batch):
            reading = batch[places[0]]
            before = Counter(self.done), len(self._writer.added), len(self.fingerprinted)
            try:
                async with self.conn.begin_nested():
                    await self.take([batch[n] for n in places], places)
            except Exception as error:
                if may_pass(error) or isinstance(error, Overtaken):
                    raise
                self._writer.done = before[0]
                del self._writer.added[before[1] :]
                del self._writer.fingerprinted[before[2] :]
                await self.quarantine(reading, error)

    async def quarantine(self, reading: IncomingText, error: Exception) -> None:
        """Keep it once, however often it comes back and fails."""
        source_id, key = reading.source.id, reading.item.key
        log.error("item.failed", source=source_id, error=type(error).__name__, exc_info=error)
        self.done["quarantined"] += 1
        if await quarantined_items.quarantined(self.conn, source_id, [key]):
            return
        await quarantined_items.quarantine(
            self.conn,
            source_id,
            key,
            {} if reading.rematched else _payload(reading.item),
            error=f"{type(error).__name__}: {error}"[:500],
            now=self.now,
        )
        await meta.bump(self.conn, "items_quarantined")

    async def _written(self, placed: Sequence[Placed], facts: Facts) -> Facts:
        """Write these; returns what is true then, not `whole` where that must be read."""
        ids = await self._writer.apply(placed)
        if not facts.whole or not all(map(changes_little, placed)):
            return replace(facts, whole=False, unwritten=False)
        for each, (story, item_id) in zip(placed, ids, strict=True):
            for key in each.reading.identity.stored:
                facts.by_key.setdefault(key, story)
            facts.stands[item_id] = stories.Stands(story, each.placement.relation, 1)
            if each.decision.action is Action.ALERT:
                facts.alerts[story] = [Alert(self._writer.first[story], story, 0, self.now)]
        return facts

    # --- placing and deciding ---

    async def _place(
        self,
        reading: IncomingText,
        n: int,
        facts: Facts,
        known: items.StoredItem | None,
        mates: Sequence[tuple[int, Near]] = (),
    ) -> Placed | None:
        """None: there is nothing to do."""
        standing = None
        if reading.rematched or known is not None:
            standing = await self._reader.standing(reading, n, facts)
            if standing is None:
                return None
        among = self._reader.around(reading, n, facts, standing)
        if mates:
            among = replace(among, near=[*among.near, *mates])
        placement = place(reading, among)
        there = facts.alerts.get(_story_told_in(placement, standing), ())
        if standing is None:
            root = reading.entry.root if reading.entry is not None else None
            case = self._case_of_new(reading, there)
            decision = decide(case if root is None else self._case_of_added(case, root))
        else:
            decision = self._decide_again(reading, standing, there)
        return Placed(reading, placement, decision, standing, there)

    def _decide_again(
        self, reading: IncomingText, standing: Standing, there: Sequence[Alert]
    ) -> Decision:
        item, found = standing.item, reading.matches
        if reading.rematched:
            fresh = pushed_topics(found) - pushed_topics(standing.before)
            if item.archived or not fresh:
                return Decision(Action.KEEP, "nothing new is found")
            case = self._case_of(item, found, standing.before, there)
            if self.now - item.seen_at <= GAP:
                # Decide as if it came now: an item that was news without its match is news with it.
                feed = reading.source.transport is Transport.FEED
                case = replace(case, before=None, missed=True, dated_back=feed)
            return decide(case)
        first = self._is_first(reading.source, item.published)
        return decide(self._case_of(item, found, standing.before, there, first_fetch=first))

    def _case_of_new(self, reading: IncomingText, there: Sequence[Alert]) -> Case:
        source, published = reading.source, reading.item.published
        return Case(
            now=self.now,
            seen_at=self.now,
            published=published,
            matches=reading.matches,
            first_fetch=self._is_first(source, published),
            alerts=there,
            missed=self.arrival is Arrival.MISSED or is_missed(source, published),
            dated_back=self.arrival is Arrival.NEWS and is_dated_back(source, published),
        )

    def _case_of_added(self, case: Case, root: Item) -> Case:
        """An entry that an edit, or the article, has added to a known item: no news by itself."""
        article = self.arrival is Arrival.ARTICLE
        return replace(
            case,
            seen_at=root.seen_at,
            before=(),
            archived=root.archived,
            missed=False,
            dated_back=False,
            article=article,
        )

    def _is_first(self, source: Source, published: datetime | None) -> bool:
        """Whether this is a first visit, which only fills the archive."""
        return self.arrival is Arrival.ARCHIVE or is_first_fetch(source, published)

    def _case_of(
        self,
        item: Item,
        found: Sequence[ItemMatch],
        before: Sequence[ItemMatch],
        there: Sequence[Alert],
        *,
        first_fetch: bool = False,
    ) -> Case:
        return Case(
            now=self.now,
            seen_at=item.seen_at,
            published=item.published,
            matches=found,
            first_fetch=first_fetch,
            before=before,
            archived=item.archived,
            alerts=there,
            article=self.arrival is Arrival.ARTICLE,
        )


def _story_told_in(placement: Placement, standing: Standing | None) -> int:
    """The story whose alerts the text joins; 0 for one that begins with it."""
    if placement.kind == "stays" and standing is not None:
        return standing.story_id
    joins = placement.relation in ("copy", "same") and placement.story_id is not None
    return placement.story_id if joins and placement.story_id is not None else 0


def _units(batch: Sequence[IncomingText]) -> list[list[int]]:
    """Places in the batch that are stored or fail together."""
    places: list[list[int]] = []
    for n, reading in enumerate(batch):
        if reading.entry is not None and places:
            places[-1].append(n)
        else:
            places.append([n])
    return places


def _payload(item: ParsedItem) -> dict[str, object]:
    """The item in JSON's types; a broken text must not break its quarantine too."""
    values = asdict(item)
    values["published"] = item.published.isoformat() if item.published else None
    return {
        name: storable(value)
        if isinstance(value, str)
        else [storable(each) for each in value]
        if isinstance(value, tuple)
        else value
        for name, value in values.items()
    }
