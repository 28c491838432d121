"""What crosses the border of the worker process, as JSON.

Not pickle: a worker taken over by what it parses could then run code in the core.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from bot.errors import LayoutChanged, ParseFailed
from bot.model import ParsedItem
from bot.sources.article import Article, FeedLink, feeds_on_page, parse_article
from bot.sources.feeds import ParsedFeed, parse_feed
from bot.sources.opml import OutlineEntry, parse_opml
from bot.sources.telegram_web import (
    ChannelPost,
    Landing,
    LandingKind,
    ParsedChannelPage,
    is_missing_post,
    parse_channel_page,
    parse_landing,
)

__all__ = ["JOBS", "from_json", "run", "to_json"]

# What one job may ask for: a function of this module's imports and its arguments.
JOBS: Final = ("feed", "channel", "landing", "missing", "article", "links", "opml")


def run(job: str, body: bytes, *, url: str, content_type: str, now: datetime) -> Any:
    """The job's result. Raises ParseFailed; no other exception, on any bytes."""
    match job:
        case "feed":
            return parse_feed(body, url=url, now=now, content_type=content_type)
        case "channel":
            return parse_channel_page(body, now=now, content_type=content_type)
        case "landing":
            return parse_landing(body, content_type)
        case "missing":
            return is_missing_post(body, content_type)
        case "article":
            return parse_article(body, url=url, now=now, content_type=content_type)
        case "links":
            return feeds_on_page(body, url=url, content_type=content_type)
        case "opml":
            return parse_opml(body, content_type)
    raise ValueError(job)


def to_json(result: object) -> bytes:
    """A result of `run`, or the ParseFailed it raised."""
    if isinstance(result, ParseFailed):
        shape: Any = {"error": result.key, "layout": isinstance(result, LayoutChanged)}
    elif isinstance(result, bool):
        shape = {"result": result}
    elif isinstance(result, tuple):
        shape = {"result": [asdict(part) for part in result]}
    else:
        shape = {"result": asdict(result)}  # type: ignore[call-overload]
    return json.dumps(shape, default=_time, separators=(",", ":")).encode()


def _time(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def from_json(job: str, data: bytes) -> Any:
    """What `to_json` was given; a ParseFailed is raised.

    Raises ParseFailed too when the data is not of the job's shape: the worker is not
    to be trusted.
    """
    try:
        read = json.loads(data)
        if "error" in read:
            kind = LayoutChanged if read["layout"] is True else ParseFailed
            failure = kind(str(read["error"]))
        else:
            return _READERS[job](read["result"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ParseFailed("The parser gave no answer that can be used") from error
    raise failure


def _feed(read: dict[str, Any]) -> ParsedFeed:
    return ParsedFeed(**{**read, "items": tuple(map(_item, read["items"]))})


def _item(read: dict[str, Any]) -> ParsedItem:
    for name in ("links", "tags", "has"):
        read[name] = tuple(map(str, read[name]))
    read["published"] = _datetime(read["published"])
    for name in ("key", "title", "text", "url"):
        if not isinstance(read[name], str):
            raise TypeError(name)
    return ParsedItem(**read)


def _channel(read: dict[str, Any]) -> ParsedChannelPage:
    posts = []
    for post in read["posts"]:
        ids = tuple(int(number) for number in post["ids"])
        posts.append(ChannelPost(**{**post, "item": _item(post["item"]), "ids": ids}))
    return ParsedChannelPage(**{**read, "posts": tuple(posts)})


def _landing(read: dict[str, Any]) -> Landing:
    return Landing(LandingKind(read["kind"]), str(read["title"]))


def _article(read: dict[str, Any]) -> Article:
    return Article(**{**read, "published": _datetime(read["published"])})


def _links(read: list[dict[str, Any]]) -> tuple[FeedLink, ...]:
    return tuple(FeedLink(str(link["url"]), str(link["title"])) for link in read)


def _opml(read: list[dict[str, Any]]) -> tuple[OutlineEntry, ...]:
    return tuple(
        OutlineEntry(str(one["address"]), str(one["title"]), str(one["category"])) for one in read
    )


def _datetime(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "feed": _feed,
    "channel": _channel,
    "landing": _landing,
    "missing": bool,
    "article": _article,
    "links": _links,
    "opml": _opml,
}
