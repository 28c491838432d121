"""One transaction of the only writer: items are related, decided on and stored.

Each item has a savepoint: one that fails is rolled back, quarantined and counted, the
others go on. Decisions are those of `bot.stories` and `bot.alerts`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
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
from bot.ingest.leaving import leave
from bot.ingest.splitting import nearest_by_keys
from bot.model import Alert, Item, ItemMatch, ParsedItem, Source
from bot.store import alerts, fingerprints, items, meta, splits, stories
from bot.store.connection import Connection
from bot.store.items import ArchivedItem, Known, text_hash
from bot.store.schema import storable
from bot.store.transient import may_pass
from bot.stories.candidates import Candidates, enough, marks_of
from bot.stories.clues import clue_keys
from bot.stories.copies import CONTAINED, copied
from bot.stories.edits import material
from bot.stories.identity import TEXT_KEY
from bot.stories.origin import is_original_of
from bot.stories.relation import Known as Near
from bot.stories.relation import (
    Portrait,
    Relation,
    RelationKind,
    portrait,
    relate,
    relate_texts,
    unlike,
)

__all__ = ["Arrival", "ReadItem", "Relating", "is_same"]

log = structlog.get_logger(__name__)

MOST_NEAR: Final = 40
"""Earlier items that one is compared with, those that share most."""


@dataclass(frozen=True, slots=True)
class ReadItem:
    """A parsed item with its story keys and what the filters of a generation found in it.

    `failure` is what reading it raised.
    """

    item: ParsedItem
    generation: int
    keys: tuple[str, ...] = ()
    matches: tuple[ItemMatch, ...] = ()
    portrait: Portrait | None = None
    marks: tuple[int, ...] = ()
    failure: Exception | None = None


class Arrival(StrEnum):
    """How items come."""

    NEWS = "news"  # a visit, or a post sent to us
    MISSED = "missed"  # what a gap between visits hid
    ARTICLE = "article"  # the item is known, its article was fetched
    ARCHIVE = "archive"  # asked for; tells nobody


@dataclass(slots=True)
class Relating:
    """`conn` is of `Store.write(relating=True)`. `done` counts by the names of Ingested.

    `candidates` hold what earlier transactions committed; what this one adds is kept apart,
    since it may yet be rolled back.
    """

    conn: Connection
    now: datetime
    arrival: Arrival = Arrival.NEWS
    candidates: Candidates = field(default_factory=Candidates)
    _added: dict[int, list[int]] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    async def take(self, source: Source, texts: Sequence[ReadItem]) -> None:
        """Store new items and new texts of known ones; what is stored already stays as it is."""
        known = await items.known(self.conn, source.id, [each.item.key for each in texts])
        found = await stories.find_by_keys(self.conn, {key for each in texts for key in each.keys})
        await fingerprints.catch_up(self.conn, self.candidates)
        alike = [n for n, each in enumerate(texts) if self.candidates.near(each.marks)]
        stored = await self._insert_plain(source, _plain(texts, known, found, alike), found)
        for each in texts:
            if each.item.key in stored:
                continue
            async with self._apart(source.id, each.item.key, each.item) as counts:
                if each.failure is not None:
                    raise each.failure
                old = known.get(each.item.key)
                if is_same(each.item, old):
                    continue
                if old is None:
                    story_id = await self._insert(source, each, found, counts)
                else:
                    story_id = await self._revise(source, each, old, counts)
            if counts:
                # Copies may stand side by side in one batch.
                found |= {key: story_id for key in each.keys if key not in found}

    async def _insert_plain(
        self, source: Source, plain: Sequence[ReadItem], found: dict[str, int]
    ) -> set[str]:
        """Store most of a batch in four statements; returns the keys of what was stored.

        If any fails, none is: each is then tried apart.
        """
        if not plain:
            return set()
        decisions = [decide(self._case_of_new(source, each)) for each in plain]
        try:
            async with self.conn.begin_nested():
                ids = await stories.create_many(self.conn, len(plain), self.now)
                new = [
                    items.NewItem(
                        parsed=each.item,
                        story_id=story_id,
                        archived=decision.action is Action.ARCHIVE,
                        generation=each.generation,
                        lang=each.item.lang or source.lang,
                    )
                    for each, story_id, decision in zip(plain, ids, decisions, strict=True)
                ]
                await items.insert_items(self.conn, source.id, new, seen_at=self.now)
                pairs = [
                    (key, story)
                    for each, story in zip(plain, ids, strict=True)
                    for key in each.keys
                ]
                await stories.add_key_pairs(self.conn, pairs)
                inserted = await items.known(
                    self.conn, source.id, [each.item.key for each in plain]
                )
                marks = [(inserted[each.item.key].item_id, each.marks) for each in plain]
                await fingerprints.add_marks(self.conn, marks)
        except Exception as error:
            if may_pass(error):
                raise
            log.warning("items.tried_apart", source=source.id, error=type(error).__name__)
            return set()
        found |= dict(pairs)
        self._note_added(marks)
        for decision in decisions:
            self.done["new"] += 1
            _count(self.done, (), decision)
        return {each.item.key for each in plain}

    async def rematch(self, old: ArchivedItem, found: Sequence[ItemMatch], generation: int) -> None:
        """Store what a newer generation of filters found in a stored item.

        It is told if that is a topic it did not match before; never from the archive.
        """
        async with self._apart(old.item.source_id, old.item.key) as counts:
            item = await items.get(self.conn, old.item.id)
            if item is None or item.revision != old.item.revision:
                return  # its new text was read with filters as new, or will be
            before = await items.matches_of(self.conn, item.id, item.revision)
            await items.insert_matches(self.conn, item.id, item.revision, found)
            await items.note_reading(self.conn, item.id, generation)
            fresh = pushed_topics(found) - pushed_topics(before)
            if item.archived or item.story_id is None or not fresh:
                return
            there = await alerts.of_story(self.conn, item.story_id)
            decision = decide(self._case_of(item, found, before, there))
            await self._act(decision, item.story_id, item.id, item.revision, again=True)
            _count(counts, found, decision)

    async def _insert(
        self, source: Source, read: ReadItem, found: dict[str, int], counts: Counter[str]
    ) -> int:
        candidates = {found[key] for key in read.keys if key in found}
        there = {story: await alerts.of_story(self.conn, story) for story in candidates}
        relation = relate(candidates, {story for story, some in there.items() if some})
        if relation.kind == "new":
            relation = await self._by_text(read)
        else:
            # Two stories proved one. Those that were told stay: people speak of both.
            untold = [story for story, some in there.items() if not some]
            apart = await fingerprints.split_stories(self.conn, candidates)
            untold = [
                story for story in untold if frozenset((story, relation.story_id)) not in apart
            ]
            await stories.merge(self.conn, untold, relation.story_id or 0)
        joins = relation.story_id if relation.kind in ("copy", "same") else None
        known = [] if joins is None else await alerts.of_story(self.conn, joins)
        decision = decide(self._case_of_new(source, read, known))
        if joins is None:
            parent = relation.story_id  # of a development
            if parent is not None:
                parent = await stories.root_of(self.conn, parent)
            story_id = await stories.create(self.conn, self.now, parent)
        else:
            story_id = joins
            await stories.touch(self.conn, story_id, self.now)
        kind: RelationKind = relation.kind
        if kind == "copy" and decision.action is not Action.ARCHIVE:
            kind = await self._original(read, story_id)
        item_id = await items.insert_item(
            self.conn,
            source.id,
            read.item,
            seen_at=self.now,
            story_id=story_id,
            relation=kind,
            archived=decision.action is Action.ARCHIVE,
            generation=read.generation,
            lang=read.item.lang or source.lang,
        )
        await stories.add_keys(self.conn, story_id, read.keys)
        if not any(key.startswith(TEXT_KEY) and key in found for key in read.keys):
            await self._mark(item_id, read.marks)  # else it has the very words of another
        await fingerprints.add_clues(self.conn, item_id, _clues(read))
        await items.insert_matches(self.conn, item_id, 1, read.matches)
        if joins is not None:
            await self._stand(item_id, story_id, relation.of, read)
        await self._act(decision, story_id, item_id, 1)
        counts["new"] += 1
        _count(counts, read.matches, decision)
        return story_id

    async def _stand(self, item_id: int, story_id: int, of: int | None, read: ReadItem) -> None:
        """In chats that split the story for themselves it is of the part it is nearest to."""
        if not await splits.any_of(self.conn, story_id):
            return
        if of is None:
            there = await stories.items_of(self.conn, story_id)
            of = nearest_by_keys([item for item in there if item.id != item_id], read.keys)
        if of is not None:
            await splits.go_with(self.conn, item_id, of, story_id, self.now)

    async def _original(self, read: ReadItem, story_id: int) -> RelationKind:
        """How a copy stands in its story: those that repeat it become its reposts."""
        if read.portrait is None:
            return "copy"
        theirs = [
            item.id
            for item in await stories.texts_of(self.conn, story_id)
            if is_original_of(read.item, read.portrait, item)
        ]
        if not theirs:
            return "copy"
        await stories.make_copies(self.conn, theirs)
        return "same"

    async def _by_text(self, read: ReadItem, but: int = 0) -> Relation:
        """Near copies of any item, the same event of one that matches; not the item `but`."""
        if read.portrait is None:
            return Relation("new")
        clues = _clues(read)
        kept = await fingerprints.near(self.conn, self._alike(read.marks), clues, MOST_NEAR)
        kept = [each for each in kept if each.item_id != but]
        if not kept:
            return Relation("new")
        vetoes = await fingerprints.splits_of(self.conn, [each.item_id for each in kept])
        known = [
            Near(each.item_id, each.story_id, each.at, drawn(each.title, each.text))
            for each in kept
        ]
        at = min(read.item.published or self.now, self.now)
        return relate_texts(read.portrait, at, known, vetoes, copies_only=not clues)

    async def _revise(
        self, source: Source, read: ReadItem, known: Known, counts: Counter[str]
    ) -> int:
        item = await items.get(self.conn, known.item_id)
        assert item is not None  # known in this transaction
        story_id = item.story_id
        assert story_id is not None  # every item is inserted with one
        # All it ever said: a text that was broken for a while says nothing new afterwards.
        before = await items.ever_matched(self.conn, item.id)
        there = await alerts.of_story(self.conn, story_id)
        newly = bool(read.matches) and not before and not there
        if newly or self._says_another_thing(read, item):
            story_id = await self._found_again(read, item, story_id, there)
            there = await alerts.of_story(self.conn, story_id)
        first = self._is_first(source, item.published)
        decision = decide(self._case_of(item, read.matches, before, there, first_fetch=first))
        number = await items.add_revision(
            self.conn, item.id, read.item, seen_at=self.now, generation=read.generation
        )
        await stories.add_keys(self.conn, story_id, read.keys)
        before_it = portrait(item.title, item.text)
        await self._mark(item.id, [m for m in read.marks if m not in marks_of(before_it.clean)])
        await fingerprints.add_clues(self.conn, item.id, _clues(read))
        await items.insert_matches(self.conn, item.id, number, read.matches)
        if decision.action in (Action.ALERT, Action.REJOIN):
            await items.note_reading(self.conn, item.id, read.generation, archived=False)
            await self._act(decision, story_id, item.id, number)
        elif material(f"{item.title}\n{item.text}", f"{read.item.title}\n{read.item.text}"):
            # Not to be told to anyone else; those who were told see what has changed.
            for alert in there:
                await alerts.bump_messages(self.conn, alert.id)
        counts["revised"] += 1
        _count(counts, read.matches, decision)
        return story_id

    def _says_another_thing(self, read: ReadItem, item: Item) -> bool:
        """Whether an edit that is news yet is more than a correction of what the item said."""
        new = read.portrait
        if new is None or item.archived or self.now - (item.published or item.seen_at) > GAP:
            return False
        old = drawn(item.title, item.text)
        return copied(new.shingles, old.shingles, new.clues, old.clues) < CONTAINED

    async def _found_again(
        self, read: ReadItem, item: Item, story_id: int, told: Sequence[Alert]
    ) -> int:
        """The story of an item whose new text may be of another.

        Its first words did not say of which event it tells (a headline whose article came
        later), or it tells another event now (a post that is written over). Who was told of
        the story by this item has it from another of its items then, and is offered what the
        item says now. An item that is all there is of a told story stays: people speak of it.
        """
        relation = await self._by_key(read, story_id) or await self._by_text(read, but=item.id)
        if relation.story_id == story_id:
            return story_id
        others = [
            each for each in await stories.items_of(self.conn, story_id) if each.id != item.id
        ]
        joins = relation.story_id if relation.kind in ("copy", "same") else None
        if others:
            if joins is None and not self._is_written_over(read, item):
                return story_id
            into = joins
            if into is None:
                parent = relation.story_id
                if parent is not None:
                    parent = await stories.root_of(self.conn, parent)
                into = await stories.create(self.conn, self.now, parent)
            await leave(self.conn, item, others, self.now, into=into, kind=relation.kind)
        elif relation.story_id is None:
            return story_id
        elif joins is None:
            parent = await stories.root_of(self.conn, relation.story_id)
            await stories.go_on_from(self.conn, story_id, parent)
            return story_id
        elif told:
            if not await alerts.of_story(self.conn, joins):
                await stories.merge(self.conn, [joins], story_id)
            return story_id
        else:
            await stories.merge(self.conn, [story_id], joins, relation.kind)
            into = joins
        await stories.touch(self.conn, into, self.now)
        if joins is not None:
            await self._stand(item.id, into, relation.of, read)
        return into

    async def _by_key(self, read: ReadItem, story_id: int) -> Relation | None:
        """A copy of what another story has word for word."""
        keys = [key for key in read.keys if key.startswith(TEXT_KEY)]
        found = {*(await stories.find_by_keys(self.conn, keys)).values()}
        if not found or story_id in found:
            return None
        apart = await fingerprints.split_stories(self.conn, {story_id, *found})
        return None if apart else relate(found)

    def _is_written_over(self, read: ReadItem, item: Item) -> bool:
        """Whether the item's texts have next to nothing in common."""
        old = drawn(item.title, item.text)
        return read.portrait is not None and unlike(read.portrait, old)

    def _alike(self, marks: Sequence[int]) -> list[int]:
        """Items whose texts may be copies of one with these marks, those nearest first."""
        shared = self.candidates.shared(marks)
        for mark in marks:
            shared.update(self._added.get(mark, ()))
        return [n for n, common in shared.most_common() if enough(common, len(marks))]

    async def _mark(self, item_id: int, marks: Sequence[int]) -> None:
        await fingerprints.add_marks(self.conn, [(item_id, marks)])
        self._note_added([(item_id, marks)])

    def _note_added(self, marks: Sequence[tuple[int, Sequence[int]]]) -> None:
        for item_id, each in marks:
            for mark in each:
                self._added.setdefault(mark, []).append(item_id)

    def _case_of_new(self, source: Source, read: ReadItem, there: Sequence[Alert] = ()) -> Case:
        return Case(
            now=self.now,
            seen_at=self.now,
            published=read.item.published,
            matches=read.matches,
            first_fetch=self._is_first(source, read.item.published),
            alerts=there,
            missed=self.arrival is Arrival.MISSED or is_missed(source, read.item.published),
            dated_back=self.arrival is Arrival.NEWS and is_dated_back(source, read.item.published),
        )

    def _is_first(self, source: Source, published: datetime | None) -> bool:
        """Whether it only fills the archive."""
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

    @asynccontextmanager
    async def _apart(
        self, source_id: int, key: str, item: ParsedItem | None = None
    ) -> AsyncIterator[Counter[str]]:
        """A savepoint for one item. What is counted in it counts only if it holds."""
        counts: Counter[str] = Counter()
        try:
            async with self.conn.begin_nested():
                yield counts
        except Exception as error:
            if may_pass(error):
                raise
            counts.clear()
            self.done["quarantined"] += 1
            await self._quarantine(source_id, key, item, error)
        self.done += counts

    async def _quarantine(
        self, source_id: int, key: str, item: ParsedItem | None, error: Exception
    ) -> None:
        """Keep it once, however often it comes back and fails."""
        log.error("item.failed", source=source_id, error=type(error).__name__, exc_info=error)
        if await items.quarantined(self.conn, source_id, [key]):
            return
        await items.quarantine(
            self.conn,
            source_id,
            key,
            {} if item is None else _payload(item),
            error=f"{type(error).__name__}: {error}"[:500],
            now=self.now,
        )
        await meta.bump(self.conn, "items_quarantined")


