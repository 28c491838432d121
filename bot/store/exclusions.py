"""Words beside which a filter's finds are not meant here: what admins add to packs' filters.

Every change bumps the generation in `bot.store.meta`, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import meta
from bot.store import schema as s
from bot.store.rows import insert

__all__ = ["all_words", "put"]


async def all_words(conn: AsyncConnection) -> Mapping[str, str]:
    """The words by the filter's key."""
    rows = await conn.execute(sa.select(s.exclusions).order_by(s.exclusions.c.filter_key))
    return {row.filter_key: row.words for row in rows}


async def put(conn: AsyncConnection, key: str, words: str, now: datetime) -> None:
    """Exactly these words for the filter; "" for none."""
    if words:
        new = insert(conn, s.exclusions).values(filter_key=key, words=words, at=now)
        changed = {"words": words, "at": now}
        await conn.execute(new.on_conflict_do_update(index_elements=["filter_key"], set_=changed))
    else:
        await conn.execute(sa.delete(s.exclusions).where(s.exclusions.c.filter_key == key))
    await meta.bump_generation(conn)
