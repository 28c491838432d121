"""The one HTTP listener: rooms that must be called from outside add their paths to it.

    listener = Listener(parse_listen("127.0.0.1:8080"))
    listener.add("/telegram/…", handler)      # Starlette's: Request -> Response
    await listener.start()                    # binds; SettingsError when it cannot
    ...
    await listener.close()

It speaks plain HTTP and is meant to stand behind a reverse proxy that speaks TLS. Whoever is
not known at a path gets 404 with an empty body; nothing of a request is ever logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import Problem, SettingsError

__all__ = ["Handler", "Listen", "Listener", "TooLarge", "body_of", "parse_listen"]

log = structlog.get_logger(__name__)

Handler = Callable[[Request], Awaitable[Response]]

_CLOSING_SECONDS = 20
_IDLE_SECONDS = 75


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen; port 0 takes a free one."""

    host: str
    port: int


class TooLarge(Exception):
    """A request's body is longer than the handler allows."""


def parse_listen(text: str) -> Listen:
    """`127.0.0.1:8080`, `[::1]:8080`, `:8080` (every address). Raises ValueError."""
    host, colon, port = text.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdecimal() or int(port) > 65535 or "/" in host or " " in host:
        raise ValueError("not host:port")
    return Listen(host or "0.0.0.0", int(port))  # noqa: S104 - the operator says so


async def body_of(request: Request, most: int) -> bytes:
    """The request's body. Raises TooLarge beyond `most` bytes, without reading on."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise TooLarge
    return bytes(body)


class Listener:
    """See the module. Paths may be added before and after `start`. For one event loop."""

    def __init__(self, listen: Listen) -> None:
        self._listen = listen
        self._app = Starlette()
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.port = listen.port
        """The port in use, known after `start`."""

    def add(self, path: str, handler: Handler, methods: Sequence[str] = ("POST",)) -> None:
        """Let `handler` answer requests to `path` (Starlette's form: `/hub/{token}`).

        What it raises is answered 500 and logged by name and place only; TooLarge is
        answered 413.
        """
        self._app.router.routes.append(Route(path, _guarded(handler), methods=list(methods)))

    def remove(self, path: str) -> None:
        """Answer 404 at that path from now on; repeating it does nothing."""
        routes = self._app.router.routes
        routes[:] = [route for route in routes if getattr(route, "path", None) != path]

    async def start(self) -> None:
        """Bind and serve. Raises SettingsError when the address cannot be used."""
        sock = self._bind()
        self.port = sock.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_CLOSING_SECONDS,
            limit_concurrency=200,
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[sock]))
        while not self._server.started and not self._task.done():
            await asyncio.wait({self._task}, timeout=0.02)
        log.info("web.listening", port=self.port)

    async def close(self) -> None:
        """Let requests that are being answered end, then stop. Closing twice is allowed."""
        if self._server is None or self._task is None:
            return
        self._server.should_exit = True
        await asyncio.wait({self._task})
        self._server = self._task = None

    def _bind(self) -> socket.socket:
        listen = self._listen
        family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((listen.host, listen.port))
        except OSError as error:
            sock.close()
            mend = "Choose a free port of an address of this machine: VIGIL_LISTEN=127.0.0.1:8080."
            why = f"cannot listen there: {error.strerror or type(error).__name__}"
            raise SettingsError([Problem("VIGIL_LISTEN", why, mend)]) from error
        return sock


class _Server(uvicorn.Server):
    """Leaves the process's signals to who runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _guarded(handler: Handler) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except TooLarge:
            return Response(status_code=413)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:  # noqa: BLE001 - one caller's request never stops the others
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            where = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""
            log.error("web.failed", error=type(error).__name__, where=where)
            return Response(status_code=500)

    return answer
