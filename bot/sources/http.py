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

No exception of another library leaves this module: `_translated` maps them all.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from typing import Final
from urllib.parse import urlencode
from weakref import WeakValueDictionary

import httpcore
import httpx

from bot.clock import Clock
from bot.closing import Closing
from bot.errors import FetchFailed, SourceError, SourceGone
from bot.kept_connections import KeptConnections
from bot.model import Source, Transport
from bot.sources.addresses import (
    AddressPolicy,
    IPNetwork,
    is_local_name,
    is_onion,
    literal_address,
)
from bot.sources.connections import RefusedAddress, Resolver, SystemResolver, open_connections
from bot.sources.decoding import ACCEPTED, BodyDecoder, BrokenBody

__all__ = [
    "DIRECT",
    "FetchRequest",
    "FetchResponse",
    "FetchSettings",
    "Fetcher",
    "check_url",
    "host_of",
    "request_for",
    "same_origin",
    "solo_host",
]

DIRECT: Final = "direct"
"""In the place of a proxy: none, whatever the settings say."""

_ACCEPT: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9,"
    " text/html;q=0.8, */*;q=0.5"
)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAX_URL: Final = 4096
_HOST: Final = re.compile(rb"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}")
_LONGEST_WAIT: Final = 7 * 86_400.0  # a Retry-After beyond is a mistake


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


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch. `etag` and `last_modified` are given back as they came.

    With `follow` False a redirect is an answer like any other. `headers` go to the
    first host only, and not to a place of it without encryption. `proxy` is instead of
    that of the settings: an address like theirs, or DIRECT for none. A `form` is posted;
    a redirect is not followed then, whatever `follow` says.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    follow: bool = True
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str = field(default="", repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)


def request_for(
    source: Source, url: str, *, etag: str = "", last_modified: str = "", follow: bool = True
) -> FetchRequest:
    """The request for `url` on behalf of the source: through its proxy, with its headers.

    The headers go to the origin of the source's own address and to no other.
    """
    own = source.headers and source.transport is Transport.FEED
    headers = source.headers if own and same_origin(url, source.address) else {}
    return FetchRequest(url, etag, last_modified, follow, headers, source.proxy)


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """An answer of status 2xx, 304, or (not followed) 3xx.

    `asked` is the address of the request, `url` where it came from in the end.
    `permanent_url` is where the leading permanent redirects (301, 308) lead, None
    without such; adopt it when it repeats.
    `headers` have names in lower case. `max_age` and `retry_after` are seconds.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    permanent_url: str | None = None
    asked: str = ""

    @property
    def not_modified(self) -> bool:
        return self.status == 304

    @property
    def etag(self) -> str:
        return self.headers.get("etag", "")

    @property
    def last_modified(self) -> str:
        return self.headers.get("last-modified", "")

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def location(self) -> str:
        """Where a redirect that was not followed leads, "" if there is none."""
        return self.headers.get("location", "")

    @property
    def max_age(self) -> float | None:
        """How long the answer is good for by Cache-Control."""
        match = re.search(
            r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", self.headers.get("cache-control", ""), re.I
        )
        return float(match[1]) if match else None


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
        self._gates: WeakValueDictionary[str, _Gate] = WeakValueDictionary()
        # These remember when their last request ended.
        self._solo = {
            host: _Gate(1, 0.0 if self._is_own(host) else settings.solo_gap, clock)
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
        origin = _origin(check_url(url))
        proxy = "" if request.proxy == DIRECT else request.proxy or self._settings.proxy
        spent, cookies = 0.0, _Cookies()
        for _ in range(self._settings.max_redirects + 1):
            target = check_url(url)
            self._check_host(target, proxied=bool(proxy))
            async with self._gate(target).turn():
                began = self._clock.monotonic()
                response = await self._hop(
                    request,
                    target,
                    proxy,
                    own=_origin(target) == origin,
                    cookies=cookies.for_url(target),
                    left=self._settings.deadline - spent,
                )
                spent += max(0.0, self._clock.monotonic() - began)
            if response.status not in _REDIRECTS or not request.follow or request.form:
                return _judged(response, request, permanent_url, self._clock.now())
            cookies.take(target, response)
            url = _next_url(target, response)
            permanent = permanent and response.status in (301, 308)
            # Not to be adopted when it gives up encryption.
            if permanent and not (target.scheme == "https" and url.startswith("http:")):
                permanent_url = url
        raise FetchFailed("Too many redirects from {host}", host=host_of(request.url))

    def _is_own(self, netloc: str) -> bool:
        address = literal_address(host_of(f"http://{netloc}/"))
        return address is not None and self._policy.is_own(address)

    def _gate(self, url: httpx.URL) -> _Gate:
        key = _netloc(url)
        if gate := self._solo.get(key):
            return gate
        gate = self._gates.get(key) or _Gate(self._settings.per_host, 0.0, self._clock)
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
                raise _private(url.host)
        elif proxied:
            if is_local_name(url.host):
                raise _private(url.host)
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
            raise _translated(error, url.host, self._settings) from error

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
            raise _too_large(host, limit)
        decoder = BodyDecoder(headers.get("content-encoding", ""))
        body = BytesIO()
        raw = size = 0
        async for chunk in answer.aiter_stream():
            raw += len(chunk)
            if raw > limit:
                raise _too_large(host, limit)
            size += _keep(body, decoder.feed(chunk), limit - size, host, limit)
        _keep(body, decoder.finish(), limit - size, host, limit)
        return body.getvalue()


def _keep(body: BytesIO, pieces: Iterable[bytes], left: int, host: str, limit: int) -> int:
    """Write the pieces; how many bytes they were. Raises FetchFailed beyond `left`."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > left:
            raise _too_large(host, limit)
        body.write(piece)
    return size


