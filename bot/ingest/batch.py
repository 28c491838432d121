"""Texts of one batch: where each is placed, which wait to be written, which are written.

A text is compared with those before it in its batch as with stored ones. Those that begin stories
of their own, nearly all there are, wait and are written together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.alerts.decide import Action, Decision
from bot.ingest.placement import IncomingText, Near, Placement, Standing
from bot.ingest.survey import features_of
from bot.model import Alert, Item, ParsedItem
from bot.store.items import StoredItem, text_hash
from bot.stories.candidates import enough

__all__ = [
    "Added",
    "Placed",
    "Waiting",
    "changes_little",
    "is_original",
    "is_same",
    "joins",
    "may_wait",
    "near_of",
]


@dataclass(frozen=True, slots=True)
class Placed:
    """A text with its place and what is decided of it. `there`: alerts of the story it joins."""

    reading: IncomingText
    placement: Placement
    decision: Decision
    standing: Standing | None = None
    there: Sequence[Alert] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """A text that this transaction has written, as later ones of the batch are compared with it."""

    near: Near
    keys: frozenset[str]
    hashes: frozenset[int]
    features: frozenset[int]

    def may_concern(self, reading: IncomingText) -> bool:
        hashes = reading.fingerprint
        return (
            not self.keys.isdisjoint(reading.identity.asked)
            or enough(len(self.hashes.intersection(hashes)), len(hashes))
            or (bool(self.features) and not self.features.isdisjoint(features_of(reading)))
        )


class Waiting:
    """Texts still to be written, together: those that begin stories of their own, and copies
    that bring no alert.
    """

    def __init__(self) -> None:
        self.placed: list[Placed] = []
        self._keys: set[str] = set()
        self._hashes: set[int] = set()
        self._features: set[int] = set()

    def add(self, placed: Placed) -> None:
        self.placed.append(placed)
        reading = placed.reading
        self._keys.update(reading.identity.stored)
        self._hashes.update(reading.fingerprint)
        self._features.update(features_of(reading))

    def names(self, reading: IncomingText) -> bool:
        """Whether the text shares a key with one of the waiting texts, which must then be written
        first.
        """
        return not self._keys.isdisjoint(reading.identity.asked)

    def near(self, reading: IncomingText, now: datetime) -> list[tuple[int, Near]]:
        """The waiting texts that the text must be compared with, by numbers that no story has."""
        features = features_of(reading)
        alike = enough(
            len(self._hashes.intersection(reading.fingerprint)), len(reading.fingerprint)
        )
        if not alike and self._features.isdisjoint(features):
            return []
        return [
            (-n, near)
            for n, each in enumerate(self.placed, 1)
            if _may_concern(each.reading, reading)
            and (near := near_of(each.reading, -n, -n, now)) is not None
        ]


def joins(placement: Placement) -> bool:
    """Whether a new item joins a story that is there."""
    return placement.kind in ("copy", "same") and placement.story_id is not None


def changes_little(placed: Placed) -> bool:
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


def may_wait(placed: Placed) -> bool:
    """Whether a text may be written later, with others: no other of the batch that is not near
    it can ask for what it brings.
    """
    if placed.placement.kind == "new":
        return True
    is_silent = not placed.reading.matches and placed.decision.alert_id is None
    return placed.placement.kind == "copy" and is_silent and changes_little(placed)


def is_original(placed: Placed) -> bool:
    """Whether the new item is the original that others of its story repeat."""
    is_told = placed.decision.action is not Action.ARCHIVE
    return placed.placement.kind == "copy" and bool(placed.placement.repeats) and is_told


def near_of(reading: IncomingText, item_id: int, story_id: int, now: datetime) -> Near | None:
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
    return not {*features_of(other)}.isdisjoint(features_of(reading))


def is_same(item: ParsedItem, known: StoredItem | None) -> bool:
    """Whether the item is stored with this very text."""
    return known is not None and known.text_hash == text_hash(item.title, item.text)
