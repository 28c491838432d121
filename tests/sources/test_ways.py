"""Proxies and headers as root admins write them."""

from __future__ import annotations

import pytest

from bot.errors import SourceError
from bot.sources.exchange import DIRECT
from bot.sources.ways import TOR, parse_header, parse_proxy, shown_proxy


@pytest.mark.parametrize(
    ("said", "proxy"),
    [
        ("off", ""),
        ("Tor", TOR),
        ("direct", DIRECT),
        ("socks5://127.0.0.1:9050", "socks5://127.0.0.1:9050"),
        ("socks5h://user:pass@proxy.example:1080/", "socks5h://user:pass@proxy.example:1080"),
        ("http://proxy.example:3128", "http://proxy.example:3128"),
    ],
)
def test_proxies(said: str, proxy: str) -> None:
    """What people write for a proxy is understood."""
    assert parse_proxy(said) == proxy


@pytest.mark.parametrize(
    "said", ["", "ftp://x:1", "x:1080", "http://", "http://p:1/path", "http://p:x"]
)
def test_what_is_no_proxy(said: str) -> None:
    """It is refused in words that repeat nothing: it may be a password."""
    with pytest.raises(SourceError) as caught:
        parse_proxy(said)

    assert caught.value.values == {}


def test_a_password_is_never_shown() -> None:
    """Who may see a source need not know how it is reached."""
    assert shown_proxy("socks5://me:secret@p.example:1080") == "socks5://p.example:1080"
    assert shown_proxy("http://[::1]:8118") == "http://[::1]:8118"
    assert shown_proxy("") == ""


def test_headers() -> None:
    """A name and its value; without a value it is taken away."""
    assert parse_header("X-Key:  a b: c ") == ("X-Key", "a b: c")
    assert parse_header("Cookie:") == ("Cookie", "")


@pytest.mark.parametrize(
    "said",
    [
        "no colon",
        ": x",
        "A B: c",
        "Host: x",
        "accept-encoding: br",
        "Proxy-Authorization: x",
        "X: a\r\nHost: b",
        "X: привет",
        "X: " + "a" * 5_000,
    ],
)
def test_headers_that_are_refused(said: str) -> None:
    """Nothing that would end the header, or change what the fetcher rests on."""
    with pytest.raises(SourceError):
        parse_header(said)
