"""The keys of a feed's entries: by what each is found again at the next visit."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from bot.model import ParsedItem

__all__ = ["Entry", "keyed"]

# Letters of all texts of a feed, which the core holds in memory; beyond, each keeps a share.
_MAX_LETTERS: Final = 2_500_000
_SHARE_LETTERS: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry before its key is chosen: `guid` and `url` may be shared or empty."""

    guid: str
    item: ParsedItem


def keyed(entries: Sequence[Entry], site: str) -> Iterator[ParsedItem]:
    """Items with keys and permalinks of their own; those without any word or link left out.

    A guid or link that stands on several different entries names none of them: it is
    the feed's mistake, or a link to the front page. Such a link must not stay as the
    item's permalink either: permalinks join stories.
    """
    # A feed may list one article twice: word for word, and under one address.
    guids = Counter(
        e[0] for e in {(e.guid, e.item.url, e.item.title, e.item.text) for e in entries}
    )
    urls = Counter(e[0] for e in {(e.item.url, e.item.title, e.item.text) for e in entries})
    taken: set[str] = set()
    left = _MAX_LETTERS
    for entry in entries:
        item, guid = entry.item, entry.guid
        if not (item.title or item.text or item.url):
            continue
        url = item.url if urls[item.url] == 1 and not _front_page(item.url, site) else ""
        # Some sites count a page's revisions in its guid (…/page#3): the page is the entry.
        named = guid and guids[guid] == 1 and not (url and _counts_revisions(guid, url))
        key = guid if named else url or _digest(item)
        if key not in taken:
            taken.add(key)
            text = item.text if left >= len(item.text) else item.text[: max(left, _SHARE_LETTERS)]
            left -= len(text)
            yield replace(item, key=key, url=url, text=text)


def _front_page(url: str, site: str) -> bool:
    if not url:
        return True
    parts = urlsplit(url)
    # A link with #anchor may name an entry on the page.
    if not parts.path.strip("/") and not parts.query and not parts.fragment:
        return True
    return bool(site) and url.rstrip("/") == site.rstrip("/")


def _counts_revisions(guid: str, url: str) -> bool:
    """Whether the guid is the entry's address with something after it."""
    try:
        a, b = urlsplit(guid), urlsplit(url)
    except ValueError:
        return False
    if not (a.query or a.fragment) or b.query or b.fragment or not a.path.strip("/"):
        return False
    return (a.netloc, a.path.rstrip("/")) == (b.netloc, b.path.rstrip("/"))


def _digest(item: ParsedItem) -> str:
    text = f"{item.title}\n{item.text}\n{item.url}".encode()
    return "sha256:" + hashlib.sha256(text).hexdigest()[:32]
