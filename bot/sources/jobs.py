"""What the worker process can be asked for; loads every parser."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from bot.sources.article import parse_article
from bot.sources.feeds import parse_feed
from bot.sources.offers import feeds_on_page
from bot.sources.opml import parse_opml
from bot.sources.telegram_landing import is_missing_post, parse_landing
from bot.sources.telegram_web import parse_channel_page

__all__ = ["JOBS", "run"]

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
