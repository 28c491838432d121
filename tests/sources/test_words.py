"""Every word of an entry is read, wherever its feed has put it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ParseFailed
from bot.model import ParsedItem
from bot.sources.charset import decode
from bot.sources.feeds import parse_feed
from bot.sources.parsed import ParsedFeed
from bot.sources.text import all_joined, joined

NOW = datetime(2026, 11, 28, 7, 1, tzinfo=UTC)
URL = "https://n.example.org/rss"
LEAD = "Коротко о службе за день."
NEWS = "Рота под Угледаром не поехала на передовую, сообщили жёны."
CAPTION = "Фото из архива части"
SPACES = " ".join(
    f'xmlns:{prefix}="{space}"'
    for prefix, space in {
        "media": "http://search.yahoo.com/mrss/",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "yandex": "http://news.yandex.ru",
        "turbo": "http://turbo.yandex.ru",
        "rambler": "http://news.rambler.ru",
        "mailru": "http://news.mail.ru/",
        "atom": "http://www.w3.org/2005/Atom",
    }.items()
)


def rss(*items: str, link: str = "https://n.example.org/") -> str:
    entries = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {SPACES}><channel>'
        f"<title>Т</title><link>{link}</link>{entries}</channel></rss>"
    )


def read(body: str | bytes, url: str = URL) -> ParsedFeed:
    return parse_feed(body.encode() if isinstance(body, str) else body, url=url, now=NOW)


def only(body: str) -> ParsedItem:
    (item,) = read(body).items
    return item


def caption(text: str) -> str:
    return (
        '<media:content url="https://n.example.org/a.jpg">'
        f"<media:description>{text}</media:description></media:content>"
    )


PARTS = {
    "description": f"<description>{NEWS}</description>",
    "cdata": f"<description><![CDATA[<p>{NEWS}</p>]]></description>",
    "encoded": f"<content:encoded><![CDATA[<p>{NEWS}</p>]]></content:encoded>",
    "dc": f"<dc:description>{NEWS}</dc:description>",
    "itunes": f"<itunes:summary>{NEWS}</itunes:summary>",
    "yandex": f"<yandex:full-text>{NEWS}</yandex:full-text>",
    "turbo": f"<turbo:content><![CDATA[<div><p>{NEWS}</p></div>]]></turbo:content>",
    "rambler": f"<rambler:fulltext>{NEWS}</rambler:fulltext>",
    "mailru": f"<mailru:full-text>&lt;p&gt;{NEWS}&lt;/p&gt;</mailru:full-text>",
    "bare": f"<fulltext>{NEWS}</fulltext>",
    "hyphen": f"<full-text>{NEWS}</full-text>",
    "atom": f"<atom:summary>{NEWS}</atom:summary>",
    "group": f"<media:group>{caption(NEWS)}</media:group>",
    "text": f"<text>{NEWS}</text>",
}
OTHERS = {
    "nothing": "",
    "description": f"<description>{LEAD}</description>",
    "encoded": f"<content:encoded><![CDATA[<p>{LEAD}</p>]]></content:encoded>",
    "gallery": caption("Фото 1") + caption("Фото 2"),
    "title": "<media:content url='https://n.example.org/b.jpg'><media:title>К</media:title>"
    "</media:content>",
    "image": "<image><url>https://n.example.org/c.png</url><title>Лого</title></image>",
    "full": f"<yandex:full-text>{LEAD}</yandex:full-text>",
}


@pytest.mark.parametrize("broken", ["", "<br>"])
@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("part", PARTS)
def test_no_element_takes_the_place_of_another(part: str, other: str, broken: str) -> None:
    """Text, summary, captions and full text in any order, in good XML and in bad: all are read."""
    for pair in (PARTS[part] + OTHERS[other], OTHERS[other] + PARTS[part]):
        item = only(rss(f"<title>А</title>{pair}<guid>1</guid>") + broken)
        for words in (NEWS, LEAD if LEAD in OTHERS[other] else ""):
            assert words in item.text
        assert item.text.count(NEWS) == 1
        assert item.title == "А"


def test_captions_follow_the_text() -> None:
    """They describe pictures; what is told stands first."""
    item = only(rss(f"<title>А</title>{caption(CAPTION)}<description>{NEWS}</description>"))

    assert item.text == f"{NEWS}\n{CAPTION}"


def test_related_headlines_are_no_text() -> None:
    """Yandex' list of other articles belongs to them."""
    related = f'<yandex:related><link url="https://n.example.org/2">{NEWS}</link></yandex:related>'

    assert only(rss(f"<title>А</title>{related}<description>{LEAD}</description>")).text == LEAD


