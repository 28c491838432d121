"""Whether an entry of a feed is one that is stored already, where its guid says otherwise. Pure.

A guid is what a feed says an entry is, and mostly right. Two mistakes are common, and both lose
alerts or fill the archive:

- the guid changes at each visit while address and words stay: the stored key goes on;
- one guid is given to one article after the other: another address with quite other words is
  another item, under a key of its own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from bot.model import ParsedItem
from bot.urls import canonical_url

__all__ = ["Stored", "rekeyed"]

_WORDS: Final = re.compile(r"\w{3,}")
_SAMPLE: Final = 5_000  # letters
_ALIKE: Final = 0.5  # of the shorter one's words in common: the same article, edited


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored item of the source, as its last revision has it."""

    key: str
    url: str
    title: str
    text: str


def rekeyed(
    batch: Iterable[ParsedItem], by_key: Mapping[str, Stored], at_urls: Collection[Stored]
) -> list[ParsedItem]:
    """The entries under the keys they are, or shall be, stored with.

    `by_key` are stored items that have these keys, `at_urls` ones that have these addresses.
    The answer is the same at each visit: what was stored under a new key is found by it again.
    """
    batch = list(batch)
    said = {item.key for item in batch}
    by_url = {_address(stored.url): stored for stored in at_urls if stored.key not in said}
    return [_rekeyed(item, by_key.get(item.key), by_url.get(_address(item.url))) for item in batch]


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
    return len(ours & theirs) < _ALIKE * max(1, min(len(ours), len(theirs)))


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
    return set(_WORDS.findall(f"{title}\n{text[:_SAMPLE]}".casefold()))
