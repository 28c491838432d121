"""The machine's clock, and what is done when somebody sets it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import SystemClock
from bot.model import ChatType, SourceKind, Transport
from bot.ops.timekeeper import Timekeeper
from bot.store import Store, chats, digests, messages, sources, visits
from bot.store.connection import Connection
from bot.store.visits import FetchRecord
from tests.support.clock import ManualClock


async def _source(conn: Connection, name: str, now: datetime, due: datetime) -> None:
    """A source that was read now and is to be read again."""
    source, _ = await sources.add(
        conn,
        transport=Transport.FEED,
        address=name,
        identity=name,
        title=name,
        kind=SourceKind.MEDIA,
        lang="",
        now=now,
    )
    await visits.record_fetch(conn, source.id, FetchRecord(now, due))


class SetClock(SystemClock):
    """A machine whose wall clock is `ahead` of what it was."""

    ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


async def test_clock_set_back_keeps_no_sleeper() -> None:
    """Who sleeps a moment when an hour is taken back does not sleep for an hour."""
    clock = SetClock()
    sleep = asyncio.ensure_future(clock.sleep_until(clock.now() + timedelta(milliseconds=50)))
    await asyncio.wait({sleep}, timeout=0.01)
    clock.ahead = -timedelta(hours=1)

    async with asyncio.timeout(5):
        await sleep


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("hours", [2, 24])
async def test_what_is_planned_moves_with_a_clock_that_is_set_back(
    store: Store, clock: ManualClock, hours: int, restarted: bool
) -> None:
    """Visits, messages tried again and digests come as if nobody had touched the clock; a digest
    at eight o'clock still comes at eight."""
    keeper, now = Timekeeper(store, clock), clock.now()
    await keeper.step()
    async with store.write() as conn:
        await _source(conn, "soon", now, now + timedelta(minutes=5, milliseconds=250))
        chat = await chats.ensure(conn, 1, 0, ChatType.PRIVATE, now=now)
        message = await messages.queue_plain(conn, chat.id, "x", now)
        await messages.mark_retry(conn, message, now + timedelta(seconds=5))
        await digests.hold_until(conn, now + timedelta(hours=20), [chat.id], digest=True)
    clock.set_by(hours=-hours)
    if restarted:
        keeper = Timekeeper(store, clock)
    moved = await keeper.step()
    again = await keeper.step()
    then = clock.now()
    async with store.read() as conn:
        due = await visits.next_due(conn)
        held = await messages.get(conn, message)
        digest = await digests.next_due(conn)

    assert (moved, again) == (True, False)
    assert due == then + timedelta(minutes=5, milliseconds=250)
    assert held is not None
    assert held.next_try_at == then + timedelta(seconds=5)
    assert digest == now + timedelta(hours=20) - timedelta(days=hours // 24)


async def test_past_is_not_waited_for() -> None:
    await SystemClock().sleep_until(datetime(2024, 4, 8, tzinfo=UTC))


async def test_source_put_off_by_a_wrong_clock_is_read(
    sqlite_store: Store, clock: ManualClock
) -> None:
    """A clock that was a year ahead for a while keeps no source from being read."""
    now = clock.now()
    async with sqlite_store.write() as conn:
        for name, ahead in (("wrong", timedelta(days=365)), ("resting", timedelta(hours=24))):
            await _source(conn, name, now, now + ahead)

    async with sqlite_store.write() as conn:
        moved = await visits.turn_back(conn, now, timedelta(hours=26))
        due = await visits.due(conn, now)

    assert moved == 1
    assert [each.address for each in due] == ["wrong"]
