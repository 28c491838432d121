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
        ("https://xn--e1afmkfd.example/1", "xn--e1afmkfd.example/1"),
        ("https://xn--e1afmkfd.xn--p1ai/1", "пример.рф/1"),
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
