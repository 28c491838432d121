"""Stopping in the middle of everything: no hang, no noise, nothing lost."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import replace
from typing import Any

import pytest

from tests.scenarios.test_adversity import refusal
from tests.support.botapi_emulator import Hold
from tests.support.feeds import Post
from tests.support.loopback import Request
from tests.support.source_server import Page
from tests.support.vigil import SUBSCRIBER, Vigil


async def test_closing_while_all_is_under_way(whole_vigil: Vigil) -> None:
    """A poll, a send and the loops are interrupted; the next process goes on from there."""
    vigil = whole_vigil
    noise: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: noise.append(context))
    await vigil.add_source("a")
    await vigil.add_source("slow")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    asked = asyncio.Event()
    await vigil.put("slow", Post("1", text=refusal(1)))
    page = vigil.server.pages["/slow.xml"]
    assert isinstance(page, Page)

    def slowly(_: Request) -> Page:
        asked.set()
        return replace(page, latency=30)

    vigil.server.pages["/slow.xml"] = slowly
    hold = Hold()
    vigil.telegram.fail(hold, method="sendMessage")
    await vigil.put("a", Post("2", text=refusal(2)), Post("3", text=refusal(3)))

    running = asyncio.ensure_future(vigil.app.run())
    vigil.clock.advance(61)
    await asyncio.wait_for(asyncio.gather(hold.reached.wait(), asked.wait()), 30)
    running.cancel()
    asyncio.get_running_loop().call_later(0.2, hold.release.set)
    with pytest.raises(asyncio.CancelledError):
        await running
    poller = vigil.app.engine.poller
    async with asyncio.timeout(10):
        await vigil.stop()
    assert not poller._running
    gc.collect()
    await asyncio.wait({asyncio.ensure_future(asyncio.Event().wait())}, timeout=0.01)
    assert noise == []

    vigil.server.pages["/slow.xml"] = page
    await vigil.open()
    await vigil.read()

    told = sorted(n for p in vigil.chat(SUBSCRIBER) for n in (1, 2, 3) if f"{n}-й" in p.text)
    assert told == [1, 2, 3]
    assert await vigil.counter("messages_repeated") == 0
