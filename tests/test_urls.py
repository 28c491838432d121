"""One page, one spelling; what is shown to people leads where it says and betrays nobody."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.urls import canonical_url, is_homepage, safe_url, short_url


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://post.example/news/12", "https://post.example/news/12"),
        ("http://WWW.Post.Example:80/news/12/", "https://post.example/news/12"),
        ("https://post.example:443/news/12#comments", "https://post.example/news/12"),
        ("https://post.example:8443/news/12", "https://post.example:8443/news/12"),
        ("http://[2001:db8::1]:8080/a/1", "https://[2001:db8::1]:8080/a/1"),
        ("https://user:pw@post.example/news/12", "https://post.example/news/12"),
        ("https://post.example/?id=12&utm_source=tg&fbclid=x", "https://post.example?id=12"),
        ("https://post.example/a?b=2&a=1", "https://post.example/a?a=1&b=2"),
        ("https://post.example/a?from=telegram&ref=tg", "https://post.example/a"),
        (
            "https://post.example/a?from=20240408&ref=7",
            "https://post.example/a?from=20240408&ref=7",
        ),
        ("https://post.example/a?p=", "https://post.example/a?p="),
        ("https://m.post.example/news/12", "https://post.example/news/12"),
        ("https://amp.post.example/news/12", "https://post.example/news/12"),
        ("https://post.example/news/12/amp/", "https://post.example/news/12"),
        ("https://post.example/amp/news/12", "https://post.example/news/12"),
        ("https://post.example/news/12?amp=1", "https://post.example/news/12"),
        (
            "https://post-example.cdn.ampproject.org/c/s/post.example/n/12",
            "https://post.example/n/12",
        ),
        ("https://www.google.com/amp/s/www.post.example/n/12", "https://post.example/n/12"),
        ("https://post.example//news///12", "https://post.example/news/12"),
        ("https://post.example/index.html", "https://post.example"),
        ("https://post.example/#!/news/12", "https://post.example#!/news/12"),
        (
            "https://пример.example/новость",
            "https://xn--e1afmkfd.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C",
        ),
        (
            "https://xn--e1afmkfd.example/%d0%bd%D0%BE%d0%b2%d0%be%d1%81%d1%82%d1%8c",
            "https://xn--e1afmkfd.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C",
        ),
        ("https://post.example/a%2fb/%7euser", "https://post.example/a%2Fb/~user"),
        ("https://post.example/%cf%ee%f1%f2", "https://post.example/%CF%EE%F1%F2"),
        ("https://t.me/s/PskovPost/12", "https://t.me/pskovpost/12"),
        ("https://t.me/pskovpost/12?single", "https://t.me/pskovpost/12"),
        ("https://t.me/pskovpost/12?comment=7&thread=3", "https://t.me/pskovpost/12"),
        ("http://telegram.me/pskovpost/12", "https://t.me/pskovpost/12"),
        ("https://pskovpost.t.me/12", "https://t.me/pskovpost/12"),
        ("tg://resolve?domain=pskovpost&post=12", "https://t.me/pskovpost/12"),
        ("https://t.me/c/1234567/12", "https://t.me/c/1234567/12"),
        (
            "https://t.me/iv?url=https%3A%2F%2Fpost.example%2Fn%2F12&rhash=ab",
            "https://post.example/n/12",
        ),
        ("https://youtu.be/AbC-1_2?si=zz", "https://youtube.com/watch?v=AbC-1_2"),
        ("https://m.youtube.com/watch?v=AbC-1_2&t=30s", "https://youtube.com/watch?v=AbC-1_2"),
        ("https://x.com/Some/status/123/photo/1?s=20", "https://twitter.com/some/status/123"),
        ("https://m.vk.com/club1?w=wall-1_22%2Fall", "https://vk.com/wall-1_22"),
        ("ftp://post.example/a", ""),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("https://post.example:port/", ""),
        ("not a link", ""),
        ("", ""),
    ],
)
def test_spellings_of_one_page(url: str, canonical: str) -> None:
    """Copies of one page meet under one key, other pages do not."""
    assert canonical_url(url) == canonical


# "=": one page; "!": two. An address without a scheme is on post.example.
PAIRS = """
= /news/12                        http://post.example/news/12
= /news/12                        https://www.post.example/news/12
= /news/12                        https://m.post.example/news/12
= /news/12                        https://mobile.post.example/news/12
= /news/12                        https://amp.post.example/news/12
= /news/12                        https://wap.post.example/news/12
= /news/12                        https://touch.post.example/news/12
= /news/12                        https://www.m.post.example/news/12
= /news/12                        HTTPS://POST.EXAMPLE/news/12
= /news/12                        https://post.example./news/12
= /news/12                        https://post.example:443/news/12
= /news/12                        http://post.example:80/news/12
= /news/12                        https://reader@post.example/news/12
= /news/12                        /news/12/
= /news/12                        /news//12
= /news/12                        /news/./12
= /news/12                        /news/old/../12
= /news/12                        /news/12#comments
= /news/12                        /news/12?
= /news/12                        /news/12/amp
= /news/12                        /news/12/amp/
= /news/12                        /news/12.amp
= /news/12                        /amp/news/12
= /news/12                        /news/12?amp
= /news/12                        /news/12?amp=1
= /news/12                        /news/12?outputType=amp
= /news/12                        /news/12?view=amp
= /news/12                        /news/12?print=1
= /news/12                        /news/12?print=Y
= /news/12                        /news/12;jsessionid=0A1B
= /news/12                        /news/12?PHPSESSID=0a1b
= /news/12                        /news/12?utm_source=tg&utm_medium=social
= /news/12                        /news/12?utm_source=tg&amp;utm_medium=social
= /news/12                        /news/12?UTM_Source=tg
= /news/12                        /news/12?fbclid=IwAR0
= /news/12                        /news/12?gclid=1
= /news/12                        /news/12?yclid=1
= /news/12                        /news/12?ysclid=l1
= /news/12                        /news/12?_openstat=1
= /news/12                        /news/12?at_medium=rss
= /news/12                        /news/12?mc_cid=1&mc_eid=2
= /news/12                        /news/12?igshid=1
= /news/12                        /news/12?from=rss
= /news/12                        /news/12?ref=telegram
= /news/12                        /news/12?source=twitter&via=app
= /news/12                        /news/12?__twitter_impression=true
= /news/12                        https://post-example.translate.goog/news/12?_x_tr_sl=ru&_x_tr_tl=en
= /news/12                        https://translate.google.com/translate?sl=ru&tl=en&u=https%3A%2F%2Fpost.example%2Fnews%2F12
= /news/12                        https://web.archive.org/web/20240514091000/https://post.example/news/12
= /news/12                        https://web.archive.org/web/2024id_/http://www.post.example/news/12/
= /news/12                        https://www.google.com/url?sa=D&q=https%3A%2F%2Fpost.example%2Fnews%2F12
= /news/12                        https://www.google.com/amp/s/post.example/news/12
= /news/12                        https://www.google.de/amp/post.example/news/12
= /news/12                        https://post-example.cdn.ampproject.org/c/s/post.example/news/12
= /news/12                        https://cdn.ampproject.org/v/s/amp.post.example/news/12?amp_js_v=0.1
= /news/12                        https://l.facebook.com/l.php?u=https%3A%2F%2Fpost.example%2Fnews%2F12&h=AT0
= /news/12                        https://vk.com/away.php?to=https%3A%2F%2Fpost.example%2Fnews%2F12&cc_key=
= /news/12                        https://m.vk.ru/away?to=https%3A%2F%2Fpost.example%2Fnews%2F12
= /news/12                        https://www.youtube.com/redirect?q=https%3A%2F%2Fpost.example%2Fnews%2F12
= /news/12                        https://t.me/iv?url=https%3A%2F%2Fpost.example%2Fnews%2F12&rhash=0
= /news/12                        https://telegram.me/iv?url=http%3A%2F%2Fm.post.example%2Fnews%2F12
= /                               https://post.example/index.php
= /news                           /news/index.html
= /?id=12                         /?utm_campaign=x&id=12
= /a?b=2&a=1                      /a?a=1&b=2
= /a?q=x%20y                      /a?q=x+y
= /%D0%B0                         /%d0%b0
= /а                              /%D0%B0
= /~user                          /%7Euser
= https://пример.example/a        https://xn--e1afmkfd.example/a
= https://ПРИМЕР.example/a        https://пример.example/a
= https://t.me/pskovpost/12       https://t.me/s/pskovpost/12
= https://t.me/pskovpost/12       https://t.me/S/pskovpost/12
= https://t.me/pskovpost/12       https://t.me/PskovPost/12
= https://t.me/pskovpost/12       https://t.me/pskovpost/12?single
= https://t.me/pskovpost/12       https://t.me/pskovpost/12?comment=7
= https://t.me/pskovpost/12       https://t.me/pskovpost/12?embed=1&mode=tme
= https://t.me/pskovpost/12       https://t.me/pskovpost/12?thread=5
= https://t.me/pskovpost/12       https://t.me/pskovpost/12?t=30
= https://t.me/pskovpost/12       https://t.me/s/pskovpost/12?q=суд
= https://t.me/pskovpost/12       https://t.me/pskovpost/5/12
= https://t.me/pskovpost/12       https://t.me/pskovpost/12/
= https://t.me/pskovpost/12       https://t.me/pskovpost/012
= https://t.me/pskovpost/12       http://t.me/pskovpost/12
= https://t.me/pskovpost/12       https://www.t.me/pskovpost/12
= https://t.me/pskovpost/12       https://telegram.me/pskovpost/12
= https://t.me/pskovpost/12       https://telegram.me/s/pskovpost/12?single
= https://t.me/pskovpost/12       https://telegram.dog/pskovpost/12
= https://t.me/pskovpost/12       https://pskovpost.t.me/12
= https://t.me/pskovpost/12       https://pskovpost.t.me/s/12
= https://t.me/pskovpost/12       tg://resolve?domain=pskovpost&post=12
= https://t.me/pskovpost/12       tg:resolve?domain=PskovPost&post=12&single
= https://t.me/pskovpost/12       https://tgstat.ru/channel/@pskovpost/12
= https://t.me/pskovpost/12       https://uk.tgstat.com/channel/@PskovPost/12/stat
= https://t.me/c/1234567/12       https://t.me/c/1234567/12?single
= https://t.me/c/1234567/12       https://t.me/c/1234567/5/12
= https://t.me/c/1234567/12       tg://privatepost?channel=1234567&post=12
= https://youtube.com/watch?v=a   https://youtu.be/a?si=x
= https://youtube.com/watch?v=a   https://m.youtube.com/watch?v=a&t=3s
= https://youtube.com/watch?v=a   https://www.youtube.com/shorts/a
= https://youtube.com/watch?v=a   https://youtube.com/live/a?feature=share
= https://youtube.com/watch?v=a   https://www.youtube-nocookie.com/embed/a
= https://x.com/u/status/1        https://twitter.com/U/status/1?s=20
= https://x.com/u/status/1        https://mobile.twitter.com/u/status/1
= https://x.com/u/status/1        https://x.com/u/status/1/photo/2
= https://x.com/u/status/1        https://fxtwitter.com/u/status/1
= https://x.com/u/status/1        https://nitter.net/u/status/1#m
= https://vk.com/wall-1_22        https://m.vk.com/wall-1_22
= https://vk.com/wall-1_22        https://vk.ru/wall-1_22
= https://vk.com/wall-1_22        https://vk.com/club1?w=wall-1_22
= https://vk.com/wall-1_22        https://vk.com/feed?w=wall-1_22%2Fall
! /news/12                        /news/13
! /news/12                        /news/12/2
! /news/12                        /News/12
! /news/12                        /news/12?page=2
! /news/12                        /news/12?id=7
! /news/12                        https://other.example/news/12
! /news/12                        https://ru.post.example/news/12
! /news/12                        https://post.example:8443/news/12
! /news/12                        https://post.example.org/news/12
! /news/12                        https://web.archive.org/web/2024/https://post.example/news/13
! /news/12                        https://www.google.com/url?q=https%3A%2F%2Fpost.example%2Fnews%2F13
! /news/12                        https://t.me/share/url?url=https%3A%2F%2Fpost.example%2Fnews%2F12
! /?id=12                         /?id=13
! /?id=12                         /
! /?p=                            /
! /a?from=20240408                /a?from=20240409
! /a?ref=7                        /a
! /a?view=7                       /a
! /a?a=1&a=2                      /a?a=1
! /a%2Fb                          /a/b
! /a%3Fb=1                        /a?b=1
! /#!/news/12                     /#!/news/13
! /amplify                        /lify
! /news/ampere                    /news
! /example                        /amp-example
! https://m.example/a             https://amp.example/a
! https://пример.example/a        https://примера.example/a
! https://t.me/pskovpost/12       https://t.me/pskovpost/13
! https://t.me/pskovpost/12       https://t.me/pskovpost1/2
! https://t.me/pskovpost/12       https://t.me/pskovpost
! https://t.me/pskovpost/12       https://t.me/pskovpost/12/13
! https://t.me/pskovpost/12       https://t.me/s/pskovpost?before=12
! https://t.me/c/1234567/12       https://t.me/c/1234568/12
! https://t.me/c/1234567/12       https://t.me/c/1234567/12/13
! https://t.me/+AbC               https://t.me/+aBc
! https://t.me/joinchat/AbC       https://t.me/joinchat/aBc
! https://youtu.be/a              https://youtu.be/A
! https://youtu.be/a              https://youtube.com/watch?v=b
! https://x.com/u/status/1        https://x.com/u/status/2
! https://vk.com/wall-1_22        https://vk.com/wall-1_23
! https://vk.com/wall-1_22        https://vk.com/wall-2_22
"""


@pytest.mark.parametrize("pair", [line.split() for line in PAIRS.strip().split("\n")])
def test_pairs_of_addresses(pair: list[str]) -> None:
    """Issue: every way in which one page is linked meets; no two pages do."""
    sign, one, other = pair
    found = {
        canonical_url("https://post.example" + each if each[0] == "/" else each)
        for each in (one, other)
    }

    assert "" not in found
    assert len(found) == (1 if sign == "=" else 2)


@given(
    st.text()
    | st.from_regex(r"https?://[a-zа-я.]{1,12}(/[\w%/.]{0,12})?(\?\w=\w*)?", fullmatch=True)
)
def test_canonical_is_settled(url: str) -> None:
    """Canonicalising again changes nothing, and nothing raises."""
    once = canonical_url(url)

    assert canonical_url(once) == once
    assert not once or once.startswith("https://")


@pytest.mark.parametrize(
    ("url", "homepage"),
    [
        ("https://post.example", True),
        ("https://post.example/news", True),
        ("https://post.example/ru/news", True),
        ("https://t.me/pskovpost", True),
        ("https://t.me/pskovpost/12", False),
        ("https://post.example/news/12", False),
        ("https://post.example?id=12", False),
        ("https://post.example/soldiers-refuse-to-go", False),
        ("https://post.example/a/b/otkaz", False),
    ],
)
def test_homepages_are_told_from_articles(url: str, homepage: bool) -> None:
    """A feed that links every entry to its front page does not make them one story."""
    assert is_homepage(url) is homepage


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://user:pw@post.example/a", "https://post.example/a"),
        ("https://post.example/a?id=1&token=abc&utm_source=x", "https://post.example/a?id=1"),
        ("https://post.example/a?key=news", "https://post.example/a?key=news"),
        ("https://post.example/a?key=0123456789abcdef", "https://post.example/a"),
        ("https://post.example/a#access_token=1", "https://post.example/a"),
        ('https://post.example/a"onclick=x<b>', "https://post.example/a%22onclick=x%3Cb%3E"),
        ("https://post.example/новое", "https://post.example/%D0%BD%D0%BE%D0%B2%D0%BE%D0%B5"),
        ("http://127.0.0.1:8080/1", "http://127.0.0.1:8080/1"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://localhost/a", ""),
        ("https://post.example/" + "a" * 3000, ""),
        ("https://evil\u202e.example/", ""),
    ],
)
def test_links_for_readers(url: str, safe: str) -> None:
    """Links are http(s), without user names or secrets."""
    assert safe_url(url) == safe


@given(st.text().map("https://post.example/".__add__) | st.text())
def test_link_is_harmless_whatever_it_was(url: str) -> None:
    """No letter of a link can end an attribute, a line or the host."""
    safe = safe_url(url)

    assert safe.isascii()
    assert not any(c in safe for c in '"<>\\ \n\r\t')
    assert urlsplit(safe).username is None


@pytest.mark.parametrize(
    ("url", "short"),
    [
        ("https://www.pskovpost.example/1", "pskovpost.example/1"),
        ("https://post.example/новое", "post.example/новое"),
        ("https://xn--e1afmkfd.example/1", "пример.example/1 (xn--e1afmkfd.example)"),
        ("https://xn--e1afmkfd.xn--p1ai/1", "пример.рф/1 (xn--e1afmkfd.xn--p1ai)"),
        ("https://пример.рф:8080/", "пример.рф:8080 (xn--e1afmkfd.xn--p1ai:8080)"),
        ("https://münchen.example/a", "münchen.example/a (xn--mnchen-3ya.example)"),
        ("https://☕и☕.example/a", "xn--h1a154oba.example/a"),
        ("https://xn--pst-c5d.example/1", "xn--pst-c5d.example/1"),
        (
            "https://post.example/" + "long-" * 20,
            "post.example/long-long-long-long-long-long-long-…",
        ),
        ("javascript:1", ""),
    ],
)
def test_link_as_it_reads(url: str, short: str) -> None:
    """Short, with the whole host, and no name that only looks like another."""
    assert short_url(url) == short
