"""Small facts: they survive, and counters lose nothing."""

from __future__ import annotations

import asyncio

from bot.store import Store, meta


async def test_a_fact_is_kept_and_replaced(store: Store):
    """The last value wins; a name never set has the default."""
    async with store.write() as conn:
        await meta.set_value(conn, "claimed", "no")
        await meta.set_value(conn, "claimed", "yes")
    async with store.read() as conn:
        kept = [await meta.get(conn, name, "?") for name in ("claimed", "other")]

    assert kept == ["yes", "?"]


async def test_counters_count_every_bump_of_many_tasks(store: Store):
    """Nothing that is counted is lost between tasks."""

    async def count() -> None:
        for _ in range(10):
            async with store.write() as conn:
                await meta.bump(conn, "repeats")

    await asyncio.gather(*(count() for _ in range(4)))
    async with store.read() as conn:
        counted = await meta.counters(conn)

    assert counted == {"repeats": 40}


async def test_the_offset_never_goes_back(store: Store):
    """An update confirmed to Telegram is never asked for again."""
    async with store.write() as conn:
        for value in (7, 12, 9):
            await meta.set_offset(conn, value)
        offset = await meta.offset(conn)

    assert offset == 12
