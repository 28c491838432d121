"""Writes texts that are placed and decided on: items, revisions, stories, matches, alerts.

Everything in one transaction of the only writer; what is written here is decided in
`bot.ingest.placement` and `bot.alerts.decide`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.alerts.decide import Action, Decision
from bot.ingest.batch import Added, Placed, is_original, joins, near_of
from bot.ingest.placement import IncomingText, Placement, Standing
from bot.ingest.splits import leave, nearest_by_keys
from bot.ingest.survey import features_of
from bot.store import alerts, fingerprints, item_matches, items, roundups, splits, stories
from bot.store.connection import Connection
from bot.store.items import NewItem
from bot.stories.candidates import fingerprint_of
from bot.stories.edits import material

__all__ = ["Writer"]


@dataclass(slots=True)
class Writer:
    """See the module. `done` counts by the names of Ingested, `fingerprinted` are the new rows of
    fingerprints, `added` the texts written, for later ones of the batch to be compared with.
    """

    conn: Connection
    now: datetime
    done: Counter[str] = field(default_factory=Counter)
    fingerprinted: list[tuple[int, int, Sequence[int]]] = field(default_factory=list)
    added: list[Added] = field(default_factory=list)
    ids: dict[tuple[int, str], int] = field(default_factory=dict)
    first: dict[int, int] = field(default_factory=dict)  # first alerts made, by story

    async def apply(self, placed: Sequence[Placed]) -> list[tuple[int, int]]:
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
            story for each, story in zip(placed, story_of, strict=True) if joins(each.placement)
        }
        await stories.touch(self.conn, joined, self.now)
        ids = await items.insert_items(
            self.conn,
            placed[0].reading.source.id,
            [self._new_item(each, story) for each, story in zip(placed, story_of, strict=True)],
            seen_at=self.now,
        )
        self.ids |= {(placed[0].reading.source.id, key): item_id for key, item_id in ids.items()}
        stored = [
            (each, story, ids[each.reading.item.key])
            for each, story in zip(placed, story_of, strict=True)
        ]
        pairs = [(key, story) for each, story, _ in stored for key in each.reading.identity.stored]
        await stories.add_key_pairs(self.conn, pairs)
        readings = [(item_id, each.reading) for each, _, item_id in stored]
        self.fingerprinted += await fingerprints.add_fingerprints(
            self.conn, [(n, r.fingerprint) for n, r in readings]
        )
        await fingerprints.add_features(self.conn, [(n, features_of(r)) for n, r in readings])
        await item_matches.insert_matches_of(self.conn, [(n, r.matches) for n, r in readings])
        await self._tell_new(stored)
        split_stories = await splits.split_in_chats(self.conn, joined)
        for each, story, item_id in stored:
            await self._settle(each, story, item_id, split_stories)
            self._note(each.reading, item_id, story)
            self.done["new"] += each.reading.entry is None
            self._count(each)
        return [(story, item_id) for _, story, item_id in stored]

    def _new_item(self, placed: Placed, story_id: int) -> NewItem:
        reading, entry = placed.reading, placed.reading.entry
        return NewItem(
            parsed=reading.item,
            story_id=story_id,
            relation="same" if is_original(placed) else placed.placement.relation,
            archived=placed.decision.action is Action.ARCHIVE,
            generation=reading.generation,
            lang=reading.item.lang or reading.source.lang,
            part=None
            if entry is None
            else (self.ids[reading.source.id, entry.whole], entry.start, entry.end),
            cut=reading.cut,
        )

    async def _tell_new(self, stored: Sequence[tuple[Placed, int, int]]) -> None:
        first = [story for each, story, _ in stored if each.decision.action is Action.ALERT]
        made = await alerts.create_firsts(self.conn, first, self.now)
        self.first |= made
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
        self, placed: Placed, story: int, item_id: int, split_stories: Collection[int]
    ) -> None:
        """How a new item stands among those of the story it joined; `split_stories` are
        those that chats split for themselves.
        """
        placement = placed.placement
        if not joins(placement):
            return
        if is_original(placed):
            await stories.make_copies(self.conn, placement.repeats)
        if story in split_stories:
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
        fingerprint = [each for each in reading.fingerprint if each not in before]
        self.fingerprinted += await fingerprints.add_fingerprints(
            self.conn, [(item.id, fingerprint)]
        )
        await fingerprints.add_features(self.conn, [(item.id, features_of(reading))])
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
        await fingerprints.add_features(self.conn, [(item.id, features_of(reading))])
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
        near = near_of(reading, item_id, story_id, self.now)
        if near is not None:
            keys, features = frozenset(reading.identity.stored), frozenset(features_of(reading))
            self.added.append(Added(near, keys, frozenset(reading.fingerprint), features))

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
