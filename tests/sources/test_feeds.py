"""Feeds of every kind, whole and broken."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ParseFailed
from bot.sources import feeds
from bot.sources.feeds import parse_feed
from bot.sources.parsed import ParsedFeed

NOW = datetime(2024, 4, 8, 12, 0, tzinfo=UTC)
URL = "https://example.org/feed.xml"

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:atom="http://www.w3.org/2005/Atom"'
    ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
)


def read(body: str | bytes, content_type: str = "application/rss+xml") -> ParsedFeed:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, url=URL, now=NOW, content_type=content_type)


def rss(*items: str, head: str = "") -> str:
    entries = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {NAMESPACES}><channel>'
        f"<title>Псков Пост</title><link>https://example.org/</link>{head}{entries}</channel></rss>"
    )


FULL = """<title>Солдаты &lt;i&gt;отказались&lt;/i&gt; ехать &amp;amp; ждут</title>
<guid isPermaLink="false">tag:1</guid><link>/news/1?a=1&amp;b=2</link>
<pubDate>Mon, 08 Apr 2024 09:14:00 +0300</pubDate><dc:creator>Анна П.</dc:creator>
<category>Псков</category><category>армия</category>
<description>Около 60 человек.</description>
<content:encoded><![CDATA[<p>Около <b>60</b> человек.</p><p>Рассказали
<a href="/who">жёны</a>.<script>alert(1)</script></p>]]></content:encoded>
<enclosure url="https://example.org/a.mp3" type="audio/mpeg" length="1"/>"""


def test_rss() -> None:
    """Everything an alert or a filter needs comes out of an RSS entry."""
    head = """<language>en-US</language><ttl>30</ttl><atom:link rel="hub" href="https://hub.example/"/>
<atom:link rel="self" href="https://example.org/self.xml"/>"""
    feed = read(rss(FULL, head=head))

    assert (feed.format, feed.title, feed.lang) == ("rss", "Псков Пост", "ru")
    assert (feed.ttl, feed.hub, feed.self_url) == (
        1800,
        "https://hub.example/",
        "https://example.org/self.xml",
    )
    (item,) = feed.items
    assert item.key == "tag:1"
    assert item.title == "Солдаты отказались ехать & ждут"
    assert item.text == "Около 60 человек.\nРассказали жёны."
    assert item.url == "https://example.org/news/1?a=1&b=2"
    assert item.published == datetime(2024, 4, 8, 6, 14, tzinfo=UTC)
    assert (item.author, item.tags, item.lang) == ("Анна П.", ("Псков", "армия"), "ru")
    assert item.links == ("https://example.org/who", "https://example.org/a.mp3")
    assert item.has == ("audio", "link")


def test_atom() -> None:
    """Atom with its own base, a title in HTML and two links."""
    feed = read(
        """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="uk"><title>Новини</title>
