"""Items with their sources, a page at a time: what is matched, searched or tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Item, Source
from bot.store import schema as s
from bot.store.rows import item_of, source_of
from bot.store.unreadable_rows import readable

__all__ = ["ArchivedItem", "last_of_source", "older", "recent", "with_sources"]


@dataclass(frozen=True, slots=True)
class ArchivedItem:
    """A stored item with all that a filter may ask of it."""

    item: Item
    source: Source
    author: str
    links: tuple[str, ...]
    tags: tuple[str, ...]
    has: tuple[str, ...]


async def recent(
    conn: AsyncConnection, since: datetime, after_id: int = 0, limit: int = 500
) -> list[ArchivedItem]:
    """A page of items first seen at or after `since`, by id, beginning after `after_id`.

    Archived ones too. Go on with the last id of a page until one is empty.
    """
    return await _page(conn, s.items.c.seen_at >= since, since, after_id, limit)


async def older(
    conn: AsyncConnection, generation: int, since: datetime, after_id: int = 0, limit: int = 500
) -> list[ArchivedItem]:
    """As `recent`, of the items that were matched with filters of an older generation.

    Reports of a roundup are matched with it.
    """
    matched = s.items.c.generation < generation
    return await _page(conn, matched & (s.items.c.seen_at >= since), since, after_id, limit)


async def _page(
    conn: AsyncConnection,
    which: sa.ColumnElement[bool],
    since: datetime,
    after_id: int,
    limit: int,
) -> list[ArchivedItem]:
    """Without the first id of those times a database walks all older items by their ids."""
    i = s.items.c
    # The smallest id itself SQLite would look for by walking them.
    first = await conn.scalar(sa.select(sa.func.min(i.id + 0)).where(i.seen_at >= since))
    if first is None:
        return []
    query = sa.select(s.items).where(which, i.id >= max(first, after_id + 1), i.part_of.is_(None))
    rows = (await conn.execute(query.order_by(i.id).limit(limit))).all()
    return await with_sources(conn, rows)


async def last_of_source(conn: AsyncConnection, source_id: int, limit: int) -> list[Item]:
    """The source's newest items, newest first (by publication, else first sight)."""
    when = sa.func.coalesce(s.items.c.published, s.items.c.seen_at)
    rows = await conn.execute(
        sa.select(s.items)
        .where(s.items.c.source_id == source_id, s.items.c.part_of.is_(None))
        .order_by(when.desc(), s.items.c.id.desc())
        .limit(limit)
    )
    return readable(rows, item_of, "items")


async def with_sources(conn: AsyncConnection, rows: Sequence[sa.Row[Any]]) -> list[ArchivedItem]:
    """Rows of `items` with their sources, in their order."""
    wanted = {row.source_id for row in rows}
    sources = {
        each.id: each
        for each in readable(
            await conn.execute(sa.select(s.sources).where(s.sources.c.id.in_(wanted))),
            source_of,
            "sources",
        )
    }

    def archived(row: sa.Row[Any]) -> ArchivedItem:
        return ArchivedItem(
            item=item_of(row),
            source=sources[row.source_id],
            author=row.author,
            links=tuple(row.links or ()),
            tags=tuple(row.tags or ()),
            has=tuple(row.has or ()),
        )

    return readable((row for row in rows if row.source_id in sources), archived, "items")
