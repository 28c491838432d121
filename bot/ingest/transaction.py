"""One transaction of the only writer: a batch is placed, decided on and stored.

Every arrival goes this way: new, revised, rematched and article texts. What a text is placed
among is read in the transaction itself, and read again whenever something but a story of its
own was written. Texts that begin stories of their own, nearly all there are, are written
together. Decisions are those of `bot.ingest.placement` and `bot.alerts`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

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
from bot.ingest.placement import IncomingText, Near, Placement, Standing, Surroundings, place
from bot.ingest.splits import leave, nearest_by_keys
from bot.ingest.survey import Survey, clues_of
from bot.model import Alert, Item, ItemMatch, ParsedItem, Source, Transport
from bot.store import (
    alerts,
    fingerprints,
    item_matches,
    items,
    meta,
    quarantined_items,
    roundups,
    splits,
    stories,
)
from bot.store.connection import Connection
from bot.store.items import NewItem, text_hash
from bot.store.schema import storable
from bot.store.transient import may_pass
from bot.stories.candidates import Candidates, enough, fingerprint_of
from bot.stories.edits import material

__all__ = ["Arrival", "Overtaken", "Transaction", "is_same"]

log = structlog.get_logger(__name__)


class Arrival(StrEnum):
    """How items come."""

    NEWS = "news"  # a visit, or a post sent to us
    MISSED = "missed"  # what a gap between visits hid
    ARTICLE = "article"  # the item is known, its article was fetched
    ARCHIVE = "archive"  # asked for; tells nobody


class Overtaken(Exception):
    """Since the survey, another process stored a text that this batch must be compared with: survey
    again.
    """


@dataclass(frozen=True, slots=True)
class Placed:
    """A text with its place and what is decided of it. `there`: alerts of the story it joins."""

    reading: IncomingText
    placement: Placement
    decision: Decision
    standing: Standing | None = None
    there: Sequence[Alert] = ()


@dataclass(slots=True)
class _Facts:
    """What is true in the transaction, of all that the rest of the batch may concern.

    Until it is `whole` only the keys are: how items stand is as the survey saw it, which is
    enough to tell that a text is near none of them. `compared` are the texts of the survey that
    texts are compared with, `texts` those of them that repeat no other, by story.
    """

    by_key: dict[str, int]
    stands: dict[int, stories.Stands] = field(default_factory=dict)
    alerts: dict[int, list[Alert]] = field(default_factory=dict)
    vetoes: Mapping[int, set[int]] = field(default_factory=dict)
    apart: set[frozenset[int]] = field(default_factory=set)
    cut: set[int] = field(default_factory=set)
    whole: bool = False
    compared: Mapping[int, Near] = field(default_factory=dict)
    texts: Mapping[int, Sequence[Near]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Added:
    """A text that this transaction has written, as later ones of the batch are compared with it."""

    near: Near
    keys: frozenset[str]
    marks: frozenset[int]
    clues: frozenset[int]

    def may_concern(self, reading: IncomingText) -> bool:
        marks = reading.fingerprint
        return (
            not self.keys.isdisjoint(reading.identity.asked)
            or enough(len(self.marks.intersection(marks)), len(marks))
            or (bool(self.clues) and not self.clues.isdisjoint(clues_of(reading)))
        )


class _Waiting:
    """Texts still to be written, together: those that begin stories of their own, and copies
    of which nobody is told.
    """

    def __init__(self) -> None:
        self.placed: list[Placed] = []
        self._keys: set[str] = set()
        self._marks: set[int] = set()
        self._clues: set[int] = set()

    def add(self, placed: Placed) -> None:
        self.placed.append(placed)
        reading = placed.reading
        self._keys.update(reading.identity.stored)
        self._marks.update(reading.fingerprint)
        self._clues.update(clues_of(reading))

    def names(self, reading: IncomingText) -> bool:
        """Whether the text shares a key with one of the waiting texts, which must then be written
        first.
        """
        return not self._keys.isdisjoint(reading.identity.asked)

    def near(self, reading: IncomingText, now: datetime) -> list[tuple[int, Near]]:
        """The waiting texts that the text must be compared with, by numbers that no story has."""
        clues = clues_of(reading)
        alike = enough(len(self._marks.intersection(reading.fingerprint)), len(reading.fingerprint))
        if not alike and self._clues.isdisjoint(clues):
            return []
        return [
            (-n, near)
            for n, each in enumerate(self.placed, 1)
            if _may_concern(each.reading, reading)
            and (near := _near(each.reading, -n, -n, now)) is not None
        ]


@dataclass(slots=True)
class Transaction:
    """`conn` is of `Store.write(relating=True)`. `done` counts by the names of Ingested.

    `candidates` hold what earlier transactions committed; what this one adds is kept apart,
    since it may yet be rolled back: `marked` are its rows for them. With `patient` nothing is
    Overtaken: what came since the survey is not compared. `alone`: no other process writes, and
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
    done: Counter[str] = field(default_factory=Counter)
    marked: list[tuple[int, int, Sequence[int]]] = field(default_factory=list)
    _added: list[_Added] = field(default_factory=list)
    _ids: dict[tuple[int, str], int] = field(default_factory=dict)
    _first: dict[int, int] = field(default_factory=dict)  # first alerts made, by story
    _caught_up: bool = False

    async def take(self, batch: Sequence[IncomingText], at: Sequence[int] = ()) -> None:
        """Store new items, new texts and new findings; what is stored already stays as it is.

        `at` says where in the batch that was surveyed these texts stand, if they are not all.
        Raises Overtaken, and whatever one of the texts brings about: nothing is stored then
        by a transaction that is rolled back.
        """
        places = list(at) or list(range(len(batch)))
        stored = await self._stored(batch)
        self._ids |= {(batch[0].source.id, key): each.item_id for key, each in stored.items()}
        await self._check(batch, places, stored)
        facts = await self._keys(batch)
        waiting = _Waiting()
        for n, (reading, at_place) in enumerate(zip(batch, places, strict=True)):
            if reading.failure is not None:
                await self.quarantine(reading, reading.failure)
                continue
            known = stored.get(reading.item.key)
            if known is not None and not reading.rematched and is_same(reading.item, known):
                continue
            if waiting.names(reading):
                facts = await self._written(waiting.placed, facts)
                waiting = _Waiting()
                if not facts.whole:
                    facts = await self._facts(batch, places)
            placed, mates = None, waiting.near(reading, self.now)
            if known is None and not reading.rematched:
                placed = await self._place(reading, at_place, facts, known, mates)
            if placed is None or (placed.placement.kind != "new" and (mates or not facts.whole)):
                if mates:
                    facts = await self._written(waiting.placed, facts)
                    waiting = _Waiting()
                if not facts.whole:
                    facts = await self._facts(batch, places)
                placed = await self._place(reading, at_place, facts, known)
            if placed is None:
                continue
            if _may_wait(placed):
                waiting.add(placed)
                continue
            if not _changes_little(placed):
                # What stories it joins or ends must not take from those that wait where they go.
                facts = await self._written(waiting.placed, facts)
                waiting = _Waiting()
            facts = await self._written([*waiting.placed, placed], facts)
            waiting = _Waiting()
            if not facts.whole and n + 1 < len(batch):
                facts = await self._facts(batch, places)
        await self._apply(waiting.placed)
        await roundups.move_parts(
            self.conn,
            [
                (stored[each.item.key].item_id, each.entry.start, each.entry.end)
                for each in batch
                if each.entry is not None and each.item.key in stored
            ],
        )

    async def take_apart(self, batch: Sequence[IncomingText]) -> None:
        """The same, each text in a savepoint: one that fails is quarantined and counted. With a
        roundup stand its entries.
        """
        for places in _apart(batch):
            reading = batch[places[0]]
            before = Counter(self.done), len(self._added), len(self.marked)
            try:
                async with self.conn.begin_nested():
                    await self.take([batch[n] for n in places], places)
            except Exception as error:
                if may_pass(error) or isinstance(error, Overtaken):
                    raise
                self.done = before[0]
                del self._added[before[1] :]
                del self.marked[before[2] :]
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

    # --- what is known ---

    async def _stored(self, batch: Sequence[IncomingText]) -> dict[str, items.StoredItem]:
        """The items among the batch that are stored; a batch is of one source, or rematched."""
        if self.fresh:
            return {}  # a key that is there after all lets the batch fail, to be tried apart
        keys = [each.item.key for each in batch if not each.rematched]
        return await items.known(self.conn, batch[0].source.id, keys) if keys else {}

    async def _check(
        self,
        batch: Sequence[IncomingText],
        places: Sequence[int],
        stored: Mapping[str, items.StoredItem],
    ) -> None:
        """Raises Overtaken where the survey has missed what was stored meanwhile."""
        # What this transaction adds may yet be rolled back.
        if not self._caught_up and not self.alone:
            await fingerprints.catch_up(self.conn, self.candidates)
            self._caught_up = True
        if self.patient:
            return
        for reading, n in zip(batch, places, strict=True):
            known, seen = stored.get(reading.item.key), self.survey.standing.get(n)
            if known is not None and not is_same(reading.item, known):
                if seen is None or seen.item.revision != known.revision:
                    raise Overtaken
            elif self.candidates.last > self.survey.upto and not reading.rematched:
                near = {*self.candidates.near(reading.fingerprint)}
                if reading.matches or near.difference(self.survey.near.get(n, ())):
                    raise Overtaken

    async def _written(self, placed: Sequence[Placed], facts: _Facts) -> _Facts:
        """Write these; returns what is true then, not `whole` where that must be read."""
        ids = await self._apply(placed)
        if not facts.whole or not all(map(_changes_little, placed)):
            return replace(facts, whole=False)
        for each, (story, item_id) in zip(placed, ids, strict=True):
            for key in each.reading.identity.stored:
                facts.by_key.setdefault(key, story)
            facts.stands[item_id] = stories.Stands(story, each.placement.relation, 1)
            if each.decision.action is Action.ALERT:
                facts.alerts[story] = [Alert(self._first[story], story, 0, self.now)]
        return facts

    async def _keys(self, batch: Sequence[IncomingText]) -> _Facts:
        """Which stories the texts' keys name; Overtaken where the survey knew of none."""
        asked = {key for each in batch for key in each.identity.asked}
        by_key = await stories.find_by_keys(self.conn, asked)
        if not self.patient and not by_key.keys() <= self.survey.by_key.keys():
            raise Overtaken
        seen = {
            n: stories.Stands(near.item.story_id, "", near.item.revision)
            for n, near in self.survey.texts.items()
            if near.item.story_id is not None
        }
        return self._arranged(_Facts(by_key, seen))

    async def _facts(self, batch: Sequence[IncomingText], places: Sequence[int]) -> _Facts:
        """What is true in this transaction of all that these texts may concern."""
        asked = {key for each in batch for key in each.identity.asked}
        by_key = await stories.find_by_keys(self.conn, asked)
        near = {item_id for n in places for item_id in self.survey.near.get(n, ())}
        ids = {*self.survey.texts, *(each.near.item.id for each in self._added)}
        stands = await stories.standing(self.conn, ids) if ids else {}
        there = {*by_key.values(), *(each.story_id for each in stands.values())}
        told = await alerts.of_stories(self.conn, there) if there else {}
        vetoes = await fingerprints.splits_of(self.conn, near) if near else {}
        apart = await fingerprints.split_stories(self.conn, there) if len(there) > 1 else set()
        cut = await roundups.cut_stories(self.conn, {*by_key.values()}) if by_key else set()
        return self._arranged(_Facts(by_key, {**stands}, told, vetoes, apart, cut, whole=True))

    def _arranged(self, facts: _Facts) -> _Facts:
        facts.compared = {i: n for i, n in self.survey.texts.items() if not n.item.cut}
        facts.texts = _by_story(facts.compared.values(), facts)
        return facts

    def _known(
        self, reading: IncomingText, n: int, facts: _Facts, standing: Standing | None
    ) -> Surroundings:
        added = [each.near for each in self._added if each.may_concern(reading)]
        compared, texts = facts.compared, facts.texts
        if reading.entry is not None and reading.entry.root is not None:
            compared = {
                i: near
                for i, near in compared.items()
                if not _is_untold_root(near.item, reading, facts)
            }
            texts = _by_story(compared.values(), facts)
        read = [compared[i] for i in self.survey.near.get(n, ()) if i in compared]
        if added:
            more = _by_story(added, facts)
            texts = {**texts, **{i: [*texts.get(i, ()), *nears] for i, nears in more.items()}}
        return Surroundings(
            now=self.now,
            by_key={k: facts.by_key[k] for k in reading.identity.asked if k in facts.by_key},
            near=[
                (stands.story_id, near)
                for near in (*read, *added)
                if (stands := facts.stands.get(near.item.id)) is not None
            ],
            texts=texts,
            told=facts.alerts.keys(),
            apart=facts.apart,
            cut=facts.cut,
            vetoes=facts.vetoes,
            standing=standing,
        )

    async def _standing(self, reading: IncomingText, n: int, facts: _Facts) -> Standing | None:
        near = self.survey.standing.get(n)
        stands = facts.stands.get(near.item.id) if near is not None else None
        if near is None or stands is None:
            return None
        item = replace(near.item, story_id=stands.story_id)
        if reading.rematched:
            if stands.revision != item.revision:
                return None  # its new text was read with filters as new, or will be
            before = await item_matches.matches_of(self.conn, item.id, item.revision)
        else:
            # All its past matches: a text that was broken for a while is not news when it is
            # mended.
            before = await item_matches.ever_matched(self.conn, item.id)
        others = [o.id for o in await stories.items_of(self.conn, stands.story_id)]
        others = [other for other in others if other != item.id]
        return Standing(item, near.text_profile, stands.story_id, before, others)

    # --- placing and deciding ---

    async def _place(
        self,
        reading: IncomingText,
        n: int,
        facts: _Facts,
        known: items.StoredItem | None,
        mates: Sequence[tuple[int, Near]] = (),
    ) -> Placed | None:
        """None: there is nothing to do."""
        standing = None
        if reading.rematched or known is not None:
            standing = await self._standing(reading, n, facts)
            if standing is None:
                return None
        among = self._known(reading, n, facts, standing)
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

    # --- writing ---

    async def _apply(self, placed: Sequence[Placed]) -> list[tuple[int, int]]:
        """Write the placements: new items together, then the stored items that changed. Returns
        the story and the id of each new item: whole ones, then entries.
        """
        made = await self._apply_new([each for each in placed if each.standing is None])
        for each in placed:
            if each.standing is not None:
                await self._apply_again(each, each.standing)
        return made

    async def _apply_new(self, placed: Sequence[Placed]) -> list[tuple[int, int]]:
        """Items first, since the entries of roundups among them name these."""
        return [
            *await self._insert([each for each in placed if each.reading.entry is None]),
            *await self._insert([each for each in placed if each.reading.entry is not None]),
        ]

    async def _insert(self, placed: Sequence[Placed]) -> list[tuple[int, int]]:
        if not placed:
            return []
        own = [each for each in placed if each.placement.kind == "new"]
        begun = iter(await stories.create_many(self.conn, len(own), self.now) if own else ())
        story_of = [
            next(begun) if each.placement.kind == "new" else await self._join(each.placement)
            for each in placed
        ]
        joined = {
            story for each, story in zip(placed, story_of, strict=True) if _joins(each.placement)
        }
        await stories.touch(self.conn, joined, self.now)
        ids = await items.insert_items(
            self.conn,
            placed[0].reading.source.id,
            [self._new_item(each, story) for each, story in zip(placed, story_of, strict=True)],
            seen_at=self.now,
        )
        self._ids |= {(placed[0].reading.source.id, key): item_id for key, item_id in ids.items()}
        stored = [
            (each, story, ids[each.reading.item.key])
            for each, story in zip(placed, story_of, strict=True)
        ]
        pairs = [(key, story) for each, story, _ in stored for key in each.reading.identity.stored]
        await stories.add_key_pairs(self.conn, pairs)
        readings = [(item_id, each.reading) for each, _, item_id in stored]
        self.marked += await fingerprints.add_marks(
            self.conn, [(n, r.fingerprint) for n, r in readings]
        )
        await fingerprints.add_clues(self.conn, [(n, clues_of(r)) for n, r in readings])
        await item_matches.insert_matches_of(self.conn, [(n, r.matches) for n, r in readings])
        await self._tell_new(stored)
        apart = await splits.split_in_chats(self.conn, joined)
        for each, story, item_id in stored:
            await self._settle(each, story, item_id, apart)
            self._note(each.reading, item_id, story)
            self.done["new"] += each.reading.entry is None
            self._count(each)
        return [(story, item_id) for _, story, item_id in stored]

    def _new_item(self, placed: Placed, story_id: int) -> NewItem:
        reading, entry = placed.reading, placed.reading.entry
        return NewItem(
            parsed=reading.item,
            story_id=story_id,
            relation="same" if _is_original(placed) else placed.placement.relation,
            archived=placed.decision.action is Action.ARCHIVE,
            generation=reading.generation,
            lang=reading.item.lang or reading.source.lang,
            part=None
            if entry is None
            else (self._ids[reading.source.id, entry.whole], entry.start, entry.end),
            cut=reading.cut,
        )

    async def _tell_new(self, stored: Sequence[tuple[Placed, int, int]]) -> None:
        first = [story for each, story, _ in stored if each.decision.action is Action.ALERT]
        made = await alerts.create_firsts(self.conn, first, self.now)
        self._first |= made
        causes = []
        for each, story, item_id in stored:
            alert_id = each.decision.alert_id
            if each.decision.action is Action.ALERT:
                alert_id = made[story]
            if alert_id is not None:
                causes.append((alert_id, item_id, each.decision.late))
        await alerts.add_causes(self.conn, causes, self.now)

    async def _join(self, placement: Placement) -> int:
        """The story of a new item that does not begin one by itself."""
        story = placement.story_id
        assert story is not None  # of all other kinds
        if placement.kind == "development":
            return await stories.create(self.conn, self.now, story)
        await stories.merge(self.conn, placement.absorbs, story)
        return story

    async def _settle(
        self, placed: Placed, story: int, item_id: int, apart: Collection[int]
    ) -> None:
        """How a new item stands among those of the story it joined; `apart`: stories that chats
        split for themselves.
        """
        placement = placed.placement
        if not _joins(placement):
            return
        if _is_original(placed):
            await stories.make_copies(self.conn, placement.repeats)
        if story in apart:
            await self._stand(item_id, story, placement.of, placed.reading)

    async def _stand(
        self, item_id: int, story_id: int, of: int | None, reading: IncomingText
    ) -> None:
        """In chats that split the story for themselves, put the item into the part it is nearest
        to.
        """
        if of is None:
            there = [i for i in await stories.items_of(self.conn, story_id) if i.id != item_id]
            of = await nearest_by_keys(self.conn, there, reading.identity.stored)
        if of is not None:
            await splits.go_with(self.conn, item_id, of, story_id, self.now)

    async def _apply_again(self, placed: Placed, standing: Standing) -> None:
        """Apply the placement of a stored item: its story, its text, and its alert."""
        story = await self._move(placed, standing)
        if placed.reading.rematched:
            await self._rematch(placed, standing, story)
        else:
            await self._revise(placed, standing, story)
        self._count(placed)

    async def _move(self, placed: Placed, standing: Standing) -> int:
        """Move the item to the story of its placement; returns that story."""
        placement, mine = placed.placement, standing.story_id
        target = placement.story_id
        if placement.kind == "stays":
            await stories.merge(self.conn, placement.absorbs, mine, placement.relation)
            if target is not None:
                await stories.go_on_from(self.conn, mine, target)
            return mine
        joins = placement.relation in ("copy", "same") and target is not None
        into = target if joins and target is not None else 0
        if placement.kind == "leaves":
            into = into or await stories.create(self.conn, self.now, target)
            others = [
                each
                for each in await stories.items_of(self.conn, mine)
                if each.id in standing.others
            ]
            kind = placement.relation
            await leave(self.conn, standing.item, others, self.now, into=into, kind=kind)
        else:
            await stories.merge(self.conn, placement.absorbs, into, placement.relation)
        await stories.touch(self.conn, [into], self.now)
        if joins and await splits.split_in_chats(self.conn, [into]):
            await self._stand(standing.item.id, into, placement.of, placed.reading)
        return into

    async def _revise(self, placed: Placed, standing: Standing, story: int) -> None:
        reading, item, decision = placed.reading, standing.item, placed.decision
        number = await items.add_revision(
            self.conn, item.id, reading.item, seen_at=self.now, generation=reading.generation
        )
        await stories.add_keys(self.conn, story, reading.identity.stored)
        before = () if item.cut else fingerprint_of(standing.text_profile.clean)
        fingerprint = [mark for mark in reading.fingerprint if mark not in before]
        self.marked += await fingerprints.add_marks(self.conn, [(item.id, fingerprint)])
        await fingerprints.add_clues(self.conn, [(item.id, clues_of(reading))])
        await item_matches.insert_matches(self.conn, item.id, number, reading.matches)
        is_cut = reading.cut and not standing.before
        if is_cut != item.cut:
            await roundups.cut(self.conn, [item.id], is_cut=is_cut)
        if decision.action in (Action.ALERT, Action.REJOIN):
            await items.note_reading(self.conn, item.id, reading.generation, archived=False)
            await self._act(decision, story, item.id, number)
        elif material(f"{item.title}\n{item.text}", f"{reading.item.title}\n{reading.item.text}"):
            # Offer it to nobody else; chats with a notice see the change by an edit.
            for alert in placed.there:
                await alerts.bump_messages(self.conn, alert.id)
        self._note(reading, item.id, story)
        self.done["revised"] += reading.entry is None

    async def _rematch(self, placed: Placed, standing: Standing, story: int) -> None:
        reading, item = placed.reading, standing.item
        await fingerprints.add_clues(self.conn, [(item.id, clues_of(reading))])
        await item_matches.insert_matches(self.conn, item.id, item.revision, reading.matches)
        found = {match.filter_key for match in reading.matches}
        await item_matches.lapse_matches(self.conn, [(item.id, item.revision, found)])
        await items.note_reading(self.conn, item.id, reading.generation)
        await self._act(placed.decision, story, item.id, item.revision, again=True)
        self._note(reading, item.id, story)

    async def _act(
        self,
        decision: Decision,
        story_id: int,
        item_id: int,
        revision: int,
        *,
        again: bool = False,
    ) -> None:
        alert_id = decision.alert_id
        if decision.action is Action.ALERT:
            alert_id = (await alerts.create(self.conn, story_id, 0, self.now)).id
        if alert_id is not None:
            await alerts.add_cause(
                self.conn, alert_id, item_id, self.now, revision, again=again, late=decision.late
            )

    def _note(self, reading: IncomingText, item_id: int, story_id: int) -> None:
        """Let later texts of the batch be compared with this one too."""
        near = _near(reading, item_id, story_id, self.now)
        if near is not None:
            keys, clues = frozenset(reading.identity.stored), frozenset(clues_of(reading))
            self._added.append(_Added(near, keys, frozenset(reading.fingerprint), clues))

    def _count(self, placed: Placed) -> None:
        found, action = placed.reading.matches, placed.decision.action
        if placed.reading.rematched and action is Action.KEEP:
            return
        if found:
            self.done["matched"] += 1
        if action in _COUNTED_AS:
            self.done[_COUNTED_AS[action]] += 1


