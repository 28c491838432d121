"""What a person is told of the address they gave."""

from __future__ import annotations

import pytest

from bot.errors import SourceError
from bot.model import Transport
from bot.sources.discovery import (
    Discovery,
    Offers,
    Probe,
    _candidates,
    _known_sites,
    feed_identity,
)
from bot.sources.http import Fetcher
from bot.sources.parsed import FeedLink
from bot.sources.worker import InlineParser
from tests.support.clock import ManualClock
from tests.support.pages import CHAT, landing, page, post
from tests.support.source_server import SourceServer

RSS = """<rss version="2.0"><channel><title>Псков Пост</title>
<item><title>Старая новость</title><pubDate>Mon, 01 Apr 2024 00:00:00 GMT</pubDate></item>
<item><title>Новая: отказались ехать</title><pubDate>Mon, 08 Apr 2024 05:00:00 GMT</pubDate></item>
<item><title>Без даты</title></item><item><title>Вчерашняя</title>
<pubDate>Sun, 07 Apr 2024 05:00:00 GMT</pubDate></item></channel></rss>"""


@pytest.fixture
def discovery(fetcher: Fetcher, server: SourceServer) -> Discovery:
    return Discovery(fetcher, InlineParser(), web=server.url("").rstrip("/"))


async def refusal(discovery: Discovery, clock: ManualClock, text: str) -> str:
    with pytest.raises(SourceError) as caught:
        await discovery.probe(text, clock.now())
    return caught.value.key


async def test_a_feed(discovery: Discovery, server: SourceServer, clock: ManualClock) -> None:
    """Title, kind, language and the newest headlines are told."""
    server.put("/rss", RSS, content_type="application/rss+xml")

    found = await discovery.probe(f" <{server.url('/rss')}> ", clock.now())

    assert found == Probe(
        transport=Transport.FEED,
        address=server.url("/rss"),
        identity=f"https://127.0.0.1:{server.port}/rss",
        title="Псков Пост",
        format="RSS",
        lang="ru",
        headlines=("Новая: отказались ехать", "Вчерашняя", "Старая новость"),
    )


async def test_an_address_without_scheme(
    discovery: Discovery, server: SourceServer, clock: ManualClock
) -> None:
    """People type addresses as they say them; plain http is tried when https fails."""
    server.put("/rss", RSS)

    found = await discovery.probe(f"127.0.0.1:{server.port}/rss", clock.now())

    assert isinstance(found, Probe)
    assert found.address == server.url("/rss")


async def test_a_feed_that_moved_for_good(
    discovery: Discovery, server: SourceServer, clock: ManualClock
) -> None:
    """A permanent redirect is the address from the start, a passing one is not."""
    server.put("/old", status=301, headers={"Location": "/rss"})
    server.put("/today", status=302, headers={"Location": "/rss"})
    server.put("/rss", RSS)

    moved = await discovery.probe(server.url("/old"), clock.now())
    passing = await discovery.probe(server.url("/today"), clock.now())

    assert isinstance(moved, Probe)
    assert isinstance(passing, Probe)
    assert (moved.address, passing.address) == (server.url("/rss"), server.url("/today"))


async def test_a_page_that_names_its_feeds(
    discovery: Discovery, server: SourceServer, clock: ManualClock
) -> None:
    """A site's address is enough: its feeds are offered, those of comments last."""
    server.put(
        "/",
        """<html><head><base href="/sub/"><link rel="alternate" type="application/rss+xml"
title="Comments" href="/comments/feed/"><link rel="alternate" type="application/atom+xml"
title="Новости" href="atom.xml"></head><a href="/rss/war.xml">Война</a></html>""",
    )

    found = await discovery.probe(server.url("/"), clock.now())

    assert found == Offers(
        server.url("/"),
        (
            FeedLink(server.url("/sub/atom.xml"), "Новости"),
            FeedLink(server.url("/rss/war.xml"), "Война"),
            FeedLink(server.url("/comments/feed/"), "Comments"),
        ),
    )


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/rss+xml; charset=utf-8" href="/r">',
        '<link rel="alternate" type="text/xml" href="/r">',
        '<link rel="ALTERNATE" type=" Application/XML " href="/r">',
        '<link rel="alternate" type="application/rdf+xml" href="/r">',
        '<link rel="feed" href="/r">',
        '<link rel="alternate feed" type="application/xml" href="r">',
        '<a href="/r">RSS</a>',
        '<a href="/r" title="RSS-лента"><img src="x.png"></a>',
        '<a href="/r"><img src="rss.png" alt="RSS"></a>',
        '<a href="/r">Подписка: RSS</a>',
        '<a href="/r">R S S</a>',
        '<a href="/r">R.S.S.</a>',
        '<a href="/r" aria-label="Р·С·С"><i></i></a>',
        '<a type="application/rss+xml" href="/r">Лента</a>',
        '<link rel="service.feed" type="application/atom+xml" href="/r">',
        '<link rel="alternate" href="/r" title="RSS">',
        '<a class="social social--rss" href="/r"><img src="x.png"></a>',
        '<a href="/r"><i class="icon-rss"></i></a>',
    ],
)
async def test_every_way_to_name_a_feed(
    discovery: Discovery, server: SourceServer, clock: ManualClock, link: str
) -> None:
    """Types with parameters or plain XML, relations, and links that are called so."""
    server.put("/", f"<html><body>{link}</body></html>")

    found = await discovery.probe(server.url("/"), clock.now())

    assert isinstance(found, Offers)
    assert [feed.url for feed in found.feeds] == [server.url("/r")]


