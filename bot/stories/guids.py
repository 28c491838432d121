"""Guid repair: recognise a feed's stored entries although their guids changed. Pure.

A guid is what a feed says an entry is, and mostly right. Three mistakes are common, and all lose
alerts or fill the archive:

- the guid changes at each visit while address and words stay: the stored key goes on;
- one guid is given to one article after the other: another address with quite other words is
  another item, under a key of its own;
- one page ("the day in short") is rewritten each day under one guid, address and title: each
  day's words are an item, a *successor* of the first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Final

from bot.model import ParsedItem, Stored
from bot.urls import canonical_url

__all__ = ["is_successor", "rekeyed", "rewritten"]

_WORDS: Final = re.compile(r"\w{3,}")
_SAMPLE_LETTERS: Final = 5_000  # letters
_SAME_ARTICLE_SHARE: Final = 0.5  # of the shorter one's words in common: the same article, edited
_NEXT_PAGE_SHARE: Final = (
    0.3  # of the pairs of words in the texts alone: less is another day's page
)
_MIN_PAIRS: Final = 4  # pairs that are enough to tell
_NEXT_PAGE_DATED_AFTER: Final = timedelta(hours=1)
_NEXT_PAGE_SEEN_AFTER: Final = timedelta(hours=6)  # where the date stays, or there is none
_SUCCESSOR: Final = "#page:"


def rekeyed(
    batch: Iterable[ParsedItem],
    by_key: Mapping[str, Stored],
    at_urls: Collection[Stored],
    successors: Mapping[str, Sequence[Stored]] | None = None,
    now: datetime | None = None,
) -> list[ParsedItem]:
    """The entries under the keys they are, or shall be, stored with.

    `by_key` are stored items that have these keys, `at_urls` ones that have these addresses,
    `successors` those of the keys that `rewritten` names, the newest first; without `now` (UTC)
    no page counts as rewritten. The answer is the same at each visit: what was stored under a
    new key is found by it again.
    """
    batch = list(batch)
    by_url = _by_url(batch, at_urls)
    found = []
    for item in batch:
        same = by_key.get(item.key) or by_url.get(_address(item.url))
        if same is not None and now is not None and _is_rewritten(item, same, now):
            found.append(_succeeding(item, same, (successors or {}).get(same.key, ()), now))
        else:
            found.append(_rekeyed(item, by_key.get(item.key), by_url.get(_address(item.url))))
    return found


def rewritten(
    batch: Iterable[ParsedItem],
    by_key: Mapping[str, Stored],
    at_urls: Collection[Stored],
    now: datetime,
) -> frozenset[str]:
    """Keys of stored items whose pages say something else by now."""
    batch = list(batch)
    by_url = _by_url(batch, at_urls)
    pairs = ((item, by_key.get(item.key) or by_url.get(_address(item.url))) for item in batch)
    return frozenset(
        same.key for item, same in pairs if same is not None and _is_rewritten(item, same, now)
    )


def is_successor(key: str) -> bool:
    """Whether it is of a rewritten page: its address is that of others before and after it."""
    return _SUCCESSOR in key


def _by_url(batch: Sequence[ParsedItem], at_urls: Collection[Stored]) -> dict[str, Stored]:
    keys = {item.key for item in batch}
    there = [s for s in at_urls if s.key not in keys and not is_successor(s.key)]
    return {_address(stored.url): stored for stored in there}


def _is_rewritten(item: ParsedItem, stored: Stored, now: datetime) -> bool:
    """Whether address and title stay, and the words are those of another day."""
    if item.title != stored.title or _address(item.url) != _address(stored.url):
        return False
    return _is_later(item, stored, now) and _other_words(item.text, stored.text)


def _is_later(item: ParsedItem, stored: Stored, now: datetime) -> bool:
    if item.published and stored.published and item.published != stored.published:
        return item.published - stored.published >= _NEXT_PAGE_DATED_AFTER
    return stored.seen_at is not None and now - stored.seen_at >= _NEXT_PAGE_SEEN_AFTER


def _other_words(ours: str, theirs: str) -> bool:
    """Compared by pairs of words: daily texts about one topic share many single words."""
    one, other = _pairs(ours), _pairs(theirs)
    fewer = min(len(one), len(other))
    return fewer >= _MIN_PAIRS and len(one & other) < _NEXT_PAGE_SHARE * fewer


def _pairs(text: str) -> set[tuple[str, str]]:
    return {*pairwise(re.findall(r"\w+", text[:_SAMPLE_LETTERS].casefold()))}


def _succeeding(
    item: ParsedItem, first: Stored, successors: Sequence[Stored], now: datetime
) -> ParsedItem:
    """The entry as the successor that says the same, or as a new one.

    A date that did not move with the words is the page's, not theirs.
    """
    if item.published is not None and item.published == first.published:
        item = replace(item, published=None)
    for each in successors:
        if not (_is_later(item, each, now) and _other_words(item.text, each.text)):
            return replace(item, key=each.key)
    words = sha256(item.text.encode(errors="replace")).hexdigest()[:16]
    return replace(item, key=f"{first.key}{_SUCCESSOR}{words}")


def _rekeyed(item: ParsedItem, same_key: Stored | None, same_url: Stored | None) -> ParsedItem:
    if same_key is not None:
        return replace(item, key=_other_key(item)) if _is_other(item, same_key) else item
    if same_url is not None and item.url and _says_the_same(item, same_url):
        return replace(item, key=same_url.key)
    return item


def _is_other(item: ParsedItem, stored: Stored) -> bool:
    """Whether the guid was given to another article."""
    if not item.url or not stored.url or _address(item.url) == _address(stored.url):
        return False
    if item.title == stored.title and item.title:
        return False
    ours, theirs = _words(item.title, item.text), _words(stored.title, stored.text)
    return len(ours & theirs) < _SAME_ARTICLE_SHARE * max(1, min(len(ours), len(theirs)))


def _says_the_same(item: ParsedItem, stored: Stored) -> bool:
    """Whether only the guid is new. Of pages that tell one thing after the other the words are."""
    if item.title or stored.title:
        return item.title == stored.title
    return item.text == stored.text


def _other_key(item: ParsedItem) -> str:
    return f"{item.key}#{sha256(_address(item.url).encode()).hexdigest()[:16]}"


def _address(url: str) -> str:
    return canonical_url(url) or url


def _words(title: str, text: str) -> set[str]:
    return set(_WORDS.findall(f"{title}\n{text[:_SAMPLE_LETTERS]}".casefold()))
