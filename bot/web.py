"""The one HTTP listener: rooms that must be called from outside add their paths to it.

    listener = Listener(parse_listen("127.0.0.1:8080"))
    listener.add("/telegram/…", handler)      # Starlette's: Request -> Response
    await listener.start()                    # binds; SettingsError when it cannot
    ...
    await listener.close()

It speaks plain HTTP and is meant to stand behind a reverse proxy that speaks TLS. Whoever is
not known at a path gets `not_found`, as does everybody at a path that does not exist: whether
there is something cannot be learnt. Requests that are not finished are limited in time and
number, so that strangers cannot hold all connections. Nothing of a request is ever logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import h11
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import Problem, SettingsError

__all__ = ["Handler", "Listen", "Listener", "TooLarge", "body_of", "not_found", "parse_listen"]

log = structlog.get_logger(__name__)

Handler = Callable[[Request], Awaitable[Response]]

_CLOSING_SECONDS = 3  # the whole process ends within eight
_IDLE_SECONDS = 75
_REQUEST_SECONDS = 10.0  # for a whole request to come; Telegram takes a fraction of one
_MOST_UNFINISHED = 64
_MOST_CONNECTIONS = 200


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


def not_found() -> Response:
    """What strangers get at any path. They keep no connection either."""
    return Response(status_code=404, headers={"connection": "close"})


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

    def __init__(
        self,
        listen: Listen,
        *,
        request_seconds: float = _REQUEST_SECONDS,
        most_unfinished: int = _MOST_UNFINISHED,
    ) -> None:
        self._listen = listen
        self._app = Starlette()
        # A path with a slash too many would otherwise be led to the real one.
        self._app.router.redirect_slashes = False
        self._app.router.default = _Endpoint(_nothing, ())

        class Connection(_Connection):
            seconds = request_seconds
            most = most_unfinished

        self._protocol = Connection
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.port = listen.port
        """The port in use, known after `start`."""

    def add(self, path: str, handler: Handler, methods: Sequence[str] = ("POST",)) -> None:
        """Let `handler` answer requests to `path` (Starlette's form: `/hub/{token}`).

        What it raises is answered 500 and logged by name and place only; TooLarge is
        answered 413. Another method than these finds nothing.
        """
        self._app.router.routes.append(Route(path, _Endpoint(handler, methods)))

    def remove(self, path: str) -> None:
        """Answer 404 at that path from now on; repeating it does nothing."""
        routes = self._app.router.routes
        routes[:] = [route for route in routes if getattr(route, "path", None) != path]

    async def start(self) -> None:
        """Bind and serve. Raises SettingsError when the address cannot be used."""
        sock = self._bind()
        self.port = sock.getsockname()[1]
        # Its warnings are of what strangers send, as often as they like.
        logging.getLogger("uvicorn").setLevel(logging.ERROR)
        config = uvicorn.Config(
            self._app,
            http=self._protocol,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_CLOSING_SECONDS,
            limit_concurrency=_MOST_CONNECTIONS,
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


class _Connection(H11Protocol):
    """Closes itself when a request does not come whole in `seconds`, or, being the oldest such,
    when more than `most` connections wait for the rest of theirs.
    """

    seconds = _REQUEST_SECONDS
    most = _MOST_UNFINISHED
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._unfinished():
            self._rest()
        elif self._deadline is None:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def _unfinished(self) -> bool:
        """Whether more of a request is to come; an idle connection has its own time."""
        if self.conn.their_state is h11.IDLE:
            return self.cycle is None or bool(self.conn.trailing_data[0])
        return self.conn.their_state is h11.SEND_BODY

    def _watch(self) -> None:
        self._deadline = self.loop.call_later(self.seconds, self.transport.close)
        waiting = {
            each: each._deadline.when()
            for each in self.connections
            if isinstance(each, _Connection) and each._deadline is not None
        }
        if len(waiting) > self.most:
            min(waiting, key=lambda each: waiting[each]).transport.close()

    def _rest(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class _Endpoint:
    """A path's handler as an ASGI application, which answers every method."""

    def __init__(self, handler: Handler, methods: Collection[str]) -> None:
        self._handler = handler
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        known = request.method in self._methods
        response = await _guarded(self._handler, request) if known else not_found()
        await response(scope, receive, send)


async def _nothing(_: Request) -> Response:
    return not_found()


async def _guarded(handler: Handler, request: Request) -> Response:
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
