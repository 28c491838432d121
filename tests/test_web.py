"""Strangers cannot hold the listener: requests that never end are ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from bot.web import Listen, Listener, body_of


async def _echo(request: Request) -> Response:
    return Response(await body_of(request, 1000))


@asynccontextmanager
async def listening(**limits: float) -> AsyncIterator[Listener]:
    listener = Listener(Listen("127.0.0.1", 0), **limits)  # type: ignore[arg-type]
    listener.add("/hook", _echo)
    await listener.start()
    try:
        yield listener
    finally:
        await listener.close()


async def _begun(
    listener: Listener, request: bytes
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    writer.write(request)
    await writer.drain()
    return reader, writer


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"POST /hook HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\nabc",
        b"POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\nabc",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT",
    ],
)
async def test_a_request_that_does_not_end_is_ended(begun: bytes) -> None:
    """Neither silence nor half a head nor half a body holds a connection for long."""
    async with listening(request_seconds=0.1) as listener:
        reader, writer = await _begun(listener, begun)
        async with asyncio.timeout(5):
            await reader.read()
        writer.close()


async def test_of_too_many_unfinished_the_oldest_goes() -> None:
    """However many are begun, whoever sends a whole request is answered."""
    async with listening(most_unfinished=3) as listener:
        begun = [await _begun(listener, b"POST /hook HT") for _ in range(6)]
        async with asyncio.timeout(5):
            for reader, _ in begun[:3]:
                assert await reader.read() == b""
        async with httpx.AsyncClient(trust_env=False) as web:
            answer = await web.post(f"http://127.0.0.1:{listener.port}/hook", content=b"here")
        for _, writer in begun:
            writer.close()

    assert (answer.status_code, answer.content) == (200, b"here")


async def test_a_known_caller_keeps_the_connection() -> None:
    """Telegram sends many updates through one; the time for each begins with each."""
    async with listening(request_seconds=0.1) as listener:
        async with httpx.AsyncClient(trust_env=False) as web:
            url = f"http://127.0.0.1:{listener.port}/hook"
            first = await web.post(url, content=b"1")
            await asyncio.wait({asyncio.Future()}, timeout=0.3)
            second = await web.post(url, content=b"2")
        assert first.extensions["network_stream"] is second.extensions["network_stream"]

    assert (first.content, second.content) == (b"1", b"2")
