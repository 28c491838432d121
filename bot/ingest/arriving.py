"""What of a batch is new or says something else than what is stored.

A feed may give an entry another guid, or use one again: then the entry is known by the key that it
is stored with (`bot.stories.guids`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.ingest.batch import is_same
from bot.model import ParsedItem, Source, SourceState, Transport
from bot.sources.text import joined
from bot.store import Store, articles, items
from bot.store.connection import Connection
from bot.store.items import StoredItem
from bot.stories.guids import rekeyed, rewritten
from bot.stories.identity import url_keys

__all__ = ["changed_of"]


async def changed_of(
    store: Store, source: Source, batch: Sequence[ParsedItem], now: datetime, *, look: bool
) -> tuple[Source | None, list[ParsedItem], Mapping[str, StoredItem]]:
    """The source as it is stored now, which items are new or have another text, and what is
    stored of them.

    The source may have changed while it was fetched; None: it was removed. Of equal
    keys the first counts.
    """
    by_key: dict[str, ParsedItem] = {}
    for item in batch:
        by_key.setdefault(item.key, item)
    asked = frozenset(by_key)

    async def read(
        conn: Connection,
    ) -> tuple[Source, list[ParsedItem], dict[str, StoredItem], Mapping[str, str]] | None:
        there: Mapping[str, ParsedItem] = by_key
        current, known = await items.known_of(conn, source.id, list(by_key))
        if current is None or current.state is SourceState.REMOVED:
            return None
        if source.transport is Transport.FEED:
            there = await _recognised(conn, source, by_key, known, now, look=look)
            if rekeyed_as := there.keys() - asked:
                known |= await items.known(conn, source.id, rekeyed_as)
        changed = [item for item in there.values() if not is_same(item, known.get(item.key))]
        known_keys = [item.key for item in changed if item.key in known]
        # An item whose article was read has its text too, which the feed does not say.
        more = await articles.texts(conn, source.id, known_keys) if known_keys else {}
        return current, changed, known, more

    read_now = await store.read_at_once(read)
    if read_now is None:
        return None, [], {}
    current, changed, known, more = read_now
    wide = [
        replace(item, text=joined(item.text, more[item.key])) if item.key in more else item
        for item in changed
    ]
    return current, [item for item in wide if not is_same(item, known.get(item.key))], known


async def _recognised(
    conn: Connection,
    source: Source,
    by_key: Mapping[str, ParsedItem],
    known: Mapping[str, StoredItem],
    now: datetime,
    *,
    look: bool,
) -> dict[str, ParsedItem]:
    """The entries by the keys they are stored with, where a guid has changed or was reused."""
    changed = [item for item in by_key.values() if not is_same(item, known.get(item.key))]
    if not changed:
        return dict(by_key)
    there = await items.stored(conn, source.id, [i.key for i in changed if i.key in known])
    new = [item for item in changed if look and item.key not in known and item.url]
    urls = {key for item in new for key in url_keys(item.url)}
    elsewhere = await items.at_keys(conn, source.id, urls) if urls else []
    anew = rewritten(changed, there, elsewhere, now)
    later = await items.successors(conn, source.id, anew)
    found: dict[str, ParsedItem] = {}
    for item in rekeyed(by_key.values(), there, elsewhere, later, now):
        found.setdefault(item.key, item)
    return found
