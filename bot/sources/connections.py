"""Connections that only lead where they may: resolve, check, connect to what was checked."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import httpcore

from bot.network.kept_connections import KeptConnections, maker
from bot.network.streams import LoopBackend
from bot.network.tls import usual_authorities
from bot.sources.addresses import AddressPolicy, IPAddress, literal_address

__all__ = ["RefusedAddress", "Resolver", "SystemResolver", "open_connections"]

# The addresses of a name; raises OSError when it has none.
Resolver = Callable[[str, int], Awaitable[list[IPAddress]]]


class RefusedAddress(Exception):
    """Every address of the name is one we do not fetch from."""


class _CheckedBackend(LoopBackend):
    """Resolves, checks, and connects to the very address that was checked.

    The pool keeps speaking of the name: Host header and certificate are the name's.
    """

    def __init__(self, policy: AddressPolicy, resolver: Resolver) -> None:
        self._policy = policy
        self._resolver = resolver

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        literal = literal_address(host)
        found = [literal] if literal is not None else await self._resolver(host, port)
        permitted = self._policy.permitted(found)
        if not permitted:
            raise RefusedAddress(host)
        failure: Exception | None = None
        # All but the last get less time: one dead address must not use up the deadline.
        for left, address in zip(reversed(range(len(permitted))), permitted, strict=True):
            try:
                return await super().connect_tcp(
                    str(address),
                    port,
                    timeout=min(timeout or 10.0, 4.0) if left else timeout,
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(host)


class SystemResolver:
    """The system's resolver, in threads of its own: a slow name server delays no one else."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None

    async def __call__(self, host: str, port: int) -> list[IPAddress]:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(16, thread_name_prefix="resolve")
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        written = dict.fromkeys(str(entry[4][0]) for entry in found)
        return [address for text in written if (address := literal_address(text)) is not None]

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None


def open_connections(
    *,
    proxy: str,
    ssl_context: ssl.SSLContext | None,
    max_connections: int,
    policy: AddressPolicy,
    resolver: Resolver,
) -> KeptConnections:
    """Connections made directly, each address checked; or through `proxy`, which resolves.

    A proxy's own address is not checked: whoever runs Vigil chose it. Raises ValueError.
    """
    backend = None if proxy else _CheckedBackend(policy, resolver)
    return KeptConnections(
        maker(proxy, ssl_context or usual_authorities(), keepalive=15.0, backend=backend),
        most=max_connections,
        most_idle=max_connections // 4,
    )
