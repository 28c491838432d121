"""The safe fetcher against a real server on loopback."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import re
import socket
import ssl
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import brotli
import httpcore
import pytest
import zstandard

from bot.errors import FetchFailed, SourceGone
from bot.model import Source, SourceKind, SourceState, Transport
from bot.sources import fetch_errors
from bot.sources import http as module
from bot.sources.addresses import IPAddress
from bot.sources.connections import RefusedAddress
from bot.sources.decoding import BrokenBody
from bot.sources.exchange import DIRECT, FetchRequest, request_for
from bot.sources.http import Fetcher, FetchSettings
from bot.sources.web_addresses import solo_host
from tests.sources.conftest import LOOPBACK, until
from tests.support.clock import ManualClock
from tests.support.loopback import Request
from tests.support.socks import SocksProxy
from tests.support.source_server import Page, SourceServer
from tests.support.tls import client_context, server_context


async def refusal(fetcher: Fetcher, url: str) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        await fetcher.fetch(FetchRequest(url))
    return caught.value


async def test_validators_go_back_byte_for_byte(fetcher: Fetcher, server: SourceServer) -> None:
    """A server knows its validators again, however odd; then nothing is sent twice."""
    etag, modified = 'W/"é\xe4;quoted\\"-gzip', "Tue, 1 Apr 2024 7:5:3 MSK"
    server.put("/feed", b"<rss/>", etag=etag, last_modified=modified)

    first = await fetcher.fetch(FetchRequest(server.url("/feed")))
    second = await fetcher.fetch(
        FetchRequest(server.url("/feed"), etag=first.etag, last_modified=first.last_modified)
    )

    assert (first.body, first.not_modified) == (b"<rss/>", False)
    assert server.requests[1].headers["if-none-match"] == etag
    assert server.requests[1].headers["if-modified-since"] == modified
    assert second.not_modified
    assert second.body == b""


async def test_says_who_it_is(fetcher: Fetcher, server: SourceServer) -> None:
    """A webmaster can see who reads."""
    server.put("/")

    await fetcher.fetch(FetchRequest(server.url("/")))

    assert server.requests[0].headers["user-agent"].startswith("Vigil/")
    assert server.requests[0].headers["host"] == f"127.0.0.1:{server.port}"


def _zstd_frames(data: bytes) -> bytes:
    return zstandard.compress(data[:10]) + zstandard.compress(data[10:])


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])),
        ("gzip", lambda data: gzip.compress(data) + b"\0" * 20),
        ("deflate", zlib.compress),
        ("deflate", _raw_deflate),
        ("br", brotli.compress),
        ("zstd", zstandard.compress),
        ("zstd", _zstd_frames),
        ("gzip, br", lambda data: brotli.compress(gzip.compress(data))),
        ("br, zstd, identity", lambda data: zstandard.compress(brotli.compress(data))),
    ],
)
async def test_opens_every_coding(
    fetcher: Fetcher, server: SourceServer, coding: str, pack: object
) -> None:
    """What was published is what is read, however it was packed."""
    text = "Отказались ехать. ".encode() * 20_000
    server.put("/", pack(text), headers={"Content-Encoding": coding})  # type: ignore[operator]

    assert (await fetcher.fetch(FetchRequest(server.url("/")))).body == text


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br", "br, br"])
async def test_a_bomb_is_refused_at_the_limit(
    hasty: Fetcher, server: SourceServer, coding: str
) -> None:
    """A small answer cannot fill the memory."""
    packers = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": brotli.compress,
        "zstd": zstandard.compress,
    }
    bomb = bytes(32 * 1024 * 1024)
    for name in coding.split(", "):
        bomb = packers[name](bomb)
    server.put("/", bomb, headers={"Content-Encoding": coding})

    error = await refusal(hasty, server.url("/"))

    assert len(bomb) < 64 * 1024
    assert error.key == "{host} sends more than {megabytes} MB; refused"


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"words " * 900, mtime=0)[:-9]),
        ("br", brotli.compress(b"words " * 900)[:-4]),
        ("zstd", zstandard.compress(b"words " * 900)[:-4]),
        ("deflate", zlib.compress(b"words " * 900)[:-6]),
        ("gzip, gzip, gzip, gzip, gzip", b""),
    ],
)
async def test_a_broken_body_is_an_error(
    fetcher: Fetcher, server: SourceServer, coding: str, body: bytes
) -> None:
    """Half a feed must not pass for the whole."""
    server.put("/", body, headers={"Content-Encoding": coding})

    assert (
        await refusal(fetcher, server.url("/"))
    ).key == "{host} sends a body that cannot be opened"


FEED = "<?xml version='1.0'?><rss>Отказались ехать.</rss>".encode() * 50


def _wrong_sum(packed: bytes, size: int) -> bytes:
    return packed[:-size] + bytes(size)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        *((name, FEED) for name in ("none", "utf-8", "aws-chunked", "binary", "UTF-8, none", "*")),
        *(
            (name, FEED)
            for name in ("gzip", "deflate", "br", "zstd", "gzip, aws-chunked", "br, gzip")
        ),
        ("gzip", b"<a/>"),
        ("br", b"{}"),
        ("", gzip.compress(FEED)),
        ("identity", gzip.compress(FEED)),
        ("none", gzip.compress(FEED)),
        ("aws-chunked, gzip", gzip.compress(FEED)),
        ("", zstandard.compress(FEED)),
        ("br", gzip.compress(FEED)),
        ("br", gzip.compress(FEED, mtime=0x6B0C7026)),  # begins as brotli may
        ("br", zstandard.compress(FEED)),
        ("deflate", gzip.compress(FEED)),
        ("gzip", gzip.compress(gzip.compress(FEED))),
        ("", gzip.compress(gzip.compress(FEED))),
        ("gzip", zstandard.compress(FEED)),
        ("gzip", zlib.compress(FEED)),
        ("", zlib.compress(FEED, 9)),
        ("UTF8", gzip.compress(FEED)),
        ("gzip;q=1", gzip.compress(FEED)),
        ("text/xml", FEED),
        ("gzip", _wrong_sum(gzip.compress(FEED), 8)),
        ("gzip", _wrong_sum(gzip.compress(FEED), 4)),
        ("gzip", gzip.compress(FEED)[:-8]),
        ("deflate", _wrong_sum(zlib.compress(FEED), 4)),
        ("gzip", gzip.compress(FEED[:99]) + _wrong_sum(gzip.compress(FEED[99:]), 8)),
    ],
)
async def test_what_is_said_of_a_body_may_be_wrong(
    fetcher: Fetcher, server: SourceServer, coding: str, body: bytes
) -> None:
    """What the bytes are goes before what is said of them, also when they come one by one."""
    short = 0.000001 if len(body) < 300 else 0.0
    server.put("/", body, headers={"Content-Encoding": coding} if coding else {}, drip=short)

    expected = FEED if len(body) > 9 else body
    assert (await fetcher.fetch(FetchRequest(server.url("/")))).body == expected


async def test_unsaid_codings_are_bounded_too(hasty: Fetcher, server: SourceServer) -> None:
    """A bomb without a label is one."""
    bomb = bytes(32 * 1024 * 1024)
    for _ in range(3):
        bomb = gzip.compress(bomb)
    server.put("/", bomb)

    assert "sends more than" in (await refusal(hasty, server.url("/"))).key


async def test_a_cookie_on_a_redirect_to_itself(fetcher: Fetcher, server: SourceServer) -> None:
    """Guards against robots ask for their cookie back; the next request does without."""

    def guarded(seen: Request) -> Page:
        if "pass=1" in seen.headers.get("cookie", ""):
            return Page(b"words")
        return Page(status=302, headers={"Location": "/", "Set-Cookie": "pass=1; Path=/; HttpOnly"})

    server.pages["/"] = guarded

    assert (await fetcher.fetch(FetchRequest(server.url("/")))).body == b"words"
    assert [seen.headers.get("cookie") for seen in server.requests] == [None, "pass=1"]
    own = FetchRequest(server.url("/"), headers={"Cookie": "mine=2"})
    assert (await fetcher.fetch(own)).body == b"words"
    assert [seen.headers.get("cookie") for seen in server.requests[2:]] == [
        "mine=2",
        "mine=2; pass=1",
    ]


async def test_an_empty_body_may_be_labelled_packed(fetcher: Fetcher, server: SourceServer) -> None:
    """Many servers label an empty answer as gzip."""
    server.put("/", b"", headers={"Content-Encoding": "gzip"})

    assert (await fetcher.fetch(FetchRequest(server.url("/")))).body == b""


@pytest.mark.parametrize(
    ("page", "key"),
    [
        (Page(b"x" * 200, drip=0.05), "{host} does not answer in {seconds} s"),
        (Page(b"x", latency=5), "{host} does not answer in {seconds} s"),
        (Page(b"x" * 20_000, endless=True), "{host} sends more than {megabytes} MB; refused"),
        (Page(b"x" * 70_000), "{host} sends more than {megabytes} MB; refused"),
        (Page(b"x" * 500, cut=100), "{host} breaks off its answer"),
        (Page(reset=True), "{host} breaks off its answer"),
        (Page(status=404), "{host} answers with an error: {status}"),
        (Page(status=503), "{host} answers with an error: {status}"),
        (Page(status=304), "{host} answers with an error: {status}"),
        (Page(status=302), "{host} redirects to nowhere"),
        (Page(status=302, headers={"Location": "ftp://example.org/"}), "This is not a web address"),
    ],
)
async def test_each_failure_is_told_apart(
    hasty: Fetcher, server: SourceServer, page: Page, key: str
) -> None:
    """An admin reads what is wrong; a slow drip ends at the deadline."""
    server.pages["/"] = page

    assert (await refusal(hasty, server.url("/"))).key == key


async def test_nobody_there(fetcher: Fetcher) -> None:
    """A refused connection is told as such."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    assert (await refusal(fetcher, f"http://127.0.0.1:{port}/")).key == "{host} cannot be reached"


