"""Two processes on one database: one speaks to Telegram; a paused one does not wake to speak."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from structlog.testing import capture_logs

from bot.botapi.client import Client
from bot.delivery.lease import LEASE_SECONDS, Lease
from bot.delivery.outbox import Outbox
from bot.errors import LeaseLost, NotSent, StoreError
from bot.model import Address
from bot.model.rendered import Rendered
from bot.store import Store, messages
from tests.delivery.conftest import Scene, audience, render
from tests.support.botapi_emulator import BotApiEmulator
from tests.support.clock import ManualClock
from tests.support.databases import Postgres

CALL = LEASE_SECONDS * 0.625


@pytest.fixture
async def stores(postgres_database: str, clock: ManualClock) -> AsyncIterator[list[Store]]:
    """The same database, opened by two processes."""
    made = [await Store.open(postgres_database, clock) for _ in range(2)]
    yield made
    for store in made:
        await store.close()


async def test_a_second_process_waits_until_the_first_is_silent(
    stores: list[Store], clock: ManualClock
) -> None:
    """Whoever takes over does so only when the other has stopped by itself; then it is told."""
    first, second = (Lease(store, clock) for store in stores)
    assert await first.attempt()
    for _ in range(20):
        clock.advance(5)
        await first.keep()
        assert not await second.attempt()
    assert first.holds()

    taken_at = None
    for second_passed in range(60):
        clock.advance(1)
        if await second.attempt():
            taken_at = second_passed
            break
        if second_passed < LEASE_SECONDS - 2:
            assert first.holds()
    assert taken_at is not None
    assert taken_at >= LEASE_SECONDS - 2
    assert not first.holds()
    assert second.holds()
    with pytest.raises(LeaseLost):
        await first.keep()
    assert stores[1].epoch > stores[0].epoch


async def test_a_process_that_ends_properly_lets_the_next_begin_at_once(
    stores: list[Store], clock: ManualClock
) -> None:
    """A restart waits for nothing."""
    first, second = (Lease(store, clock) for store in stores)
    await first.acquire()
    await first.release()

    assert await second.attempt()
    assert second.strangers_done <= clock.monotonic()


async def test_a_killed_process_is_followed_at_once(
    stores: list[Store], postgres: Postgres, clock: ManualClock
) -> None:
    """The server sees its session end: nobody waits for beats. What it was sending may still be
    under way, and is taken for unknown only when it cannot be any more."""
    first, second = (Lease(store, clock) for store in stores)
    await first.acquire()
    assert not await second.attempt()
    await postgres.run(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    )
    clock.advance(1)
    for _ in range(100):  # the server takes a moment
        if taken := await second.attempt():
            break
        await asyncio.wait({asyncio.get_running_loop().create_future()}, timeout=0.05)

    assert taken
    assert second.strangers_done == clock.monotonic() + CALL


async def test_a_lost_session_is_made_anew(stores: list[Store], postgres: Postgres) -> None:
    """After the server was restarted the holder holds on, and who waits goes on waiting."""
    clock = ManualClock()
    first, second = (Lease(store, clock) for store in stores)
    await first.acquire()
    await postgres.run(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    )
    for _ in range(100):
        session = stores[0].session
        assert session is not None
        assert session._conn is not None
        if session._conn.is_closed():
            break
        await asyncio.wait({asyncio.get_running_loop().create_future()}, timeout=0.05)
    clock.advance(5)
    await first.keep()

    assert not await second.attempt()
    assert first.holds()


async def test_two_that_take_at_once_do_not_both_get_it(
    stores: list[Store], clock: ManualClock
) -> None:
    """Compare and set: the row decides."""
    leases = [Lease(store, clock) for store in stores]

    assert [await each.attempt() for each in leases] == [True, False]


async def test_a_database_that_fails_ends_the_lease_and_its_return_brings_it_back(
    stores: list[Store], clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody took over meanwhile, so sending goes on. The log says so once."""
    lease = Lease(stores[0], clock)
    await lease.acquire()
    whole = stores[0].write

    def fails(relating: bool = False) -> object:
        raise StoreError("gone")

    monkeypatch.setattr(stores[0], "write", fails)
    with capture_logs() as logged:
        for _ in range(9):
            clock.advance(5)
            await lease.keep()
    assert [each["event"] for each in logged] == ["lease.not_renewed"]
    assert not lease.holds()
    monkeypatch.setattr(stores[0], "write", whole)
    await lease.keep()

    assert lease.holds()


async def test_who_was_taken_over_sends_nothing_and_records_nothing(
    stores: list[Store], server: BotApiEmulator, clock: ManualClock
) -> None:
    """What it was sending is unknown only after lease and call are over; then sent again."""
    old, new = Scene(stores[0], server, clock), Scene(stores[1], server, clock)
    await old.start()
    await old.chat(1)
    await old.chat(2)
    await old.story("one")
    await old.outbox._expander.step(clock.now())
    async with stores[0].write() as conn:
        await messages.mark_sending(conn, [1], stores[0].epoch)  # paused before its call
    lease = Lease(stores[1], clock)
    assert not await lease.attempt()
    clock.advance(LEASE_SECONDS)
    assert await lease.attempt()
    new.client = Client(server.token, clock, server=server.url, read_seconds=5)
    new.outbox = Outbox(stores[1], new.client, clock, audience, render, lease=lease)
    assert await new.outbox.start() == 0
    await new.step()
    assert (server.texts(1), server.texts(2)) == ([], ["one"])

    with pytest.raises(LeaseLost):
        await old.step()
    clock.advance(CALL)
    await new.for_(60)
    assert (server.texts(1), server.texts(2)) == (["one"], ["one"])
    assert await new.counters() == {"messages_repeated": 1, "messages_unknown": 1}
    await old.client.close()
    await new.client.close()


@pytest.mark.parametrize("asked", [0, 1])
async def test_a_call_is_stopped_in_the_last_moment(
    server: BotApiEmulator, clock: ManualClock, asked: int
) -> None:
    """Before its head is written, or between head and body: Telegram takes nothing."""
    left = 0

    def may_call() -> bool:
        nonlocal left
        left -= 1
        return left >= 0

    client = Client(server.token, clock, server=server.url, may_call=may_call)
    await client.start()
    server.people.started(1)
    left = asked
    with pytest.raises(NotSent) as caught:
        await client.send(Address(1), Rendered("text", "text"))
    left = 1_000
    clock.advance(2)
    await client.send(Address(1), Rendered("later", "later"))

    assert server.texts(1) == ["later"]
    assert isinstance(caught.value.__cause__.__cause__, httpx.ConnectError)
    await client.close()
