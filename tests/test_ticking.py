"""Jobs of the ticker, with the real scheduler."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.app import until_stopped


async def test_a_job_cut_off_by_the_end_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever stops the bot or the demo sees no trace of what was under way."""
    began, ended = asyncio.Event(), asyncio.Event()

    async def job() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    ticker = AsyncIOScheduler(timezone=UTC)
    ticker.add_job(until_stopped, args=[job])
    ticker.start()
    await asyncio.wait_for(began.wait(), 10)
    ticker.shutdown(wait=False)
    await asyncio.wait_for(ended.wait(), 10)
    for _ in range(5):  # let the scheduler take note of it
        await asyncio.wait({asyncio.ensure_future(ended.wait())})

    assert [r for r in caplog.records if r.levelno > logging.WARNING] == []
