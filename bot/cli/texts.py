"""Whatever a person points `vigil try` at, as documents: text, page, feed, channel, posts."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bot.cli.exit_codes import Misused
from bot.cli.posts import BadLine, parse
from bot.clock import Clock
from bot.errors import ParseFailed, VigilError
from bot.model import ParsedItem
from bot.settings import Settings
from bot.sources.article import parse_article
from bot.sources.exchange import FetchRequest
from bot.sources.feeds import parse_feed
from bot.sources.http import Fetcher, FetchSettings
from bot.sources.parsed import LandingKind
from bot.sources.telegram_addresses import channel_name, landing_url, page_url
from bot.sources.telegram_landing import parse_landing
from bot.sources.telegram_web import parse_channel_page
from filters.document import Document

__all__ = ["Texts", "load", "read_bytes"]

_MAX_BYTES: Final = 10 * 2**20
_MAX_POSTS: Final = 200


@dataclass(frozen=True, slots=True)
class Texts:
    """What was found: a name for it, what it is, its texts (newest first in a feed)."""

    name: str
    form: str
    documents: tuple[Document, ...]


async def load(what: str, settings: Settings, clock: Clock) -> Texts:
    """Read a file, an address, a @channel or standard input ("-"). Raises VigilError."""
    if (name := channel_name(what)) and (what.startswith("@") or "/" in what):
        return await _channel(name, what, settings, clock)
    if what.startswith(("http://", "https://")):
        return await _address(what, settings, clock)
    name = "standard input" if what == "-" else Path(what).name
    return read_bytes(_file(what), name, clock.now())


def read_bytes(
    body: bytes, name: str, now: datetime, *, url: str = "", content_type: str = ""
) -> Texts:
    """The texts in these bytes, whatever they are. Raises ParseFailed."""
    if not body.strip():
        raise ParseFailed("There is nothing in it")
    if b"\0" in body[:1000] and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ParseFailed("This is no text, web page or feed")
    head = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:2000].lower()
    if b"tgme_widget_message" in body or b"tgme_channel_history" in body:
        page = parse_channel_page(body, now=now, content_type=content_type)
        title = page.title or name
        return Texts(title, "a channel's page", _documents(reversed(page.items), title))
    if _is_feed(head):
        feed = parse_feed(body, url=url, now=now, content_type=content_type)
        return Texts(feed.title or name, f"a feed ({feed.format})", _documents(feed.items, name))
    if head.startswith(b"{") and (posts := _posts(body)):
        return Texts(name, "posts, one a line", posts)
    article = parse_article(body, url=url, now=now, content_type=content_type)
    document = Document(
        text=article.text,
        title=article.title,
        lang=article.lang,
        source=urlsplit(url).hostname or "",
        author=article.author,
        url=article.url,
        published=article.published,
    )
    form = "a web page" if b"<html" in head or b"<!doctype" in head else "a text"
    return Texts(article.title or name, form, (document,))


def _is_feed(head: bytes) -> bool:
    if head.startswith(b"{"):
        return b"jsonfeed.org/version" in head.replace(b"\\/", b"/")
    return head.startswith(b"<") and any(
        tag in head for tag in (b"<rss", b"<feed", b"<rdf:rdf", b"<channel>")
    )


def _posts(body: bytes) -> tuple[Document, ...]:
    """Lines of JSON as `vigil match` reads them; none where the first is no post."""
    documents: list[Document] = []
    for line in body.splitlines()[:_MAX_POSTS]:
        try:
            documents.append(parse(line).document)
        except BadLine:
            if not documents:
                break
    return tuple(documents)


def _documents(items: Iterable[ParsedItem], source: str) -> tuple[Document, ...]:
    return tuple(
        Document(
            text=item.text,
            title=item.title,
            lang=item.lang,
            source=source,
            author=item.author,
            url=item.url,
            links=item.links,
            tags=item.tags,
            forwarded_from=item.forwarded_from,
            published=item.published,
        )
        for item in items
    )


def _file(what: str) -> bytes:
    try:
        if what == "-":
            body = sys.stdin.buffer.read(_MAX_BYTES + 1)
        else:
            with Path(what).open("rb") as file:
                body = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise Misused(
            "{what} cannot be read: {why}", what=what, why=error.strerror or str(error)
        ) from error
    if len(body) > _MAX_BYTES:
        raise VigilError("{what} is longer than 10 MB; vigil match reads many posts", what=what)
    return body


async def _address(url: str, settings: Settings, clock: Clock) -> Texts:
    async with Fetcher(_fetching(settings), clock) as fetcher:
        answer = await fetcher.fetch(FetchRequest(url))
    host = urlsplit(answer.url).hostname or url
    return read_bytes(
        answer.body, host, clock.now(), url=answer.url, content_type=answer.content_type
    )


async def _channel(name: str, what: str, settings: Settings, clock: Clock) -> Texts:
    """The channel's preview page; of a link to one post, that post alone."""
    web = settings.telegram_web
    post = urlsplit(what).path.rstrip("/").rpartition("/")[2]
    post = post if post.isdigit() else ""
    async with Fetcher(_fetching(settings), clock) as fetcher:
        url = page_url(web, name) + (f"/{post}" if post else "")
        answer = await fetcher.fetch(FetchRequest(url, follow=False))
        if answer.location:
            landing = await fetcher.fetch(FetchRequest(landing_url(web, name)))
            kind = parse_landing(landing.body, landing.content_type).kind
            raise VigilError(_NO_PREVIEW[kind], name=name)
    page = parse_channel_page(answer.body, now=clock.now(), content_type=answer.content_type)
    items = [item for item in page.items if not post or item.key == post]
    if post and not items:
        raise VigilError("@{name} has no post {post} that the web may show", name=name, post=post)
    form = "a post of a channel" if post else "a channel's page"
    return Texts(page.title or name, form, _documents(reversed(items), page.title or name))


_NO_PREVIEW: Final = {
    LandingKind.MISSING: "There is no channel @{name}",
    LandingKind.GROUP: "@{name} is a group; only channels have pages on the web",
    LandingKind.CHANNEL: "@{name} has no page on the web; add the bot to it as an admin instead",
    LandingKind.PERSON: "@{name} is a person or a bot, not a channel",
}


def _fetching(settings: Settings) -> FetchSettings:
    return FetchSettings(
        allowed_networks=settings.allow_private_addresses, proxy=settings.proxy_address or ""
    )
