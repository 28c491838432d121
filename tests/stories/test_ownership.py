"""Whose an address is: nobody speaks for another's host or channel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import ParsedItem, Source, SourceKind, SourceState, Transport
from bot.stories.identity import identify
from bot.stories.ownership import owns
from bot.urls import canonical_url


def feed(address: str) -> Source:
    return Source(
        1, Transport.FEED, address, address, "", SourceKind.MEDIA, "ru", SourceState.ACTIVE
    )


def channel(name: str, telegram_id: int | None = None, how: str = "preview") -> Source:
    return Source(
        1, Transport(how), name, f"t.me/{name}" if name else f"tg:{telegram_id}", "",
        SourceKind.MEDIA, "ru", SourceState.ACTIVE, telegram_id=telegram_id,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "url"),
    [
        (feed("https://post.example/rss"), "https://www.post.example/news/12"),
        (feed("https://www.post.example/feed/"), "http://m.post.example/news/12"),
        (feed("https://rss.post.example/all.xml"), "https://post.example/12"),
        (feed("https://post.example/rss"), "https://pskov.post.example/12"),
        (feed("https://feeds.post.com.ua/x"), "https://post.com.ua/12"),
        (feed("https://ivan.livejournal.com/data/rss"), "https://ivan.livejournal.com/12.html"),
        (channel("PskovPost"), "https://t.me/s/pskovpost/12"),
        (channel("", -1001234567, "channel"), "https://t.me/c/1234567/12"),
    ],
)
def test_a_source_owns_its_host_or_channel(source: Source, url: str) -> None:
    """What it publishes at home is known by its address."""
    assert owns(source, canonical_url(url))


@pytest.mark.parametrize(
    ("source", "url"),
    [
        (feed("https://post.example/rss"), "https://other.example/news/12"),
        (feed("https://evil.example/post.example/rss"), "https://post.example/12"),
        (feed("https://post.example.evil.example/rss"), "https://post.example/12"),
        (feed("https://ost.example/rss"), "https://post.example/12"),
        (feed("https://feeds.com.ua/x"), "https://pravda.com.ua/12"),
        (feed("https://rss.blogspot.com/x"), "https://victim.blogspot.com/12"),
        (feed("https://medium.com/feed/@evil"), "https://medium.com/@victim/12"),
        (feed("https://evil.livejournal.com/data/rss"), "https://victim.livejournal.com/12.html"),
        (feed("https://rsshub.app/telegram/channel/pskovpost"), "https://t.me/pskovpost/12"),
        (feed("https://t.me/pskovpost"), "https://t.me/pskovpost/12"),
        (channel("pskovpost"), "https://t.me/pskovpost2/12"),
        (channel("pskovpost"), "https://post.example/news/12"),
        (channel("c", -1001234567, "channel"), "https://t.me/c/7654321/12"),
        (channel(""), "https://t.me/pskovpost/12"),
        (feed("https://post.example/rss"), ""),
    ],
)
def test_nobody_owns_anothers(source: Source, url: str) -> None:
    """Else one source could silence another, by naming what it is about to publish."""
    assert not owns(source, canonical_url(url))


def item(text: str = "", url: str = "", forwarded_from: str = "") -> ParsedItem:
    return ParsedItem(key="1", text=text, url=url, forwarded_from=forwarded_from)


def test_telegrams_header_is_believed_and_what_a_feed_says_is_a_hint() -> None:
    """Telegram itself writes above a forward whose it is; a feed may write anything."""
    forward = item("!", forwarded_from="https://t.me/pskovpost/12")
    own = identify(item("!", url="https://t.me/pskovpost/12"), channel("pskovpost"))
    by_channel = identify(forward, channel("radio_n"))
    by_feed = identify(forward, feed("https://radio.example/rss"))
    in_words = identify(item("Forwarded from https://t.me/pskovpost/12\n!"), channel("radio_n"))

    assert by_channel.keys == own.keys
    assert (by_feed.keys, by_feed.hints) == ((), own.keys)
    assert (in_words.keys, in_words.hints) == ((), own.keys)
    assert {*by_feed.stored}.isdisjoint(own.stored)
    assert not {*by_feed.stored}.isdisjoint(own.asked)
    assert not {*own.stored}.isdisjoint(by_feed.asked)


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from(["https://", "", "t.me/"]))
def test_no_address_breaks_it(address: str, url: str, scheme: str) -> None:
    """No address, however strange, stops the way of an item."""
    for source in (feed(scheme + address), channel(address)):
        identity = identify(item("x" * 50, url=scheme + url, forwarded_from=url), source)
        assert all(len(row) < 600 for row in identity.stored)
