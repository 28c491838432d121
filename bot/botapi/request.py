"""How calls are sent: those that post over kept connections, all others by PTB and httpx.

A message costs PTB and httpx 4.5 ms of CPU: objects of buttons and of the answer, a pool that looks
at each connection. The short way sends the parameters as JSON over kept connections and leaves the
answer as JSON; PTB still says what an answer that refuses means.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpcore
import httpx
from httpx import ConnectError
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import HTTPXRequest, RequestData

from bot.errors import Problem, SettingsError
from bot.network.kept_connections import KeptConnections, maker
from bot.network.tls import usual_authorities

__all__ = ["Request"]

_CONNECT_SECONDS, _POOL_SECONDS = 10.0, 5.0
_KEEPALIVE = 60.0  # seconds; Telegram closes later
# httpcore's names of the moments before head and body are written; without its body
# nothing is taken.
_LEAVING = frozenset({"http11.send_request_headers.started", "http11.send_request_body.started"})


class _Fenced(ConnectError):
    """The call was stopped before it left: a ConnectError, so that it is known as not sent."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """The body of a call by the short way, where PTB has its RequestData."""

    body: bytes


class Request(HTTPXRequest):
    """PTB's request. `may_call` is asked in the last moment before bytes leave.

    Building raises SettingsError when the proxy cannot be used.
    """

    def __init__(
        self, pool: int, proxy: str | None, read_seconds: float, may_call: Callable[[], bool]
    ) -> None:
        self._may_call = may_call
        self._closed = False
        self._timeout = {
            "connect": _CONNECT_SECONDS,
            "read": read_seconds,
            "write": read_seconds,
        }
        try:
            super().__init__(
                connection_pool_size=pool,
                read_timeout=read_seconds,
                write_timeout=read_seconds,
                connect_timeout=_CONNECT_SECONDS,
                pool_timeout=_POOL_SECONDS,
                proxy=proxy,
                # The environment's proxies are not Vigil's: VIGIL_PROXY is.
                httpx_kwargs={
                    "trust_env": False,
                    "event_hooks": {"request": [self._fence]},
                    "verify": usual_authorities(),
                },
            )
            made = maker(proxy or "", usual_authorities(), keepalive=_KEEPALIVE)
        except RuntimeError:
            mend = "Install the support for it: pip install 'httpx[socks]'."
            problem = Problem("VIGIL_PROXY", "a SOCKS proxy needs a package that is missing", mend)
            raise SettingsError([problem]) from None
        except (ValueError, httpx.InvalidURL):
            # Not repeated: it may hold a password.
            mend = "Write it like http://host:3128 or socks5://host:1080."
            raise SettingsError([Problem("VIGIL_PROXY", "not a proxy's address", mend)]) from None
        self._kept = KeptConnections(made, most=pool, most_idle=pool)
        self._addresses: dict[str, tuple[httpcore.URL, bytes]] = {}

    async def initialize(self) -> None:
        await super().initialize()
        self._closed = False

    async def shutdown(self) -> None:
        self._closed = True
        await self._kept.close()
        await super().shutdown()

    async def call(self, url: str, parameters: Mapping[str, Any]) -> Any:
        """The result that Telegram answers, as JSON; those of `parameters` that are None are left
        out. Raises TelegramError.
        """
        given = {name: value for name, value in parameters.items() if value is not None}
        ready = _Ready(json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode())
        # PTB hands it on to `do_request` and does nothing else with it.
        return await self.post(url, cast("RequestData", ready))

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: Any = None,
        *args: Any,
        **more: Any,
    ) -> tuple[int, bytes]:
        """As PTB wants it: status and body, or TimedOut and NetworkError with their cause."""
        if not isinstance(request_data, _Ready):
            return await super().do_request(url, method, request_data, *args, **more)
        if self._closed:
            raise RuntimeError("This request is not initialized")
        try:
            return await self._exchange(url, request_data.body)
        except httpcore.TimeoutException as error:
            raise TimedOut from error
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.ProxyError,
            httpcore.UnsupportedProtocol,
            httpcore.ConnectionNotAvailable,
        ) as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error

    async def _exchange(self, url: str, body: bytes) -> tuple[int, bytes]:
        address, host = self._address(url)
        request = httpcore.Request(
            b"POST",
            address,
            headers=[
                (b"Host", host),
                (b"User-Agent", _USER_AGENT),
                (b"Content-Type", b"application/json"),
                (b"Content-Length", b"%d" % len(body)),
            ],
            content=body,
            extensions={"timeout": self._timeout, "trace": self._trace},
        )
        async with self._kept.answer(request, pool_timeout=_POOL_SECONDS) as answer:
            return answer.status, await answer.aread()

    def _address(self, url: str) -> tuple[httpcore.URL, bytes]:
        """Parsed once: there are as many as methods."""
        if (found := self._addresses.get(url)) is None:
            parsed = httpx.URL(url)
            address = httpcore.URL(
                scheme=parsed.raw_scheme,
                host=parsed.raw_host,
                port=parsed.port,
                target=parsed.raw_path,
            )
            found = self._addresses[url] = (address, parsed.netloc)
        return found

    async def _fence(self, request: httpx.Request) -> None:
        request.extensions["trace"] = self._trace

    async def _trace(self, event: str, _info: Mapping[str, Any]) -> None:
        """Look at `may_call` when the request's bytes are about to be written, not before.

        Between a decision to call and its bytes a process may be paused for minutes.
        """
        if event in _LEAVING and not self._may_call():
            raise _Fenced("the lease is over")

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """As PTB's, but without logging what it cannot read: it holds names and texts."""
        try:
            return json.loads(payload.decode(errors="replace"))
        except ValueError as err:
            raise TelegramError("Invalid server response") from err


_USER_AGENT = HTTPXRequest.USER_AGENT.encode()
