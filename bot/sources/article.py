"""The main text of a web page.

parse_article(body, url=..., now=...) -> Article
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser

from bot.errors import ParseFailed
from bot.sources.charset import decode
from bot.sources.dates import read_time
from bot.sources.main_text import main_text
from bot.sources.markup import html_to_text
from bot.sources.parsed import Article
from bot.sources.text import clean, guess_language, web_link

__all__ = ["parse_article"]

_MAX_TEXT: Final = 200_000  # characters


def parse_article(body: bytes, *, url: str, now: datetime, content_type: str = "") -> Article:
    """The article on a page. Plain text is its own article.

    Raises ParseFailed, and nothing else but MemoryError, when there are no words. `now` (aware UTC)
    tells impossible dates.
    """
    try:
        article = _article(decode(body, content_type), url, now, content_type)
    except MemoryError:
        raise  # the page may be sound
    except Exception as error:
        raise ParseFailed("The page is broken: nothing in it can be read") from error
    if not article.text and not article.title:
        raise ParseFailed("The page has no text")
    return article


def _article(source: str, url: str, now: datetime, content_type: str) -> Article:
    if content_type.lower().startswith("text/plain") or not re.search(r"<[a-z!/]", source, re.I):
        title, _, rest = (text := clean(source)[:_MAX_TEXT]).partition("\n")
        named = bool(rest) and len(title) <= 200
        return Article(
            url, title if named else "", rest if named else text, lang=guess_language(text)
        )
    page = LexborHTMLParser(source)
    data = _linked_data(page)
    title = (
        _meta(page, "og:title")
        or clean(str(data.get("headline") or ""))
        or _first(page, "h1")
        or _first(page, "title")
    ).replace("\n", " ")
    body_text = html_to_text(str(data.get("articleBody") or "")[: _MAX_TEXT * 2])
    text = _without_title(main_text(source, body_text), title)
    declared = (page.root.attributes.get("lang") or "")[:2].lower() if page.root else ""
    link = page.css_first("link[rel=canonical][href]")
    own = web_link(link.attributes.get("href") or "", url) if link is not None else ""
    return Article(
        url=own or url,
        title=title[:1_000],
        text=text[:_MAX_TEXT],
        lang=guess_language(f"{title}\n{text}") or declared,
        published=_published(page, data, now),
        site=_meta(page, "og:site_name")[:200],
        author=(_meta(page, "author") or _author(data))[:200],
    )


def _without_title(text: str, title: str) -> str:
    first, _, rest = text.partition("\n")
    return rest if title and rest and first.strip() == title else text


def _first(page: LexborHTMLParser, selector: str) -> str:
    node = page.css_first(selector)
    return clean(node.text()) if node is not None else ""


def _meta(page: LexborHTMLParser, name: str) -> str:
    for attribute in ("property", "name", "itemprop"):
        node = page.css_first(f'meta[{attribute}="{name}"]')
        if node is not None and (value := clean(node.attributes.get("content") or "")):
            return html_to_text(value).replace("\n", " ")
    return ""


def _published(page: LexborHTMLParser, data: dict[str, Any], now: datetime) -> datetime | None:
    stamp = page.css_first("article time[datetime], time[datetime][pubdate], time[datetime]")
    candidates = [
        _meta(page, "article:published_time"),
        str(data.get("datePublished") or ""),
        _meta(page, "datePublished"),
        (stamp.attributes.get("datetime") or "") if stamp is not None else "",
    ]
    read = (read_time(text, now) for text in candidates if text)
    return next((when for when in read if when is not None), None)


def _linked_data(page: LexborHTMLParser) -> dict[str, Any]:
    """The page's schema.org description of its article, or nothing."""
    best: dict[str, Any] = {}
    for node in page.css('script[type="application/ld+json"]')[:10]:
        try:
            read = json.loads(node.text() or "")
        except (ValueError, RecursionError):
            continue
        for thing in _things(read):
            if "articleBody" in thing:
                return thing
            if not best and ("headline" in thing or "datePublished" in thing):
                best = thing
    return best


def _things(read: object) -> Iterator[dict[str, Any]]:
    if isinstance(read, dict):
        yield read
        yield from _things(read.get("@graph"))
    elif isinstance(read, list):
        for part in read[:50]:
            if isinstance(part, dict):
                yield part


def _author(data: dict[str, Any]) -> str:
    author = data.get("author")
    if isinstance(author, list):
        author = author[0] if author else None
    if isinstance(author, dict):
        author = author.get("name")
    return clean(author) if isinstance(author, str) else ""
