"""Small facts of the whole installation: epoch, generation, offset, counters."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema as s
from bot.store.rows import insert

__all__ = [
    "bump",
    "bump_generation",
    "counters",
    "delete",
    "generation",
    "get",
    "keep_first",
    "next_epoch",
    "offset",
    "set_offset",
    "set_value",
]

_EPOCH = "epoch"
_GENERATION = "generation"
_OFFSET = "offset"


async def get(conn: AsyncConnection, name: str, default: str = "") -> str:
    """The value kept under `name`, or `default`."""
    value = await conn.scalar(sa.select(s.meta.c.value).where(s.meta.c.name == name))
    return default if value is None else str(value)


async def set_value(conn: AsyncConnection, name: str, value: str) -> None:
    """Keep `value` under `name`; the last one wins."""
    new = insert(conn, s.meta).values(name=name, value=value)
    await conn.execute(new.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


async def keep_first(conn: AsyncConnection, name: str, value: str) -> str:
    """Keep `value` under `name` unless something is kept there; what is kept now."""
    new = insert(conn, s.meta).values(name=name, value=value)
    await conn.execute(new.on_conflict_do_nothing(index_elements=["name"]))
    return await get(conn, name)


async def delete(conn: AsyncConnection, name: str) -> None:
    """Forget what is kept under `name`; nothing there is no error."""
    await conn.execute(sa.delete(s.meta).where(s.meta.c.name == name))


async def bump(conn: AsyncConnection, counter: str, by: int = 1) -> None:
    """Add `by` to a counter, which begins at 0."""
    new = insert(conn, s.counters).values(name=counter, value=by)
    more = {"value": s.counters.c.value + by}
    await conn.execute(new.on_conflict_do_update(index_elements=["name"], set_=more))


async def counters(conn: AsyncConnection) -> dict[str, int]:
    """Every counter that was ever bumped, by name."""
    rows = await conn.execute(sa.select(s.counters).order_by(s.counters.c.name))
    return {row.name: row.value for row in rows}


async def next_epoch(conn: AsyncConnection) -> int:
    """One more than the last epoch; two callers never get the same."""
    return await _increment(conn, _EPOCH)


async def generation(conn: AsyncConnection) -> int:
    """The number of the current set of filters; 0 before there was any."""
    return int(await get(conn, _GENERATION, "0"))


async def bump_generation(conn: AsyncConnection) -> int:
    """Say that the set of active filters has changed; returns its new number.

    `bot.store.filters` does it with each change of its own.
    """
    return await _increment(conn, _GENERATION)


async def offset(conn: AsyncConnection) -> int:
    """The next getUpdates offset; 0 before the first update."""
    return int(await get(conn, _OFFSET, "0"))


async def set_offset(conn: AsyncConnection, value: int) -> None:
    """Move the getUpdates offset, never back."""
    if value > await offset(conn):
        await set_value(conn, _OFFSET, str(value))


async def _increment(conn: AsyncConnection, name: str) -> int:
    new = insert(conn, s.meta).values(name=name, value="1")
    more = sa.cast(sa.cast(s.meta.c.value, sa.BigInteger) + 1, sa.Text)
    statement = new.on_conflict_do_update(index_elements=["name"], set_={"value": more})
    return int((await conn.execute(statement.returning(s.meta.c.value))).scalar_one())
