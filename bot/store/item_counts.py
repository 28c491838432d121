"""How many items and stories there are: by source, topic, filter, facets."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema as s
from bot.store.item_matches import holds

__all__ = [
    "count",
    "count_by_source",
    "count_stories_by_facets",
    "count_stories_by_topic",
    "count_stories_of_filter",
]


async def count(conn: AsyncConnection) -> int:
    """How many items there are; entries of a roundup are none."""
    n = sa.select(sa.func.count()).select_from(s.items)
    parts = n.where(sa.text(s.PART))  # few, and by an index of their own
    return (await conn.scalar(n) or 0) - (await conn.scalar(parts) or 0)


async def count_by_source(conn: AsyncConnection, since: datetime) -> dict[int, int]:
    """Items first seen at or after `since`, by source id; sources without any are absent."""
    # By the source itself SQLite walks all items in the order of their sources and keys.
    source = (s.items.c.source_id + 0).label("source_id")
    query = sa.select(source, sa.func.count().label("n")).where(s.items.c.seen_at >= since)
    found = {row.source_id: row.n for row in await conn.execute(query.group_by(source))}
    # Entries of roundups are few, and an index of their own names them.
    for row in await conn.execute(query.where(sa.text(s.PART)).group_by(source)):
        found[row.source_id] -= row.n
    return found


async def count_stories_by_topic(conn: AsyncConnection, since: datetime) -> dict[str, int]:
    """Stories with an item that matched the topic, of after `since`, by topic.

    It counts what a subscriber would have got: neither other wars and armies, nor the old posts of
    a first fetch. Items never related each count as a story.
    """
    story = sa.func.coalesce(s.items.c.story_id, -s.items.c.id)
    rows = await conn.execute(
        sa.select(s.matches.c.topic, sa.func.count(sa.distinct(story)).label("n"))
        .join(s.items, s.items.c.id == s.matches.c.item_id)
        .where(
            s.items.c.seen_at >= since,
            sa.func.coalesce(s.items.c.published, s.items.c.seen_at) >= since,
            s.matches.c.era != "historical",
            s.matches.c.army != "other",
            holds(),
        )
        .group_by(s.matches.c.topic)
    )
    return {row.topic: row.n for row in rows}


async def count_stories_of_filter(conn: AsyncConnection, filter_key: str, since: datetime) -> int:
    """How many stories seen since then the filter found; items of no story count as one each."""
    story = sa.func.coalesce(s.items.c.story_id, -s.items.c.id)
    query = (
        sa.select(sa.func.count(sa.distinct(story)))
        .join(s.matches, s.matches.c.item_id == s.items.c.id)
        .where(s.matches.c.filter_key == filter_key, s.items.c.seen_at >= since)
    )
    return await conn.scalar(query) or 0


async def count_stories_by_facets(
    conn: AsyncConnection, since: datetime
) -> dict[tuple[str, str, str], int]:
    """As `count_stories_by_topic`, by (topic, army, stage)."""
    story = sa.func.coalesce(s.items.c.story_id, -s.items.c.id)
    m = s.matches.c
    rows = await conn.execute(
        sa.select(m.topic, m.army, m.stage, sa.func.count(sa.distinct(story)).label("n"))
        .join(s.items, s.items.c.id == m.item_id)
        .where(
            s.items.c.seen_at >= since,
            sa.func.coalesce(s.items.c.published, s.items.c.seen_at) >= since,
            m.era != "historical",
            m.army != "other",
            holds(),
        )
        .group_by(m.topic, m.army, m.stage)
    )
    return {(row.topic, row.army, row.stage): row.n for row in rows}