async def test_gone_is_not_a_failure_to_repeat(fetcher: Fetcher, server: SourceServer) -> None:
    """410 pauses the source and tells an admin."""
    server.put("/", status=410)

    with pytest.raises(SourceGone):
        await fetcher.fetch(FetchRequest(server.url("/")))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Mon, 08 Apr 2024 06:05:00 GMT", 300.0),
        ("Mon, 08 Apr 2024 05:00:00 GMT", 0.0),
        ("99999999999999", 604_800.0),
        ("soon", None),
    ],
)
async def test_retry_after_is_heard(
    fetcher: Fetcher, server: SourceServer, value: str, seconds: float | None
) -> None:
    """A server that asks for rest gets it, in seconds or by date."""
    server.put("/", status=429, headers={"Retry-After": value})

    assert (await refusal(fetcher, server.url("/"))).retry_after == seconds


async def test_max_age(fetcher: Fetcher, server: SourceServer) -> None:
    """How long an answer holds is told; s-maxage is for others."""
    server.put("/", headers={"Cache-Control": 'public, s-maxage=9, max-age="600"'})

    assert (await fetcher.fetch(FetchRequest(server.url("/")))).max_age == 600


def test_headers_said_twice() -> None:
    """Codings on top of each other may stand in several headers; of others the last counts."""
    raw = [(b"Content-Encoding", b"gzip"), (b"ETag", b"1"), (b"content-encoding", b"br")]

    assert module._header_values([*raw, (b"etag", b"2")]) == {
        "content-encoding": "gzip, br",
        "etag": "2",
    }


