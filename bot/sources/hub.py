"""What a feed says of its hub, and what a hub sends. Pure. See https://www.w3.org/TR/websub/."""

from __future__ import annotations

import hmac
import re
from typing import Final

from bot.sources.feeds import ParsedFeed
from bot.sources.http import FetchResponse
from bot.sources.text import web_link

__all__ = ["hub_of", "is_signed"]

_LINK: Final = re.compile(r"<([^<>]{1,4096})>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s\";,]+))*)")
_REL: Final = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\";,]+))", re.I)
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


def is_signed(body: bytes, secret: str, header: str) -> bool:
    """Whether `header` (X-Hub-Signature: `sha256=…`) was made of these bytes by who knows."""
    method, _, given = header.strip().partition("=")
    method = method.lower()
    if method not in _METHODS or not secret:
        return False
    right = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(right.encode(), given.strip().lower().encode())