def test_an_element_without_end_costs_its_entry_alone() -> None:
    """The entry after it is read."""
    feed = read(rss(f"<title>А</title><description>{LEAD}", f"<title>Б</title>{PARTS['text']}"))

    assert [item.title for item in feed.items] == ["А", "Б"]
    assert NEWS in feed.items[1].text


def test_an_impossible_character_costs_no_feed() -> None:
    """A number that is no letter is replaced; the words around it are read."""
    feed = read(rss(f"<title>А &#99999999999; &#xD800; б</title>{PARTS['description']}"))

    assert NEWS in feed.items[0].text


@pytest.mark.parametrize("cut", range(20, 600, 23))
def test_a_cut_answer_gives_what_came(cut: int) -> None:
    """An answer that breaks off anywhere is read up to there; what it says is not made up."""
    whole = rss(*(f"<title>{n}</title><guid>{n}</guid>{PARTS['cdata']}" for n in range(3)))
    start = len(whole.encode()) - cut
    try:
        feed = read(whole.encode()[:start])
    except ParseFailed:
        return
    assert all(item.text in (NEWS, "") or item.text in NEWS for item in feed.items[:-1])
    assert [item.title for item in feed.items] == [str(n) for n in range(len(feed.items))]


# --- excerpts


@pytest.mark.parametrize(
    ("summary", "full", "expected"),
    [
        ("Одно. Два.", "Одно. Два. Три.", "Одно. Два. Три."),
        ("Рота не едет на передов…", "Рота не едет на передовую.", "Рота не едет на передовую."),
        ("Одно. Своё.", "Одно. Два.", "Одно. Два.\nСвоё."),
        ("Своё. Одно.", "Одно. Два.", "Своё.\nОдно. Два."),
        ("Своё.", "Одно.", "Своё.\nОдно."),
        ("Одно. Два. Три.", "Два.", "Одно. Два. Три."),
        ("", "Одно.", "Одно."),
        ("Одно.", "", "Одно."),
    ],
)  # fmt: skip
def test_joined(summary: str, full: str, expected: str) -> None:
    """What the summary alone says is kept; what both say stands once."""
    assert joined(summary, full) == expected


SENTENCES = st.lists(st.sampled_from(["Рота ушла.", "Её ждут.", "Суд решил.", "Штраф 5 тысяч."]))


@given(st.lists(SENTENCES, min_size=1, max_size=4))
def test_joining_loses_no_sentence_and_joins_once(texts: list[list[str]]) -> None:
    """Of any texts, in any order."""
    whole = all_joined(" ".join(text) for text in texts)

    assert all(sentence in whole for text in texts for sentence in text)
    assert all_joined([*(" ".join(text) for text in texts), whole]) == whole


# --- JSON Feed


def entry(**more: object) -> dict[str, object]:
    return {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [more]}


