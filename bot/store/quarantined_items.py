"""Items that could not be stored, set aside with their reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import columns
from bot.store import schema as s
from bot.store.rows import chunks

__all__ = [
    "Quarantined",
    "list_quarantine",
    "quarantine",
    "quarantined",
]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An item that could not be handled, as it came."""

    id: int
    source_id: int | None
    item_key: str
    payload: Mapping[str, Any]
    error: str
    at: datetime


async def quarantine(
    conn: AsyncConnection,
    source_id: int | None,
    item_key: str,
    payload: Mapping[str, Any],
    *,
    error: str,
    now: datetime,
) -> None:
    """Keep an item that could not be handled. `payload` must be plain JSON values."""
    await conn.execute(
        sa.insert(s.quarantine).values(
            source_id=source_id, item_key=item_key, payload=dict(payload), error=error, at=now
        )
    )


async def quarantined(conn: AsyncConnection, source_id: int, keys: Collection[str]) -> set[str]:
    """Those of `keys` of the source that are in quarantine already."""
    asked = {columns.storable(key): key for key in keys}
    found: set[str] = set()
    for chunk in chunks(asked):
        rows = await conn.scalars(
            sa.select(s.quarantine.c.item_key).where(
                s.quarantine.c.source_id == source_id, s.quarantine.c.item_key.in_(chunk)
            )
        )
        found |= {asked[key] for key in rows}
    return found


async def list_quarantine(conn: AsyncConnection, limit: int = 100) -> list[Quarantined]:
    """The newest items in quarantine, newest first."""
    rows = await conn.execute(
        sa.select(s.quarantine).order_by(s.quarantine.c.id.desc()).limit(limit)
    )
    return [
        Quarantined(
            id=row.id,
            source_id=row.source_id,
            item_key=row.item_key,
            payload=row.payload or {},
            error=row.error,
            at=row.at,
        )
        for row in rows
    ]
