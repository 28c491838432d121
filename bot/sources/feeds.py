"""RSS, RDF, Atom and JSON Feed: bytes to items, broken feeds as far as words survive.

    parse_feed(body, url=..., content_type=..., now=...) -> ParsedFeed

feedparser reads the XML kinds, its sanitising off: we need the words, and what is
shown is escaped where it is shown. It is given clean UTF-8 (`charset.decode`), so
that its strict and quicker parser can serve more often.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from bot.errors import ParseFailed
from bot.model import ParsedItem
from bot.sources.charset import decode
from bot.sources.dates import Dates
from bot.sources.feed_json import bare_object, loads_as_far_as_whole
from bot.sources.feed_keys import Entry, keyed
from bot.sources.feed_names import CAPTION, SUMMARY
from bot.sources.markup import html_to_text, links_of
from bot.sources.parsed import ParsedFeed
from bot.sources.text import (
    MAX_TEXT,
    all_joined,
    clean,
    guess_language,
    joined,
    printable,
    unique,
    web_link,
)

__all__ = ["MAX_ITEMS", "parse_feed"]

MAX_ITEMS: Final = 2_000  # an archive in one file; the newest stand first
_MAX_LINKS: Final = 100


def parse_feed(body: bytes, *, url: str, now: datetime, content_type: str = "") -> ParsedFeed:
    """The feed in `body`; `url` is where it came from, for links written without a host.

    `now` (aware UTC) tells impossible dates, which become None. Raises ParseFailed,
    and nothing else but MemoryError, when no items can be read; a feed that has none yet is no
    error.
    """
    try:
        text = printable(decode(body, content_type)).strip()
        if not text:
            raise ParseFailed("The answer is empty")
        if json_text := bare_object(text):
            return _json_feed(json_text, url, now)
        return _xml_feed(_unwrapped(text), url, now)
    except (ParseFailed, MemoryError):
        raise
    except Exception as error:
        raise ParseFailed("The feed is broken: nothing in it can be read") from error


# --- RSS, RDF, Atom -----------------------------------------------------------------

_PREAMBLE = re.compile(r"(?:\s++|<\?.*?\?>|<!--.*?-->)*+", re.S)
_ROOT = re.compile(
    r"<rss\b[^>]*\bversion\b|<rdf:RDF\b[^>]*\bxmlns\b|<(?:\w{1,20}:)?feed\b[^>]*\bxmlns\b", re.I
)
_TAIL_BYTES: Final = 4_096  # characters that may follow the end: remarks of a server
_ROOT_END = re.compile(r"</(?:\w{1,20}:)?(?:rss|RDF|feed)\s*>", re.I)
_ENTRY_END = re.compile(r"</(?:\w{1,20}:)?(?:item|entry)\s*>", re.I)
_ENTRY = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.I)
_PERIODS: Final = {
    "hourly": 3_600,
    "daily": 86_400,
    "weekly": 604_800,
    "monthly": 2_592_000,
    "yearly": 31_536_000,
}


def _unwrapped(text: str) -> str:
    """The feed alone, where a page's beginning or a server's complaint stands before it.

    Raises ParseFailed where there is a web page and no feed in it.
    """
    start = _PREAMBLE.match(text)
    head = text[start.end() if start else 0 :][:40].lower()
    is_page = head.startswith(("<!doctype html", "<html", "<head", "<body"))
    if not is_page and text[0] == "<":
        return text
    root = _ROOT.search(text)
    if root is not None:
        ends = [match.end() for match in _ROOT_END.finditer(text, root.end())]
        return text[root.start() : ends[-1] if ends else len(text)]
    if is_page:
        raise ParseFailed("This is a web page, not a feed")
    return text


def _xml_feed(text: str, url: str, now: datetime) -> ParsedFeed:
    text, dropped = _first_entries(text)
    from bot.sources.feed_xml import read_feed_xml  # the parsing worker reads feeds, nobody else

    read = read_feed_xml(text)
    head, entries = read.head, read.entries
    if not entries and not read.version:
        raise ParseFailed("This is not a feed")
    kind = "atom" if read.version.startswith("atom") else "rss"
    links = [link for link in head.get("links", ()) if isinstance(link, Mapping)]
    site = web_link(str(head.get("link", "")), url)
    lang = _language(head.get("language"))
    written = [_dates_of(entry) for entry in entries[:MAX_ITEMS]]
    dates = Dates(now, (text for each in written for text in each))
    base = url if kind == "atom" else _base(site, url)
    made = [
        _xml_entry(entry, base, lang, _published(texts, dates))
        for entry, texts in zip(entries, written, strict=False)
    ]
    items = tuple(keyed(made, site))
    if not items and (not read.well_formed or (not entries and _ENTRY.search(text))):
        # A feed that has none yet is another thing than one whose entries cannot be read.
        raise ParseFailed("The feed is broken: nothing in it can be read")
    return ParsedFeed(
        format=kind,
        title=_title(head.get("title_detail"), head.get("title")),
        lang=_feed_language(lang, items),
        items=items,
        ttl=_ttl(head),
        hub=_related(links, "hub", url),
        self_url=_related(links, "self", url),
        site=site,
        dropped=dropped + max(0, len(entries) - len(items)),
        whole=bool(_ROOT_END.search(text, max(0, len(text) - _TAIL_BYTES))),
    )


def _base(site: str, url: str) -> str:
    """What an entry's links are written from: the feed's site; its own server as it was asked."""
    if not site:
        return url
    there, here = urlsplit(site), urlsplit(url)
    return there._replace(scheme=here.scheme).geturl() if there.netloc == here.netloc else site


def _first_entries(text: str) -> tuple[str, int]:
    """The text with at most MAX_ITEMS entries, its tail kept, and how many were cut."""
    ends = [match.end() for match in _ENTRY_END.finditer(text)]
    if len(ends) <= MAX_ITEMS:
        return text, 0
    return text[: ends[MAX_ITEMS - 1]] + text[ends[-1] :], len(ends) - MAX_ITEMS


def _xml_entry(entry: Mapping[str, Any], url: str, lang: str, published: datetime | None) -> Entry:
    details: list[Mapping[str, Any]] = entry.get("content") or []
    title = _title(entry.get("title_detail"), entry.get("title"))
    links, has = _links(entry, details, url)
    guid = clean(str(entry.get("id") or ""))[:1000]
    link = web_link(str(entry.get("feedburner_origlink") or entry.get("link") or ""), url)
    # A guid is a link where it can be nothing else: an address, or a path said to be one.
    of_guid = web_link(guid, url if guid.startswith("/") and entry.get("guidislink") else "")
    text = _all_text(details)
    item = ParsedItem(
        key="",
        title=title,
        text=text,
        url=link or of_guid,
        published=published,
        author=clean(str(entry.get("author") or ""))[:200],
        lang=_item_language(lang, f"{title}\n{text}"),
        links=links,
        tags=unique(
            clean(str(tag.get("term") or tag.get("label") or ""))[:200]
            for tag in entry.get("tags") or ()
        ),
        has=has,
    )
    return Entry(guid, item)


def _all_text(details: Sequence[Mapping[str, Any]]) -> str:
    """Every text of an entry once: what leads, the fullest, the others, captions last."""
    by_role: dict[bool, list[str]] = {True: [], False: []}
    captions = []
    for detail in details:
        if detail.get("role") == CAPTION:
            captions.append(_text(detail))
        else:
            by_role[detail.get("role") == SUMMARY].append(_text(detail))
    lead = all_joined(by_role[True])
    return all_joined([joined(lead, all_joined(by_role[False])), *captions])


def _text(detail: Mapping[str, Any]) -> str:
    value = str(detail.get("value") or "")[: MAX_TEXT * 5]
    if "<" not in value and "&lt;/" in value:
        value = html.unescape(value)  # markup that was escaped once too often
    if detail.get("type") == "text/plain" and "</" not in value:
        return clean(html.unescape(value))
    return html_to_text(value)


def _title(detail: object, plain: object) -> str:
    value = str(plain or "")[:5_000]
    if isinstance(detail, Mapping):
        value = _text(detail)[:5_000]
    return clean(html.unescape(value)).replace("\n", " ")


def _links(
    entry: Mapping[str, Any], details: Sequence[Mapping[str, Any]], url: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Links inside the texts, then enclosures; and the kinds of what is attached."""
    inside: list[str] = []
    for detail in details:
        value = str(detail.get("value") or "")[: MAX_TEXT * 5]
        if "<a" in value.lower():
            inside += links_of(
                LexborHTMLParser(value), web_link(str(detail.get("base") or ""), url) or url
            )
    attached: list[str] = []
    kinds: list[str] = []
    enclosures = [link for link in entry.get("links") or () if link.get("rel") == "enclosure"]
    for part in [*enclosures, *(entry.get("media_content") or ())]:
        attached.append(web_link(str(part.get("href") or part.get("url") or ""), url))
        kinds.append(_kind_of(str(part.get("type") or part.get("medium") or "")))
    if inside:
        kinds.append("link")
    return unique([*inside, *attached])[:_MAX_LINKS], unique(kinds)