def test_json_feed_with_both_bodies() -> None:
    """Plain and marked up text may differ: both are read; titles without entities, any date."""
    (item,) = read(
        json.dumps(
            entry(
                id="1",
                content_html=f"<p>{LEAD}</p>",
                content_text=NEWS,
                title="&laquo;Часть&raquo; &amp; суд",
                date_published="Sat, 28 Nov 2026 09:00:30 +0300",
            )
        )
    ).items

    assert item.text == f"{NEWS}\n{LEAD}"
    assert item.title == "«Часть» & суд"
    assert item.published == datetime(2026, 11, 28, 6, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("when", [1795845630, 1795845630.0, "1795845630", "28.11.2026 06:00:30"])
def test_json_dates_of_any_kind(when: object) -> None:
    """Numbers too."""
    (item,) = read(json.dumps(entry(id="1", content_text=NEWS, date_published=when))).items

    assert item.published == datetime(2026, 11, 28, 6, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("was", "instead"),
    [("}]}", "},]}"), ("}]}", "}]"), ("}]}", "},"), ("}]}", '}, {"id": "9", "content_te'),
     ('"T"', '"T\n"'), ('"id"', '"a": [1, 2,], "id"'), ("}]}", '},{"id":"9","tags":["a","b')],
)  # fmt: skip
def test_json_as_people_write_it(was: str, instead: str) -> None:
    """A comma too many, a line break in a string, an end that did not come."""
    body = json.dumps(entry(id="1", content_text=NEWS)).replace(was, instead)

    assert read(body).items[0].text == NEWS


def test_json_that_is_none() -> None:
    """Nothing is read out of nonsense, and it takes no time."""
    for body in ("{", '{"items": [', "{" + '\\"' * 100_000, "{" + "[" * 100_000):
        with pytest.raises(ParseFailed):
            read(body)


# --- what stands around a feed


@pytest.mark.parametrize("before", ["<!DOCTYPE html>\n", "<html><head></head><body>", "Warning!\n"])
@pytest.mark.parametrize("after", ["", "</body></html>"])
def test_feed_inside_a_page(before: str, after: str) -> None:
    """A template or a warning of the server around the feed hides no entry."""
    assert NEWS in only(before + rss(f"<title>А</title>{PARTS['encoded']}") + after).text


def test_a_page_is_no_feed() -> None:
    """A page that speaks of feeds is one."""
    with pytest.raises(ParseFailed, match="web page"):
        read("<!DOCTYPE html><html><body><p>&lt;rss version='2.0'&gt; and <rss-link></p></html>")


# --- links


@pytest.mark.parametrize(
    ("link", "guid", "site", "expected"),
    [
        ("/n/1", "/n/1", "https://n.example.org/", "https://n.example.org/n/1"),
        ("//m.example.org/1", "//m.example.org/1", "https://n.example.org/", "https://m.example.org/1"),
        ("n/1", "n/1", "https://n.example.org/news/", "https://n.example.org/news/n/1"),
        ("/n/1", "x", "https://other.example/", "https://other.example/n/1"),
        ("/n/1", "x", "http://n.example.org/", "https://n.example.org/n/1"),
        ("", "//m.example.org/1", "", "https://m.example.org/1"),
        ("", "12345", "https://n.example.org/", ""),
        ("", "https://n.example.org/1", "", "https://n.example.org/1"),
        ("n.example.org/1", "x", "https://n.example.org/", "https://n.example.org/1"),
        ("www.n.example.org/1", "x", "https://n.example.org/", "https://www.n.example.org/1"),
        ("https:/n.example.org/1", "x", "https://n.example.org/", "https://n.example.org/1"),
        ("?id=1", "?id=1", "https://n.example.org/news/", "https://n.example.org/news/?id=1"),
    ],
)  # fmt: skip
def test_relative_links(link: str, guid: str, site: str, expected: str) -> None:
    """They are read from the channel's link, also where they equal the guid."""
    linked = f"<link>{link}</link>" if link else ""
    item = only(rss(f"<title>А</title>{linked}<guid>{guid}</guid>", link=site))

    assert (item.url, item.key) == (expected, guid)


# --- several entries in one


@pytest.mark.parametrize(
    "guid",
    ["", "<guid isPermaLink='false'>x</guid>", "<guid>https://n.example.org/a</guid>"],
)
@pytest.mark.parametrize("title", ["", "<title>Сводка</title>"])
@pytest.mark.parametrize("link", ["", "<link>https://n.example.org/a</link>"])
def test_entries_that_differ_in_text_are_different(guid: str, title: str, link: str) -> None:
    """One guid, one title or neither on all of them: each text is an item; word for word, one."""
    texts = (f"<description>{LEAD}</description>", PARTS["description"])
    feed = read(rss(*(f"{title}{link}{guid}{text}" for text in (*texts, texts[0]))))

    assert sorted(item.text for item in feed.items) == sorted([LEAD, NEWS])
    assert len({item.key for item in feed.items}) == 2


def test_entries_that_differ_in_link_are_different() -> None:
    """A title and a guid of all entries."""
    feed = read(
        rss(
            *(f"<title>А</title><guid>x</guid><link>https://n.example.org/{n}</link>" for n in "12")
        )
    )

    assert [item.url for item in feed.items] == [
        "https://n.example.org/1",
        "https://n.example.org/2",
    ]


# --- letters


HEADLINES = ["ДТП у Києві", "Суд у Чите", "Рота отказалась", "Відмовились воювати", "Убыл из части"]


@pytest.mark.parametrize("headline", HEADLINES)
@pytest.mark.parametrize("codec", ["cp1251", "koi8-u"])
@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1"])
def test_short_cyrillic_declared_as_something_else(
    headline: str, codec: str, declared: str
) -> None:
    """A headline is enough to tell Cyrillic letters from accents."""
    body = f'<?xml version="1.0" encoding="{declared}"?><rss><title>{headline}</title></rss>'

    assert headline in decode(body.encode(codec, "replace"))


@pytest.mark.parametrize("taken_for", ["cp1251", "cp1252", "latin-1"])
@pytest.mark.parametrize(
    "words",
    ["Рота отказалась ехать на войну, пишут жёны.", "Військові — «відмовились» їхати на фронт…"],
)
def test_text_encoded_twice_is_read_as_it_was_meant(words: str, taken_for: str) -> None:
    """A publisher's program that takes UTF-8 for something else hides no word."""
    once = "".join(
        bytes([byte]).decode(taken_for, "ignore") or chr(byte) for byte in words.encode()
    )

    assert words in decode(f"<rss><title>{once}</title><title>News</title></rss>".encode())


@pytest.mark.parametrize("taken_for", ["cp1251", "cp1252", "latin-1"])
def test_todays_text_is_read_beside_older_ones_encoded_twice(taken_for: str) -> None:
    """The publisher mended the program today: the newest entry is the one that is right."""
    older = "Суд приговорил солдата к пяти годам за оставление части. " * 12
    newest = "Около 60 контрактников отказались ехать на войну, а у двоих — «СОЧ»."
    once = "".join(
        bytes([byte]).decode(taken_for, "ignore") or chr(byte) for byte in older.encode()
    )
    read = decode(f"<rss><title>{newest}</title><title>{once}</title></rss>".encode())

    assert newest in read
    assert older in read


@pytest.mark.parametrize(
    "words",
    [
        "РСФСР и СССР: «РСДРП(б)» С. «Р» С… Р– " * 20,
        "Ð and Ñ are letters: ÑÑÑ Muñoz, Ñandú. " * 20,
        "Рота отказалась. Ð¡Ð¾ " * 20,
    ],
)
def test_text_encoded_once_stays(words: str) -> None:
    """Capitals in a row, and a few odd pairs, are what they are."""
    assert words in decode(f"<rss><title>{words}</title></rss>".encode())


@pytest.mark.parametrize("name", ["x-mac-cyrillic", "mac-cyrillic"])
def test_capitals_of_the_macintosh(name: str) -> None:
    """It differs from windows-1251 in capitals alone: there what is declared counts."""
    words = "Рота отказалась ехать на войну. Суд перенёс заседание."
    body = f'<?xml version="1.0" encoding="{name}"?><rss><title>{words}</title></rss>'

    assert words in decode(body.encode("mac-cyrillic"))


@pytest.mark.parametrize("words", ["Café à Paris", "Größe", "Señor Muñoz", "naïve"])
def test_accents_stay_accents(words: str) -> None:
    """Latin words with accents are no Cyrillic."""
    assert words in decode(f"<rss><title>{words}</title></rss>".encode("cp1252"))
