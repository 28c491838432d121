"""A small HTTP/1.1 server on loopback whose answers may also be a broken connection."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from tests.support.loopback import LoopbackServer, Request, read_request

__all__ = ["DROP", "Answer", "Loopback", "Request"]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    content_type: str = "application/json"


DROP = None  # an answer that is no answer: the connection is reset
Handler = Callable[[Request], Awaitable[Answer | None]]


class Loopback(LoopbackServer):
    """Serves `handler` on 127.0.0.1."""

    def __init__(self, handler: Handler, port: int = 0) -> None:
        super().__init__(port)
        self._handler = handler

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (request := await read_request(reader)) is not None:
            answer = await self._handler(request)
            if answer is DROP:
                writer.transport.abort()
                return
            writer.write(_bytes(answer))
            await writer.drain()


def _bytes(answer: Answer) -> bytes:
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = "Unknown"
    head = (
        f"HTTP/1.1 {answer.status} {phrase}\r\nContent-Type: {answer.content_type}\r\n"
        f"Content-Length: {len(answer.body)}\r\nConnection: keep-alive\r\n\r\n"
    )
    return head.encode() + answer.body
