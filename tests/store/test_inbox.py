"""The inbox: an update is taken once, handled or kept."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store import Store, inbox
from bot.store import schema as s
from tests.support.clock import ManualClock


async def test_an_update_is_kept_once(store: Store, clock: ManualClock):
    """Telegram sends again what was not confirmed; that is no second post."""
    async with store.write() as conn:
        new = [
            await inbox.keep(conn, number, "channel_post", {"text": "Ж😀"}, clock.now())
            for number in (5, 4, 5)
        ]
        first, second = await inbox.pending(conn, 10)
        await inbox.done(conn, 5, clock.now())
        again = await inbox.keep(conn, 5, "channel_post", {}, clock.now())
        left = await inbox.pending(conn, 10)

    assert new == [True, True, False]
    assert (first.update_id, second.update_id) == (4, 5)
    assert first.payload == {"text": "Ж😀"}
    assert not again
    assert [entry.update_id for entry in left] == [4]


async def test_a_poisonous_update_does_not_block_the_others(store: Store, clock: ManualClock):
    """It is tried a few times, then left for an admin."""
    async with store.write() as conn:
        for number in (1, 2):
            await inbox.keep(conn, number, "channel_post", {"n": number}, clock.now())
        tries = []
        while (entry := (await inbox.pending(conn, 1))[0]).update_id == 1:
            tries.append(await inbox.failed(conn, 1, "ValueError"))
        kept = (await conn.execute(sa.select(s.inbox).where(s.inbox.c.update_id == 1))).one()

    assert tries == [1, 2, 3, 4, 5]
    assert entry.update_id == 2
    assert (kept.payload, kept.error) == ({"n": 1}, "ValueError")


async def test_handled_updates_leave_only_their_number(store: Store, clock: ManualClock):
    """Membership changes name people: they are not kept longer than needed."""
    async with store.write() as conn:
        for number in (1, 2):
            await inbox.keep(conn, number, "my_chat_member", {"user": 5}, clock.now())
        await inbox.done(conn, 1, clock.now())
        payload = await conn.scalar(sa.select(s.inbox.c.payload).where(s.inbox.c.update_id == 1))
        purged = await inbox.purge(conn, clock.advance(days=2))
        left = list(await conn.scalars(sa.select(s.inbox.c.update_id)))

    assert payload is None
    assert (purged, left) == (1, [2])
