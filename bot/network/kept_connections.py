"""HTTP connections kept open between requests; taking and giving back cost the same for any number.

httpcore's own pool looks at each of its connections at every request and every answer, with a
system call for each idle one: with twenty of them that is 2 ms of CPU a request, three times all
else. Here idle connections lie on a stack for each origin, and only the one that is taken is looked
at. The one used last is used next, so that the others grow old and the server closes them.

httpcore still makes the connections (with TLS, through a proxy) and speaks HTTP over them.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpcore
import httpx

__all__ = ["KeptConnections", "maker"]

_Key = tuple[bytes, bytes, int]
_TRIES: Final = 3


class KeptConnections:
    """Belongs to one event loop. `close` last."""

    def __init__(self, maker: httpcore.AsyncConnectionPool, *, most: int, most_idle: int) -> None:
        """`maker` makes connections and is not used otherwise; at most `most` are open at once,
        `most_idle` of them between requests.
        """
        self._maker = maker
        self._most, self._most_idle = most, most_idle
        self._room = asyncio.Semaphore(most)
        self._used: set[httpcore.AsyncConnectionInterface] = set()
        self._stacks: defaultdict[_Key, deque[httpcore.AsyncConnectionInterface]] = defaultdict(
            deque
        )
        # Oldest first, as in each stack: so the oldest of all is the oldest of its stack.
        self._idle: dict[httpcore.AsyncConnectionInterface, _Key] = {}

    @asynccontextmanager
    async def answer(
        self, request: httpcore.Request, *, pool_timeout: float | None = None
    ) -> AsyncIterator[httpcore.Response]:
        """The answer, its body unread; a body that is not read to its end closes the connection.

        Waits for a free place, at most `pool_timeout` seconds: then raises
        httpcore.PoolTimeout. Raises what httpcore raises.
        """
        try:
            async with asyncio.timeout(pool_timeout if self._room.locked() else None):
                await self._room.acquire()
        except TimeoutError as error:
            raise httpcore.PoolTimeout from error
        try:
            connection, response = await self._asked(request)
            try:
                yield response
            finally:
                try:
                    await response.aclose()
                finally:
                    await self._give_back(connection, request.url.origin)
        finally:
            self._room.release()

    async def close(self) -> None:
        """Close every connection; requests under way fail. Repeating it does nothing."""
        connections = [*self._used, *self._idle]
        self._used.clear()
        self._idle.clear()
        self._stacks.clear()
        for connection in connections:
            await connection.aclose()

    async def _asked(
        self, request: httpcore.Request
    ) -> tuple[httpcore.AsyncConnectionInterface, httpcore.Response]:
        origin = request.url.origin
        for left in reversed(range(_TRIES)):
            connection = await self._take(origin)
            self._used.add(connection)
            try:
                return connection, await connection.handle_async_request(request)
            except httpcore.ConnectionNotAvailable:
                # It was closed before anything was written.
                await self._give_back(connection, origin)
                if not left:
                    raise
            except BaseException:
                await self._give_back(connection, origin)
                raise
        raise AssertionError("unreachable")

    async def _take(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        key = _key(origin)
        while stack := self._stacks.get(key):
            connection = stack.pop()
            del self._idle[connection]
            if not stack:
                del self._stacks[key]
            if connection.is_available() and not connection.has_expired():
                return connection
            await connection.aclose()
        if len(self._used) + len(self._idle) >= self._most:
            await self._drop_oldest()
        return self._maker.create_connection(origin)

    async def _give_back(
        self, connection: httpcore.AsyncConnectionInterface, origin: httpcore.Origin
    ) -> None:
        if connection not in self._used:  # closed meanwhile, with all others
            await connection.aclose()
            return
        self._used.discard(connection)
        if connection.is_closed():
            return
        if not connection.is_available():
            await connection.aclose()
            return
        key = _key(origin)
        self._stacks[key].append(connection)
        self._idle[connection] = key
        if len(self._idle) > self._most_idle:
            await self._drop_oldest()

    async def _drop_oldest(self) -> None:
        if not self._idle:
            return
        connection = next(iter(self._idle))
        key = self._idle.pop(connection)
        self._stacks[key].popleft()
        if not self._stacks[key]:
            del self._stacks[key]
        await connection.aclose()


def maker(
    proxy: str,
    ssl_context: ssl.SSLContext,
    *,
    keepalive: float,
    backend: httpcore.AsyncNetworkBackend | None = None,
) -> httpcore.AsyncConnectionPool:
    """What makes connections: directly ("") or through `proxy` (http, https, socks5, socks5h).

    An idle one is used again within `keepalive` seconds. Raises ValueError where `proxy` is no
    address, RuntimeError where its kind needs a package that is missing.
    """
    common: dict[str, Any] = {"ssl_context": ssl_context, "keepalive_expiry": keepalive}
    if not proxy:
        return httpcore.AsyncConnectionPool(network_backend=backend, **common)
    way = httpx.Proxy(proxy)
    port = way.url.port or {"http": 80, "https": 443}.get(way.url.scheme, 1080)
    address = httpcore.URL(
        scheme=way.url.raw_scheme.replace(b"socks5h", b"socks5"),
        host=way.url.raw_host,
        port=port,
        target=b"/",
    )
    if way.url.scheme.startswith("socks5"):
        return httpcore.AsyncSOCKSProxy(address, proxy_auth=way.raw_auth, **common)
    return httpcore.AsyncHTTPProxy(address, proxy_auth=way.raw_auth, **common)


def _key(origin: httpcore.Origin) -> _Key:
    return origin.scheme, origin.host, origin.port
