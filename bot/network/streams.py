"""TCP and TLS for httpcore on the event loop's own transports.

httpcore's backend goes through anyio, which opens a group of tasks for each connection and a
scope for each read and write: a third of what a poll costs. Deadlines are the caller's, so a
transport and a buffer are enough here. Errors are httpcore's own.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

import httpcore

__all__ = ["LoopBackend"]

_MOST_UNREAD: Final = 256 * 1024  # bytes; then the server has to wait


class LoopBackend(httpcore.AsyncNetworkBackend):
    """See the module."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        local = None if local_address is None else (local_address, 0)
        with _as(httpcore.ConnectError, httpcore.ConnectTimeout):
            async with asyncio.timeout(timeout):
                _, stream = await loop.create_connection(_Stream, host, port, local_addr=local)
        for option in socket_options or ():
            stream.get_extra_info("socket").setsockopt(*option)
        return stream


class _Stream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """Bytes of one connection. One reader and one writer at a time, as httpcore has it."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._unread = bytearray()
        self._ended = False  # by the server
        self._lost: Exception | None = None
        self._is_paused = False
        self._coming: asyncio.Future[None] | None = None
        self._going: asyncio.Future[None] | None = None

    # what the loop says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        if len(self._unread) > _MOST_UNREAD and not self._is_paused:
            assert self._transport is not None
            self._transport.pause_reading()
            self._is_paused = True
        _wake(self._coming)

    def eof_received(self) -> bool:
        self._ended = True
        _wake(self._coming)
        return False  # what we were still saying nobody reads

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended, self._lost = True, exc
        _wake(self._coming)
        _wake(self._going)

    def pause_writing(self) -> None:
        self._going = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        _wake(self._going)
        self._going = None

    # what httpcore asks

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if not self._unread and not self._ended:
            self._coming = asyncio.get_running_loop().create_future()
            with _as(httpcore.ReadError, httpcore.ReadTimeout):
                await _within(timeout, self._coming)
        if not self._unread and self._lost is not None:
            raise httpcore.ReadError(str(self._lost)) from self._lost
        data = bytes(self._unread[:max_bytes])
        del self._unread[:max_bytes]
        if self._is_paused and len(self._unread) <= _MOST_UNREAD // 2 and not self._ended:
            assert self._transport is not None
            self._transport.resume_reading()
            self._is_paused = False
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        if self._transport is None or self._transport.is_closing():
            raise httpcore.WriteError("The connection is closed")
        with _as(httpcore.WriteError, httpcore.WriteTimeout):
            self._transport.write(buffer)
            if self._going is not None:
                await _within(timeout, self._going)
                if self._lost is not None:
                    raise httpcore.WriteError(str(self._lost)) from self._lost

    async def aclose(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        assert self._transport is not None
        loop, plain = asyncio.get_running_loop(), self._transport
        try:
            with _as(httpcore.ConnectError, httpcore.ConnectTimeout):
                async with asyncio.timeout(timeout):
                    self._transport = await loop.start_tls(
                        plain, self, ssl_context, server_hostname=server_hostname
                    )
        except BaseException:
            plain.abort()
            raise
        if self._transport is None:
            raise httpcore.ConnectError("The connection was lost")
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # of an idle connection: the server closed it, or speaks unasked
            return self._ended or bool(self._unread)
        name = {"client_addr": "sockname", "server_addr": "peername"}.get(info, info)
        return None if self._transport is None else self._transport.get_extra_info(name)


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)


async def _within(timeout: float | None, waiter: asyncio.Future[None]) -> None:
    if timeout is None:
        await waiter
        return
    async with asyncio.timeout(timeout):
        await waiter


@contextmanager
def _as(
    failed: type[httpcore.NetworkError], late: type[httpcore.TimeoutException]
) -> Iterator[None]:
    """Errors of the loop as httpcore's. `ssl.SSLError` is an OSError, and stays the cause."""
    try:
        yield
    except TimeoutError as error:  # before OSError, which it is
        raise late(str(error)) from error
    except OSError as error:
        raise failed(str(error)) from error
