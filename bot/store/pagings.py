"""Pages of channels still to be read backwards: over a gap, or into the past on request.

A row is where the reading stands; it is moved after each page, so that a crash repeats one
page (whose items are known then) and skips none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Address, Source, SourceState
from bot.store import schema as s
from bot.store import unreadable_rows
from bot.store.rows import source_of
from bot.store.unreadable_rows import one_readable

__all__ = [
    "Paging",
    "Purpose",
    "add_backfill",
    "add_gap",
    "due",
    "failed",
    "finish",
    "list_all",
    "move",
    "of_source",
    "show_in",
]


class Purpose(StrEnum):
    GAP = "gap"  # posts since the last visit that the newest page no longer shows
    BACKFILL = "backfill"  # older posts, for the archive alone


@dataclass(frozen=True, slots=True)
class Paging:
    """Reading backwards from `before` until a page reaches `floor`, or `since`.

    `where` and `message_id` are of the answer that shows how far it is.
    """

    id: int
    source: Source
    purpose: Purpose
    before: int | None
    floor: int
    since: datetime | None
    created_at: datetime
    next_try_at: datetime
    failures: int = 0
    error: str = ""
    error_values: Mapping[str, object] = field(default_factory=dict)
    pages: int = 0
    found: int = 0
    reached: datetime | None = None
    where: Address | None = None
    message_id: int | None = None
    lang: str = "en"


async def add_gap(
    conn: AsyncConnection, source_id: int, before: int, floor: int, now: datetime
) -> None:
    """Posts of the source below `before` and above `floor` were not read yet."""
    await conn.execute(
        sa.insert(s.pagings).values(
            source_id=source_id,
            purpose=Purpose.GAP,
            before=before,
            floor=floor,
            created_at=now,
            next_try_at=now,
        )
    )


async def add_backfill(
    conn: AsyncConnection,
    source_id: int,
    before: int | None,
    since: datetime,
    now: datetime,
    *,
    where: Address,
    message_id: int | None,
    lang: str,
) -> bool:
    """Fill the archive back to `since`; False (and nothing changed) while one is under way."""
    under_way = sa.select(s.pagings.c.id).where(
        s.pagings.c.source_id == source_id, s.pagings.c.purpose == Purpose.BACKFILL
    )
    if await conn.scalar(under_way.limit(1)) is not None:
        return False
    await conn.execute(
        sa.insert(s.pagings).values(
            source_id=source_id,
            purpose=Purpose.BACKFILL,
            before=before,
            since=since,
            created_at=now,
            next_try_at=now,
            chat_id=where.chat_id,
            thread_id=where.thread_id,
            message_id=message_id,
            lang=lang,
        )
    )
    return True


async def due(conn: AsyncConnection, now: datetime) -> Paging | None:
    """The next to read a page of: gaps first, of a source's backfill only without any.

    What a gap hides is news and must not be archived untold. None: nothing is due.
    """
    given = {
        "now": now,
        "pagings": unreadable_rows.ids("pagings"),
        "sources": unreadable_rows.ids("sources"),
    }
    row = (await conn.execute(_next_due(), given)).one_or_none()
    return await _paging(conn, row) if row else None


@cache
def _next_due() -> sa.Select[Any]:
    """What `due` asks each second: built once, as building it takes longer than asking."""
    p, gap = s.pagings.c, s.pagings.alias()
    hidden = sa.exists().where(gap.c.source_id == p.source_id, gap.c.purpose == Purpose.GAP)
    return (
        _joined()
        .where(
            p.next_try_at <= sa.bindparam("now"),
            s.sources.c.state == SourceState.ACTIVE,
            (p.purpose == Purpose.GAP) | ~hidden,
            p.id.not_in(sa.bindparam("pagings", expanding=True)),
            p.source_id.not_in(sa.bindparam("sources", expanding=True)),
        )
        .order_by(sa.case((p.purpose == Purpose.GAP, 0), else_=1), p.next_try_at, p.id)
        .limit(1)
    )


async def of_source(conn: AsyncConnection, source_id: int) -> list[Paging]:
    """What is still to be read of the source, oldest request first."""
    query = _joined().where(s.pagings.c.source_id == source_id).order_by(s.pagings.c.id)
    return await _pagings(conn, (await conn.execute(query)).all())


async def list_all(conn: AsyncConnection) -> list[Paging]:
    """All that is still to be read, oldest request first."""
    rows = (await conn.execute(_joined().order_by(s.pagings.c.id))).all()
    return await _pagings(conn, rows)


async def move(
    conn: AsyncConnection,
    paging_id: int,
    before: int,
    now: datetime,
    *,
    found: int,
    reached: datetime | None,
) -> None:
    """A page was read; the next one ends below `before`."""
    p = s.pagings.c
    await _update(
        conn,
        paging_id,
        before=before,
        next_try_at=now,
        failures=0,
        error="",
        error_values=None,
        pages=p.pages + 1,
        found=p.found + found,
        reached=reached,
    )


async def failed(
    conn: AsyncConnection,
    paging_id: int,
    error: str,
    values: Mapping[str, object],
    next_try_at: datetime,
) -> None:
    """The page could not be read; again at `next_try_at`."""
    await _update(
        conn,
        paging_id,
        failures=s.pagings.c.failures + 1,
        error=error,
        error_values=dict(values),
        next_try_at=next_try_at,
    )


async def show_in(conn: AsyncConnection, paging_id: int, message_id: int) -> None:
    """Telegram's number of the message that shows how far it is."""
    await _update(conn, paging_id, message_id=message_id)


async def finish(conn: AsyncConnection, paging_id: int) -> None:
    """It is read to its end, or no longer wanted."""
    await conn.execute(sa.delete(s.pagings).where(s.pagings.c.id == paging_id))


def _joined() -> sa.Select[Any]:
    return sa.select(s.pagings).join(s.sources, s.sources.c.id == s.pagings.c.source_id)


async def _pagings(conn: AsyncConnection, rows: Iterable[sa.Row[Any]]) -> list[Paging]:
    found = [await _paging(conn, row) for row in rows]
    return [each for each in found if each is not None]


async def _paging(conn: AsyncConnection, row: sa.Row[Any]) -> Paging | None:
    """None where it or its source cannot be read: see `unreadable_rows`."""
    stored = await conn.execute(sa.select(s.sources).where(s.sources.c.id == row.source_id))
    source = one_readable(stored.one(), source_of, "sources")
    return None if source is None else one_readable(row, partial(_paging_of, source), "pagings")


def _paging_of(source: Source, row: sa.Row[Any]) -> Paging:
    where = None
    if row.chat_id is not None:
        where = Address(row.chat_id, row.thread_id, group=row.chat_id < 0)
    return Paging(
        id=row.id,
        source=source,
        purpose=Purpose(row.purpose),
        before=row.before,
        floor=row.floor,
        since=row.since,
        created_at=row.created_at,
        next_try_at=row.next_try_at,
        failures=row.failures,
        error=row.error,
        error_values=row.error_values or {},
        pages=row.pages,
        found=row.found,
        reached=row.reached,
        where=where,
        message_id=row.message_id,
        lang=row.lang or "en",
    )


async def _update(conn: AsyncConnection, paging_id: int, **values: Any) -> None:
    await conn.execute(sa.update(s.pagings).where(s.pagings.c.id == paging_id).values(**values))
