"""What a feed says of its hub, and whose a push is."""

from __future__ import annotations

import hmac

import pytest

from bot.sources.exchange import FetchResponse
from bot.sources.hub import hub_of, is_signed
from bot.sources.parsed import ParsedFeed

URL = "https://a.example/rss"


def answer(link: str = "") -> FetchResponse:
    return FetchResponse(URL, 200, {"link": link} if link else {}, b"")


def feed(hub: str = "", self_url: str = "") -> ParsedFeed:
    return ParsedFeed("rss", "", "", (), hub=hub, self_url=self_url)


@pytest.mark.parametrize(
    ("link", "named", "found"),
    [
        ("", feed(), None),
        ("", feed("https://h.example/"), ("https://h.example/", URL)),
        (
            "",
            feed("https://h.example/", "https://a.example/x"),
            ("https://h.example/", "https://a.example/x"),
        ),
        ('<https://h.example/>; rel="hub"', feed(), ("https://h.example/", URL)),
        (
            '</x>; title="a, b"; rel=self , <//h.example/>; rel="nofollow hub"',
            feed("https://other/"),
            ("https://h.example/", "https://a.example/x"),
        ),
        ('<javascript:alert(1)>; rel="hub"', feed(), None),
        ("<" * 5_000, feed(), None),
    ],
)
def test_hubs(link: str, named: ParsedFeed, found: tuple[str, str] | None) -> None:
    """The header goes before the feed; the topic is what the feed calls itself."""
    assert hub_of(answer(link), named) == found


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_signatures(method: str) -> None:
    """Of these bytes, with this secret, and no other."""
    right = hmac.new(b"secret", b"body", method).hexdigest()

    assert is_signed(b"body", "secret", f"{method}={right}")
    assert is_signed(b"body", "secret", f"{method.upper()}={right.upper()}")
    assert not is_signed(b"bodY", "secret", f"{method}={right}")
    assert not is_signed(b"body", "other", f"{method}={right}")


@pytest.mark.parametrize("header", ["", "sha256", "sha256=", "md5=" + "0" * 32, "=x", "sha1=é"])
def test_no_signature(header: str) -> None:
    """Nothing is believed without one."""
    assert not is_signed(b"body", "secret", header)
