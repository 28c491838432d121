"""Sources on loopback: feeds and pages out of a dict, served well, slowly or badly.

    async with SourceServer() as server:
        server.put("/feed.xml", body, content_type="application/rss+xml", etag='"1"')
        ... fetch server.url("/feed.xml") ...
        assert server.paths() == ["/feed.xml"]

Real HTTP/1.1 over a real socket. A page may be changed at any time.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus

from tests.support.loopback import LoopbackServer, Request, read_request

__all__ = ["Page", "SourceServer"]


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answers.

    With `etag` or `last_modified` a request that repeats them gets 304. `latency` is
    seconds before the answer, `drip` seconds between the bytes of the body. `cut` sends
    only that many bytes of the body and closes; `reset` breaks the connection instead of
    answering; `endless` repeats the body until the reader goes away.
    """

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str = ""
    last_modified: str = ""
    latency: float = 0.0
    drip: float = 0.0
    cut: int | None = None
    reset: bool = False
    endless: bool = False


Answer = Page | Callable[[Request], Page]
_MISSING = Page(b"<html><title>Not found</title></html>", status=404)


class SourceServer(LoopbackServer):
    """Serves `pages` on 127.0.0.1, over TLS when given a context."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls=tls)
        self.pages: dict[str, Answer] = {}
        self.requests: list[Request] = []
        self.busiest = 0  # the most requests that were answered at once
        self._busy = 0

    def put(self, path: str, body: bytes | str = b"", **page: object) -> None:
        """Serve a page; a path without a query serves all its queries."""
        raw = body.encode() if isinstance(body, str) else body
        self.pages[path] = Page(raw, **page)  # type: ignore[arg-type]

    def url(self, path: str = "/") -> str:
        scheme = "https" if self._tls else "http"
        host = "localhost" if self._tls else "127.0.0.1"
        return f"{scheme}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [seen.path for seen in self.requests]

    def count(self) -> Counter[str]:
        return Counter(self.paths())

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (seen := await read_request(reader)) is not None:
            self.requests.append(seen)
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
            try:
                if not await _answer(self._page(seen), seen, writer):
                    return
            finally:
                self._busy -= 1

    def _page(self, seen: Request) -> Page:
        found = self.pages.get(seen.path) or self.pages.get(seen.path.partition("?")[0], _MISSING)
        return found(seen) if callable(found) else found


async def _answer(page: Page, seen: Request, writer: asyncio.StreamWriter) -> bool:
    """Send the page; whether the connection may be used again."""
    if page.latency:
        await _pause(page.latency)
    if page.reset:
        writer.transport.abort()
        return False
    unchanged = (page.etag and seen.headers.get("if-none-match") == page.etag) or (
        page.last_modified and seen.headers.get("if-modified-since") == page.last_modified
    )
    status, body = (304, b"") if unchanged else (page.status, page.body)
    writer.write(_head(page, status, len(body)))
    if page.endless:
        while body:
            writer.write(body)
            await writer.drain()
    if page.cut is not None:
        writer.write(body[: page.cut])
        await writer.drain()
        return False
    if page.drip:
        for index in range(len(body)):
            writer.write(body[index : index + 1])
            await writer.drain()
            await _pause(page.drip)
    else:
        writer.write(body)
    await writer.drain()
    return True


def _head(page: Page, status: int, length: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    headers = {"Date": formatdate(usegmt=True), "Content-Type": page.content_type}
    if not page.endless:
        headers["Content-Length"] = str(length)
    if page.etag:
        headers["ETag"] = page.etag
    if page.last_modified:
        headers["Last-Modified"] = page.last_modified
    headers |= page.headers
    lines = [
        f"HTTP/1.1 {status} {phrase}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _pause(seconds: float) -> None:
    # The network's time, not the application's: its clock does not move this.
    done = asyncio.get_running_loop().create_future()
    handle = asyncio.get_running_loop().call_later(seconds, done.set_result, None)
    try:
        await done
    finally:
        handle.cancel()
