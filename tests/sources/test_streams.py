"""TCP and TLS on the loop's own transports carry every byte, wait for the slower side, and name
what goes wrong as httpcore does.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpcore
import pytest

from bot.network.streams import LoopBackend
from tests.support.tls import client_context, server_context

_SENT = bytes(range(256)) * 98_304  # 24 MB: more than the buffers on the way hold

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def connected(serve: Serve, tls: Path | None) -> AsyncIterator[httpcore.AsyncNetworkStream]:
    context = server_context(tls) if tls else None
    served = asyncio.Event()

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()
            served.set()

    server = await asyncio.start_server(once, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        stream = await LoopBackend().connect_tcp("127.0.0.1", port, timeout=5.0)
        if tls:
            stream = await stream.start_tls(client_context(), "localhost", timeout=5.0)
        try:
            yield stream
        finally:
            await stream.aclose()
            async with asyncio.timeout(5):
                await served.wait()


@pytest.mark.parametrize("tls", [False, True])
async def test_a_slow_reader_gets_every_byte_and_the_end(tmp_path: Path, tls: bool) -> None:
    """The server waits meanwhile: no more than a part lies in memory."""
    ahead = 0

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal ahead
        for start in range(0, len(_SENT), 65_536):
            writer.write(_SENT[start : start + 65_536])
            await writer.drain()
            ahead += 65_536

    async with connected(send, tmp_path if tls else None) as stream:
        got = bytearray(await stream.read(1_000))
        for _ in range(50):
            await asyncio.to_thread(int)
        waits = ahead < len(_SENT)
        while piece := await stream.read(500_000, timeout=5.0):
            got += piece

        assert (got == _SENT, waits) == (True, True)
        assert stream.get_extra_info("is_readable") is True


@pytest.mark.parametrize("tls", [False, True])
async def test_a_slow_server_gets_every_byte(tmp_path: Path, tls: bool) -> None:
    """A large form waits for who reads it."""
    got = bytearray()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while len(got) < len(_SENT):
            got.extend(await reader.read(100_000))
        writer.write(b"thanks")
        await writer.drain()

    async with connected(take, tmp_path if tls else None) as stream:
        await stream.write(_SENT, timeout=5.0)
        assert await stream.read(100, timeout=5.0) == b"thanks"

    assert bytes(got) == _SENT


async def test_what_goes_wrong_is_named() -> None:
    """Nobody there, no answer in time, a server that closes."""
    with pytest.raises(httpcore.ConnectError):
        await LoopBackend().connect_tcp("127.0.0.1", 1, timeout=5.0)

    async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1)

    async with connected(close, None) as stream:
        assert stream.get_extra_info("is_readable") is False
        with pytest.raises(httpcore.ReadTimeout):
            await stream.read(1, timeout=0.001)
        await stream.write(b"x")
        assert await stream.read(1, timeout=5.0) == b""
        await stream.aclose()
        with pytest.raises(httpcore.WriteError):
            await stream.write(b"more")


async def test_a_certificate_that_is_not_trusted_is_the_cause(tmp_path: Path) -> None:
    """Whoever asks why finds ssl's own error below httpcore's."""

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise AssertionError("no handshake, no connection")

    server = await asyncio.start_server(never, "127.0.0.1", 0, ssl=server_context(tmp_path))
    async with server:
        port = server.sockets[0].getsockname()[1]
        stream = await LoopBackend().connect_tcp("127.0.0.1", port, timeout=5.0)
        with pytest.raises(httpcore.ConnectError) as caught:
            await stream.start_tls(ssl.create_default_context(), "localhost", timeout=5.0)
        await stream.aclose()

    assert isinstance(caught.value.__cause__, ssl.SSLError)