async def test_redirects(fetcher: Fetcher, server: SourceServer) -> None:
    """Redirects are followed; only what is permanent from the start is to be adopted."""
    server.put("/a", status=301, headers={"Location": "/b"})
    server.put("/b", status=308, headers={"Location": server.url("/c d#part")})
    server.put("/c%20d", status=302, headers={"Location": "e"})
    server.put("/e", b"words")

    response = await fetcher.fetch(FetchRequest(server.url("/a")))

    assert (response.url, response.body) == (server.url("/e"), b"words")
    assert response.permanent_url is not None
    assert response.permanent_url.startswith(server.url("/c%20d"))


async def test_a_redirect_may_be_an_answer(fetcher: Fetcher, server: SourceServer) -> None:
    """Preview pages say by a redirect that there is no preview."""
    server.put("/s/name", status=302, headers={"Location": "/name"})

    response = await fetcher.fetch(FetchRequest(server.url("/s/name"), follow=False))

    assert (response.status, response.location) == (302, "/name")
    assert server.paths() == ["/s/name"]


async def test_redirect_loops_end(fetcher: Fetcher, server: SourceServer) -> None:
    """A loop ends with a clear word."""
    server.put("/", status=302, headers={"Location": "/"})

    assert (await refusal(fetcher, server.url("/"))).key == "Too many redirects from {host}"
    assert len(server.requests) == FetchSettings().max_redirects + 1


