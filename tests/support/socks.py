"""A SOCKS5 proxy on loopback that leads every name to one port here, and remembers the names."""

from __future__ import annotations

import asyncio

from tests.support.loopback import LoopbackServer

__all__ = ["SocksProxy"]


class SocksProxy(LoopbackServer):
    """Knows CONNECT without a password; all connections go to `target` on 127.0.0.1."""

    def __init__(self, target: int) -> None:
        super().__init__()
        self.asked: list[tuple[str, int]] = []
        self._target = target

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        *_, kind = await reader.readexactly(4)
        assert kind == 3, "the name must be resolved here, not before"
        name = await reader.readexactly((await reader.readexactly(1))[0])
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.asked.append((name.decode(), port))
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        theirs, ours = await asyncio.open_connection("127.0.0.1", self._target)
        await asyncio.gather(_pipe(reader, ours), _pipe(theirs, writer))


async def _pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    except (OSError, asyncio.CancelledError):
        pass  # the other side went away, or the proxy is closed
    finally:
        sink.close()
