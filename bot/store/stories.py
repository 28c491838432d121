"""Stories, and the global keys by which their items are found again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Item, SourceKind
from bot.store import item_matches, items
from bot.store import schema as s
from bot.store.prepared import Prepared
from bot.store.rows import chunks, insert, item_of, kind_of
from bot.store.unreadable_rows import readable

__all__ = [
    "Stands",
    "add_key_pairs",
    "add_keys",
    "create",
    "create_many",
    "find_by_keys",
    "first_words",
    "go_on_from",
    "items_of",
    "make_copies",
    "merge",
    "root_of",
    "stand",
    "standing",
    "texts_of",
    "texts_of_all",
    "told_by",
    "touch",
]


async def find_by_keys(conn: AsyncConnection, keys: Collection[str]) -> dict[str, int]:
    """The story of each of `keys` that is known.

    To relate, ask in a relating transaction and write the keys in the same one.
    """
    return await items.stories_of_keys(conn, keys)


async def create(conn: AsyncConnection, now: datetime, parent_id: int | None = None) -> int:
    """A new story without keys; returns its id. `parent_id`: the story it goes on from."""
    [story_id] = await create_many(conn, 1, now)
    if parent_id is not None:
        await go_on_from(conn, story_id, parent_id)
    return story_id


async def go_on_from(conn: AsyncConnection, story_id: int, parent_id: int) -> None:
    """The story becomes a development of the case that `parent_id` belongs to.

    Every development knows the story its case began with, and that one knows none: so no
    chain of parents can close into a ring. What went on from the story goes on from there
    too, and whoever follows it follows the case. Within its own case nothing changes.
    """
    root = await root_of(conn, parent_id)
    if root == story_id:
        return
    st = s.stories.c
    await conn.execute(
        sa.update(s.stories)
        .where((st.id == story_id) | (st.parent_id == story_id))
        .values(parent_id=root)
    )
    await _followed_at(conn, [story_id], root)


async def root_of(conn: AsyncConnection, story_id: int) -> int:
    """The story with which the case began; the story itself where it goes on from none."""
    query = sa.select(s.stories.c.parent_id).where(s.stories.c.id == story_id)
    parent: int | None = await conn.scalar(query)
    return story_id if parent is None else parent


async def merge(
    conn: AsyncConnection, story_ids: Collection[int], into: int, relation: str = "copy"
) -> None:
    """Merge these stories, none of which has an alert, into the story `into`.

    Their items become copies there (or what `relation` says, which copies stay) and their
    keys its keys. What
    went on from them goes on from the case of `into`; a development merged with the story
    its case began with begins the case itself.
    """
    gone = [story_id for story_id in story_ids if story_id != into]
    if not gone:
        return
    i = s.items.c
    stands = sa.case((i.relation == "copy", "copy"), else_=relation)
    await conn.execute(
        sa.update(s.items).where(i.story_id.in_(gone)).values(story_id=into, relation=stands)
    )
    keys, st = s.story_keys, s.stories.c
    await conn.execute(sa.update(keys).where(keys.c.story_id.in_(gone)).values(story_id=into))
    await conn.execute(
        sa.update(s.stories).where(st.id == into, st.parent_id.in_(gone)).values(parent_id=None)
    )
    root = await root_of(conn, into)
    await conn.execute(
        sa.update(s.stories).where(st.parent_id.in_(gone), st.id != root).values(parent_id=root)
    )
    await _followed_at(conn, gone, root)
    await _split_from(conn, gone, into)


async def _followed_at(conn: AsyncConnection, gone: Sequence[int], root: int) -> None:
    """Move follows to the story with which the case now begins."""
    f, there = s.follows.c, s.follows.alias()
    doubled = sa.exists().where(there.c.chat_id == f.chat_id, there.c.story_id == root)
    for story_id in gone:
        moved = sa.update(s.follows).where(f.story_id == story_id, ~doubled).values(story_id=root)
        await conn.execute(moved)
        await conn.execute(sa.delete(s.follows).where(f.story_id == story_id))


async def _split_from(conn: AsyncConnection, gone: Sequence[int], into: int) -> None:
    """Carry the readers' splits over to the story that another one became a part of."""
    x, there = s.splits.c, s.splits.alias()
    doubled = sa.exists().where(
        there.c.item_id == x.item_id, there.c.chat_id == x.chat_id, there.c.story_id == into
    )
    for story_id in gone:
        moved = sa.update(s.splits).where(x.story_id == story_id, ~doubled).values(story_id=into)
        await conn.execute(moved)
        await conn.execute(sa.delete(s.splits).where(x.story_id == story_id))


@dataclass(frozen=True, slots=True)
class Stands:
    """Of which story an item is, and how; and which of its texts is the current one."""

    story_id: int
    relation: str
    revision: int


async def standing(conn: AsyncConnection, item_ids: Collection[int]) -> Mapping[int, Stands]:
    """How these items stand now; those that are gone are absent."""
    found: dict[int, Stands] = {}
    for chunk in chunks(item_ids):
        rows = await _STANDING(conn, {"ids": chunk})
        found |= {id_: Stands(*stands) for id_, *stands in rows}
    return found