<link rel="alternate" href="https://example.org/"/>
<entry xml:base="https://example.org/blog/"><id>urn:uuid:1</id>
<title type="html">Відмовилися &lt;b&gt;їхати&lt;/b&gt;</title>
<link rel="alternate" href="one"/><link rel="enclosure" type="video/mp4" href="v.mp4"/>
<published>2024-04-08T06:14:00Z</published><updated>2024-04-08T07:00:00Z</updated>
<author><name>Олег</name></author><summary>Їх 60.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Їх 60. Вони вдома.</p></div>
</content></entry></feed>""",
        "application/atom+xml",
    )

    (item,) = feed.items
    assert (feed.format, feed.lang, item.key) == ("atom", "uk", "urn:uuid:1")
    assert (item.title, item.text) == ("Відмовилися їхати", "Їх 60. Вони вдома.")
    assert item.url == "https://example.org/blog/one"
    assert item.published == datetime(2024, 4, 8, 6, 14, tzinfo=UTC)
    assert item.has == ("video",)


_REMARKED = """{
  // made by hand; see "https://example.org/feed.json"
  "version": "https://jsonfeed.org/version/1.1", /* the second
  edition */ "items": [
    {"id": "1", "content_text": "See // https://example.org/* now */", "url": "/1"}, // last
  ],
}"""


@pytest.mark.parametrize(
    "body",
    [
        _REMARKED,
        f"// cached\n{_REMARKED}",
        f"\ufeff/* cached */\n\n//\n{_REMARKED}\n// end",
        f")]}}',\n{_REMARKED}",
        f"jsonFeed.show({_REMARKED});",
        f"/**/callback({_REMARKED})",
        f"{_REMARKED}<!-- 12 ms -->",
    ],
)
def test_json_among_what_is_none(body: str) -> None:
    """Remarks of a script, a call around it, what a server adds at the end; texts stay whole."""
    feed = read(body, "application/json")

    assert [item.text for item in feed.items] == ["See // https://example.org/* now */"]
    assert feed.whole


@pytest.mark.parametrize(
    "body", ["// nothing", "/* {", "callback(1)", "/*" * 50_000, "//\n" * 50_000]
)
def test_remarks_alone_are_no_feed(body: str) -> None:
    """And they take no time."""
    with pytest.raises(ParseFailed):
        read(body)


def test_json_feed() -> None:
    """JSON Feed, HTML or plain."""
    feed = read(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "News",
                "home_page_url": "https://example.org/",
                "feed_url": URL,
                "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
                "items": [
                    {
                        "id": 1,
                        "url": "/1",
                        "title": "They refused",
                        "content_html": "<p>Sixty &amp; more</p><p><a href='/who'>wives</a></p>",
                        "date_published": "2024-04-08T09:14:00+03:00",
                        "authors": [{"name": "Anna"}],
                        "tags": ["army"],
                        "attachments": [{"url": "/p.jpg", "mime_type": "image/jpeg"}],
                    },
                    {"id": "2", "content_text": "Plain <text> & more"},
                    {"id": "3"},
                    "nonsense",
                ],
            }
        ),
        "application/feed+json",
    )

    first, second = feed.items
    assert (feed.format, feed.title, feed.hub) == ("json", "News", "https://hub.example/")
    assert (first.key, first.url, first.author) == ("1", "https://example.org/1", "Anna")
    assert first.text == "Sixty & more\nwives"
    assert first.published == datetime(2024, 4, 8, 6, 14, tzinfo=UTC)
    assert (first.tags, first.has) == (("army",), ("photo", "link"))
    assert second.text == "Plain <text> & more"
    assert feed.dropped == 2


def test_rdf_and_old_rss() -> None:
    """What small sites still publish."""
    rdf = read(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>Т</title></channel>
<item rdf:about="https://example.org/1"><title>Один</title><link>https://example.org/1</link></item>
</rdf:RDF>"""
    )
    old = read(
        "<rss version='0.91'><channel><title>T</title><item><title>A</title></item></channel></rss>"
    )

    assert [item.title for item in rdf.items + old.items] == ["Один", "A"]


TEXT = "Солдаты отказались ехать. Суд признал их виновными, їх рідні протестують."


@pytest.mark.parametrize("content_type", ["", "text/xml", "text/xml; charset=utf-8"])
@pytest.mark.parametrize("declared", ["", "utf-8", "windows-1251", "koi8-r"])
@pytest.mark.parametrize("actual", ["utf-8", "utf-8-sig", "windows-1251", "koi8-u", "utf-16"])
def test_charsets(actual: str, declared: str, content_type: str) -> None:
    """The text is right whichever of body, declaration and header is wrong."""
    head = f' encoding="{declared}"' if declared else ""
    text = (
        f'<?xml version="1.0"{head}?><rss version="2.0"><channel><title>Т</title><item><title>'
        f"{TEXT}</title></item></channel></rss>"
    )

    assert read(text.encode(actual), content_type).items[0].title == TEXT


