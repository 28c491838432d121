"""The audit: who changed what, by a name that says nothing."""

from __future__ import annotations

from datetime import timedelta

from bot.model import ChatType
from bot.store import Store, audit, chats
from bot.store.audit import OPERATOR, Entry, Undo
from tests.support.clock import ManualClock

ANNA, BORYS = 1234567, 7654321
CHANNEL = 5


async def noted(
    store: Store, clock: ManualClock, user_id: int, chat_id: int | None = None
) -> Entry:
    async with store.write() as conn:
        return await audit.add(
            conn,
            at=clock.now(),
            user_id=user_id,
            command="source.state",
            subject="source:7",
            details={"to": "paused"},
            chat_id=chat_id,
            inverse=Undo("source.state", {"id": 7, "state": "active"}),
        )


async def test_people_stand_by_a_pseudonym(store: Store, clock: ManualClock):
    """The same person has the same name in each row; it is not their number and no other's."""
    first, again = await noted(store, clock, ANNA), await noted(store, clock, ANNA)
    other, operator = await noted(store, clock, BORYS), await noted(store, clock, 0)
    async with store.read() as conn:
        known = await audit.pseudonym(conn, ANNA)

    assert first.actor == again.actor == known
    assert len({first.actor, other.actor, operator.actor}) == 3
    assert str(ANNA) not in first.actor
    assert operator.actor == OPERATOR
    assert first.inverse == Undo("source.state", {"id": 7, "state": "active"})


async def test_a_chat_sees_its_own_rows_and_takes_them_along(store: Store, clock: ManualClock):
    """What was chosen for a chat is seen nowhere else, and is deleted with the chat."""
    async with store.write() as conn:
        chat = await chats.ensure(conn, ANNA, 0, ChatType.PRIVATE, now=clock.now())
    own, shared = await noted(store, clock, ANNA, chat.id), await noted(store, clock, ANNA)
    async with store.read() as conn:
        here = await audit.page(conn, 9, chat_id=chat.id)
        everywhere = await audit.page(conn, 9)
        elsewhere = await audit.page(conn, 9, chat_id=chat.id + 1)
    async with store.write() as conn:
        await chats.forget(conn, chat.id)
        left = await audit.get(conn, own.id)

    assert (here, everywhere, elsewhere) == ([own], [shared], [])
    assert left is None


async def test_rows_end(store: Store, clock: ManualClock):
    """A chat's rows live a week, those of the installation a year and more."""
    await noted(store, clock, ANNA, CHANNEL)
    kept = await noted(store, clock, ANNA)
    clock.move_to(clock.now() + audit.CHAT_RETENTION + timedelta(minutes=1))
    async with store.write() as conn:
        first = await audit.purge(conn, clock.now())
        left = await audit.page(conn, 9)
    clock.move_to(clock.now() + audit.RETENTION)
    async with store.write() as conn:
        second = await audit.purge(conn, clock.now())

    assert (first, left, second) == (1, [kept], 1)
