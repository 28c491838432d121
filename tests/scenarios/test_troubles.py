"""One trouble is one trouble: the whole bot while the disk is full, or the clock is set back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from tests.store.test_condition import full
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

TEXT = "Двое контрактников отказались ехать на фронт"


@asynccontextmanager
async def running(vigil: Vigil) -> AsyncIterator[None]:
    """The bot as `vigil run` has it, beside the test: it asks, and waits for an answer."""
    vigil.app.receiver._poll_seconds = 1
    task = asyncio.create_task(vigil.app.run())
    await vigil.app.connected.wait()
    try:
        yield
    finally:
        task.cancel()
        await vigil.moving(asyncio.wait({task}))


async def pass_by(vigil: Vigil, seconds: int) -> None:
    """Let so much time pass, and what is begun in it be done, however slow the machine."""
    engine = vigil.app.engine
    for _ in range(seconds):
        vigil.clock.advance(1)
        await _moment()
        for _ in range(200):
            if engine.outbox.at_rest and not engine.poller._running:
                break
            await _moment()


async def _moment() -> None:
    await asyncio.wait({asyncio.get_running_loop().create_future()}, timeout=0.03)


def said(vigil: Vigil, user_id: int) -> str:
    """All that stands in the chat."""
    return "\n".join(each.text for each in vigil.chat(user_id))


async def within(vigil: Vigil, seconds: int, holds: Callable[[], bool], step: float = 0.5) -> None:
    """It holds before so much time has passed, however slow the machine."""
    for _ in range(round(seconds / step)):
        for _ in range(20):
            if holds():
                return
            await _moment()
        vigil.clock.advance(step)
    assert holds()


async def test_a_full_disk(vigil: Vigil) -> None:
    """Few lines in the log; /health and every answer say it, admins are told; what was published
    meanwhile comes within ten seconds of the end."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.add_source("a")
    await vigil.says(ROOT, "/start")
    await vigil.app.store_trouble.step()
    with capture_logs() as logged:
        async with running(vigil):
            before = len(vigil.chat(ROOT))
            async with full(vigil.app.engine.store):
                await vigil.put("a", Post("one", title=TEXT, text=f"{TEXT}. " * 200))
                await pass_by(vigil, 70)
                vigil.telegram.people.says(SUBSCRIBER, "/lang ru")
                await within(vigil, 10, lambda: "nothing is lost" in said(vigil, SUBSCRIBER))
                vigil.telegram.people.says(ROOT, "/health")
                await within(vigil, 10, lambda: "Sources:" in said(vigil, ROOT))
            told = [each.text for each in vigil.chat(ROOT)[before:]]
            await within(vigil, 10, lambda: TEXT in said(vigil, SUBSCRIBER))
            await within(vigil, 10, lambda: "works again" in said(vigil, ROOT))

    assert [each["event"] for each in logged if each["log_level"] in ("warning", "error")] == [
        "store.down"
    ]
    assert "disk of the database is full" in told[0]
    assert "disk of the database is full" in told[-1]


@pytest.mark.parametrize("hours", [2, 24])
async def test_a_clock_set_back(vigil: Vigil, hours: int) -> None:
    """By two hours or a day: the bot answers, reads and tells within ten seconds."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.add_source("a")
    with capture_logs() as logged:
        async with running(vigil):
            await pass_by(vigil, 3)
            vigil.clock.set_by(hours=-hours)
            await vigil.put("a", Post("one", title=TEXT))
            vigil.telegram.people.says(SUBSCRIBER, "/help")
            await within(vigil, 10, lambda: "/topics" in said(vigil, SUBSCRIBER))
            # Visits come a minute apart.
            await within(vigil, 130, lambda: TEXT in said(vigil, SUBSCRIBER), step=5)

    warned = [each["event"] for each in logged if each["log_level"] in ("warning", "error")]
    assert warned == ["clock.set_back"]
