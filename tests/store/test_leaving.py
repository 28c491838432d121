"""Pauses that end by themselves, messages that fade, people who leave."""

from __future__ import annotations

from datetime import timedelta

from bot.model import ChatState, Role
from bot.store import Store, chats, due_messages, filters, messages, people, standing_messages
from bot.store import schema as s
from bot.store.message_rows import Work
from tests.store.builders import add_chat, add_message, send
from tests.support.clock import ManualClock

PERSON, OTHER = 1001, 1002


async def test_pauses_end_when_their_time_has_come(store: Store, clock: ManualClock) -> None:
    """Only those with a time end by themselves; resuming forgets it."""
    soon, late = clock.now() + timedelta(hours=2), clock.now() + timedelta(hours=5)
    async with store.write() as conn:
        first = await add_chat(conn, clock.now(), 1)
        second = await add_chat(conn, clock.now(), 2)
        third = await add_chat(conn, clock.now(), 3)
        await chats.pause(conn, first.id, clock.now(), soon)
        await chats.pause(conn, second.id, clock.now(), late)
        await chats.pause(conn, third.id, clock.now())
        assert await chats.next_pause_over(conn) == soon
        assert await chats.pauses_over(conn, clock.now()) == []
        over = await chats.pauses_over(conn, soon)
        assert [chat.id for chat in over] == [first.id]
        await chats.resume(conn, first.id, soon)
        resumed = await chats.get(conn, first.id)
        assert await chats.next_pause_over(conn) == late

    assert over[0].paused_until == soon
    assert resumed is not None
    assert (resumed.state, resumed.paused_until) == (ChatState.ACTIVE, None)


async def test_noted_messages_are_due_for_deletion_and_nothing_else(
    store: Store, clock: ManualClock
) -> None:
    """An answer that fades is never sent or edited by the outbox, only deleted in its time."""
    at = clock.now() + timedelta(hours=24)
    async with store.write() as conn:
        chat = await add_chat(conn, clock.now())
        await messages.note(conn, chat.id, 77, clock.now(), at)
        before = await due_messages.due(conn, at - timedelta(seconds=1), 10)
        [due] = await due_messages.due(conn, at, 10)

    assert before == []
    assert (due.telegram_message_id, due.work(at)) == (77, Work.DELETE)


async def test_shown_messages_are_those_still_in_the_chat(store: Store, clock: ManualClock) -> None:
    """What Telegram still shows and lets a bot delete."""
    async with store.write() as conn:
        chat = await add_chat(conn, clock.now())
        old = await add_message(conn, clock.now(), chat)
        await send(conn, clock.now(), old, 70)
        now = clock.advance(hours=50)
        for number, gone in ((71, False), (72, True)):
            message = await add_message(conn, now, chat)
            await send(conn, now, message, number)
            if gone:
                await messages.mark_deleted(conn, message)
        await add_message(conn, now, chat)  # not sent yet
        shown = await standing_messages.shown(conn, chat.id, now - timedelta(hours=48))

    assert shown == [71]


async def test_forgotten_person_is_named_nowhere(store: Store, clock: ManualClock) -> None:
    """What they made stays, by nobody; others keep theirs."""
    now = clock.now()
    async with store.write() as conn:
        await people.appoint(conn, PERSON, Role.ADMIN, OTHER, now)
        await people.appoint(conn, OTHER, Role.ADMIN, PERSON, now)
        await people.create_invite(conn, Role.SUBSCRIBER, PERSON, now, timedelta(days=1))
        await people.put_draft(conn, PERSON, PERSON, "x", {}, now=now)
        await filters.add(conn, "desertion", "самоволка", PERSON, now)
        await people.forget(conn, PERSON)
        kept = [
            tuple(row)
            for table in (s.people, s.invites, s.drafts, s.filters, s.filter_versions, s.sources)
            for row in await conn.execute(table.select())
        ]
        [left] = await people.list_people(conn)

    assert left.telegram_id == OTHER
    assert left.invited_by is None
    assert all(PERSON not in row for row in kept)
    assert any("самоволка" in row for row in kept)
