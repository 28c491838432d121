"""The feeds that a web page offers.

feeds_on_page(body, url=...) -> tuple[FeedLink, ...]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.sources.charset import decode
from bot.sources.feed_types import FEED_TYPES, names_feed
from bot.sources.parsed import FeedLink
from bot.sources.text import clean, web_link

__all__ = ["feeds_on_page"]

_MAX_FEEDS: Final = 10
# An address that says so itself: paths of engines, their queries, and feedburner.
_ADDRESS: Final = re.compile(
    r"/(?:rss2?|feeds?|atom)(?:/|\.xml|\.json|\.php|\.rss|$)|\.rss$|/rss[\w-]*\.(?:xml|php)$|/data/rss"
    r"|//feeds\d?\.feedburner\.com/.|//feedproxy\.google\.com/.|//feeds\.feedblitz\.com/.",
    re.I,
)
_QUERY: Final = re.compile(
    r"[?&](?:feed=\w|type=(?:rss|atom|100)\b|format=(?:rss|feed|atom)\b)", re.I
)
# What a link to a feed is called; a longer text speaks of feeds.
_NAME: Final = re.compile(r"(?<!\w)(?:rss|atom|xml|фид|рсс|рсс-лента)(?!\w)", re.I)
_LONGEST_NAME: Final = 40
_SPACED: Final = re.compile(r"(?<=\b\w)[\s.·-](?=\w\b)")  # between the letters of R S S
_CLASS: Final = re.compile(r"(?:^|[-_\s])rss(?:$|[-_\s])", re.I)
_FEED_SCHEME: Final = re.compile(r"^\s*feed:(?://(?!/)(?=https?:))?(https?:)", re.I)
_NO_FEED: Final = re.compile(r"\.(?:html?|pdf|png|jpe?g|svg|gif|zip)$|/(?:help|about|faq)\b", re.I)


def feeds_on_page(body: bytes, *, url: str, content_type: str = "") -> tuple[FeedLink, ...]:
    """The feeds a page names, first those it declares, then links that look like feeds.

    Feeds of comments go last. Never raises: a page that cannot be read offers none.
    """
    try:
        page = LexborHTMLParser(decode(body, content_type))
        base_node = page.css_first("base[href]")
        base = web_link(base_node.attributes.get("href") or "", url) if base_node else ""
        found = list(_feed_links(page, base or url))
    except Exception:  # noqa: BLE001 - whatever a parser throws on strange bytes
        return ()
    best: dict[str, FeedLink] = {}
    for link in sorted(found, key=lambda link: "comment" in f"{link.url}{link.title}".lower()):
        best.setdefault(link.url, link)
    return tuple(best.values())[:_MAX_FEEDS]


def _feed_links(page: LexborHTMLParser, base: str) -> Iterator[FeedLink]:
    for node in page.css("link[rel][href]"):
        rels = (node.attributes.get("rel") or "").lower().split()
        address = web_link(node.attributes.get("href") or "", base)
        title = clean(node.attributes.get("title") or "")
        kind = node.attributes.get("type") or ""
        untyped = not kind and rels == ["alternate"] and _NAME.search(title)
        if address and (untyped or names_feed(rels, kind, address)):
            yield FeedLink(address, title[:200])
    for node in page.css("a[href]"):
        href = node.attributes.get("href") or ""
        address = web_link(_FEED_SCHEME.sub(r"\1", href), base)
        if not address:
            continue
        kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
        plain = address.partition("#")[0]
        by_address = _ADDRESS.search(plain.partition("?")[0]) or _QUERY.search(plain)
        if (
            by_address
            or address != web_link(href, base)
            or kind in FEED_TYPES
            or _is_called_feed(node, plain)
        ):
            yield FeedLink(address, clean(node.text())[:200])


def _is_called_feed(node: LexborNode, address: str) -> bool:
    if _NO_FEED.search(address.partition("?")[0]):
        return False
    image = node.css_first("img[alt]")
    names = (
        clean(node.text()),
        *(node.attributes.get(name) or "" for name in ("title", "aria-label")),
        (image.attributes.get("alt") or "") if image is not None else "",
    )
    short = (_SPACED.sub("", name) for name in names if len(name) <= _LONGEST_NAME)
    if any(map(_NAME.search, short)):
        return True
    # A picture alone, drawn by a style sheet: its class says what it shows.
    icons = () if names[0] else (node, *node.css("[class]"))
    return any(_CLASS.search(each.attributes.get("class") or "") for each in icons)
