"""Jobs that are done again and again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from structlog.testing import capture_logs

from bot.errors import StoreDown
from bot.ops.ticker import Ticker
from tests.support.clock import ManualClock


async def _turns(count: int = 5) -> None:
    """Let whatever can go on do so."""
    for _ in range(count):
        await asyncio.wait({asyncio.get_running_loop().create_future()}, timeout=0)


async def test_a_job_cut_off_by_the_end_is_no_error(clock: ManualClock) -> None:
    """Whoever stops the bot or the demo sees no trace of what was under way."""
    began, ended = asyncio.Event(), asyncio.Event()

    async def job() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    ticker = Ticker(clock)
    ticker.every(1, job)
    with capture_logs() as logged:
        running = asyncio.create_task(ticker.run())
        await asyncio.wait_for(began.wait(), 10)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert ended.is_set()
    assert logged == []


async def test_jobs_go_on_when_the_clock_is_set_back(clock: ManualClock) -> None:
    """By two hours or a day: each is done again when its seconds have passed."""
    done: list[str] = []

    async def job() -> None:
        done.append("job")

    ticker = Ticker(clock)
    ticker.every(1, job)
    running = asyncio.create_task(ticker.run())
    for back in (timedelta(), timedelta(hours=2), timedelta(days=1)):
        clock.set_by(seconds=-back.total_seconds())
        await _turns()
        clock.advance(1)
    await _turns()
    running.cancel()

    assert len(done) == 4


async def test_a_job_that_fails_is_done_again_and_a_database_that_is_down_said_once(
    clock: ManualClock,
) -> None:
    """The store has told of itself; a bug is told by its place, each time."""
    errors: list[Exception] = [ValueError("a bug"), StoreDown("full", "room"), KeyError("x")]
    left = list(errors)

    async def job() -> None:
        if left:
            raise left.pop(0)

    ticker = Ticker(clock)
    ticker.every(1, job)
    with capture_logs() as logged:
        running = asyncio.create_task(ticker.run())
        for _ in range(4):
            await _turns()
            clock.advance(1)
        running.cancel()

    assert [type(each["exc_info"]) for each in logged] == [ValueError, KeyError]
    assert {each["event"] for each in logged} == {"job.failed"}
