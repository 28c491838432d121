"""What a batch is placed among: the survey's texts, as they stand in the transaction itself.

The survey was read before the writer was held; where its texts stand, what people have split and
which stories have alerts is read again in the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.ingest.batch import Added, is_same
from bot.ingest.placement import IncomingText, Near, Standing, Surroundings
from bot.ingest.survey import Survey
from bot.model import Alert, Item
from bot.store import alerts, fingerprints, item_matches, items, roundups, stories
from bot.store.connection import Connection
from bot.stories.candidates import Candidates

__all__ = ["Facts", "Overtaken", "SurroundingsReader"]


class Overtaken(Exception):
    """Since the survey, another process stored a text that this batch must be compared with: survey
    again.
    """


@dataclass(slots=True)
class Facts:
    """What is true in the transaction, of all that the rest of the batch may concern.

    Until it is `whole` only the keys are: how items stand is as the survey saw it, which is
    enough to tell that a text is near none of them. `unwritten`: since the keys were asked for, the
    transaction has written nothing. `compared` are the texts of the survey that
    texts are compared with, `texts` those of them that repeat no other, by story.
    """

    by_key: dict[str, int]
    stands: dict[int, stories.Stands] = field(default_factory=dict)
    alerts: dict[int, list[Alert]] = field(default_factory=dict)
    vetoes: Mapping[int, set[int]] = field(default_factory=dict)
    split_pairs: set[frozenset[int]] = field(default_factory=set)
    cut: set[int] = field(default_factory=set)
    whole: bool = False
    unwritten: bool = False
    compared: Mapping[int, Near] = field(default_factory=dict)
    texts: Mapping[int, Sequence[Near]] = field(default_factory=dict)


@dataclass(slots=True)
class SurroundingsReader:
    """See the module. `added` are the texts that the transaction has written.

    For the other fields see `bot.ingest.transaction.Transaction`.
    """

    conn: Connection
    now: datetime
    candidates: Candidates
    survey: Survey
    added: Sequence[Added]
    patient: bool = False
    alone: bool = False
    fresh: bool = False
    _caught_up: bool = False

    async def stored(self, batch: Sequence[IncomingText]) -> dict[str, items.StoredItem]:
        """The items among the batch that are stored; a batch is of one source, or rematched."""
        if self.fresh:
            return {}  # a key that is there after all lets the batch fail, to be tried apart
        keys = [each.item.key for each in batch if not each.rematched]
        return await items.known(self.conn, batch[0].source.id, keys) if keys else {}

    async def check(
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

    async def by_keys(self, batch: Sequence[IncomingText]) -> Facts:
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
        return self._arranged(Facts(by_key, seen, unwritten=True))

    async def whole(
        self, batch: Sequence[IncomingText], places: Sequence[int], known: Facts
    ) -> Facts:
        """What is true in this transaction of all that these texts may concern. `known` are the
        facts of before; its keys are asked for again where something was written since.
        """
        by_key = known.by_key
        if not known.unwritten:
            asked = {key for each in batch for key in each.identity.asked}
            by_key = await stories.find_by_keys(self.conn, asked)
        near = {item_id for n in places for item_id in self.survey.near.get(n, ())}
        ids = {*self.survey.texts, *(each.near.item.id for each in self.added)}
        stands = await stories.standing(self.conn, ids) if ids else {}
        there = {*by_key.values(), *(each.story_id for each in stands.values())}
        alerts_by_story = await alerts.of_stories(self.conn, there) if there else {}
        vetoes = await fingerprints.splits_of(self.conn, near) if near else {}
        split_pairs = (
            await fingerprints.split_stories(self.conn, there) if len(there) > 1 else set()
        )
        cut = await roundups.cut_stories(self.conn, {*by_key.values()}) if by_key else set()
        return self._arranged(
            Facts(by_key, {**stands}, alerts_by_story, vetoes, split_pairs, cut, whole=True)
        )

    def _arranged(self, facts: Facts) -> Facts:
        facts.compared = {i: n for i, n in self.survey.texts.items() if not n.item.cut}
        facts.texts = _by_story(facts.compared.values(), facts)
        return facts

    def around(
        self, reading: IncomingText, n: int, facts: Facts, standing: Standing | None
    ) -> Surroundings:
        added = [each.near for each in self.added if each.may_concern(reading)]
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
            split_pairs=facts.split_pairs,
            cut=facts.cut,
            vetoes=facts.vetoes,
            standing=standing,
        )

    async def standing(self, reading: IncomingText, n: int, facts: Facts) -> Standing | None:
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


def _by_story(nears: Iterable[Near], facts: Facts) -> dict[int, list[Near]]:
    """Those that repeat no other text, by the story they are of."""
    texts: dict[int, list[Near]] = {}
    for near in nears:
        stands = facts.stands.get(near.item.id)
        if stands is not None and stands.relation != "copy":
            texts.setdefault(stands.story_id, []).append(near)
    return texts


def _is_untold_root(item: Item, reading: IncomingText, facts: Facts) -> bool:
    """Whether the text is what the entry stands in: it repeats nothing but itself, unless that
    was told before it was known to be a roundup.
    """
    root = reading.entry.root if reading.entry is not None else None
    return root is not None and root.id == item.id and item.story_id not in facts.alerts