_COUNTED_AS: Final = {
    Action.ALERT: "alerts",
    Action.REJOIN: "joined",
    Action.ARCHIVE: "archived",
}


def _story_told_in(placement: Placement, standing: Standing | None) -> int:
    """The story whose alerts the text joins; 0 for one that begins with it."""
    if placement.kind == "stays" and standing is not None:
        return standing.story_id
    joins = placement.relation in ("copy", "same") and placement.story_id is not None
    return placement.story_id if joins and placement.story_id is not None else 0


def _joins(placement: Placement) -> bool:
    """Whether a new item joins a story that is there."""
    return placement.kind in ("copy", "same") and placement.story_id is not None


def _changes_little(placed: Placed) -> bool:
    """Whether nothing changes with the text but what its own rows say."""
    placement, reading = placed.placement, placed.reading
    return (
        placed.standing is None
        and not placement.absorbs
        and not placement.repeats
        and not reading.cut
        and reading.entry is None
        and placement.kind != "development"
    )


def _may_wait(placed: Placed) -> bool:
    """Whether a text may be written later, with others: no other of the batch that is not near
    it can ask for what it brings.
    """
    if placed.placement.kind == "new":
        return True
    is_silent = not placed.reading.matches and placed.decision.alert_id is None
    return placed.placement.kind == "copy" and is_silent and _changes_little(placed)


