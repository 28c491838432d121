"""Where near texts are looked up: bands of signatures, clues of events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema as s
from bot.store.rows import chunks, insert

__all__ = [
    "Kept",
    "add",
    "banded",
    "near",
    "purge",
    "sharing",
    "split_off",
    "split_stories",
    "splits_of",
]

_COMMON = 150  # items that share a clue: what everybody says finds nobody


@dataclass(frozen=True, slots=True)
class Kept:
    """An earlier item with its words. `at` is when it was published, else first seen."""

    item_id: int
    story_id: int
    at: datetime
    title: str
    text: str


async def banded(conn: AsyncConnection, bands: Collection[int]) -> set[int]:
    """Those of `bands` that some item has."""
    found: set[int] = set()
    for chunk in chunks(bands):
        rows = await conn.scalars(
            sa.select(s.item_bands.c.band).where(s.item_bands.c.band.in_(chunk)).distinct()
        )
        found.update(rows)
    return found


async def near(
    conn: AsyncConnection, bands: Collection[int], clues: Collection[int], most: int
) -> list[Kept]:
    """At most `most` items that share bands or rare clues, with their words."""
    ids = await sharing(conn, bands, clues, most)
    i = s.items.c
    rows = await conn.execute(
        sa.select(i.id, i.story_id, i.published, i.seen_at, i.title, i.text).where(
            i.id.in_(ids), i.story_id.is_not(None)
        )
    )
    return [
        Kept(row.id, row.story_id, min(row.published or row.seen_at, row.seen_at), *row[4:6])
        for row in rows
    ]


async def sharing(
    conn: AsyncConnection, bands: Collection[int], clues: Collection[int], most: int
) -> list[int]:
    """Ids of at most `most` items that share bands or rare clues, those that share most first."""
    shared: Counter[int] = Counter()
    for chunk in chunks(bands):
        b = s.item_bands.c
        shared.update(await conn.scalars(sa.select(b.item_id).where(b.band.in_(chunk)).limit(2000)))
    by_clue: defaultdict[int, list[int]] = defaultdict(list)
    for chunk in chunks(clues):
        c = s.item_clues.c
        for clue in chunk:
            # One by one and bounded: a clue may have gathered a hundred thousand.
            query = sa.select(c.item_id).where(c.clue == clue).order_by(c.item_id.desc())
            by_clue[clue] = list(await conn.scalars(query.limit(_COMMON + 1)))
    for found in by_clue.values():
        if len(found) <= _COMMON:
            shared.update(found)
    return [item_id for item_id, _ in shared.most_common(most)]


async def add(
    conn: AsyncConnection,
    bands: Mapping[int, Collection[int]],
    clues: Mapping[int, Collection[int]],
) -> None:
    """Remember the bands and clues of items, by item id; repeating it does nothing."""
    for table, name, found in ((s.item_bands, "band", bands), (s.item_clues, "clue", clues)):
        rows = [
            {name: mark, "item_id": item_id} for item_id, marks in found.items() for mark in marks
        ]
        if rows:
            await conn.execute(
                insert(conn, table).on_conflict_do_nothing(index_elements=[name, "item_id"]), rows
            )


async def purge(conn: AsyncConnection, bands_before: datetime, clues_before: datetime) -> None:
    """Forget what is too old to be joined: by first sight of its item."""
    i = s.items.c
    for table, before in ((s.item_bands, bands_before), (s.item_clues, clues_before)):
        newest = sa.select(sa.func.max(i.id)).where(i.seen_at < before).scalar_subquery()
        await conn.execute(sa.delete(table).where(table.c.item_id <= newest))


async def splits_of(conn: AsyncConnection, item_ids: Collection[int]) -> dict[int, set[int]]:
    """By item the stories that people said it is not of, for everybody."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for chunk in chunks(item_ids):
        x = s.splits.c
        query = sa.select(x.item_id, x.story_id).where(x.item_id.in_(chunk), x.chat_id == 0)
        for row in await conn.execute(query):
            found[row.item_id].add(row.story_id)
    return dict(found)


async def split_stories(conn: AsyncConnection, story_ids: Collection[int]) -> set[frozenset[int]]:
    """Pairs of these stories that people split, for everybody."""
    if len(story_ids) < 2:
        return set()
    x, i = s.splits.c, s.items.c
    rows = await conn.execute(
        sa.select(i.story_id, x.story_id)
        .join_from(s.splits, s.items, x.item_id == i.id)
        .where(x.chat_id == 0, x.story_id.in_(list(story_ids)), i.story_id.in_(list(story_ids)))
    )
    return {frozenset(row) for row in rows}


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
