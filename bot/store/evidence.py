"""What proves the state of a post: each look at it, and the pages as they came."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import roundups
from bot.store import schema as s
from bot.store.rows import insert

__all__ = ["Sighting", "capture", "keep", "purge", "sighted", "sightings_of"]


_ZLIB_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Sighting:
    """One look at a post. `sha256` is of the answer's bytes, "" where none came.

    `verdict`: present, edited, absent (from a page that brackets it), refused or shown (by
    its own page), unknown (nothing could be seen; `error` says why).
    """

    item_id: int
    at: datetime
    verdict: str
    url: str
    sha256: str = ""
    error: str = ""


async def sighted(conn: AsyncConnection, sightings: Sequence[Sighting]) -> None:
    """Keep the evidence."""
    if sightings:
        await conn.execute(
            sa.insert(s.sightings),
            [
                {
                    "item_id": each.item_id,
                    "at": each.at,
                    "verdict": each.verdict,
                    "url": each.url,
                    "sha256": each.sha256,
                    "error": each.error,
                }
                for each in sightings
            ],
        )


async def keep(conn: AsyncConnection, url: str, body: bytes, now: datetime) -> str:
    """Keep the bytes of a page, once; returns their SHA-256 in hex."""
    digest = sha256(body).hexdigest()
    new = insert(conn, s.captures).values(
        sha256=digest, url=url, at=now, body=zlib.compress(body, _ZLIB_LEVEL)
    )
    await conn.execute(new.on_conflict_do_nothing(index_elements=["sha256"]))
    return digest


async def capture(conn: AsyncConnection, digest: str) -> bytes | None:
    """The kept bytes with this SHA-256, or None."""
    body = await conn.scalar(sa.select(s.captures.c.body).where(s.captures.c.sha256 == digest))
    return None if body is None else zlib.decompress(body)


async def sightings_of(conn: AsyncConnection, item_id: int) -> list[Sighting]:
    """The evidence of the item's states, oldest first."""
    v = s.sightings.c
    rows = await conn.execute(sa.select(s.sightings).where(v.item_id == item_id).order_by(v.id))
    return [
        Sighting(row.item_id, row.at, row.verdict, row.url, row.sha256, row.error) for row in rows
    ]


async def purge(conn: AsyncConnection, now: datetime, kept: timedelta = timedelta(days=31)) -> int:
    """Delete old evidence about posts without an alert, and pages that no state rests on."""
    is_alerted = sa.exists().where(s.posts.c.item_id == s.sightings.c.item_id, s.posts.c.alerted)
    await conn.execute(sa.delete(s.sightings).where(s.sightings.c.at < now - kept, ~is_alerted))
    proves = sa.exists().where(s.sightings.c.sha256 == s.captures.c.sha256)
    shows = sa.exists().where(s.posts.c.sha256 == s.captures.c.sha256, s.posts.c.alerted)
    article = (
        sa.exists()
        .where(s.articles.c.sha256 == s.captures.c.sha256)
        .where(s.items.c.id == s.articles.c.item_id)
        .where(roundups.told())
    )
    unused = sa.delete(s.captures).where(s.captures.c.at < now - kept, ~proves, ~shows, ~article)
    return (await conn.execute(unused)).rowcount
