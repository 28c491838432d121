"""Which earlier texts an arriving text is compared with, read before the writer is held.

A survey looks candidates up, reads their texts and profiles them (shingles, features): what takes
milliseconds a text happens here. Then each text is placed once among what the survey saw, which
profiles exactly what the rule compares. In the transaction it is placed again, among what is true
then.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from threading import Lock
from typing import Final

from bot.ingest.placement import IncomingText, Near, Placement, Standing, Surroundings, place
from bot.model import Item
from bot.store import Store, fingerprints, items, roundups, stories
from bot.store.connection import Connection
from bot.stories.candidates import Candidates, enough
from bot.stories.relation import TextProfile, may_repeat, text_profile

__all__ = ["MOST_NEAR", "Survey", "blank_survey", "features_of", "profiled_item", "survey"]

MOST_NEAR: Final = 40
"""Earlier items that one is compared with, those that share most."""

_LETTERS_KEPT: Final = 150_000


class _Profiles:
    """Portraits of earlier texts, since those compared today are compared again. Those asked last
    are kept, of `_LETTERS_KEPT` together: a letter takes 10 to 100 bytes, by what was compared.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], TextProfile] = OrderedDict()
        self._letters = 0
        self._lock = Lock()

    def of(self, title: str, text: str) -> TextProfile:
        with self._lock:
            if (known := self._kept.get((title, text))) is not None:
                self._kept.move_to_end((title, text))
                return known
        made = text_profile(title, text)
        with self._lock:
            if (title, text) not in self._kept:
                self._kept[title, text] = made
                self._letters += len(title) + len(text)
            while self._letters > _LETTERS_KEPT:
                oldest, _ = self._kept.popitem(last=False)
                self._letters -= sum(map(len, oldest))
        return made


_profiles: Final = _Profiles()


@dataclass(slots=True)
class Survey:
    """What was read for a batch, by the place of each text in it.

    `near` are ids of items, those that share most first; `texts` all items read, profiled;
    `standing` the stored items among the batch; `upto` the last row of fingerprints that
    was known. `blank`: nothing was looked up, since by its fingerprint no text of the batch is near
    any. `by_key`: the stories that its addresses and words named.
    """

    near: Mapping[int, Sequence[int]] = field(default_factory=dict)
    texts: dict[int, Near] = field(default_factory=dict)
    standing: Mapping[int, Near] = field(default_factory=dict)
    upto: int = 0
    blank: bool = False
    by_key: Mapping[str, int] = field(default_factory=dict)


def blank_survey(candidates: Candidates, batch: Sequence[IncomingText]) -> Survey | None:
    """An empty survey, enough for a batch that shares nothing with any text or within itself, as
    nearly all visits bring. None for any other batch. The transaction sees whether an address or
    the very words are known.
    """
    fingerprint = [hashed for each in batch for hashed in each.fingerprint]
    asked = [key for each in batch for key in each.identity.asked]
    if len({*fingerprint}) < len(fingerprint) or len({*asked}) < len(asked) or not candidates.last:
        return None
    for each in batch:
        if each.matches or each.rematched or each.failure or candidates.near(each.fingerprint):
            return None
    return Survey(upto=candidates.last, blank=True)


def profiled_item(item: Item) -> Near:
    """The item with the parts that are compared; most of them are computed on first use."""
    return Near(item, _profiles.of(item.title, item.text))


def features_of(reading: IncomingText) -> tuple[int, ...]:
    """Keys of its features; of texts that match only: nobody gets alerts about the others."""
    if not reading.matches or reading.text_profile is None:
        return ()
    return reading.text_profile.feature_keys