async def test_own_headers_stay_with_the_first_host(fetcher: Fetcher, server: SourceServer) -> None:
    """A header with a key in it is not carried to where a redirect leads."""
    async with SourceServer() as other:
        server.put("/a", status=302, headers={"Location": other.url("/b")})
        other.put("/b")
        await fetcher.fetch(FetchRequest(server.url("/a"), headers={"X-Key": "secret"}))

        assert server.requests[0].headers["x-key"] == "secret"
        assert "x-key" not in other.requests[0].headers


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[::]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:0:53aa:64c::]/",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://[ff02::1]/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://192.0.0.170/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://198.18.0.1/",
    ],
)
async def test_private_addresses_are_refused(clock: ManualClock, url: str) -> None:
    """No source leads into the machine, its network or its cloud, however it is written."""
    async with Fetcher(FetchSettings(), clock) as fetcher:
        error = await refusal(fetcher, url)

    assert error.key == "{host} is an address of a private network; refused"


async def test_a_redirect_into_the_network_is_refused(
    fetcher: Fetcher, server: SourceServer
) -> None:
    """Each hop is checked, not only the first."""
    server.put("/", status=302, headers={"Location": "http://169.254.169.254/latest/"})

    assert (await refusal(fetcher, server.url("/"))).values == {"host": "169.254.169.254"}


async def test_a_name_that_turns_private_is_refused(
    clock: ManualClock, server: SourceServer
) -> None:
    """The address connected to is the one that was checked, at each request."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    async def resolver(host: str, port: int) -> list[IPAddress]:
        return [ipaddress.ip_address(text) for text in answers.pop(0)]

    server.put("/", b"words", headers={"Connection": "close"})
    async with Fetcher(LOOPBACK, clock, resolver=resolver) as fetcher:
        url = f"http://rebind.example:{server.port}/"
        assert (await fetcher.fetch(FetchRequest(url))).body == b"words"
        assert server.requests[0].headers["host"] == f"rebind.example:{server.port}"

        error = await refusal(fetcher, url)

    assert error.key == "{host} is an address of a private network; refused"
    assert answers == []


async def test_only_permitted_addresses_of_a_name_are_tried(
    clock: ManualClock, server: SourceServer
) -> None:
    """A name with a public and a private address is reached at the public one."""

    async def resolver(host: str, port: int) -> list[IPAddress]:
        return [ipaddress.ip_address(text) for text in ("10.0.0.1", "127.0.0.1")]

    server.put("/", b"words")
    async with Fetcher(LOOPBACK, clock, resolver=resolver) as fetcher:
        response = await fetcher.fetch(FetchRequest(f"http://two.example:{server.port}/"))

    assert response.body == b"words"


async def test_unknown_name(clock: ManualClock) -> None:
    """A mistyped name is told as such."""

    async def resolver(host: str, port: int) -> list[IPAddress]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    async with Fetcher(FetchSettings(), clock, resolver=resolver) as fetcher:
        assert (
            await refusal(fetcher, "http://typo.example/")
        ).key == "The name {host} is not known"


@pytest.mark.parametrize(
    "url",
    [
        *("", "feed", "ftp://example.org/", "file:///etc/passwd", "http://", "http:///x"),
        *("http://[::1", "http://a:99999/", "//example.org/", "http://exa mple.org/", "h" * 5000),
        *("javascript:alert(1)", "http://0177.0.0.1/", "http://①②⑦.⓪.⓪.①/"),
    ],
)
async def test_only_the_web(fetcher: Fetcher, url: str) -> None:
    """Anything but http and https is refused before anything is opened."""
    assert (await refusal(fetcher, url)).key == "This is not a web address"


async def test_no_credentials_in_addresses(fetcher: Fetcher) -> None:
    """A password in an address would be shown and logged with it."""
    error = await refusal(fetcher, "http://user:secret@example.org/")

    assert error.key == "The address holds a user name or password; remove them"
    assert "secret" not in str(error)


async def test_two_at_once_for_a_host(fetcher: Fetcher, server: SourceServer) -> None:
    """No host is hammered."""
    server.put("/", b"words", latency=0.02)

    await asyncio.gather(*(fetcher.fetch(FetchRequest(server.url(f"/?{n}"))) for n in range(8)))

    assert server.busiest == 2
    assert len(server.requests) == 8


async def _loopback(host: str, port: int) -> list[IPAddress]:
    return [ipaddress.ip_address("127.0.0.1")]


def preview_server(server: SourceServer, clock: ManualClock) -> tuple[Fetcher, str]:
    """A fetcher for which `server` stands where Telegram's pages are, and its address."""
    url = f"http://t.example:{server.port}/"
    settings = replace(LOOPBACK, solo_hosts=frozenset({solo_host(url)}), solo_gap=2.5)
    return Fetcher(settings, clock, resolver=_loopback), url


