"""Word groups of admins: lists of words that filters use as `@name`, beside those of the packs.

Every change bumps the generation in `bot.store.meta`, in the same transaction: filters that use
the group find something else now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import meta
from bot.store import schema as s
from bot.store.filters import FilterState
from bot.store.rows import insert

__all__ = ["all_words", "count_private_users", "put", "remove"]


async def all_words(conn: AsyncConnection) -> Mapping[str, str]:
    """The words of each group, by name."""
    rows = await conn.execute(sa.select(s.word_groups).order_by(s.word_groups.c.name))
    return {row.name: row.words for row in rows}


async def put(conn: AsyncConnection, name: str, words: str, now: datetime) -> None:
    """A new group, or other words for one there is."""
    new = insert(conn, s.word_groups).values(name=name, words=words, changed_at=now)
    changed = {"words": words, "changed_at": now}
    await conn.execute(new.on_conflict_do_update(index_elements=["name"], set_=changed))
    await meta.bump_generation(conn)


async def remove(conn: AsyncConnection, name: str) -> bool:
    """Forget the group; whether there was one. Who uses it is asked before."""
    gone = await conn.execute(sa.delete(s.word_groups).where(s.word_groups.c.name == name))
    if not gone.rowcount:
        return False
    await meta.bump_generation(conn)
    return True


async def count_private_users(conn: AsyncConnection, name: str) -> int:
    """In how many subscriptions and chats' own words the group may stand. Says not whose.

    A group whose name begins with this one counts too: better asked twice than broken.
    """
    holds = f"%@{name}%"
    subscriptions = sa.select(sa.func.count()).where(
        sa.func.lower(s.subscriptions.c.narrowing).like(holds)
    )
    own = sa.select(sa.func.count()).where(
        s.filters.c.origin == "watch",
        s.filters.c.state != FilterState.REMOVED,
        sa.func.lower(s.filters.c.expression).like(holds),
    )
    return (await conn.scalar(subscriptions) or 0) + (await conn.scalar(own) or 0)
