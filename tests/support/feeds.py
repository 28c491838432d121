"""Feeds as publishers write them, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

__all__ = ["Post", "rss"]


@dataclass(frozen=True, slots=True)
class Post:
    """One entry of a feed; `guid` is kept when it is edited."""

    guid: str
    title: str = ""
    text: str = ""
    link: str = ""
    published: datetime | None = field(default=None, compare=False)


def rss(title: str, posts: Iterable[Post]) -> bytes:
    """An RSS 2.0 document, newest first as feeds are."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{escape(post.guid)}</guid>"
        f"<title>{escape(post.title)}</title>"
        f"<link>{escape(post.link)}</link>"
        f"<description>{escape(post.text)}</description>"
        + (f"<pubDate>{format_datetime(post.published)}</pubDate>" if post.published else "")
        + "</item>"
        for post in posts
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>https://example.org/</link>"
        f"<description>News</description>{items}</channel></rss>"
    ).encode()