async def test_a_server_of_ones_own_needs_no_gap(clock: ManualClock, server: SourceServer) -> None:
    """A mirror on an allowed address is asked one at a time, but at once."""
    server.put("/", b"words", latency=0.01)
    settings = replace(LOOPBACK, solo_hosts=frozenset({solo_host(server.url("/"))}), solo_gap=9)
    async with Fetcher(settings, clock) as fetcher:
        await asyncio.gather(*(fetcher.fetch(FetchRequest(server.url("/"))) for _ in range(3)))

    assert (server.busiest, len(server.requests)) == (1, 3)


async def test_preview_pages_one_at_a_time_with_a_gap(
    clock: ManualClock, server: SourceServer
) -> None:
    """Telegram's pages are asked for slowly, in order, whatever is waiting."""
    server.put("/", b"words")
    fetcher, url = preview_server(server, clock)
    async with fetcher:
        tasks = [asyncio.ensure_future(fetcher.fetch(FetchRequest(f"{url}?{n}"))) for n in range(3)]
        await tasks[0]
        await until(lambda: clock._sleepers)
        waiting = [task.done() for task in tasks]
        clock.advance(2.4)
        still = len(server.requests)
        clock.advance(0.1)
        await tasks[1]
        await until(lambda: clock._sleepers)
        clock.advance(2.5)
        await tasks[2]

    assert waiting == [True, False, False]
    assert still == 1
    assert server.paths() == ["/?0", "/?1", "/?2"]
    assert server.busiest == 1


async def test_a_clock_set_back_does_not_shut_the_gate(
    clock: ManualClock, server: SourceServer
) -> None:
    """A jump of the clock delays a page by one gap at most."""
    server.put("/", b"words")
    fetcher, url = preview_server(server, clock)
    async with fetcher:
        await fetcher.fetch(FetchRequest(url))
        clock._now -= timedelta(hours=3)
        second = asyncio.ensure_future(fetcher.fetch(FetchRequest(url)))
        await until(lambda: clock._sleepers)
        clock.advance(2.5)
        await second

    assert len(server.requests) == 2


async def test_tls(clock: ManualClock, tmp_path: Path) -> None:
    """The certificate is checked against the name, not the address connected to."""
    async with SourceServer(server_context(tmp_path)) as server:
        server.put("/", b"words")
        trusting = replace(LOOPBACK, ssl_context=client_context())
        async with Fetcher(trusting, clock) as fetcher:
            response = await fetcher.fetch(FetchRequest(server.url("/")))
            other_name = await refusal(fetcher, server.url("/").replace("localhost", "127.0.0.1"))
        async with Fetcher(LOOPBACK, clock) as strict:
            unknown_issuer = await refusal(strict, server.url("/"))

    assert response.body == b"words"
    assert other_name.key == unknown_issuer.key == "The certificate of {host} is not valid"


class _Proxy:
    """Just enough of an HTTP proxy: forwards plain requests to its own pages."""

    def page(self, seen: Request) -> Page:
        return Page(f"by proxy: {seen.path}".encode())


async def test_whom_to_write_to_is_told_but_not_through_a_proxy(
    clock: ManualClock, server: SourceServer
) -> None:
    """A proxy hides who asks; the address would tell."""
    server.put("/a")
    settings = replace(LOOPBACK, contact="monitor@example.org")
    async with Fetcher(settings, clock) as fetcher:
        await fetcher.fetch(FetchRequest(server.url("/a")))
    server.pages["http://blocked.example/feed"] = _Proxy().page
    async with Fetcher(replace(settings, proxy=server.url("").rstrip("/")), clock) as fetcher:
        await fetcher.fetch(FetchRequest("http://blocked.example/feed"))
    directly, hidden = (seen.headers["user-agent"] for seen in server.requests)

    assert directly.endswith("; monitor@example.org)")
    assert "example" not in hidden
    assert hidden.startswith("Vigil/")


async def test_proxy(clock: ManualClock, server: SourceServer) -> None:
    """Names are resolved by the proxy; written private addresses are refused all the same."""
    server.pages["http://blocked.example/feed"] = _Proxy().page
    settings = FetchSettings(proxy=server.url("").rstrip("/"), deadline=5)
    async with Fetcher(settings, clock) as fetcher:
        response = await fetcher.fetch(FetchRequest("http://blocked.example/feed"))
        error = await refusal(fetcher, "http://0x7f.1/feed")
        tunnel = await refusal(fetcher, "https://blocked.example/feed")

    assert response.body == b"by proxy: http://blocked.example/feed"
    assert error.key == "{host} is an address of a private network; refused"
    assert tunnel.key == "The proxy does not lead to {host}"
    assert "secret" not in repr(replace(settings, proxy="http://user:secret@127.0.0.1:1/"))


