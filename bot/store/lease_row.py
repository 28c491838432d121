"""Which process may call Telegram: one row, `<epoch> <beat>`, epoch 0 when none holds it.

No times are stored: clocks of two machines differ. A waiting process watches whether the beat
moves, by its own clock.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import meta
from bot.store import schema as s
from bot.store.rows import insert

__all__ = ["beat", "current", "holds", "is_free", "release", "take"]

_NAME = "lease"


async def current(conn: AsyncConnection) -> str:
    """The row as it is, "" if there never was one; compare it for equality only."""
    return await meta.get(conn, _NAME)


def is_free(row: str) -> bool:
    """Whether nobody holds the lease."""
    return row in ("", "0 0")


async def take(conn: AsyncConnection, seen: str) -> int | None:
    """Take the lease if the row is still `seen`; the new epoch, None if another was faster."""
    epoch = await meta.next_epoch(conn)
    value = f"{epoch} 0"
    if not seen:
        new = insert(conn, s.meta).values(name=_NAME, value=value)
        taken = await conn.execute(new.on_conflict_do_nothing(index_elements=["name"]))
    else:
        taken = await conn.execute(_change(s.meta.c.value == seen, value))
    return epoch if taken.rowcount else None


async def beat(conn: AsyncConnection, epoch: int, number: int) -> bool:
    """Show that the holder lives; False if the lease is no longer of this epoch."""
    moved = await conn.execute(_change(s.meta.c.value.like(f"{epoch} %"), f"{epoch} {number}"))
    return bool(moved.rowcount)


async def holds(conn: AsyncConnection, epoch: int) -> bool:
    """Whether the lease is of this epoch."""
    return (await current(conn)).startswith(f"{epoch} ")


async def release(conn: AsyncConnection, epoch: int) -> None:
    """Give the lease back, if it is still of this epoch."""
    await conn.execute(_change(s.meta.c.value.like(f"{epoch} %"), "0 0"))


def _change(where: sa.ColumnElement[bool], value: str) -> sa.Update:
    return sa.update(s.meta).where(s.meta.c.name == _NAME, where).values(value=value)