@pytest.mark.parametrize(
    "path",
    ["/rss2/", "/?feed=rss2", "/news/rss/", "/feed/", "/index.php?format=feed&type=rss",
     "/export/rss.xml", "/rss.php?id=3", "/data/rss"],
)  # fmt: skip
async def test_addresses_that_say_so(
    discovery: Discovery, server: SourceServer, clock: ManualClock, path: str
) -> None:
    """Of WordPress, Bitrix, Joomla and others, whatever the link is called."""
    address = path.replace("&", "&amp;")
    server.put("/", f'<html><a href="{address}">Лента</a><a href="/news/">Новости</a></html>')

    found = await discovery.probe(server.url("/"), clock.now())

    assert isinstance(found, Offers)
    assert [feed.url for feed in found.feeds] == [server.url(path)]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" hreflang="en" href="/en">',
        '<link rel="alternate" type="application/json+oembed" href="/o">',
        '<link rel="alternate stylesheet" type="text/xml" href="/s">',
        '<link rel="EditURI" type="application/rsd+xml" href="/x">',
        '<a href="/about/rss.html">Что такое RSS</a>',
        '<a href="/n/1">Роскомнадзор предложил закрыть RSS и Atom всем, кто их читает</a>',
        '<a href="/feedback/">Связь</a>',
        '<a href="/feeding">Кормушка</a>',
        '<a class="rss-item" href="/n/2">Военные отказались ехать</a>',
        '<link rel="alternate" href="/m" title="Mobile">',
    ],
)
async def test_what_only_looks_like_a_feed(
    discovery: Discovery, server: SourceServer, clock: ManualClock, link: str
) -> None:
    """Translations, oEmbed, help pages and headlines about RSS are not offered."""
    server.put("/", f"<html><body>{link}</body></html>")

    assert "no feed was found" in await refusal(discovery, clock, server.url("/"))


async def test_a_scheme_of_programs(
    discovery: Discovery, server: SourceServer, clock: ManualClock
) -> None:
    """A link to open in a reader leads to the feed all the same."""
    server.put("/", f'<html><a href="feed:{server.url("/r")}">Подписка</a></html>')

    found = await discovery.probe(server.url("/"), clock.now())

    assert isinstance(found, Offers)
    assert [feed.url for feed in found.feeds] == [server.url("/r")]


async def test_feeds_in_the_link_header(
    discovery: Discovery, server: SourceServer, clock: ManualClock
) -> None:
    """A server may name them without the page."""
    header = '</r>; rel="alternate"; type="application/rss+xml"; title="News", </s>; rel=next'
    server.put("/", "<html></html>", headers={"Link": header})

    found = await discovery.probe(server.url("/"), clock.now())

    assert isinstance(found, Offers)
    assert [feed.url for feed in found.feeds] == [server.url("/r")]


async def test_a_home_page_that_leads_on(
    discovery: Discovery, server: SourceServer, clock: ManualClock
) -> None:
    """By meta refresh, to a page that names its feed, or to the feed."""
    server.put("/", '<html><meta http-equiv="refresh" content="0; url=/ru/"></html>')
    server.put("/ru/", '<html><a href="/r">RSS</a></html>')
    server.put("/to", '<html><meta http-equiv="refresh" content="0; url=/rss"></html>')
    server.put("/rss", RSS)

    page = await discovery.probe(server.url("/"), clock.now())
    feed = await discovery.probe(server.url("/to"), clock.now())

    assert isinstance(page, Offers)
    assert [each.url for each in page.feeds] == [server.url("/r")]
    assert isinstance(feed, Probe)


@pytest.mark.parametrize(
    "body",
    [
        "<rss version='2.0'><channel><title>T</title><item><title>А",
        "<rss version='2.0'><channel><title>T</title>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry></feed>",
    ],
)
async def test_unreadable_is_not_silent(
    discovery: Discovery, server: SourceServer, clock: ManualClock, body: str
) -> None:
    """A feed whose entries cannot be read is not said to have none yet."""
    server.put("/rss", body)
    try:
        found = await discovery.probe(server.url("/rss"), clock.now())
    except SourceError:
        return
    assert isinstance(found, Probe)
    assert found.headlines


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("https://medium.com/@some.one", "https://medium.com/feed/@some.one"),
        ("medium.com/a-paper/about", "https://medium.com/feed/a-paper"),
        ("https://some.medium.com/", "https://some.medium.com/feed"),
        ("https://some.substack.com/p/x", "https://some.substack.com/feed"),
        ("https://some.livejournal.com", "https://some.livejournal.com/data/rss"),
    ],
)
def test_sites_that_are_known(given: str, place: str) -> None:
    """Their pages say nothing of their feeds, or only to a script."""
    assert place in _known_sites(_candidates(given))
    assert _known_sites([place]) == []