async def test_socks_proxy(clock: ManualClock, server: SourceServer) -> None:
    """Through SOCKS, Tor's too, no name is resolved here: who listens learns nothing."""
    server.put("/feed", b"words")
    async with SocksProxy(server.port) as proxy:
        settings = FetchSettings(proxy=f"socks5://127.0.0.1:{proxy.port}", deadline=5)
        async with Fetcher(settings, clock) as fetcher:
            response = await fetcher.fetch(FetchRequest("http://blocked.onion/feed"))
            error = await refusal(fetcher, "http://[::1]/feed")

    assert response.body == b"words"
    assert proxy.asked == [("blocked.onion", 80)]
    assert error.key == "{host} is an address of a private network; refused"


async def test_a_request_has_its_own_way(clock: ManualClock, server: SourceServer) -> None:
    """One source by Tor, the others as before; none where the settings have one, if so said."""
    server.put("/feed", b"words")
    dead = FetchSettings(proxy="socks5://127.0.0.1:9", allowed_networks=LOOPBACK.allowed_networks)
    async with SocksProxy(server.port) as proxy, Fetcher(dead, clock) as fetcher:
        way = f"socks5://127.0.0.1:{proxy.port}"
        by_tor = await fetcher.fetch(FetchRequest("http://a.onion/feed", proxy=way))
        directly = await fetcher.fetch(FetchRequest(server.url("/feed"), proxy=DIRECT))
        error = await refusal(fetcher, server.url("/feed"))

    assert (by_tor.body, directly.body) == (b"words", b"words")
    assert proxy.asked == [("a.onion", 80)]
    assert error.key == "{host} cannot be reached"


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "a.localhost", "router", "nas.local", "metadata.internal"]
)
async def test_a_proxy_is_not_asked_for_its_own_network(clock: ManualClock, host: str) -> None:
    """Names that the proxy would resolve to itself or its neighbours are refused here."""
    async with Fetcher(FetchSettings(proxy="socks5://127.0.0.1:9"), clock) as fetcher:
        error = await refusal(fetcher, f"http://{host}/feed")

    assert error.key == "{host} is an address of a private network; refused"


async def test_onion_needs_tor(fetcher: Fetcher) -> None:
    """Without a proxy nobody is asked for the name: the question itself would tell."""
    error = await refusal(fetcher, "http://abc.onion/feed")

    assert error.key == "{host} is an address of Tor: it needs a proxy that leads there"


async def test_headers_of_a_source_go_to_its_server_alone(
    fetcher: Fetcher, server: SourceServer
) -> None:
    """An article on another host is not told what the feed's server is."""
    source = Source(
        *(1, Transport.FEED, server.url("/feed"), "x", "", SourceKind.MEDIA, ""),
        state=SourceState.ACTIVE,
        headers={"Cookie": "secret", "user-agent": "Reader"},
    )
    server.put("/feed")
    async with SourceServer() as other:
        other.put("/a")
        await fetcher.fetch(request_for(source, source.address))
        await fetcher.fetch(request_for(source, other.url("/a")))

        assert server.requests[0].headers["cookie"] == "secret"
        assert server.requests[0].headers["user-agent"] == "Reader"
        assert "cookie" not in other.requests[0].headers
        assert other.requests[0].headers["user-agent"].startswith("Vigil/")


def _errors_of(package: object) -> list[type[Exception]]:
    found = [getattr(package, name) for name in vars(package)]
    return [kind for kind in found if isinstance(kind, type) and issubclass(kind, Exception)]


@pytest.mark.parametrize(
    "kind",
    [
        *_errors_of(httpcore),
        *_errors_of(ssl),
        *(RefusedAddress, BrokenBody, socket.gaierror, OSError, TimeoutError, ConnectionResetError),
        *(UnicodeError, ValueError, RuntimeError, EOFError, asyncio.IncompleteReadError),
    ],
)
def test_every_foreign_error_is_ours(kind: type[Exception]) -> None:
    """No exception of a library leaves the fetcher; each has words with filled places."""
    error = kind(b"", 1) if kind is asyncio.IncompleteReadError else kind("told by the network")

    ours = fetch_errors.translated(error, "a.example", 30.0)

    assert isinstance(ours, FetchFailed)
    assert not re.search(r"[{}]", str(ours))
    assert "told by the network" not in str(ours)