def _kind_of(mime: str) -> str:
    main = mime.partition("/")[0].strip().lower()
    return {"image": "photo", "audio": "audio", "video": "video", "": ""}.get(main, "document")


def _related(links: Sequence[Mapping[str, Any]], rel: str, url: str) -> str:
    found = (str(link.get("href") or "") for link in links if link.get("rel") == rel)
    return next((web_link(href, url) for href in found if web_link(href, url)), "")


def _ttl(head: Mapping[str, Any]) -> int | None:
    minutes = re.match(r"\d{1,7}", str(head.get("ttl") or "").strip())
    if minutes and int(minutes[0]):
        return int(minutes[0]) * 60
    period = _PERIODS.get(str(head.get("sy_updateperiod") or "").strip().lower())
    if period is None:
        return None
    times = re.match(r"\d{1,6}", str(head.get("sy_updatefrequency") or "1").strip())
    return period // max(1, int(times[0]) if times else 1)


# --- dates and languages ------------------------------------------------------------


def _dates_of(entry: Mapping[str, Any]) -> list[str]:
    """What the entry says of its time, the best first."""
    dates: Mapping[str, list[str]] = entry.get("dates") or {}
    # A draft is created long before it is published: its date only where it is the only one.
    return [*dates.get("published", ()), *dates.get("updated", ())] or [*dates.get("created", ())]


