"""Serves the script on loopback: what stands on each page is a function of the time.

An HTTP server as small as it can be: GET and HEAD, ETag, 304, 404, and the redirect
Telegram gives for a channel it does not show.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

from bot.clock import Clock
from bot.closing import Closing
from bot.demo.pages import Shown, page
from bot.demo.script import LASTS, OUTLETS, SCRIPT, Form, Outlet, Post

__all__ = ["Newsroom"]

_LONGEST_HEAD: Final = 16 * 1024
_QUIET_SECONDS: Final = 30.0


class Newsroom(Closing):
    """The invented outlets on a free port of 127.0.0.1. An async context manager.

    Serves the archive until `begin`; from then on the script runs, `speed` times as fast
    as it is written.
    """

    def __init__(
        self, clock: Clock, *, speed: float = 1.0, script: Sequence[Post] = SCRIPT
    ) -> None:
        self.base = ""
        """The server's address, once it runs."""
        self.requests = 0
        self._clock = clock
        self._opened = clock.now()
        self._begun: datetime | None = None
        self._speed = speed
        self._script = script
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    def begin(self, now: datetime) -> datetime:
        """Start the minute (aware UTC); returns when the last post is out."""
        self._begun = now
        return now + timedelta(seconds=LASTS / self._speed)

    def address(self, outlet: Outlet) -> str:
        """What is fetched: a feed's address, a channel's name."""
        return outlet.name if outlet.form is Form.CHANNEL else f"{self.base}/{outlet.name}"

    def posts(self, outlet: Outlet, now: datetime) -> list[Shown]:
        """What stands on the outlet's page now, oldest first."""
        return [
            self._shown(post, now)
            for post in self._script
            if post.outlet == outlet.name and self._is_out(post.at, now)
        ]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LONGEST_HEAD)
        self.base = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def close(self) -> None:
        """Close the port and every open connection."""
        assert self._server is not None
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    def _time(self, at: float) -> datetime:
        if at < 0:
            return self._opened + timedelta(seconds=at)
        assert self._begun is not None
        return self._begun + timedelta(seconds=at / self._speed)

    def _is_out(self, at: float, now: datetime) -> bool:
        return at < 0 or (self._begun is not None and self._time(at) <= now)

    def _shown(self, post: Post, now: datetime) -> Shown:
        edited = None
        if post.edit_at is not None and self._is_out(post.edit_at, now):
            edited = self._time(post.edit_at)
        return Shown(
            post.number,
            post.title,
            post.edited_text if edited else post.text,
            # Feeds give whole seconds.
            self._time(post.at).replace(microsecond=0),
            edited.replace(microsecond=0) if edited else None,
            post.forwards,
        )

    # serving

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while (head := await self._head(reader)) is not None:
                method, target, headers = head
                writer.write(self._answer(method, target, headers))
                await writer.drain()
                if headers.get("connection", "").lower() == "close":
                    break
        except (ConnectionError, asyncio.CancelledError, ValueError):
            # Cancelled only at the end; a request nobody can read ends its connection.
            pass
        finally:
            self._open.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _head(self, reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str]] | None:
        try:
            async with self._clock.timeout(_QUIET_SECONDS):
                lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            return None
        method, target, _ = lines[0].split(" ", 2)
        pairs = (line.partition(":") for line in lines[1:] if line)
        return method, target, {name.lower(): value.strip() for name, _, value in pairs}

    def _answer(self, method: str, target: str, headers: dict[str, str]) -> bytes:
        self.requests += 1
        if method not in ("GET", "HEAD"):
            return _response(HTTPStatus.METHOD_NOT_ALLOWED)
        url = urlsplit(target)
        parts = [part for part in url.path.split("/") if part]
        channel = parts[:1] == ["s"]
        outlet = OUTLETS.get(parts[-1]) if parts else None
        if channel and len(parts) == 2 and (outlet is None or outlet.form is not Form.CHANNEL):
            return _response(HTTPStatus.FOUND, {"Location": f"https://t.me/{parts[1]}"})
        if outlet is None or channel != (outlet.form is Form.CHANNEL) or len(parts) != 1 + channel:
            return _response(HTTPStatus.NOT_FOUND)
        before = parse_qs(url.query).get("before", [""])[0]
        text, content_type = page(
            outlet,
            self.posts(outlet, self._clock.now()),
            int(before) if before.isdecimal() else None,
        )
        body = text.encode()
        found = {"Content-Type": content_type}
        if not channel:
            # Telegram's pages have no validator; feeds do.
            found["ETag"] = f'"{sha256(body).hexdigest()[:16]}"'
            if headers.get("if-none-match") == found["ETag"]:
                return _response(HTTPStatus.NOT_MODIFIED, found)
        return _response(HTTPStatus.OK, found, body, send=method == "GET")


def _response(
    status: HTTPStatus,
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    *,
    send: bool = True,
) -> bytes:
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if status is not HTTPStatus.NOT_MODIFIED:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + (body if send else b"")
