"""Parts of albums that come one by one, until they are old."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema as s
from bot.store.rows import insert

__all__ = ["join", "purge"]


async def join(
    conn: AsyncConnection,
    source_id: int,
    album: str,
    parts: Mapping[int, Mapping[str, Any]],
    now: datetime,
) -> tuple[str, list[dict[str, Any]]]:
    """Keep these parts (plain JSON) by their numbers; the album's key, and all its parts in order.

    The key is the lowest number of those that came first, for good. A part that came
    before is replaced: it was edited.
    """
    a = s.album_parts.c
    of_album = sa.and_(a.source_id == source_id, a.album == album)
    key = await conn.scalar(sa.select(a.key).where(of_album).limit(1)) or str(min(parts))
    for number, part in parts.items():
        new = insert(conn, s.album_parts).values(
            source_id=source_id, album=album, number=number, key=key, part=dict(part), at=now
        )
        await conn.execute(
            new.on_conflict_do_update(
                index_elements=["source_id", "album", "number"],
                set_={"part": dict(part), "at": now},
            )
        )
    rows = await conn.scalars(sa.select(a.part).where(of_album).order_by(a.number))
    return key, [dict(part) for part in rows]


async def purge(conn: AsyncConnection, before: datetime) -> int:
    """Forget the parts of albums that came or changed before this time."""
    gone = await conn.execute(sa.delete(s.album_parts).where(s.album_parts.c.at < before))
    return gone.rowcount
