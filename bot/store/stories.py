"""Stories, and the global keys by which their items are found again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Item, SourceKind
from bot.store import schema as s
from bot.store.rows import chunks, insert, item_of

__all__ = [
    "add_key_pairs",
    "add_keys",
    "create",
    "create_many",
    "find_by_keys",
    "go_on_from",
    "items_of",
    "make_copies",
    "merge",
    "root_of",
    "stand",
    "texts_of",
    "told_by",
    "touch",
]


async def find_by_keys(conn: AsyncConnection, keys: Collection[str]) -> dict[str, int]:
    """The story of each of `keys` that is known.

    To relate, ask in a relating transaction and write the keys in the same one.
    """
    asked = {s.storable(key): key for key in keys}
    found: dict[str, int] = {}
    for chunk in chunks(asked):
        rows = await conn.execute(sa.select(s.story_keys).where(s.story_keys.c.key.in_(chunk)))
        found |= {asked[row.key]: row.story_id for row in rows}
    return found


async def create(conn: AsyncConnection, now: datetime, parent_id: int | None = None) -> int:
    """A new story without keys; returns its id. `parent_id`: the story it goes on from."""
    [story_id] = await create_many(conn, 1, now)
    if parent_id is not None:
        await go_on_from(conn, story_id, parent_id)
    return story_id


async def go_on_from(conn: AsyncConnection, story_id: int, parent_id: int) -> None:
    """The story is a development of another; of itself it cannot be."""
    if story_id != parent_id:
        await conn.execute(
            sa.update(s.stories).where(s.stories.c.id == story_id).values(parent_id=parent_id)
        )


async def root_of(conn: AsyncConnection, story_id: int) -> int:
    """The story with which the case began; the story itself where it goes on from none."""
    for _ in range(20):
        parent: int | None = await conn.scalar(
            sa.select(s.stories.c.parent_id).where(s.stories.c.id == story_id)
        )
        if parent is None:
            break
        story_id = parent
    return story_id


async def merge(
    conn: AsyncConnection, story_ids: Collection[int], into: int, relation: str = "copy"
) -> None:
    """It was found that these stories, none of which was told, are of the story `into`.

    Their items become copies (or what `relation` says) there and their keys its keys.
    """
    gone = [story_id for story_id in story_ids if story_id != into]
    if not gone:
        return
    await conn.execute(
        sa.update(s.items)
        .where(s.items.c.story_id.in_(gone))
        .values(story_id=into, relation=relation)
    )
    for table, column in (
        (s.story_keys, s.story_keys.c.story_id),
        (s.stories, s.stories.c.parent_id),
    ):
        await conn.execute(sa.update(table).where(column.in_(gone)).values({column: into}))


async def texts_of(conn: AsyncConnection, story_id: int, most: int = 20) -> list[Item]:
    """The story's oldest items that repeat no other, at most `most`."""
    rows = await conn.execute(
        sa.select(s.items)
        .where(s.items.c.story_id == story_id, s.items.c.relation != "copy")
        .order_by(s.items.c.id)
        .limit(most)
    )
    return [item_of(row) for row in rows]


async def stand(conn: AsyncConnection, item_id: int, relation: str) -> None:
    """How the item stands in its story: `new`, `copy` or `same`."""
    await conn.execute(sa.update(s.items).where(s.items.c.id == item_id).values(relation=relation))


async def make_copies(conn: AsyncConnection, item_ids: Collection[int]) -> None:
    """These items proved to repeat another of their story."""
    await conn.execute(
        sa.update(s.items).where(s.items.c.id.in_(list(item_ids))).values(relation="copy")
    )


async def create_many(conn: AsyncConnection, n: int, now: datetime) -> list[int]:
    """`n` new stories without keys; returns their ids, rising."""
    rows = [{"created_at": now, "last_item_at": now}] * n
    return sorted(await conn.scalars(sa.insert(s.stories).returning(s.stories.c.id), rows))


async def add_keys(conn: AsyncConnection, story_id: int, keys: Collection[str]) -> None:
    """Give the story these keys; a key that another story has stays with that one."""
    await add_key_pairs(conn, [(key, story_id) for key in keys])


async def add_key_pairs(conn: AsyncConnection, pairs: Collection[tuple[str, int]]) -> None:
    """As `add_keys`, for (key, story) of any number of stories."""
    if not pairs:
        return
    statement = insert(conn, s.story_keys).on_conflict_do_nothing(index_elements=["key"])
    # One order for all: two transactions must not wait for each other crosswise.
    rows = [{"key": key, "story_id": story_id} for key, story_id in sorted(pairs)]
    await conn.execute(statement, rows)


async def touch(conn: AsyncConnection, story_id: int, now: datetime) -> None:
    """Note that an item joined at `now`; an earlier time changes nothing."""
    await conn.execute(
        sa.update(s.stories)
        .where(s.stories.c.id == story_id, s.stories.c.last_item_at < now)
        .values(last_item_at=now)
    )


async def told_by(
    conn: AsyncConnection, story_id: int, but: int
) -> tuple[frozenset[SourceKind], frozenset[str]]:
    """Kinds of sources and stages of the story's texts, reposts and the item `but` excepted."""
    i, m = s.items.c, s.matches.c
    query = (
        sa.select(s.sources.c.kind, m.stage)
        .join_from(s.items, s.sources, s.sources.c.id == i.source_id)
        .outerjoin(s.matches, m.item_id == i.id)
        .where(i.story_id == story_id, i.id != but, i.relation != "copy")
    )
    rows = (await conn.execute(query)).all()
    kinds = frozenset(SourceKind(row.kind) for row in rows)
    return kinds, frozenset(row.stage for row in rows if row.stage)


async def items_of(conn: AsyncConnection, story_id: int) -> list[Item]:
    """The story's items in order of first sight."""
    rows = await conn.execute(
        sa.select(s.items)
        .where(s.items.c.story_id == story_id)
        .order_by(s.items.c.seen_at, s.items.c.id)
    )
    return [item_of(row) for row in rows]
