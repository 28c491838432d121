"""Roundups: items whose entries are items too, each with matches and a story of its own.

A report of a roundup is a row of `items` beside that of the roundup, with `part_of` and the
place in its text. Only entries that match something are kept. A roundup that itself matches
nothing is `cut`: no text is compared with it, since its entries are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Item
from bot.store import schema as s
from bot.store.prepared import Prepared
from bot.store.rows import chunks, item_of
from bot.store.unreadable_rows import readable

__all__ = ["cut", "cut_stories", "matched", "move_parts", "parts_of", "post_of", "told"]


async def parts_of(conn: AsyncConnection, item_ids: Collection[int]) -> dict[int, list[Item]]:
    """The reports of each of these items, in the order of its text; others are absent."""
    i = s.items.c
    found: dict[int, list[Item]] = {}
    for chunk in chunks(item_ids):
        query = sa.select(s.items).where(i.part_of.in_(chunk), sa.text(s.PART))
        rows = await conn.execute(query.order_by(i.part_of, i.part_start, i.id))
        for item in readable(rows, item_of, "items"):
            found.setdefault(item.part_of or 0, []).append(item)
    return found


async def cut(conn: AsyncConnection, item_ids: Collection[int], *, is_cut: bool = True) -> None:
    """Compare no text with these items any more, or again."""
    for chunk in chunks(item_ids):
        await conn.execute(sa.update(s.items).where(s.items.c.id.in_(chunk)).values(cut=is_cut))


async def move_parts(conn: AsyncConnection, places: Sequence[tuple[int, int, int]]) -> None:
    """Reports now stand elsewhere in their roundup: (item, from, to before) each."""
    if not places:
        return
    await conn.execute(
        sa.update(s.items)
        .where(s.items.c.id == sa.bindparam("of_id"))
        .values(part_start=sa.bindparam("first"), part_end=sa.bindparam("last")),
        [{"of_id": item_id, "first": first, "last": last} for item_id, first, last in places],
    )


async def cut_stories(conn: AsyncConnection, story_ids: Collection[int]) -> set[int]:
    """Those of the stories that hold nothing but roundups with which no text is compared."""
    found: set[int] = set()
    for chunk in chunks(story_ids):
        found |= {story_id for (story_id,) in await _CUT_STORIES(conn, {"ids": chunk})}
    return found


def _cut_stories() -> sa.Select[tuple[int]]:
    i, other = s.items.c, s.items.alias().c
    texts = sa.exists().where(other.story_id == i.story_id, ~other.cut).correlate(s.items)
    asked = i.story_id.in_(sa.bindparam("ids", expanding=True))
    return sa.select(i.story_id).where(asked, i.cut, ~texts).distinct()


_CUT_STORIES = Prepared(lambda _: _cut_stories())


def told() -> sa.ColumnElement[bool]:
    """Whether the row of `items` at hand, or a report of it, is of a story with an alert."""
    i, a, part = s.items.c, s.alerts.c, s.items.alias().c
    own = sa.exists().where(a.story_id == i.story_id).correlate(s.items)
    reports = sa.exists().where(part.part_of == i.id, a.story_id == part.story_id)
    return own | reports.correlate(s.items)


def matched() -> sa.ColumnElement[bool]:
    """Whether anything was ever found in the row of `items` at hand, or in a report of it."""
    i, m, part = s.items.c, s.matches.c, s.items.alias().c
    own = sa.exists().where(m.item_id == i.id).correlate(s.items)
    reports = sa.exists().where(part.part_of == i.id, m.item_id == part.id)
    return own | reports.correlate(s.items)


def post_of(item: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether `item` is the row of `items` at hand, or the roundup that it is an entry of."""
    i = s.items.c
    return item == sa.func.coalesce(i.part_of, i.id)