async def survey(
    store: Store,
    candidates: Candidates,
    batch: Sequence[IncomingText],
    known: Mapping[int, int],
    now: datetime,
    *,
    alone: bool,
) -> Survey:
    """What there is to compare each text with. `known`: ids of stored items, by place. Unless
    `alone`, the candidates take what other processes have stored.
    """
    features: list[tuple[int, ...]] = [()] * len(batch)
    if any(each.matches for each in batch):
        features = await asyncio.to_thread(lambda: [features_of(each) for each in batch])

    async def look(
        conn: Connection,
    ) -> tuple[dict[int, list[int]], dict[str, int], dict[int, Item], set[int]]:
        if not alone:
            await fingerprints.catch_up(conn, candidates, purged=True)
        near = {
            n: ids
            for n, each in enumerate(batch)
            if (ids := await _near(conn, candidates, each, features[n], known.get(n)))
        }
        asked = {key for each in batch for key in each.identity.asked}
        by_key = await stories.find_by_keys(conn, asked)
        wanted = {*known.values(), *(n for ids in near.values() for n in ids)}
        cut = await roundups.cut_stories(conn, {*by_key.values()}) if by_key else set()
        return near, by_key, await items.get_many(conn, wanted), cut

    near, by_key, read, cut = await store.read_at_once(look)
    found = Survey(near=near, upto=candidates.last, by_key=by_key)

    def draw(more: Collection[Item]) -> set[int]:
        found.texts |= {item.id: profiled_item(item) for item in more}
        found.standing = {n: found.texts[at] for n, at in known.items() if at in found.texts}
        compared = {i: near for i, near in found.texts.items() if not near.item.cut}
        texts: dict[int, list[Near]] = {}
        for near in compared.values():
            texts.setdefault(near.item.story_id or 0, []).append(near)
        among = Surroundings(now=now, texts=texts, cut=cut)
        placed = [_place_once(found, n, each, compared, among) for n, each in enumerate(batch)]
        return {each.story_id for each in placed if each is not None and each.story_id is not None}

    def draw_first(more: Collection[Item]) -> set[int]:
        _draw_neighbours(batch)
        return draw(more)

    joined = await asyncio.to_thread(draw_first, read.values())
    if there := {*by_key.values(), *joined}:
        # What is joined is read whole: which of its texts repeat the new one?
        more = await store.read_at_once(partial(stories.texts_of_all, story_ids=there))
        await asyncio.to_thread(draw, more)
    return found


async def _near(
    conn: Connection,
    candidates: Candidates,
    reading: IncomingText,
    features: Collection[int],
    own: int | None,
) -> list[int]:
    alike = candidates.near(reading.fingerprint)
    if not alike and not features:
        return []
    found = await fingerprints.sharing(conn, alike, features, MOST_NEAR + 1)
    return [item_id for item_id in found if item_id != own][:MOST_NEAR]


def _place_once(
    found: Survey,
    n: int,
    reading: IncomingText,
    compared: Mapping[int, Near],
    among: Surroundings,
) -> Placement | None:
    """Place the text once among the texts read: this profiles exactly what the rule compares.

    `compared` are the texts that are, `among` what all texts of the batch are placed among.
    """
    if reading.text_profile is None:
        return None
    old = found.standing.get(n)
    if old is not None and not reading.rematched:  # its texts are compared whatever is known
        for profile in (reading.text_profile, old.text_profile):
            _ = profile.shingles, profile.event_features
    known = replace(
        among,
        by_key={k: found.by_key[k] for k in reading.identity.asked if k in found.by_key},
        near=[(t.item.story_id or 0, t) for i in found.near.get(n, ()) if (t := compared.get(i))],
        standing=None
        if old is None
        else Standing(old.item, old.text_profile, old.item.story_id or 0),
    )
    return place(reading, known)


def _draw_neighbours(batch: Sequence[IncomingText]) -> None:
    """Draw the batch's own texts too, since they may be near each other."""
    holders: Counter[int] = Counter(hashed for each in batch for hashed in each.fingerprint)
    profile = [
        (each.text_profile, each.fingerprint)
        for each in batch
        if each.text_profile is not None and any(holders[h] > 1 for h in each.fingerprint)
    ]
    for n, (new, fingerprint) in enumerate(profile):
        for old, others in profile[:n]:
            shared = len({*fingerprint}.intersection(others))
            if enough(shared, len(fingerprint)) and may_repeat(new, old):
                _ = new.event_features, old.event_features
    for each in batch:
        if each.matches and each.text_profile is not None:
            _ = each.text_profile.shingles