_STANDING = Prepared(
    lambda _: sa.select(
        s.items.c.id, s.items.c.story_id, s.items.c.relation, s.items.c.revision
    ).where(s.items.c.id.in_(sa.bindparam("ids", expanding=True)), s.items.c.story_id.is_not(None))
)


async def texts_of_all(
    conn: AsyncConnection, story_ids: Collection[int], most: int = 20
) -> list[Item]:
    """Of each of these stories the oldest items that repeat no other, at most `most`."""
    found: list[Item] = []
    for chunk in chunks(story_ids):
        rows = await _TEXTS_OF_ALL(conn, {"ids": chunk, "most": most})
        found += readable(rows, item_of, "items")
    return found


def _texts_of_all() -> sa.Select[Any]:
    i = s.items.c
    place = sa.func.row_number().over(partition_by=i.story_id, order_by=i.id).label("place")
    asked = i.story_id.in_(sa.bindparam("ids", expanding=True))
    ranked = sa.select(i.id, place).where(asked, i.relation != "copy", ~i.cut).subquery()
    return (
        sa.select(s.items)
        .join(ranked, ranked.c.id == i.id)
        .where(ranked.c.place <= sa.bindparam("most"))
        .order_by(i.id)
    )


_TEXTS_OF_ALL = Prepared(lambda _: _texts_of_all())


async def texts_of(conn: AsyncConnection, story_id: int, most: int = 20) -> list[Item]:
    """The story's oldest items that repeat no other, at most `most`."""
    rows = await conn.execute(
        sa.select(s.items)
        .where(s.items.c.story_id == story_id, s.items.c.relation != "copy")
        .order_by(s.items.c.id)
        .limit(most)
    )
    return readable(rows, item_of, "items")


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
    return sorted(story_id for (story_id,) in await _CREATE.each(conn, rows))


_CREATE = Prepared(lambda _: sa.insert(s.stories).returning(s.stories.c.id))


async def add_keys(conn: AsyncConnection, story_id: int, keys: Collection[str]) -> None:
    """Give the story these keys; a key that another story has stays with that one."""
    await add_key_pairs(conn, [(key, story_id) for key in keys])


async def add_key_pairs(conn: AsyncConnection, pairs: Collection[tuple[str, int]]) -> None:
    """As `add_keys`, for (key, story) of any number of stories."""
    if not pairs:
        return
    numbered: dict[int, int] = {}
    for key, story_id in pairs:
        numbered.setdefault(items.key_number(key), story_id)
    # One order for all: two transactions must not wait for each other crosswise.
    rows = [{"key": key, "story_id": story_id} for key, story_id in sorted(numbered.items())]
    await _ADD_KEYS.each(conn, rows)


_ADD_KEYS = Prepared(
    lambda conn: insert(conn, s.story_keys).on_conflict_do_nothing(index_elements=["key"])
)


async def touch(conn: AsyncConnection, story_ids: Collection[int], now: datetime) -> None:
    """Note that an item joined each of these at `now`; an earlier time changes nothing."""
    for chunk in chunks(story_ids):
        await _TOUCH(conn, {"ids": chunk, "at": now})


_TOUCH = Prepared(
    lambda _: (
        sa.update(s.stories)
        .where(
            s.stories.c.id.in_(sa.bindparam("ids", expanding=True)),
            s.stories.c.last_item_at < sa.bindparam("at"),
        )
        .values(last_item_at=sa.bindparam("at"))
    )
)


async def told_by(
    conn: AsyncConnection, story_id: int, but: int
) -> tuple[frozenset[SourceKind], frozenset[str]]:
    """Kinds of sources and stages of the story's texts, reposts and the item `but` excepted."""
    i, m = s.items.c, s.matches.c
    query = (
        sa.select(s.sources.c.kind, m.stage)
        .join_from(s.items, s.sources, s.sources.c.id == i.source_id)
        .outerjoin(s.matches, (m.item_id == i.id) & item_matches.holds())
        .where(i.story_id == story_id, i.id != but, i.relation != "copy")
    )
    rows = (await conn.execute(query)).all()
    kinds = frozenset(kind_of(row.kind) for row in rows)
    return kinds, frozenset(row.stage for row in rows if row.stage)


async def items_of(conn: AsyncConnection, story_id: int) -> list[Item]:
    """The story's items in order of first sight."""
    rows = await conn.execute(
        sa.select(s.items)
        .where(s.items.c.story_id == story_id)
        .order_by(s.items.c.seen_at, s.items.c.id)
    )
    return readable(rows, item_of, "items")


async def first_words(conn: AsyncConnection, story_id: int) -> str:
    """The title of the story's first item, or how its text begins; "" where it is gone."""
    i = s.items.c
    query = sa.select(i.title, i.text).where(i.story_id == story_id).order_by(i.id).limit(1)
    row = (await conn.execute(query)).one_or_none()
    return " ".join((row.title or row.text[:_FIRST_WORDS]).split()) if row else ""


_FIRST_WORDS = 200
