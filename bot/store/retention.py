"""What is kept, and for how long: each class is deleted in small steps.

A step is one short transaction that deletes at most so many rows, so that no reader or writer
notices. What is deleted first names what comes after it: notices before messages, items before
their stories. Repeating a step deletes the next ones; a crash loses nothing but the step.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import ENTRY_KEY, MessageKind, MessageState, NoticeState
from bot.store import schema as s
from bot.store.rows import chunks

__all__ = ["CLASSES", "NEWEST_KEPT", "Kept", "Walk", "sizes", "step", "vacuum", "walk"]

NEWEST_KEPT = 200
"""Of each source, however old: its feed may list them still, and what is forgotten is new again."""

_OVER = [NoticeState.TOLD, NoticeState.WITHDRAWN]
_DONE = [MessageState.SENT, MessageState.DELETED, MessageState.DEAD]

CLASSES: Mapping[str, Collection[str]] = {
    "items": ("items", "revisions", "stories", "story_keys", "sources", "posts", "sightings"),
    "matches": ("matches", "alerts", "causes", "splits", "feedback", "answers"),
    "archive": ("archive", "archive_words"),
    "near copies": ("item_marks", "item_clues"),
    "told": ("notices", "messages", "said", "follows"),
    "articles": ("articles", "captures"),
    "inbox": ("inbox", "album_parts", "quarantine"),
}
"""Tables by what people call them; what is in none of them is small."""


@dataclass(frozen=True, slots=True)
class Kept:
    """For how long each class is kept; None: for ever."""

    unmatched: timedelta | None = timedelta(days=90)
    matched: timedelta | None = None
    told: timedelta | None = timedelta(days=31)
    """After the last report of the story."""
    others: timedelta | None = timedelta(days=14)
    """Inbox, articles that were read, quarantine, backups."""


@dataclass(slots=True)
class Walk:
    """A way over all items, a few at a time: `after` is the last one looked at."""

    first_kept: Mapping[int, int]
    """Of each source the oldest of its newest items, which are kept however old."""
    after: int = 0
    done: bool = False


async def step(
    conn: AsyncConnection, now: datetime, kept: Kept, walk: Walk, most: int = 250
) -> int:
    """Delete up to `most` rows of each class whose time is over; how many rows went.

    Items are looked at along `walk`, up to `most` at a time, until it is done.
    """
    gone = 0
    if kept.others is not None:
        gone += await _others(conn, now - kept.others, most)
    if kept.told is not None:
        gone += await _notices(conn, now - kept.told, most)
        gone += await _messages(conn, now - kept.told, most)
    if not walk.done:
        gone += await _items(conn, now, kept, walk, most)
    return gone


async def _others(conn: AsyncConnection, before: datetime, most: int) -> int:
    gone = 0
    read = s.articles.c.next_try.is_(None) & (s.articles.c.wanted_at < before)
    for key, over in (
        (s.inbox.c.update_id, s.inbox.c.handled_at < before),
        (s.quarantine.c.id, s.quarantine.c.at < before),
        (s.articles.c.item_id, read),
    ):
        gone += await _delete(conn, key, sa.select(key).where(over).limit(most))
    return gone


async def _notices(conn: AsyncConnection, before: datetime, most: int) -> int:
    """Notices and messages of stories that are over. Those that still wait stay.

    What people said of alerts stays; without the notice it names nobody. The alert is closed:
    a repost after a year must not tell everybody again.
    """
    n = s.notices.c
    over = (
        sa.select(n.id, n.alert_id)
        .join_from(s.notices, s.alerts, s.alerts.c.id == n.alert_id)
        .join(s.stories, s.stories.c.id == s.alerts.c.story_id)
        .where(s.stories.c.last_item_at < before, n.created_at < before, n.state.in_(_OVER))
        .order_by(n.id)
        .limit(most)
    )
    rows = (await conn.execute(over)).all()
    if not rows:
        return 0
    alert_ids = sorted({row.alert_id for row in rows})
    await conn.execute(sa.update(s.alerts).where(s.alerts.c.id.in_(alert_ids)).values(closed=True))
    ids = [row.id for row in rows]
    await conn.execute(sa.delete(s.notices).where(n.id.in_(ids)))
    return len(ids)


async def _messages(conn: AsyncConnection, before: datetime, most: int) -> int:
    """Messages that are done with and tell of no notice any more."""
    m = s.messages.c
    # It stands, or it may, and nobody was told.
    thread = (m.kind == MessageKind.THREAD) & (m.state != MessageState.DELETED)
    tells = sa.exists().where(s.notices.c.message_id == m.id)
    over = sa.select(m.id).where(
        m.created_at < before, m.state.in_(_DONE), m.delete_at.is_(None), ~tells, ~thread
    )
    return await _delete(conn, m.id, over.order_by(m.id).limit(most))


async def walk(conn: AsyncConnection) -> Walk:
    """A new walk over all items. Reads the number of each."""
    i = s.items.c
    place = sa.func.row_number().over(partition_by=i.source_id, order_by=i.id.desc())
    # By the key, since an index holds it: a table of half a million items is not read.
    whole = ~i.key.contains(ENTRY_KEY, autoescape=True)
    ranked = sa.select(i.source_id, i.id, place.label("place")).where(whole).subquery()
    rows = await conn.execute(
        sa.select(ranked.c.source_id, sa.func.min(ranked.c.id))
        .where(ranked.c.place <= NEWEST_KEPT)
        .group_by(ranked.c.source_id)
    )
    return Walk({row[0]: row[1] for row in rows.all() if row[0]})


async def _items(conn: AsyncConnection, now: datetime, kept: Kept, walk: Walk, most: int) -> int:
    """Of the next items of the walk those whose time is over, with all that is of them.

    Never one that has, or may still get, an alert.
    """
    i = s.items.c
    whole = sa.func.coalesce(i.part_of, i.id).label("whole")
    query = sa.select(i.id, i.source_id, i.story_id, i.seen_at, whole).where(i.id > walk.after)
    rows = (await conn.execute(query.order_by(i.id).limit(most))).all()
    walk.done = len(rows) < most
    if not rows:
        return 0
    walk.after = rows[-1].id
    ages = [age for age in (kept.unmatched, kept.matched) if age is not None]
    before = now - min(ages, default=timedelta.max)
    # Items are numbered as they were seen: from here on they are too young.
    walk.done = walk.done or rows[-1].seen_at >= before
    old = {
        row.id: row
        for row in rows
        if row.seen_at < before and row.whole < walk.first_kept.get(row.source_id, row.whole + 1)
    }
    matched = await _named_by(conn, s.matches.c.item_id, old)
    used = await _named_by(conn, s.notices.c.item_id, old)
    used |= await _named_by(conn, s.causes.c.item_id, old, ~s.causes.c.done)
    used |= await _named_by(conn, i.part_of, old)  # a roundup stays while reports of it do
    over = [
        row
        for row in old.values()
        if row.id not in used
        and (age := kept.matched if row.id in matched else kept.unmatched) is not None
        and row.seen_at < now - age
    ]
    ids = [row.id for row in over]
    if not ids:
        return 0
    for table in (
        *(s.causes, s.sightings, s.posts, s.articles, s.archive, s.matches, s.revisions),
        *(s.item_clues, s.splits),
    ):
        await conn.execute(sa.delete(table).where(table.c.item_id.in_(ids)))
    await conn.execute(sa.delete(s.items).where(i.id.in_(ids)))
    await _stories(conn, {row.story_id for row in over} - {None})
    return len(ids)


async def _named_by(
    conn: AsyncConnection,
    column: sa.Column[Any],
    ids: Collection[int],
    *where: sa.ColumnElement[bool],
) -> set[int]:
    """Which of the items a column names."""
    query = sa.select(column).where(column.in_(list(ids)), *where).distinct()
    return set(await conn.scalars(query))


async def _stories(conn: AsyncConnection, ids: Collection[int]) -> None:
    """Those of these stories that hold nothing any more, with the keys they were found by."""
    st = s.stories.c
    holds = sa.exists().where(s.items.c.story_id == st.id) | sa.exists().where(
        s.notices.c.alert_id == s.alerts.c.id, s.alerts.c.story_id == st.id
    )
    for chunk in chunks(ids):
        query = sa.select(st.id).where(st.id.in_(chunk), ~holds)
        empty = list(await conn.scalars(query))
        for table in (s.story_keys, s.alerts, s.follows):
            await conn.execute(sa.delete(table).where(table.c.story_id.in_(empty)))
        await conn.execute(sa.delete(s.stories).where(st.id.in_(empty)))


async def _delete(conn: AsyncConnection, key: sa.Column[Any], over: sa.Select[Any]) -> int:
    ids = list(await conn.scalars(over))
    if ids:
        await conn.execute(sa.delete(key.table).where(key.in_(ids)))
    return len(ids)


async def vacuum(conn: AsyncConnection, pages: int = 128) -> bool:
    """Give up to `pages` free pages back to the disk, where a tenth of the file is free.

    Whether there was anything to give. PostgreSQL does it by itself; an SQLite file that was
    not made for it (before this version) keeps its free pages and fills them again.
    """
    if conn.dialect.name != "sqlite":
        return False
    free, all_, mode = [
        int(await conn.scalar(sa.text(f"PRAGMA {name}")) or 0)
        for name in ("freelist_count", "page_count", "auto_vacuum")
    ]
    if mode != 2 or free * 10 < all_ or free < pages:
        return False
    await conn.exec_driver_sql(f"PRAGMA incremental_vacuum({pages})")
    return True


async def sizes(conn: AsyncConnection) -> dict[str, int]:
    """Bytes of each class with its indexes, and of the database as "all". Reads every page."""
    if conn.dialect.name == "postgresql":
        query = (
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        )
    else:
        query = (
            "SELECT coalesce(m.tbl_name, d.name), sum(d.pgsize) FROM"
            " (SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE) AS d"
            " LEFT JOIN sqlite_master AS m ON m.name = d.name GROUP BY 1"
        )
    found: dict[str, int] = {}
    for table, size in await conn.execute(sa.text(query)):
        found[table] = int(size)
    of = {table: name for name, tables in CLASSES.items() for table in tables}
    total: dict[str, int] = {"all": sum(found.values())}
    for table, size in found.items():
        # FTS5 keeps its words in tables of their own: archive_words_data and so on.
        name = of.get(table) or of.get(table.rpartition("_")[0])
        if name is not None:
            total[name] = total.get(name, 0) + size
    return total
