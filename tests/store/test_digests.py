"""What waits for a time of the chat's is neither lost nor told twice."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from bot.model import ChatState, NoticeState, SourceState
from bot.model.views import Unread
from bot.store import (
    Store,
    chat_merging,
    chats,
    digests,
    due_messages,
    message_rows,
    notices,
    sources,
)
from bot.store import schema as s
from tests.store.builders import add_alert, add_chat, add_source
from tests.support.clock import ManualClock

HOUR = timedelta(hours=1)


async def test_what_is_unread_is_one_rule(store: Store, clock: ManualClock):
    """The digest counts in the database what every list asks of the source itself."""
    now = clock.now()
    async with store.write() as conn:
        for failures in range(5):
            for state in SourceState:
                name = f"{state}{failures}"
                source = await add_source(conn, now, name)
                await conn.execute(
                    sa.update(s.sources)
                    .where(s.sources.c.id == source.id)
                    .values(failures=failures, state=state, last_success=now - failures * HOUR)
                )
        counted = await digests.unread(conn)
        found = await sources.list_all(conn)

    asked = [each for each in found if each.unread]
    assert {(each.state, each.failures) for each in asked} == {
        (SourceState.ACTIVE, 3),
        (SourceState.ACTIVE, 4),
    }
    assert counted == Unread(len(asked), 5, now - 4 * HOUR)


async def test_telling_many_at_once_tells_each_once(store: Store, clock: ManualClock):
    """Whoever has a notice keeps it and gets no second message; the others get one."""
    now = clock.now()
    async with store.write() as conn:
        alert, item_id = await add_alert(conn, now)
        ids = [(await add_chat(conn, now, 100 + n)).id for n in range(5)]
        offer = notices.Offer(alert.id, item_id, 1, now)
        first = await notices.add_notices(
            conn, offer, notices.NoticeDelivery("refusal", NoticeState.DIGEST, "bulk"), ids[:2]
        )
        second = await notices.add_notices(
            conn,
            offer,
            notices.NoticeDelivery("refusal", NoticeState.QUEUED, "urgent", True),
            ids,
        )
        made = await due_messages.due(conn, now, 10)
        states = (await conn.execute(sa.select(s.notices.c.state, s.notices.c.message_id))).all()

    assert (first, second) == (2, 3)
    assert sorted(m.chat.id for m in made) == ids[2:]
    assert all(m.silent and m.lane is message_rows.SendLane.URGENT for m in made)
    assert sorted(row.state for row in states) == ["digest"] * 2 + ["queued"] * 3
    assert sum(row.message_id is None for row in states) == 2


async def test_a_digest_is_due_once_and_at_its_time(store: Store, clock: ManualClock):
    """Planned, due, queued as one message; a later plan never puts off an earlier one."""
    now = clock.now()
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        alert, item_id = await add_alert(conn, now)
        offer = notices.Offer(alert.id, item_id, 1, now)
        waits = notices.NoticeDelivery("refusal", NoticeState.DIGEST, "bulk")
        await notices.add_notices(conn, offer, waits, [chat.id])
        await digests.hold_until(conn, now + HOUR, [chat.id], digest=True)
        await digests.hold_until(conn, now + 9 * HOUR, [chat.id], digest=True)
        assert await digests.next_due(conn) == now + HOUR
        assert await digests.due(conn, now, 9) == []
        later = now + HOUR
        [found] = await digests.due(conn, later, 9)
        assert (found.summary, found.digest) == (False, True)
        made = await digests.queue(conn, found, later, silent=False)
        again = await digests.queue(conn, found, later, silent=False)
        view = await digests.view(conn, made or 0, later)
        due = await digests.next_due(conn)

    assert made is not None
    assert (again, due) == (None, None)
    assert view is not None
    assert len(view.alerts) == 1


async def test_what_waits_unplanned_is_adopted(store: Store, clock: ManualClock):
    """A group that moved into a known chat brings what waited for its digest."""
    now = clock.now()
    async with store.write() as conn:
        old, new = await add_chat(conn, now, -5), await add_chat(conn, now, -1005)
        alert, item_id = await add_alert(conn, now)
        offer = notices.Offer(alert.id, item_id, 1, now)
        waits = notices.NoticeDelivery("refusal", NoticeState.DIGEST, "bulk")
        await notices.add_notices(conn, offer, waits, [old.id])
        await digests.hold_until(conn, now + HOUR, [old.id], digest=True)
        await chat_merging.migrate(conn, -5, -1005)
        adopted = await digests.adopt(conn, now)
        found = [each.chat.id for each in await digests.due(conn, now, 9)]

    assert (adopted, found) == (1, [new.id])


async def test_a_chat_that_is_closed_to_us_waits(store: Store, clock: ManualClock):
    """Its digest comes when it is open again."""
    now = clock.now()
    async with store.write() as conn:
        chat = await add_chat(conn, now)
        await digests.hold_until(conn, now, [chat.id], digest=True)
        await digests.hold_until(conn, now, [chat.id])
        await chats.set_state(conn, chat.id, ChatState.BLOCKED)
        closed = await digests.due(conn, now, 9), await digests.next_due(conn)
        await chats.set_state(conn, chat.id, ChatState.ACTIVE)
        opened = await digests.due(conn, now, 9)

    assert closed == ([], None)
    assert [(each.summary, each.digest) for each in opened] == [(True, True)]


async def test_the_cap_counts_by_date(store: Store, clock: ManualClock):
    """A new date begins at one."""
    async with store.write() as conn:
        chat = await add_chat(conn, clock.now())
        counts = []
        for day in ("2024-04-08", "2024-04-08", "2024-04-09"):
            await digests.pushed(conn, day, [chat.id])
            fresh = await chats.get(conn, chat.id)
            assert fresh is not None
            counts.append((fresh.pushed_on, fresh.pushed))

    assert counts == [("2024-04-08", 1), ("2024-04-08", 2), ("2024-04-09", 1)]
