"""Fixtures for sources: a loopback server, and a fetcher that may reach it."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from bot.sources.http import Fetcher, FetchSettings
from tests.support.clock import ManualClock
from tests.support.source_server import SourceServer

LOOPBACK = FetchSettings(
    allowed_networks=(ipaddress.ip_network("127.0.0.0/8"),), deadline=5.0, solo_gap=0.0
)


@pytest.fixture
async def server() -> AsyncIterator[SourceServer]:
    async with SourceServer() as running:
        yield running


@pytest.fixture
async def fetcher(clock: ManualClock) -> AsyncIterator[Fetcher]:
    """Allowed to fetch from loopback."""
    async with Fetcher(LOOPBACK, clock) as opened:
        yield opened


@pytest.fixture
async def hasty(clock: ManualClock) -> AsyncIterator[Fetcher]:
    """Gives a request half a second and 64 KiB."""
    async with Fetcher(replace(LOOPBACK, deadline=0.5, max_bytes=65_536), clock) as opened:
        yield opened


async def until(condition: Callable[[], object]) -> None:
    """Let other tasks run until `condition()` holds."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(5):
        while not condition():
            turn = loop.create_future()
            loop.call_later(0.001, turn.set_result, None)
            await turn
