"""Where near texts are looked up: fingerprints of texts, features of events."""

from __future__ import annotations

import struct
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema as s
from bot.store.prepared import Prepared
from bot.store.rows import chunks, insert

__all__ = [
    "Marks",
    "add_features",
    "add_fingerprints",
    "catch_up",
    "purge",
    "sharing",
    "split_off",
    "split_stories",
    "splits_of",
]

_ROWS_A_READ = 5_000
_FEATURES_A_STATEMENT = 100  # of one statement
_COMMON_FEATURE_ITEMS = 150  # items that share a feature: what everybody says finds nobody


class Marks(Protocol):
    """Fingerprints in memory: (row, item, hashes) each, the last one known, the oldest kept."""

    @property
    def last(self) -> int: ...
    def add(self, row: int, item_id: int, hashes: Sequence[int], /) -> None: ...
    def load(self, rows: Sequence[tuple[int, int, Sequence[int]]], /) -> None: ...
    def forget(self, before: int, /) -> None: ...


async def catch_up(conn: AsyncConnection, candidates: Marks, *, purged: bool = False) -> None:
    """Let `candidates` take what was committed since; with `purged` forget what was purged.

    In a relating transaction nobody else writes, so nothing is missing afterwards but what
    the transaction itself adds.
    """
    m = s.item_marks.c
    if purged:
        oldest = await conn.scalar(sa.select(m.id).order_by(m.id).limit(1))
        candidates.forget(candidates.last + 1 if oldest is None else oldest)
    while True:
        rows = (await conn.execute(_LATER_FINGERPRINTS, {"last": candidates.last})).all()
        unpacked = [(row.id, row.item_id, _unpacked(row.marks)) for row in rows]
        if len(rows) == _ROWS_A_READ:
            candidates.load(unpacked)
            continue
        for each in unpacked:
            candidates.add(*each)
        return


_LATER_FINGERPRINTS = (
    sa.select(s.item_marks.c.id, s.item_marks.c.item_id, s.item_marks.c.marks)
    .where(s.item_marks.c.id > sa.bindparam("last"))
    .order_by(s.item_marks.c.id)
    .limit(_ROWS_A_READ)
)


async def sharing(
    conn: AsyncConnection, alike: Sequence[int], features: Collection[int], most: int
) -> list[int]:
    """Ids of at most `most` items: those alike, then those that share most rare features."""
    shared: Counter[int] = Counter()
    for number, item_id in enumerate(alike[:most]):
        shared[item_id] = most - number
    by_feature: defaultdict[int, list[int]] = defaultdict(list)
    for chunk in chunks(features, _FEATURES_A_STATEMENT):
        size = next(size for size in _HAVING if size >= len(chunk))
        asked: dict[str, int | None] = {f"feature{n}": None for n in range(size)}
        asked |= {f"feature{n}": feature for n, feature in enumerate(chunk)}
        for row in await _HAVING[size](conn, asked):
            by_feature[row.clue].append(row.item_id)
    for found in by_feature.values():
        if len(found) <= _COMMON_FEATURE_ITEMS:
            shared.update(found)
    return [item_id for item_id, _ in shared.most_common(most)]


def _having(count: int) -> Prepared:
    """The newest items that have each of so many features; None is a feature that none has.

    Bounded one by one, in one trip: a feature may have gathered a hundred thousand.
    """

    def make(_conn: AsyncConnection) -> Any:
        c = s.item_clues.c
        each = [
            sa.select(
                sa.select(c.clue, c.item_id)
                .where(c.clue == sa.bindparam(f"feature{n}", type_=c.clue.type))
                .order_by(c.item_id.desc())
                .limit(_COMMON_FEATURE_ITEMS + 1)
                .subquery()
            )
            for n in range(count)
        ]
        return sa.union_all(*each) if count > 1 else each[0]

    return Prepared(make)


# A statement takes a millisecond a feature to be made: so of few sizes.
_HAVING = {size: _having(size) for size in (1, 4, 12, 24, 48, _FEATURES_A_STATEMENT)}


