"""The machine's clock, and what is done when somebody sets it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.clock import SystemClock
from bot.model import SourceKind, Transport
from bot.store import Store, sources
from bot.store.sources import FetchRecord
from tests.support.clock import ManualClock


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


async def test_past_is_not_waited_for() -> None:
    await SystemClock().sleep_until(datetime(2024, 4, 8, tzinfo=UTC))


async def test_source_put_off_by_a_wrong_clock_is_read(
    sqlite_store: Store, clock: ManualClock
) -> None:
    """A clock that was a year ahead for a while keeps no source from being read."""
    now = clock.now()
    async with sqlite_store.write() as conn:
        for name, ahead in (("wrong", timedelta(days=365)), ("resting", timedelta(hours=24))):
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
            await sources.record_fetch(conn, source.id, FetchRecord(now, now + ahead))

    async with sqlite_store.write() as conn:
        moved = await sources.turn_back(conn, now, timedelta(hours=26))
        due = await sources.due(conn, now)

    assert moved == 1
    assert [each.address for each in due] == ["wrong"]