def _published(texts: Sequence[str], dates: Dates) -> datetime | None:
    return next((when for text in texts if (when := dates.read(text)) is not None), None)


def _language(declared: object) -> str:
    match = re.match(r"[a-z]{2}(?![a-z])", str(declared or "").strip().lower())
    return match[0] if match else ""


def _item_language(declared: str, text: str) -> str:
    """By letters; what is declared fills in (engines declare en-US unasked)."""
    guessed = guess_language(text)
    if guessed == "en" and declared not in ("", "ru", "uk"):
        return declared
    return guessed or declared


def _feed_language(declared: str, items: Sequence[ParsedItem]) -> str:
    """By the letters of all items together: single titles are often too short to tell."""
    return _item_language(declared, "\n".join(f"{item.title}\n{item.text}" for item in items))


# --- JSON Feed ----------------------------------------------------------------------


def _json_feed(text: str, url: str, now: datetime) -> ParsedFeed:
    try:
        read, whole = loads_as_far_as_whole(text)
    except ValueError as error:
        raise ParseFailed("The feed is broken: nothing in it can be read") from error
    entries = read.get("items") if isinstance(read, dict) else None
    if not isinstance(entries, list) or "jsonfeed.org" not in str(read.get("version")):
        raise ParseFailed("This is not a feed")
    lang = _language(read.get("language"))
    site = web_link(_string(read, "home_page_url"), url)
    known = [entry for entry in entries[:MAX_ITEMS] if isinstance(entry, dict)]
    written = [_json_dates(entry) for entry in known]
    dates = Dates(now, (text for each in written for text in each))
    made = [
        _json_entry(entry, _base(site, url), lang, _published(texts, dates))
        for entry, texts in zip(known, written, strict=True)
    ]
    items = tuple(keyed(made, site))
    hubs = read.get("hubs")
    return ParsedFeed(
        format="json",
        title=_title(None, _string(read, "title")),
        lang=_feed_language(lang, items),
        items=items,
        hub=next((web_link(_string(hub, "url")) for hub in hubs or () if isinstance(hub, dict)), "")
        if isinstance(hubs, list)
        else "",
        self_url=web_link(_string(read, "feed_url"), url),
        site=site,
        dropped=len(entries) - len(items),
        whole=whole,
    )


def _json_dates(entry: Mapping[str, Any]) -> list[str]:
    values = [entry.get("date_published"), entry.get("date_modified")]
    known = (each for each in values if isinstance(each, str | int | float))
    return [text for each in known if (text := str(each).strip()) and each is not True]


def _json_entry(entry: Mapping[str, Any], url: str, lang: str, published: datetime | None) -> Entry:
    markup = _string(entry, "content_html")[: MAX_TEXT * 5]
    full = joined(clean(_string(entry, "content_text")), html_to_text(markup))
    text = joined(clean(html.unescape(_string(entry, "summary"))), full)
    title = _title(None, _string(entry, "title"))
    attachments = [part for part in _list(entry, "attachments") if isinstance(part, dict)]
    inside = links_of(LexborHTMLParser(markup), url) if "<a" in markup.lower() else ()
    external = web_link(_string(entry, "external_url"), url)
    guid = clean(str(entry.get("id") or ""))[:1000]
    item = ParsedItem(
        key="",
        title=title,
        text=text,
        url=web_link(_string(entry, "url"), url) or web_link(guid),
        published=published,
        author=_json_author(entry),
        lang=_item_language(_language(entry.get("language")) or lang, f"{title}\n{text}"),
        links=unique(
            [*inside, external, *(web_link(_string(part, "url"), url) for part in attachments)]
        )[:_MAX_LINKS],
        tags=unique(clean(str(tag))[:200] for tag in _list(entry, "tags")),
        has=unique(
            [_kind_of(_string(part, "mime_type")) for part in attachments]
            + (["link"] if inside or external else [])
        ),
    )
    return Entry(guid, item)


def _json_author(entry: Mapping[str, Any]) -> str:
    for author in [*_list(entry, "authors"), entry.get("author")]:
        if isinstance(author, dict) and (name := clean(_string(author, "name"))):
            return name[:200]
    return ""


def _string(mapping: Mapping[str, Any], name: str) -> str:
    value = mapping.get(name)
    return printable(value) if isinstance(value, str) else ""


def _list(mapping: Mapping[str, Any], name: str) -> list[Any]:
    value = mapping.get(name)
    return value if isinstance(value, list) else []