CUT = rss("<title>Один</title><guid>1</guid>", "<title>Два</title><guid>2</guid>")[:-30]


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        ("\n\n <!-- generated -->" + rss("<title>Один</title>"), ["Один"]),
        (CUT, ["Один", "Два"]),
        (rss("<title>Один &nbsp; &laquo;два&raquo;</title>"), ["Один «два»"]),
        (rss("<title>Один & два</title>"), ["Один & два"]),
        (rss("<title>Один \x0b\x00два</title>"), ["Один два"]),
        (rss("<title>Один</title><description><p>Не закрыт<br></description>"), ["Один"]),
        (rss("<title>Один</title>").replace(NAMESPACES, "")[:-6], ["Один"]),
        (rss("<title>Один</title><dc:creator>x</dc:creator>").replace(NAMESPACES, ""), ["Один"]),
        (rss("<title>Один</title>").encode()[:-20] + b"\xff\xfe", ["Один"]),
        ("<?php warning ?>" + rss("<title>Один</title>"), ["Один"]),
        (rss("<title><![CDATA[Один <b>два</b>]]></title>"), ["Один два"]),
        (rss("<title>&amp;laquo;Один&amp;raquo;</title>"), ["«Один»"]),
    ],
)
def test_words_survive_in_broken_feeds(body: str | bytes, titles: list[str]) -> None:
    """A feed with a mistake in it is read as far as its words go."""
    assert [item.title for item in read(body).items] == titles


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"", "The answer is empty"),
        (b"  \n", "The answer is empty"),
        ("<!DOCTYPE html><html><body>Hi</body></html>", "This is a web page, not a feed"),
        ("<!-- x --><HTML>", "This is a web page, not a feed"),
        ("Fatal error: out of memory", "This is not a feed"),
        ('{"error": "not found"}', "This is not a feed"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [', None),
        ("<opml version='2.0'><body></body></opml>", "This is not a feed"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "This is not a feed"),
        ("[" * 100_000, "This is not a feed"),
        ('{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 100_000, None),
    ],
)
def test_what_is_no_feed_is_said_to_be_none(body: str | bytes, key: str | None) -> None:
    """An admin learns what came instead."""
    with pytest.raises(ParseFailed) as caught:
        read(body, "")

    assert caught.value.key == (key or "The feed is broken: nothing in it can be read")


def test_a_feed_without_entries_is_no_error() -> None:
    """A new feed is empty for a while."""
    assert read(rss()).items == ()


def test_entities_do_not_explode() -> None:
    """A billion laughs are none."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    feed = read(
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>'
        "<rss version='2.0'><channel><item><title>A &l9; B</title></item></channel></rss>"
    )

    assert len(feed.items[0].title) < 100


def test_external_entities_are_not_opened() -> None:
    """A feed cannot read our files."""
    feed = read(
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        "<rss version='2.0'><channel><item><title>A&x;B</title></item></channel></rss>"
    )

    assert feed.items[0].title.replace("&x;", "") == "AB"


# --- keys


def test_without_guid_the_permalink_is_the_key() -> None:
    """An entry is known again by its own address, else by its words."""
    body = rss(
        "<title>А</title><link>https://example.org/1</link>",
        "<title>Б</title><description>Текст</description>",
    )

    first, again = read(body).items, read(body).items
    assert first[0].key == "https://example.org/1"
    assert first[1].key.startswith("sha256:")
    assert [item.key for item in first] == [item.key for item in again]


def test_a_guid_of_several_entries_is_no_key() -> None:
    """A feed that numbers everything 0 does not lose all but one entry."""
    items = [
        f"<title>{t}</title><guid isPermaLink='false'>0</guid><link>https://example.org/{t}</link>"
        for t in ("a", "b", "c")
    ]

    assert [item.key[-1] for item in read(rss(*items)).items] == ["a", "b", "c"]


def test_a_link_of_several_entries_is_no_permalink() -> None:
    """Permalinks join stories: a link to the front page or to one page of all would join all."""
    items = [
        *(
            f"<title>{t}</title><guid isPermaLink='false'>{t}</guid><link>/live</link>"
            for t in "ab"
        ),
        "<title>c</title><guid isPermaLink='false'>c</guid><link>https://example.org</link>",
        "<title>d</title><guid isPermaLink='false'>d</guid><link>/#d</link>",
    ]

    found = {item.key: item.url for item in read(rss(*items)).items}
    assert found == {"a": "", "b": "", "c": "", "d": "https://example.org/#d"}


def test_an_entry_listed_twice_is_one() -> None:
    """The same entry twice in a file is told once."""
    assert len(read(rss(FULL, FULL)).items) == 1


def test_a_guid_stays_when_the_feed_moves() -> None:
    """A guid without a scheme is not resolved: another address of the feed changes no key."""
    body = rss("<title>А</title><guid>/node/5</guid>").encode()

    keys = {
        parse_feed(body, url=url, now=NOW).items[0].key for url in (URL, "http://other.example/x")
    }
    assert keys == {"/node/5"}
    assert parse_feed(body, url=URL, now=NOW).items[0].url == "https://example.org/node/5"


def test_a_guid_that_counts_revisions_is_no_key() -> None:
    """A page that is revised is the same entry, not a new one."""
    entry = (
        "<title>А</title><guid isPermaLink='false'>https://example.org/a#{}</guid>"
        "<link>https://example.org/a</link>"
    )
    engine = "<title>Б</title><guid>https://example.org/?p=7</guid><link>/b</link>"

    keys = [[item.key for item in read(rss(entry.format(n), engine)).items] for n in (0, 1)]
    assert keys == [["https://example.org/a", "https://example.org/?p=7"]] * 2


def test_a_guid_that_is_a_permalink_is_the_address() -> None:
    """Feeds often give their only link as the guid."""
    assert read(rss("<title>А</title><guid>https://example.org/5</guid>")).items[0].url == (
        "https://example.org/5"
    )


def test_only_web_links() -> None:
    """No link of another scheme reaches a reader."""
    (item,) = read(
        rss(
            "<title>А</title><link>javascript:alert(1)</link><guid>x</guid>"
            "<description>&lt;a href='data:text/html,x'&gt;a&lt;/a&gt;</description>"
        )
    ).items

    assert (item.url, item.links) == ("", ())


# --- dates, texts, limits


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Mon, 01 Jan 0001 00:00:00 +0000", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Mon, 08 Apr 2024 15:00:00 GMT", None),  # local time marked as GMT
        ("Fri, 08 Apr 2094 00:00:00 GMT", None),
        ("вчера", None),
        ("Mon, 08 Apr 2024 12:05:00 GMT", NOW + timedelta(minutes=5)),
        ("2024-04-08 06:14:00", datetime(2024, 4, 8, 6, 14, tzinfo=UTC)),
        ("Mon, 08 Apr 2024 09:14 EEST", datetime(2024, 4, 8, 6, 14, tzinfo=UTC)),
    ],
)
def test_dates(written: str, expected: datetime | None) -> None:
    """Impossible dates are none; what is wrong by a zone is at worst some hours old."""
    published = read(rss(f"<title>А</title><pubDate>{written}</pubDate>")).items[0].published

    assert published == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("<pubDate>2024/04/07 09:00:00</pubDate>", datetime(2024, 4, 7, 9, tzinfo=UTC)),
        ("<pubDate>Вс, 07 Апр 2024 09:00:00 МСК</pubDate>", datetime(2024, 4, 7, 6, tzinfo=UTC)),
        # What cannot be read is not replaced by the date of the draft.
        ("<pubDate>на днях</pubDate><dcterms:created>2019-01-01</dcterms:created>", None),
        (
            "<pubDate>на днях</pubDate><dc:date>2024-04-07T09:00:00Z</dc:date>",
            datetime(2024, 4, 7, 9, tzinfo=UTC),
        ),
    ],
)
def test_dates_of_an_entry(said: str, expected: datetime | None) -> None:
    """An unreadable date leaves the entry undated: it counts as new."""
    terms = 'xmlns:dcterms="http://purl.org/dc/terms/"'
    body = rss(f"<title>А</title>{said}").replace("<rss ", f"<rss {terms} ")

    assert read(body).items[0].published == expected


def test_a_lead_that_the_text_lacks_is_kept() -> None:
    """No words are lost between summary and text, none told twice."""
    lead = rss(
        "<title>А</title><description>Лид: отказались ехать.</description>"
        "<content:encoded>&lt;p&gt;Совсем другой текст.&lt;/p&gt;</content:encoded>"
    )
    excerpt = rss(
        "<title>А</title><description>Около 60 человек […]</description>"
        "<content:encoded>&lt;p&gt;Около 60 человек […] отказались.&lt;/p&gt;</content:encoded>"
    )

    assert read(lead).items[0].text == "Лид: отказались ехать.\nСовсем другой текст."
    assert read(excerpt).items[0].text == "Около 60 человек […] отказались."


def test_plain_text_may_hold_angle_brackets() -> None:
    """What is no markup is not removed as if it were."""
    body = """<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>1</id>
<title type="text">a &lt; b &amp; c</title><summary type="text">if x &lt;y then</summary>
</entry></feed>"""

    (item,) = read(body).items
    assert (item.title, item.text) == ("a < b & c", "if x <y then")


@pytest.mark.parametrize(
    "body",
    [
        "<description>&amp;lt;p&amp;gt;Они отказались&amp;lt;/p&amp;gt;</description>",
        "<body><![CDATA[<p>Они <b>отказались</b></p>]]></body>",
        "<body>&lt;p&gt;Они &lt;b&gt;отказались&lt;/b&gt;&lt;/p&gt;</body>",
        "<content:encoded><![CDATA[&lt;p&gt;Они отказались&lt;/p&gt;]]></content:encoded>",
    ],
)
def test_markup_that_was_escaped_too_often_is_no_text(body: str) -> None:
    """Readers see words, and no word stands against a tag."""
    feed = f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>T</title><item><guid>1</guid><title>x</title>{body}</item></channel></rss>"""

    assert read(feed).items[0].text == "Они отказались"


@pytest.mark.parametrize(
    ("head", "ttl"),
    [
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 3600),
        (
            "<sy:updatePeriod>\n daily </sy:updatePeriod>"
            "<sy:updateFrequency>4</sy:updateFrequency>",
            21_600,
        ),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            3600,
        ),
        ("<sy:updatePeriod>never</sy:updatePeriod>", None),
    ],
)
def test_how_often_a_feed_wants_to_be_asked(head: str, ttl: int | None) -> None:
    """ttl in minutes, or a period and how often in it."""
    assert read(rss(head=head)).ttl == ttl


