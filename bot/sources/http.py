"""The one way to fetch what strangers publish.

    async with Fetcher(FetchSettings(...), clock) as fetcher:
        response = await fetcher.fetch(FetchRequest(url, etag=..., last_modified=...))

Every name is resolved, every address checked, the checked address connected to, and
all again at each redirect. A whole request has one deadline; a body is read under a
limit and opened by bounded decoders; a host sees at most two requests at once, a
solo host (Telegram's preview pages) one, with a gap between. Nothing is retried here.

    Refused, the same each time (FetchFailed): no web address, private address, too large
    Comes and goes (FetchFailed): unknown name, no connection, no answer, status, broken body
    SourceGone: 410

No exception of another library leaves this module: `fetch_errors` maps them all.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from typing import Final
from urllib.parse import urlencode
from weakref import WeakValueDictionary

import httpcore
import httpx

from bot.clock import Clock
from bot.closing import Closing
from bot.errors import FetchFailed, SourceError
from bot.network.kept_connections import KeptConnections
from bot.sources.addresses import AddressPolicy, IPNetwork, is_local_name, is_onion, literal_address
from bot.sources.connections import Resolver, SystemResolver, open_connections
from bot.sources.cookies import SET_COOKIE, RequestCookies
from bot.sources.decoding import ACCEPTED, BodyDecoder
from bot.sources.exchange import DIRECT, FetchRequest, FetchResponse
from bot.sources.fetch_errors import REDIRECTS, judged, private_address, too_large, translated
from bot.sources.host_gate import HostGate
from bot.sources.web_addresses import check_url, host_of, netloc, origin_of

__all__ = ["FetchSettings", "Fetcher"]


_ACCEPT: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9,"
    " text/html;q=0.8, */*;q=0.5"
)


@cache
def _user_agent(contact: str = "") -> str:
    """Who asks. A site that has a question can put it to the `contact`."""
    try:
        number = version("vigil")
    except PackageNotFoundError:
        number = "0"
    about = "news monitor; reads feeds and public channel pages"
    return f"Vigil/{number} ({about}; {contact})" if contact else f"Vigil/{number} ({about})"


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How to fetch. `proxy` (http, https, socks5, socks5h) resolves names itself.

    `solo_hosts` (`host` or `host:port`) are asked one request at a time, `solo_gap`
    seconds between the end of one and the start of the next (none for a server of one's
    own, on an address in `allowed_networks`). `contact` is told to servers, but not through a
    proxy, which hides who asks. `deadline` is seconds for
    a request with its redirects, once its turn has come. Sizes are bytes, before and after
    decompression. `ssl_context` replaces the usual authorities.
    """

    allowed_networks: tuple[IPNetwork, ...] = ()
    proxy: str = field(default="", repr=False)  # may hold a password
    contact: str = ""
    max_bytes: int = 10 * 1024 * 1024
    deadline: float = 30.0
    connect_timeout: float = 10.0
    max_redirects: int = 8
    per_host: int = 2
    max_connections: int = 200
    solo_hosts: frozenset[str] = frozenset({"t.me"})
    solo_gap: float = 2.5
    ssl_context: ssl.SSLContext | None = field(default=None, repr=False)