def _by_story(nears: Iterable[Near], facts: _Facts) -> dict[int, list[Near]]:
    """Those that repeat no other text, by the story they are of."""
    texts: dict[int, list[Near]] = {}
    for near in nears:
        stands = facts.stands.get(near.item.id)
        if stands is not None and stands.relation != "copy":
            texts.setdefault(stands.story_id, []).append(near)
    return texts


def _is_original(placed: Placed) -> bool:
    """Whether the new item is the original that others of its story repeat."""
    told = placed.decision.action is not Action.ARCHIVE
    return placed.placement.kind == "copy" and bool(placed.placement.repeats) and told


def _apart(batch: Sequence[IncomingText]) -> list[list[int]]:
    """Places in the batch that are stored or fail together."""
    places: list[list[int]] = []
    for n, reading in enumerate(batch):
        if reading.entry is not None and places:
            places[-1].append(n)
        else:
            places.append([n])
    return places


def _is_untold_root(item: Item, reading: IncomingText, facts: _Facts) -> bool:
    """Whether the text is what the entry stands in: it repeats nothing but itself, unless that
    was told before it was known to be a roundup.
    """
    root = reading.entry.root if reading.entry is not None else None
    return root is not None and root.id == item.id and item.story_id not in facts.alerts


def _near(reading: IncomingText, item_id: int, story_id: int, now: datetime) -> Near | None:
    """A text of this batch as later ones are compared with it."""
    if reading.text_profile is None:
        return None
    item = reading.item
    stored = Item(
        id=item_id,
        source_id=reading.source.id,
        key=item.key,
        revision=0,
        title=item.title,
        text=item.text,
        url=item.url,
        lang=item.lang,
        published=item.published,
        seen_at=now,
        story_id=story_id,
        forwarded_from=item.forwarded_from,
    )
    return Near(stored, reading.text_profile)


def _may_concern(other: IncomingText, reading: IncomingText) -> bool:
    if not {*other.identity.stored}.isdisjoint(reading.identity.asked):
        return True
    if enough(
        len({*other.fingerprint}.intersection(reading.fingerprint)), len(reading.fingerprint)
    ):
        return True
    return not {*clues_of(other)}.isdisjoint(clues_of(reading))


def is_same(item: ParsedItem, known: items.StoredItem | None) -> bool:
    """Whether the item is stored with this very text."""
    return known is not None and known.text_hash == text_hash(item.title, item.text)


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
