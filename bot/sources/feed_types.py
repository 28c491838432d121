"""What a link to a feed says of itself: its relations and its media type."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

__all__ = ["FEED_TYPES", "names_feed"]

FEED_TYPES: Final = frozenset(
    f"application/{name}" for name in ("rss+xml", "atom+xml", "feed+json", "rdf+xml", "rss", "xml")
) | {"text/xml", "text/rss", "text/rss+xml", "application/x-rss+xml"}


def names_feed(rels: Collection[str], kind: str, address: str) -> bool:
    """Whether a link of these relations and this media type (with parameters) leads to a feed."""
    kind = kind.partition(";")[0].strip().lower()
    if "feed" in rels or "service.feed" in rels:
        return kind != "text/html"
    if "alternate" not in rels or "stylesheet" in rels:
        return False
    return kind in FEED_TYPES or (kind.endswith("/json") and "feed" in address)