# --- addresses ----------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def check_url(url: str) -> httpx.URL:
    """The address, if it is one of the web. Raises FetchFailed if it is anything else.

    Every visit requests the same addresses, and parsing one takes a tenth of a poll.
    """
    try:
        if len(url) > _MAX_URL:
            raise FetchFailed("This is not a web address", refused=True)
        parsed = httpx.URL(url.strip())
        host = parsed.raw_host
    except (httpx.InvalidURL, UnicodeError, TypeError, ValueError) as error:
        raise FetchFailed("This is not a web address", refused=True) from error
    port_is_one = parsed.port is None or 0 < parsed.port < 65_536
    if parsed.scheme not in ("http", "https") or not port_is_one or not _HOST.fullmatch(host):
        raise FetchFailed("This is not a web address", refused=True)
    if parsed.userinfo:
        raise FetchFailed("The address holds a user name or password; remove them", refused=True)
    return parsed.copy_with(fragment=None)


@lru_cache(maxsize=20_000)
def host_of(url: str) -> str:
    """The host in an address, as people see it; "" if there is none."""
    try:
        return httpx.URL(url).host
    except (httpx.InvalidURL, UnicodeError, TypeError, ValueError):
        return ""


def same_origin(one: str, other: str) -> bool:
    """Whether both are addresses of one server, asked the same way. Raises nothing."""
    try:
        return _origin(check_url(one)) == _origin(check_url(other))
    except FetchFailed:
        return False


def solo_host(url: str) -> str:
    """The name under which `FetchSettings.solo_hosts` knows the host of `url`."""
    parsed = check_url(url)
    return _netloc(parsed)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port  # httpx has left out the usual port


def _netloc(url: httpx.URL) -> str:
    return url.host if url.port is None else f"{url.host}:{url.port}"


def _next_url(url: httpx.URL, response: FetchResponse) -> str:
    try:
        # Servers write the letters themselves into Location, as UTF-8.
        location = response.location.encode("latin-1").decode("utf-8", "replace").strip()
        if not location:
            raise FetchFailed("{host} redirects to nowhere", host=url.host)
        return str(url.join(location))
    except (httpx.InvalidURL, UnicodeError, TypeError, ValueError) as error:
        raise FetchFailed("{host} redirects to nowhere", host=url.host) from error


def _judged(
    response: FetchResponse, request: FetchRequest, permanent_url: str | None, now: datetime
) -> FetchResponse:
    """The answer, if it is one to work with; else raises what it means."""
    status, host = response.status, host_of(response.url)
    asked = bool(request.etag or request.last_modified)
    if 200 <= status < 300 or (status == 304 and asked) or status in _REDIRECTS:
        return replace(response, permanent_url=permanent_url, asked=request.url)
    if status == 410:
        raise SourceGone("{host} says that this is gone for good (410)", host=host)
    raise FetchFailed(
        "{host} answers with an error: {status}",
        host=host,
        status=status,
        retry_after=_retry_after(response.headers.get("retry-after", ""), now),
    )


