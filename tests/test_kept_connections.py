"""Connections between requests: used again, few, and never one that the server has closed."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator

import httpcore
import pytest

from bot.network.kept_connections import KeptConnections, maker
from tests.support.loopback import Request
from tests.support.loopback_http import Answer, Loopback


class Server(Loopback):
    """Counts its connections; `hold` keeps answers back until it is set."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.hold = asyncio.Event()
        self.hold.set()
        self.asked = 0
        self._arrived = asyncio.Condition()

    async def _answer(self, request: Request) -> Answer:
        async with self._arrived:
            self.asked += 1
            self._arrived.notify_all()
        await self.hold.wait()
        return Answer(200, request.body)

    async def has_been_asked(self, times: int) -> None:
        async with self._arrived:
            await self._arrived.wait_for(lambda: self.asked >= times)

    @property
    def connections(self) -> int:
        return len(self._connections)


class _Connection(httpcore.AsyncHTTPConnection):
    looks = 0

    def has_expired(self) -> bool:
        _Connection.looks += 1
        return super().has_expired()


class _Maker(httpcore.AsyncConnectionPool):
    def create_connection(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        return _Connection(origin, keepalive_expiry=60)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    served = Server()
    await served.start()
    yield served
    await served.stop()


def _request(server: Server, body: bytes = b"x") -> httpcore.Request:
    head = [(b"Host", b"h"), (b"Content-Length", b"%d" % len(body))]
    return httpcore.Request("POST", f"http://127.0.0.1:{server.port}/", headers=head, content=body)


async def _ask(kept: KeptConnections, server: Server, body: bytes = b"x") -> bytes:
    async with kept.answer(_request(server, body), pool_timeout=0.05) as answer:
        return await answer.aread()


def _kept(most: int = 100, most_idle: int = 100) -> KeptConnections:
    return KeptConnections(_Maker(), most=most, most_idle=most_idle)


async def _settled(server: Server, connections: int) -> None:
    while server.connections != connections:  # noqa: ASYNC110 - the server's side of closed sockets
        await asyncio.sleep(0)  # noqa: TID251


async def test_a_request_looks_at_one_connection_however_many_are_idle(server: Server) -> None:
    """What a request costs does not grow with what others have left open."""
    kept = _kept()
    server.hold.clear()
    many = [asyncio.ensure_future(_ask(kept, server, b"%d" % n)) for n in range(30)]
    await server.has_been_asked(30)
    server.hold.set()
    answers = await asyncio.gather(*many)
    _Connection.looks = 0
    for _ in range(5):
        await _ask(kept, server)
    open_ones = server.connections
    await kept.close()

    assert answers == [b"%d" % n for n in range(30)]
    assert open_ones == 30
    assert _Connection.looks == 5


async def test_what_the_server_has_closed_is_not_used(server: Server) -> None:
    """A server that restarts between two requests costs no request."""
    kept = _kept()
    await _ask(kept, server)
    await server.stop()
    await server.start()
    again = await _ask(kept, server, b"again")
    await kept.close()

    assert again == b"again"


async def test_no_more_are_kept_or_open_than_allowed(server: Server) -> None:
    """Many at once leave few behind, and beyond the most a request waits and then says so."""
    kept = _kept(most=4, most_idle=2)
    server.hold.clear()
    four = [asyncio.ensure_future(_ask(kept, server)) for _ in range(4)]
    await server.has_been_asked(4)
    with pytest.raises(httpcore.PoolTimeout):
        await _ask(kept, server)
    server.hold.set()
    await asyncio.gather(*four)
    await _settled(server, 2)
    await kept.close()
    await _settled(server, 0)


async def test_a_request_broken_off_closes_its_connection_and_frees_its_place(
    server: Server,
) -> None:
    """Its late answer cannot be taken for another's."""
    kept = _kept(most=1)
    server.hold.clear()
    first = asyncio.ensure_future(_ask(kept, server, b"first"))
    await server.has_been_asked(1)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    server.hold.set()
    second = await _ask(kept, server, b"second")
    await kept.close()

    assert second == b"second"


async def test_a_body_that_is_not_read_closes_the_connection(server: Server) -> None:
    """The rest of it is not the next answer."""
    kept = _kept()
    async with kept.answer(_request(server, b"y" * 500_000)) as answer:
        status = answer.status
    second = await _ask(kept, server, b"second")
    await kept.close()

    assert (status, second) == (200, b"second")


async def test_nobody_there_is_said_as_it_is() -> None:
    """The error is httpcore's own, and the place is free again."""
    server = Server()
    await server.start()
    await server.stop()
    kept = _kept(most=1)
    for _ in range(2):
        with pytest.raises(httpcore.ConnectError):
            await _ask(kept, server)


@pytest.mark.parametrize("proxy", ["ftp://host", "nothing"])
def test_a_proxy_needs_an_address(proxy: str) -> None:
    with pytest.raises(ValueError):
        maker(proxy, ssl.create_default_context(), keepalive=1)
