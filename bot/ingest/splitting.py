"""The keys of a story's items, and which item shares the most of some."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.model import Item, ParsedItem
from bot.stories.identity import story_keys

__all__ = ["keys_of", "nearest_by_keys"]


def nearest_by_keys(there: list[Item], keys: Collection[str]) -> int | None:
    """The id of the item that shares most of these keys, the newest of several."""
    shared = [(len(set(keys).intersection(story_keys(_parsed(item)))), item.id) for item in there]
    most = max(shared, default=(0, 0))
    return most[1] if most[0] else None


def keys_of(there: Sequence[Item]) -> set[str]:
    """The keys of all these items."""
    return {key for item in there for key in story_keys(_parsed(item))}


def _parsed(item: Item) -> ParsedItem:
    return ParsedItem(
        key=item.key,
        title=item.title,
        text=item.text,
        url=item.url,
        forwarded_from=item.forwarded_from,
    )