# Said several times, they mean the list of all.
_LISTS: Final = frozenset({"cache-control", "content-encoding", "link"})
_SET_COOKIE: Final = "set-cookie"  # one a line, for a comma may stand in it


def _header_values(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    got: dict[str, str] = {}
    for name_bytes, value_bytes in raw:
        name, value = name_bytes.decode("latin-1").lower(), value_bytes.decode("latin-1")
        if name in got and (name in _LISTS or name == _SET_COOKIE):
            value = f"{got[name]}{chr(10) if name == _SET_COOKIE else ', '}{value}"
        got[name] = value
    return got


def _retry_after(value: str, now: datetime) -> float | None:
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:12]), _LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(value)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return min(max(0.0, (when - now) / timedelta(seconds=1)), _LONGEST_WAIT)
    except (ValueError, TypeError, OverflowError):
        return None


# --- cookies of one request -------------------------------------------------------


class _Cookies:
    """What redirects set, given back to the server that set it while the request lasts.

    Guards against robots redirect to the same address with a cookie. Nothing is kept
    afterwards: a cookie would tell a site that it is we who come again.
    """

    _MOST: Final = 20

    def __init__(self) -> None:
        self._set: dict[tuple[str, str], str] = {}

    def take(self, url: httpx.URL, response: FetchResponse) -> None:
        for line in response.headers.get(_SET_COOKIE, "").split("\n"):
            pair = line.partition(";")[0].strip()
            name, _, value = pair.partition("=")
            if name and _COOKIE.fullmatch(pair) and len(self._set) < self._MOST:
                self._set[url.host, name] = value

    def for_url(self, url: httpx.URL) -> str:
        return "; ".join(
            f"{name}={value}" for (host, name), value in self._set.items() if host == url.host
        )


_COOKIE: Final = re.compile(r"[\x21-\x3a\x3c-\x7e]+=[\x20-\x3a\x3c-\x7e]{0,2000}")


# --- a host's turn ------------------------------------------------------------------


class _Gate:
    """At most `width` at once, and `gap` seconds between one's end and the next's start."""

    def __init__(self, width: int, gap: float, clock: Clock) -> None:
        self._free = asyncio.Semaphore(width)
        self._gap = gap
        self._clock = clock
        self._not_before: datetime | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits in the order of coming."""
        async with self._free:
            if self._not_before is not None:
                # A wall clock set back must not keep the gate shut.
                latest = self._clock.now() + timedelta(seconds=self._gap)
                await self._clock.sleep_until(min(self._not_before, latest))
            try:
                yield
            finally:
                if self._gap:
                    self._not_before = self._clock.now() + timedelta(seconds=self._gap)


# --- errors -------------------------------------------------------------------------


def _private(host: str) -> FetchFailed:
    return FetchFailed(
        "{host} is an address of a private network; refused", host=host, refused=True
    )


def _too_large(host: str, limit: int) -> FetchFailed:
    return FetchFailed(
        "{host} sends more than {megabytes} MB; refused",
        host=host,
        megabytes=max(1, limit // 1024 // 1024),
        refused=True,
    )


def _translated(error: Exception, host: str, settings: FetchSettings) -> FetchFailed:
    """Ours for every exception of the libraries below. The only place that knows theirs."""
    match error:
        case RefusedAddress():
            return _private(host)
        case BrokenBody():
            return FetchFailed("{host} sends a body that cannot be opened", host=host)
        case httpcore.ProxyError():
            return FetchFailed("The proxy does not lead to {host}", host=host)
        case socket.gaierror() | UnicodeError():
            return FetchFailed("The name {host} is not known", host=host)
        case httpcore.TimeoutException() | TimeoutError():
            return FetchFailed(
                "{host} does not answer in {seconds} s", host=host, seconds=round(settings.deadline)
            )
        case httpcore.ConnectError() | ssl.SSLError() if _about_tls(error):
            return FetchFailed("The certificate of {host} is not valid", host=host)
        case httpcore.ConnectError() | OSError():
            return FetchFailed("{host} cannot be reached", host=host)
        case httpcore.NetworkError() | httpcore.RemoteProtocolError():
            return FetchFailed("{host} breaks off its answer", host=host)
    # LocalProtocolError and whatever else speaking with a stranger may bring.
    return FetchFailed("{host} does not speak HTTP as it should", host=host)


def _about_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