async def test_a_feed_at_a_usual_place(
    discovery: Discovery, server: SourceServer, clock: ManualClock
) -> None:
    """A page that hides its feed where all engines put it is helped."""
    server.put("/news", "<html><title>News</title></html>")
    server.put("/rss.xml", RSS)

    found = await discovery.probe(server.url("/news"), clock.now())

    assert found == Offers(server.url("/news"), (FeedLink(server.url("/rss.xml"), "Псков Пост"),))


async def test_a_page_without_feeds(
    discovery: Discovery, server: SourceServer, clock: ManualClock
) -> None:
    """It is said that there is none."""
    server.put("/", "<html><title>News</title></html>")

    assert await refusal(discovery, clock, server.url("/")) == (
        "{host} is a web page, and no feed was found on it"
    )


@pytest.mark.parametrize("text", ["@pskov_post", "t.me/Pskov_Post/7", "https://t.me/s/pskov_post"])
async def test_a_channel(
    discovery: Discovery, server: SourceServer, clock: ManualClock, text: str
) -> None:
    """However a channel is named, its own spelling and stable id are found."""
    pages = page("Pskov_Post", [post("Pskov_Post", 7, "Рассказали об отказах ехать на войну")])
    server.put("/s/pskov_post", pages)
    server.put("/s/Pskov_Post", pages)

    found = await discovery.probe(text, clock.now())

    assert found == Probe(
        transport=Transport.PREVIEW,
        address="Pskov_Post",
        identity="t.me/pskov_post",
        title="Pskov Post",
        format="channel",
        lang="",
        headlines=("Рассказали об отказах ехать на войну",),
        telegram_id=-1_000_000_000_000 - CHAT,
    )


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (landing("x", says="Contact"), "There is no channel @{name}"),
        (
            landing("x", title="C", extra="5 members"),
            "@{name} is a group: only channels can be read",
        ),
        (landing("x", title="A", says="Contact"), "@{name} is a person or a bot, no channel"),
        (
            b"<html><head><title>Telegram: Contact @ch_x</title></head><div class=tgme_page>"
            b"<div class=tgme_page_description>If you have <b>Telegram</b>, you can view posts by"
            b" <strong>@ch_x</strong> right away.</div></div></html>",
            "@{name} has no public page (its owner has closed it, or it is marked 18+):"
            " it is read when the bot is made its administrator",
        ),
        (
            landing("x", title="N", extra="5 subscribers"),
            "@{name} has no public page (its owner has closed it, or it is marked 18+):"
            " it is read when the bot is made its administrator",
        ),
    ],
)
async def test_names_that_are_no_channel(
    discovery: Discovery, server: SourceServer, clock: ManualClock, body: bytes, key: str
) -> None:
    """The redirect to the name's own page is not followed; that page says why."""
    server.put("/s/some_name", status=302, headers={"Location": "https://t.me/some_name"})
    server.put("/some_name", body)

    assert await refusal(discovery, clock, "@some_name") == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (
            "t.me/+AbCdEf",
            "This is a private channel: it is read when the bot is made its administrator",
        ),
        ("@ab", "This is no name of a channel"),
        ("hello", "This is neither a web address nor a channel"),
        ("", "This is neither a web address nor a channel"),
        ("two words.org", "This is neither a web address nor a channel"),
        ("ftp://example.org/", "This is not a web address"),
        ("http://10.0.0.1/rss", "{host} is an address of a private network; refused"),
    ],
)
async def test_what_is_no_address(
    discovery: Discovery, clock: ManualClock, text: str, key: str
) -> None:
    """Each mistake is answered with what is wrong."""
    assert await refusal(discovery, clock, text) == key


async def test_a_throttled_page_is_not_a_channel_without_posts(
    discovery: Discovery, server: SourceServer, clock: ManualClock
) -> None:
    """Telegram's "no posts" without a title is asked again later."""
    server.put("/s/some_name", page("some_name", [], title=""))

    assert await refusal(discovery, clock, "@some_name") == (
        "Telegram shows no posts of @{name} now; try again later"
    )


def test_the_same_feed_by_other_spellings() -> None:
    """One feed is one source; another query may be another feed."""
    spellings = (
        "http://Example.org/rss",
        "https://example.org:443/rss/",
        "http://example.org:80/rss#top",
    )

    assert {feed_identity(url) for url in spellings} == {"https://example.org/rss"}
    tracked = "https://example.org/rss?utm_source=x&fbclid=1"
    assert feed_identity(tracked) == "https://example.org/rss"
    assert feed_identity("https://a.example/?id=2&yclid=3") == "https://a.example?id=2"
    assert feed_identity("https://a.example/?rss=a") != feed_identity("https://a.example/?rss=b")
    assert feed_identity("https://a.example/?feed=1") != feed_identity("https://a.example/?feed=2")
    assert feed_identity("https://a.example:8443/") == "https://a.example:8443"
