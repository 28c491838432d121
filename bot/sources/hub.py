"""What a feed and its Link headers say of its hub and of feeds, and what a hub sends. Pure. See https://www.w3.org/TR/websub/."""

from __future__ import annotations

import hmac
import re
from typing import Final

from bot.sources.exchange import FetchResponse
from bot.sources.feed_types import names_feed
from bot.sources.parsed import FeedLink, ParsedFeed
from bot.sources.text import clean, web_link

__all__ = ["hub_of", "is_signed", "linked_feeds"]

_LINK: Final = re.compile(r"<([^<>]{1,4096})>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s\";,]+))*)")
_REL: Final = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\";,]+))", re.I)
_TYPE: Final = re.compile(r";\s*type\s*=\s*(?:\"([^\"]*)\"|([^\s\";,]+))", re.I)
_TITLE: Final = re.compile(r";\s*title\s*=\s*\"([^\"]*)\"", re.I)
_METHODS: Final = frozenset({"sha1", "sha256", "sha384", "sha512"})


def hub_of(answer: FetchResponse, feed: ParsedFeed) -> tuple[str, str] | None:
    """The hub and the topic to ask it for, None if the feed names no hub.

    Link headers go before the feed. The topic is what the feed calls itself; where it does not,
    the address it came from.
    """
    links = _links(answer)
    hub = links.get("hub") or feed.hub
    if not hub:
        return None
    return hub, links.get("self") or feed.self_url or answer.url


def _links(answer: FetchResponse) -> dict[str, str]:
    found: dict[str, str] = {}
    for link in _LINK.finditer(answer.headers.get("link", "")[:16_384]):
        rel = _REL.search(link[2])
        for name in (rel[1] or rel[2] or "").lower().split() if rel else ():
            if address := web_link(link[1], answer.url):
                found.setdefault(name, address)
    return found


def linked_feeds(answer: FetchResponse) -> tuple[FeedLink, ...]:
    """The feeds that the answer's Link headers name."""
    found = []
    for link in _LINK.finditer(answer.headers.get("link", "")[:16_384]):
        rel, kind = _REL.search(link[2]), _TYPE.search(link[2])
        names = (rel[1] or rel[2] or "").lower().split() if rel else []
        address = web_link(link[1], answer.url)
        if address and names_feed(names, (kind[1] or kind[2] or "") if kind else "", address):
            title = _TITLE.search(link[2])
            found.append(FeedLink(address, clean(title[1])[:200] if title else ""))
    return tuple(found)


def is_signed(body: bytes, secret: str, header: str) -> bool:
    """Whether `header` (X-Hub-Signature: `sha256=…`) was made of these bytes by who knows."""
    method, _, given = header.strip().partition("=")
    method = method.lower()
    if method not in _METHODS or not secret:
        return False
    right = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(right.encode(), given.strip().lower().encode())