drawn = lru_cache(maxsize=500)(portrait)
"""Portraits of earlier texts: those compared today are compared again."""


def _clues(read: ReadItem) -> tuple[int, ...]:
    """Only of what matches: nobody needs to hear of the same event otherwise."""
    return clue_keys(read.portrait.clues) if read.matches and read.portrait else ()


def _plain(
    texts: Sequence[ReadItem],
    known: Mapping[str, Known],
    found: Mapping[str, int],
    alike: Collection[int],
) -> list[ReadItem]:
    """New items that match nothing and share nothing with anything: nearly all there are.

    `alike` are the numbers of texts that may be copies.
    """
    taken: set[str] = {*found}
    marked: set[int] = set()
    plain = []
    for number, each in enumerate(texts):
        shared = len(marked.intersection(each.marks))
        alone = number not in alike and taken.isdisjoint(each.keys)
        alone = alone and not enough(shared, len(each.marks))
        taken.update(each.keys)
        marked.update(each.marks)
        if alone and each.item.key not in known and not each.matches and each.failure is None:
            plain.append(each)
    return plain


def is_same(item: ParsedItem, known: Known | None) -> bool:
    """Whether the item is stored with this very text."""
    return known is not None and known.text_hash == text_hash(item.title, item.text)


_COUNTED_AS: Final = {
    Action.ALERT: "alerts",
    Action.REJOIN: "joined",
    Action.ARCHIVE: "archived",
}


def _count(counts: Counter[str], found: Sequence[ItemMatch], decision: Decision) -> None:
    if found:
        counts["matched"] += 1
    if decision.action in _COUNTED_AS:
        counts[_COUNTED_AS[decision.action]] += 1


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