async def add_fingerprints(
    conn: AsyncConnection, hashes: Sequence[tuple[int, Sequence[int]]]
) -> list[tuple[int, int, Sequence[int]]]:
    """Remember (item id, hashes); an item may get more later. Returns the rows as `Candidates`
    take them, which may be done once they are committed.
    """
    rows = [{"item_id": item_id, "marks": _packed(each)} for item_id, each in hashes if each]
    if not rows:
        return []
    by_item = dict(hashes)
    made = await _ADD_FINGERPRINTS.each(conn, rows)
    return sorted((row_id, item_id, by_item[item_id]) for row_id, item_id in made)


_ADD_FINGERPRINTS = Prepared(
    lambda _: sa.insert(s.item_marks).returning(s.item_marks.c.id, s.item_marks.c.item_id)
)


async def add_features(
    conn: AsyncConnection, features: Sequence[tuple[int, Collection[int]]]
) -> None:
    """Remember (item id, feature keys); repeating it does nothing."""
    rows = [{"clue": feature, "item_id": item_id} for item_id, each in features for feature in each]
    if rows:
        await _ADD_FEATURES.each(conn, rows)


_ADD_FEATURES = Prepared(
    lambda conn: insert(conn, s.item_clues).on_conflict_do_nothing(
        index_elements=["clue", "item_id"]
    )
)


def _packed(hashes: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(hashes)}I", *hashes)


def _unpacked(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(packed) // 4}I", packed)


async def purge(
    conn: AsyncConnection, fingerprints_before: datetime, features_before: datetime
) -> None:
    """Forget what is too old to be joined: by first sight of its item."""
    i, m = s.items.c, s.item_marks.c
    # Entries of a roundup that filters of later have found are numbered as what came later.
    part = s.items.alias()
    entries = sa.select(part.c.id).where(part.c.part_of.is_not(None))
    whole = sa.select(sa.func.max(i.id)).where(i.id.not_in(entries))
    newest = whole.where(i.seen_at < fingerprints_before).scalar_subquery()
    # Rows come in the order of items but for edits, which may stay a little longer.
    kept = sa.select(m.id).where(m.item_id > newest).order_by(m.id).limit(1).scalar_subquery()
    await conn.execute(
        sa.delete(s.item_marks).where(m.item_id <= newest, sa.or_(kept.is_(None), m.id < kept))
    )
    newest = whole.where(i.seen_at < features_before).scalar_subquery()
    await conn.execute(sa.delete(s.item_clues).where(s.item_clues.c.item_id <= newest))


async def splits_of(conn: AsyncConnection, item_ids: Collection[int]) -> dict[int, set[int]]:
    """By item the stories that people said it is not of, for everybody."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for chunk in chunks(item_ids):
        for item_id, story_id in await _SPLITS_OF(conn, {"ids": chunk}):
            found[item_id].add(story_id)
    return dict(found)


_SPLITS_OF = Prepared(
    lambda _: sa.select(s.splits.c.item_id, s.splits.c.story_id).where(
        s.splits.c.item_id.in_(sa.bindparam("ids", expanding=True)), s.splits.c.chat_id == 0
    )
)


async def split_stories(conn: AsyncConnection, story_ids: Collection[int]) -> set[frozenset[int]]:
    """Pairs of these stories that people split, for everybody."""
    if len(story_ids) < 2:
        return set()
    rows = await _SPLIT_STORIES(conn, {"ids": list(story_ids)})
    return {frozenset(row) for row in rows}


_IDS: sa.BindParameter[list[int]] = sa.bindparam("ids", expanding=True)
_SPLIT_STORIES = Prepared(
    lambda _: (
        sa.select(s.items.c.story_id.label("is_of"), s.splits.c.story_id.label("is_not_of"))
        .join_from(s.splits, s.items, s.splits.c.item_id == s.items.c.id)
        .where(
            s.splits.c.chat_id == 0,
            s.splits.c.story_id.in_(_IDS),
            s.items.c.story_id.in_(_IDS),
        )
    )
)


async def split_off(
    conn: AsyncConnection,
    item_id: int,
    story_id: int,
    now: datetime,
    chat_id: int = 0,
    *,
    part: int | None = None,
) -> None:
    """Note that the item is not of the story: for all, or for one chat of ours.

    There it stands with the item `part`, by itself if that is None.
    """
    new = insert(conn, s.splits).values(
        item_id=item_id, story_id=story_id, chat_id=chat_id, part=part or item_id, at=now
    )
    await conn.execute(
        new.on_conflict_do_update(
            index_elements=["item_id", "story_id", "chat_id"], set_={"part": part or item_id}
        )
    )