def test_an_archive_in_one_file_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest entries are read, the rest counted; the file's end stays well-formed."""
    monkeypatch.setattr(feeds, "MAX_ITEMS", 3)
    feed = read(rss(*(f"<title>{n}</title><guid>{n}</guid>" for n in range(8))))

    assert [item.title for item in feed.items] == ["0", "1", "2"]
    assert feed.dropped == 5


MARKUP = st.sampled_from(
    [
        *(
            "<rss version='2.0'>",
            "<channel>",
            "<item>",
            "</item>",
            "<entry>",
            "<title>",
            "</title>",
        ),
        *(
            "<guid>",
            "<link>",
            "<pubDate>",
            "Mon, 99 Foo 99999",
            "<![CDATA[",
            "]]>",
            "<!DOCTYPE x [",
        ),
        *(
            "<!ENTITY a '&a;'>",
            "&a;",
            "&#0;",
            "&#x110000;",
            "<a href='http://[",
            "<?xml encoding='",
        ),
        *(
            "utf-16'?>",
            "<ttl>",
            "<enclosure url=",
            "<dc:date>",
            "\0",
            "\ud800",
            "{",
            '"items":[',
            "слово",
        ),
        *(
            '{"version":"https://jsonfeed.org/version/1","items":[',
            '{"id":1,"url":2,',
            '"tags":{}}',
            "]}",
            "// ",
            "/*",
            "call(",
        ),
        *(
            "<feed xmlns='http://www.w3.org/2005/Atom'>",
            "<georss:point>1 x</georss:point>",
            "<content>",
        ),
    ]
)


@given(st.lists(MARKUP | st.text(max_size=6), max_size=30) | st.binary(max_size=200))
def test_no_bytes_break_the_reader(pieces: list[str] | bytes) -> None:
    """Whatever comes, the answer is a feed or ParseFailed."""
    body = pieces if isinstance(pieces, bytes) else "".join(pieces).encode("utf-8", "surrogatepass")
    with contextlib.suppress(ParseFailed):
        feed = parse_feed(body, url=URL, now=NOW)
        assert len({item.key for item in feed.items}) == len(feed.items)
        assert all(item.key for item in feed.items)
