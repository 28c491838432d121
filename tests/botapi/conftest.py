"""A Bot API emulator on a clock that only tests move, and PTB's own bot speaking to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import telegram
from telegram.request import HTTPXRequest

from tests.support.botapi_emulator import BotApiEmulator
from tests.support.clock import ManualClock

USER = 501
GROUP = -100700
CHANNEL = -100800


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[BotApiEmulator]:
    async with BotApiEmulator(clock) as emulator:
        emulator.people.started(USER, "Olena")
        emulator.people.group(GROUP, "Monitors", threads=(11, 12), creator=USER)
        emulator.people.channel(CHANNEL, "Court news", username="court_news")
        yield emulator


@pytest.fixture
async def bot(server: BotApiEmulator) -> AsyncIterator[telegram.Bot]:
    request = HTTPXRequest(read_timeout=10)
    async with telegram.Bot(
        server.token,
        base_url=f"{server.url}/bot",
        request=request,
        get_updates_request=HTTPXRequest(read_timeout=10),
    ) as made:
        server.taken.clear()
        yield made