class Fetcher(Closing):
    """Fetches safely. Use as a context manager, or call `close` at the end."""

    def __init__(
        self, settings: FetchSettings, clock: Clock, *, resolver: Resolver | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._policy = AddressPolicy(settings.allowed_networks)
        self._system = SystemResolver()
        self._resolver: Resolver = resolver or self._system
        self._connections: dict[str, KeptConnections] = {}  # by proxy
        self._gates: WeakValueDictionary[str, HostGate] = WeakValueDictionary()
        # These remember when their last request ended.
        self._solo = {
            host: HostGate(1, 0.0 if self._is_own(host) else settings.solo_gap, clock)
            for host in settings.solo_hosts
        }

    async def close(self) -> None:
        """Close every connection. Requests under way fail."""
        ways = list(self._connections.values())
        self._connections.clear()
        for way in ways:
            await way.close()
        self._system.close()

    async def fetch(self, request: FetchRequest) -> FetchResponse:
        """The answer to `request`.

        Waits for the host's turn first, however long that takes. Raises FetchFailed, or
        SourceGone when the server answers 410. Cancelling it closes its connection.
        """
        url, permanent = request.url, True
        permanent_url: str | None = None
        origin = origin_of(check_url(url))
        proxy = "" if request.proxy == DIRECT else request.proxy or self._settings.proxy
        spent, cookies = 0.0, RequestCookies()
        for _ in range(self._settings.max_redirects + 1):
            target = check_url(url)
            self._check_host(target, proxied=bool(proxy))
            async with self._gate(target).turn():
                began = self._clock.monotonic()
                response = await self._hop(
                    request,
                    target,
                    proxy,
                    own=origin_of(target) == origin,
                    cookies=cookies.for_url(target),
                    left=self._settings.deadline - spent,
                )
                spent += max(0.0, self._clock.monotonic() - began)
            if response.status not in REDIRECTS or not request.follow or request.form:
                return judged(response, request, permanent_url, self._clock.now())
            cookies.take(target, response)
            url = redirect_target(target, response)
            permanent = permanent and response.status in (301, 308)
            # Not to be adopted when it gives up encryption.
            if permanent and not (target.scheme == "https" and url.startswith("http:")):
                permanent_url = url
        raise FetchFailed("Too many redirects from {host}", host=host_of(request.url))

    def _is_own(self, netloc: str) -> bool:
        address = literal_address(host_of(f"http://{netloc}/"))
        return address is not None and self._policy.is_own(address)

    def _gate(self, url: httpx.URL) -> HostGate:
        key = netloc(url)
        if gate := self._solo.get(key):
            return gate
        gate = self._gates.get(key) or HostGate(self._settings.per_host, 0.0, self._clock)
        self._gates[key] = gate
        return gate

    def _way(self, proxy: str) -> KeptConnections:
        """The connections by that way, kept for the next request. Raises ValueError."""
        if (way := self._connections.get(proxy)) is None:
            way = self._connections[proxy] = open_connections(
                proxy=proxy,
                ssl_context=self._settings.ssl_context,
                max_connections=self._settings.max_connections,
                policy=self._policy,
                resolver=self._resolver,
            )
        return way

    def _check_host(self, url: httpx.URL, *, proxied: bool) -> None:
        """Refuse by the host as it is written; names are checked once they are resolved.

        Through a proxy they are resolved there, by what we cannot see: written addresses
        and names that mean a machine or network of its own are ours to refuse.
        """
        address = literal_address(url.host)
        if address is not None:
            if not self._policy.permits(address):
                raise private_address(url.host)
        elif proxied:
            if is_local_name(url.host):
                raise private_address(url.host)
        elif is_onion(url.host):
            raise FetchFailed(
                "{host} is an address of Tor: it needs a proxy that leads there", host=url.host
            )

    async def _hop(
        self,
        request: FetchRequest,
        url: httpx.URL,
        proxy: str,
        *,
        own: bool,
        cookies: str,
        left: float,
    ) -> FetchResponse:
        try:
            async with self._clock.timeout(max(0.001, left)):
                content = urlencode(request.form).encode() if request.form else None
                headers = self._headers(request, url, proxy, own=own, cookies=cookies)
                return await self._exchange(url, proxy, headers, content)
        except SourceError:
            raise
        except Exception as error:
            raise translated(error, url.host, self._settings.deadline) from error

    def _headers(
        self, request: FetchRequest, url: httpx.URL, proxy: str, *, own: bool, cookies: str
    ) -> list[tuple[bytes, bytes]]:
        headers = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": _user_agent("" if proxy else self._settings.contact),
            "Accept": _ACCEPT,
            "Accept-Encoding": ACCEPTED,
        }
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        if own:
            # By lower case, or a header of one's own would stand beside ours.
            ours = {name.lower(): name for name in headers}
            headers |= {ours.get(n.lower(), n): value for n, value in request.headers.items()}
        if cookies:
            name = next((n for n in headers if n.lower() == "cookie"), "Cookie")
            headers[name] = "; ".join(filter(None, (headers.get(name), cookies)))
        # Latin-1 is HTTP's own: what came as bytes goes back as the same bytes.
        return [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
        ]

    async def _exchange(
        self,
        url: httpx.URL,
        proxy: str,
        headers: list[tuple[bytes, bytes]],
        content: bytes | None,
    ) -> FetchResponse:
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        if content is not None:
            headers = [
                *headers,
                (b"Content-Type", b"application/x-www-form-urlencoded"),
                (b"Content-Length", b"%d" % len(content)),
            ]
        asked = httpcore.Request(
            b"GET" if content is None else b"POST",
            target,
            headers=headers,
            content=content,
            extensions={"timeout": {"connect": self._settings.connect_timeout}},
        )
        async with self._way(proxy).answer(asked) as answer:
            got = _header_values(answer.headers)
            status = answer.status
            wanted = 200 <= status < 300
            # Nothing is learnt from the body of an error or a redirect.
            body = await self._body(url.host, answer, got) if wanted else b""
        return FetchResponse(url=str(url), status=status, headers=got, body=body)

    async def _body(
        self, host: str, answer: httpcore.Response, headers: Mapping[str, str]
    ) -> bytes:
        limit = self._settings.max_bytes
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > limit:
            raise too_large(host, limit)
        decoder = BodyDecoder(headers.get("content-encoding", ""))
        body = BytesIO()
        raw = size = 0
        async for chunk in answer.aiter_stream():
            raw += len(chunk)
            if raw > limit:
                raise too_large(host, limit)
            size += _keep(body, decoder.feed(chunk), limit - size, host, limit)
        _keep(body, decoder.finish(), limit - size, host, limit)
        return body.getvalue()


def _keep(body: BytesIO, pieces: Iterable[bytes], left: int, host: str, limit: int) -> int:
    """Write the pieces; how many bytes they were. Raises FetchFailed beyond `left`."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > left:
            raise too_large(host, limit)
        body.write(piece)
    return size


def redirect_target(url: httpx.URL, response: FetchResponse) -> str:
    try:
        # Servers write the letters themselves into Location, as UTF-8.
        location = response.location.encode("latin-1").decode("utf-8", "replace").strip()
        if not location:
            raise FetchFailed("{host} redirects to nowhere", host=url.host)
        return str(url.join(location))
    except (httpx.InvalidURL, UnicodeError, TypeError, ValueError) as error:
        raise FetchFailed("{host} redirects to nowhere", host=url.host) from error


# Said several times, they mean the list of all.
_LISTS: Final = frozenset({"cache-control", "content-encoding", "link"})


def _header_values(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    got: dict[str, str] = {}
    for name_bytes, value_bytes in raw:
        name, value = name_bytes.decode("latin-1").lower(), value_bytes.decode("latin-1")
        if name in got and (name in _LISTS or name == SET_COOKIE):
            value = f"{got[name]}{chr(10) if name == SET_COOKIE else ', '}{value}"
        got[name] = value
    return got
