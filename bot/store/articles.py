"""Articles of items whose feed has little text: queued, fetched once, stored with their text.

wanted -> read (its text is stored, the item's new revision may not be yet) -> done
       -> failed (with why, after some attempts)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import FullText, Item, Source, SourceState
from bot.store import columns, unreadable_rows
from bot.store import schema as s
from bot.store.rows import chunks, insert, item_of, source_of
from bot.store.unreadable_rows import one_readable

__all__ = [
    "SHORT",
    "Counted",
    "Wanted",
    "count",
    "done",
    "due",
    "failed",
    "is_told",
    "read",
    "texts",
    "want",
]

SHORT = 600
"""Letters of a text that is only a summary, for `auto`."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An article to fetch, or one that was read and whose text its item has still to get.

    `has` is what is attached to the item.
    """

    item: Item
    source: Source
    url: str
    attempts: int
    has: tuple[str, ...]
    text: str | None  # None: not fetched yet


@dataclass(frozen=True, slots=True)
class Counted:
    """A source's articles of some time: how many were read, how many not, why the last was not."""

    read: int
    failed: int
    waiting: int
    error: str = ""
    error_values: Mapping[str, Any] | None = None


async def want(conn: AsyncConnection, source: Source, keys: Collection[str], now: datetime) -> None:
    """Have the articles of these items fetched, as the source's `fulltext` says.

    Not of what went to the archive, nor of posts in Telegram, whose pages say no more
    than their bridge. Repeating it changes nothing.
    """
    if source.fulltext is FullText.OFF:
        return
    i = s.items.c
    asked = [columns.storable(key) for key in keys]
    for chunk in chunks(asked):
        fit = [
            i.source_id == source.id,
            i.key.in_(chunk),
            ~i.archived,
            i.url != "",
            ~i.url.like("%://t.me/%"),
        ]
        if source.fulltext is FullText.AUTO:
            fit.append(sa.func.length(i.text) < SHORT)
        at = sa.literal(now, columns.UtcDateTime)
        rows = sa.select(i.id, i.source_id, i.url, at, at).where(*fit)
        names = ["item_id", "source_id", "url", "wanted_at", "next_try"]
        await conn.execute(
            insert(conn, s.articles)
            .from_select(names, rows)
            .on_conflict_do_nothing(index_elements=["item_id"])
        )


async def due(
    conn: AsyncConnection, now: datetime, limit: int, without: Collection[int] = ()
) -> list[Wanted]:
    """Up to `limit` articles whose time has come, one a source, `without` some sources.

    Repeating the call returns the same ones until `done` or `failed`.
    """
    a = s.articles.c
    given = {
        "now": now,
        "most": limit,
        "sources": [*without, *unreadable_rows.ids("sources")],
        "items": unreadable_rows.ids("items"),
    }
    ids = list(await conn.scalars(_first_due(), given))
    found = []
    for item_id in ids:
        row = (await conn.execute(sa.select(s.articles).where(a.item_id == item_id))).one()
        stored = (await conn.execute(sa.select(s.items).where(s.items.c.id == item_id))).one()
        of = await conn.execute(sa.select(s.sources).where(s.sources.c.id == row.source_id))
        item = one_readable(stored, item_of, "items")
        source = one_readable(of.one(), source_of, "sources")
        if item is None or source is None:
            continue
        found.append(
            Wanted(
                item=item,
                source=source,
                url=row.url,
                attempts=row.attempts,
                has=tuple(stored.has or ()),
                text=row.text if row.state == "read" else None,
            )
        )
    return found


@cache
def _first_due() -> sa.Select[Any]:
    """What `due` asks each second: built once, as building it takes longer than asking."""
    a = s.articles.c
    return (
        sa.select(sa.func.min(a.item_id))
        .join(s.sources, s.sources.c.id == a.source_id)
        .where(
            sa.text("articles.next_try IS NOT NULL"),
            a.next_try <= sa.bindparam("now"),
            a.source_id.not_in(sa.bindparam("sources", expanding=True)),
            a.item_id.not_in(sa.bindparam("items", expanding=True)),
            s.sources.c.state == SourceState.ACTIVE,
        )
        .group_by(a.source_id)
        .order_by(sa.func.min(a.next_try))
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


async def read(
    conn: AsyncConnection, item_id: int, *, title: str, text: str, sha256: str, now: datetime
) -> None:
    """Keep what the article says. It stays due until `done`: its item is to get the text."""
    await _update(
        conn,
        item_id,
        state="read",
        title=title,
        text=text,
        sha256=sha256,
        read_at=now,
        next_try=now,
        error="",
        error_values=None,
    )


async def done(conn: AsyncConnection, item_id: int) -> None:
    """The item has its article's text."""
    await _update(conn, item_id, next_try=None)


async def failed(
    conn: AsyncConnection,
    item_id: int,
    error: str,
    values: Mapping[str, object],
    next_try: datetime | None,
) -> None:
    """It could not be read; tried again at `next_try`, never if that is None."""
    await _update(
        conn,
        item_id,
        state="failed" if next_try is None else "wanted",
        error=error,
        error_values=dict(values),
        next_try=next_try,
        attempts=s.articles.c.attempts + 1,
    )


async def is_told(conn: AsyncConnection, item_id: int) -> bool:
    """Whether the item's story, or that of an entry of it, has an alert."""
    i, a = s.items.c, s.alerts.c
    notices = (
        sa.select(a.id)
        .join(s.items, i.story_id == a.story_id)
        .where((i.id == item_id) | (i.part_of == item_id))
        .limit(1)
    )
    return await conn.scalar(notices) is not None


async def texts(conn: AsyncConnection, source_id: int, keys: Collection[str]) -> dict[str, str]:
    """What the articles of these items say, by key; items without one are absent."""
    found: dict[str, str] = {}
    asked = {columns.storable(key): key for key in keys}
    for chunk in chunks(asked):
        rows = await conn.execute(
            sa.select(s.items.c.key, s.articles.c.text)
            .join(s.articles, s.articles.c.item_id == s.items.c.id)
            .where(
                s.items.c.source_id == source_id,
                s.items.c.key.in_(chunk),
                s.articles.c.state == "read",
            )
        )
        found |= {asked[row.key]: row.text for row in rows}
    return found


async def count(
    conn: AsyncConnection, source_id: int, now: datetime, back: timedelta = timedelta(days=7)
) -> Counted:
    """The source's articles wanted in the time `back` from `now`."""
    a = s.articles.c
    mine = (a.source_id == source_id, a.wanted_at >= now - back)
    grouped = sa.select(a.state, sa.func.count().label("n")).where(*mine).group_by(a.state)
    by_state = {row.state: row.n for row in await conn.execute(grouped)}
    last = await conn.execute(
        sa.select(a.error, a.error_values)
        .where(*mine, a.error != "")
        .order_by(a.wanted_at.desc(), a.item_id.desc())
        .limit(1)
    )
    why = last.one_or_none()
    return Counted(
        read=by_state.get("read", 0),
        failed=by_state.get("failed", 0),
        waiting=by_state.get("wanted", 0),
        error=why.error if why else "",
        error_values=why.error_values if why else None,
    )


async def _update(conn: AsyncConnection, item_id: int, **values: Any) -> None:
    await conn.execute(sa.update(s.articles).where(s.articles.c.item_id == item_id).values(values))
