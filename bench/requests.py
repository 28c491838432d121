"""What a request costs the asker, twenty at once: `python -m bench.requests [--write]`.

The server is a process of its own and answers each after 30 ms, as Telegram does. CPU time of the
asker: httpx, httpcore's pool, the kept connections, and a whole message through `Client.send`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from time import process_time

import httpcore
import httpx
from rich.console import Console

from bench.report import put_section, table
from bot.botapi.client import Client
from bot.clock import SystemClock
from bot.model import Address
from bot.model.rendered import Button, Rendered
from bot.network.kept_connections import KeptConnections, maker
from bot.network.tls import usual_authorities

__all__ = ["main"]

_REQUESTS, _AT_ONCE = 600, 20
_TEXT = "Отказались ехать на войну: " + "слово " * 60
_RESULT = {"message_id": 5, "date": 1, "chat": {"id": 5, "type": "private"}, "text": _TEXT}
_BODY = json.dumps({"ok": True, "result": _RESULT}).encode()
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(_BODY) + _BODY
_TOKEN = "7000000001:AAEmulatedTokenThatOpensNothingAtAll00"


class _Served(asyncio.Protocol):
    """One answer to each request, whose body has the length that its head says."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._read = transport, b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            head = self._read[:end].lower()
            size = int(head.partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
            if len(self._read) < end + 4 + size:
                return
            self._read = self._read[end + 4 + size :]
            write = self._transport.write  # type: ignore[attr-defined]
            asyncio.get_running_loop().call_later(0.03, write, _ANSWER)


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Served, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def _cost(ask: Callable[[int], Awaitable[object]]) -> float:
    """Milliseconds of CPU a request, with connections that are open already."""
    await asyncio.gather(*(ask(n) for n in range(_AT_ONCE)))
    numbers = iter(range(_AT_ONCE, _AT_ONCE + _REQUESTS))

    async def one_after_another() -> None:
        for n in numbers:
            await ask(n)

    began = process_time()
    await asyncio.gather(*(one_after_another() for _ in range(_AT_ONCE)))
    return (process_time() - began) / _REQUESTS * 1000


async def _measure(port: int) -> list[tuple[str, float]]:
    url = f"http://127.0.0.1:{port}"
    body = json.dumps({"chat_id": 5, "text": _TEXT}).encode()
    head = [(b"Host", b"h"), (b"Content-Length", b"%d" % len(body))]
    found: list[tuple[str, float]] = []

    def request() -> httpcore.Request:
        return httpcore.Request("POST", f"{url}/x", headers=head, content=body)

    async with httpx.AsyncClient(trust_env=False) as client:
        found.append(("httpx", await _cost(lambda _: client.post(f"{url}/x", content=body))))
    async with httpcore.AsyncConnectionPool(max_connections=64) as pool:

        async def pooled(_: int) -> None:
            answer = await pool.handle_async_request(request())
            await answer.aread()
            await answer.aclose()

        found.append(("httpcore's pool", await _cost(pooled)))
    made = maker("", usual_authorities(), keepalive=60)
    kept = KeptConnections(made, most=64, most_idle=64)

    async def keeping(_: int) -> None:
        async with kept.answer(request()) as answer:
            await answer.aread()

    found.append(("kept connections", await _cost(keeping)))
    await kept.close()
    return [*found, ("a message, Client.send", await _message(url))]


async def _message(url: str) -> float:
    client = Client(_TOKEN, SystemClock(), server=url)
    shown = Rendered(_TEXT, _TEXT, ((Button("More", "m:1"), Button("Follow", "f:1")),))

    async def send(n: int) -> None:
        permit = client.gate.pacer.start(n, 0.0, group=False)
        await client.send(Address(n), shown, permit=permit)

    cost = await _cost(send)
    await client.close()
    return cost


def main() -> None:
    """Measure, print, and with --write put the section into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", default="ask", choices=["ask", "serve"])
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    if given.what == "serve":
        asyncio.run(_serve())
        return
    command = [sys.executable, "-m", "bench.requests", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        found = asyncio.run(_measure(int(server.stdout.readline())))
        server.stdin.close()
    Console().print(found)
    if given.write:
        lines = table(["", "CPU ms a request"], found)
        put_section("A request", "python -m bench.requests --write", lines)


if __name__ == "__main__":
    main()
