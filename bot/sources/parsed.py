"""What parsing gives: the values that come back from the worker process.

They stand apart from the parsers, so that the core knows them without loading what parses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model import ParsedItem

__all__ = [
    "Article",
    "ChannelPost",
    "FeedLink",
    "Landing",
    "LandingKind",
    "OutlineEntry",
    "ParsedChannelPage",
    "ParsedFeed",
]


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as it stands now, items in its order (mostly newest first).

    `format` is rss, atom or json. `ttl` is how many seconds the feed asks to be left
    alone, None when it asks nothing. `hub` is its WebSub hub, `self_url` the address
    it gives itself, `site` its web page; "" where it gives none. `dropped` counts
    entries left out: beyond MAX_ITEMS, or without a word and a link. `whole`: its end is there.
    """

    format: str
    title: str
    lang: str
    items: tuple[ParsedItem, ...]
    ttl: int | None = None
    hub: str = ""
    self_url: str = ""
    site: str = ""
    dropped: int = 0
    whole: bool = True


@dataclass(frozen=True, slots=True)
class ChannelPost:
    """A block of the page.

    `item.key` is the message id. `ids` are all ids it stands for: those of an album's
    other parts too. `service` posts (a new name, a pinned message) are no news.
    `restricted` ones are hidden from the web: their words are only in the app.
    """

    item: ParsedItem
    ids: tuple[int, ...]
    reply_to: str = ""
    views: int | None = None
    service: bool = False
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class ParsedChannelPage:
    """Posts of a channel, oldest first, as the page has them.

    `chat_id` is the channel's stable id as the Bot API writes it (-100...), None where
    the page does not give it; a renamed channel keeps it. `before` leads to the page
    of older posts, None on the oldest. `empty` pages have no posts: a new channel, or
    a throttled reader. `unread` counts blocks that could not be read.
    """

    title: str
    username: str
    chat_id: int | None
    posts: tuple[ChannelPost, ...]
    before: int | None = None
    empty: bool = False
    unread: int = 0

    @property
    def items(self) -> tuple[ParsedItem, ...]:
        """The posts as items, service messages left out."""
        return tuple(post.item for post in self.posts if not post.service)

    @property
    def ids(self) -> tuple[int, ...]:
        """Every message id on the page, ascending: what is absent between them is gone."""
        return tuple(sorted({number for post in self.posts for number in post.ids}))


class LandingKind(StrEnum):
    MISSING = "missing"  # nobody has this name
    GROUP = "group"
    CHANNEL = "channel"  # exists, but has no preview on the web
    PERSON = "person"  # or a bot


@dataclass(frozen=True, slots=True)
class Landing:
    kind: LandingKind
    title: str


@dataclass(frozen=True, slots=True)
class Article:
    """A page's main text, paragraphs by newline. `url` is the page's own canonical
    address where it names one, else the one it came from."""

    url: str
    title: str
    text: str
    lang: str
    published: datetime | None = None
    site: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page offers."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """An address as it was written, with its title and category ("" where there is none).

    Without an address it names something that was to be read, and cannot.
    """

    address: str
    title: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
