"""Relate items in memory, for files and measurements; the service uses the database. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from bot.stories.candidates import Candidates, fingerprint_of
from bot.stories.event_features import feature_keys
from bot.stories.relation import KnownReport, Relation, relate, relate_texts, text_profile

__all__ = ["COMMON", "MOST_NEAR", "Answer", "Memory"]

MOST_NEAR: Final = 40
"""Candidates that are compared; those with most in common first."""

COMMON: Final = 150
"""A feature that more items share is too common to find anybody by."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`number` counts the items from 0; `story` is the number of the item that began it."""

    number: int
    story: int
    relation: Relation


@dataclass(frozen=True, slots=True)
class _Kept:
    """An item as it is remembered: its words, profile again when they are compared."""

    story: int
    at: datetime
    title: str
    text: str
    vector: tuple[float, ...]


_profile_of = lru_cache(maxsize=2_000)(text_profile)


class Memory:
    """Takes items in order of publication. Some 4 KB an item."""

    def __init__(self) -> None:
        self._items: list[_Kept] = []
        self._keys: dict[str, int] = {}
        self._candidates = Candidates()
        self._by_feature: dict[int, list[int]] = {}

    def take(
        self,
        keys: Collection[str],
        title: str,
        text: str,
        at: datetime,
        vector: tuple[float, ...] = (),
        *,
        copies_only: bool = False,
    ) -> Answer:
        """Relate an item and remember it. A development begins a story of its own."""
        number = len(self._items)
        profile = _profile_of(title, text, vector)
        hashes = fingerprint_of(profile.clean)
        features = () if copies_only else feature_keys(profile.event_features)
        held = {
            self._items[self._keys[key]].story: self._keys[key] for key in keys if key in self._keys
        }
        relation = relate(held)
        if relation.kind == "new":
            near = self._near(hashes, features)
            relation = relate_texts(profile, at, near, copies_only=copies_only)
        elif relation.story_id is not None:
            of = held[relation.story_id]
            relation = Relation("copy", relation.story_id, of, 1.0, ("key",))
        joins = relation.kind in ("copy", "same") and relation.story_id is not None
        story = relation.story_id if joins and relation.story_id is not None else number
        self._items.append(_Kept(story, at, title, text, vector))
        for key in keys:
            self._keys.setdefault(key, number)
        self._candidates.add(number + 1, number, hashes)
        for feature in features:
            self._by_feature.setdefault(feature, []).append(number)
        return Answer(number, story, relation)

    def _near(self, hashes: Sequence[int], features: Collection[int]) -> list[KnownReport]:
        near = Counter(self._candidates.near(hashes))
        for feature in features:
            found = self._by_feature.get(feature, ())
            if len(found) <= COMMON:  # what everybody says finds nobody
                near.update(found)
        return [self._known(number) for number, _ in near.most_common(MOST_NEAR)]

    def _known(self, number: int) -> KnownReport:
        kept = self._items[number]
        return KnownReport(
            number, kept.story, kept.at, _profile_of(kept.title, kept.text, kept.vector)
        )
