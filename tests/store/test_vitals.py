"""The numbers behind /status, on both databases."""

from __future__ import annotations

from datetime import timedelta

from bot.model import ChatMode, ChatType
from bot.store import Store, chats, messages, vitals
from tests.support.clock import ManualClock


async def test_what_waits_and_since_when(store: Store, clock: ManualClock):
    """The oldest message counts, and the database says its name and size."""
    now = clock.now()
    async with store.read() as conn:
        empty = await vitals.look(conn, now)
    async with store.write() as conn:
        chat = await chats.ensure(
            conn, 5, 0, ChatType.PRIVATE, lang="en", tz="UTC", mode=ChatMode.NORMAL, now=now
        )
        for minutes in (9, 3):
            await messages.queue_plain(conn, chat.id, "x", now - timedelta(minutes=minutes))
    async with store.read() as conn:
        found = await vitals.look(conn, now)

    assert (empty.waiting, empty.since, empty.items_day) == (0, None, 0)
    assert (found.waiting, found.since) == (2, now - timedelta(minutes=9))
    assert found.database.split()[0] in ("SQLite", "PostgreSQL")
    assert found.size > 10_000
