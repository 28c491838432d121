"""Stored items read again, and what is stored of roundups.

Filters that have changed may find something in an entry of a roundup that nobody found before:
its report is stored then, before it is placed.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.ingest.committing import Committer
from bot.ingest.incoming import as_incoming_again
from bot.ingest.placement import IncomingText
from bot.ingest.reports import NOTHING, Stored, is_roundup, split, told_whole
from bot.model import Item
from bot.store import Store, fingerprints, item_matches, items, roundups, stories
from bot.store.item_pages import ArchivedItem
from bot.store.items import NewItem
from filters.reading import Reading as Found

__all__ = ["read_again", "stored_roundups"]


async def stored_roundups(store: Store, item_ids: Sequence[int]) -> dict[int, Stored]:
    """What is stored of these items, which are roundups by now."""
    async with store.read() as conn:
        there = await items.get_many(conn, item_ids)
        parts = await roundups.parts_of(conn, item_ids)
        matches = {
            item.id: await item_matches.ever_matched(conn, item.id)
            for item in there.values()
            if not item.cut and item.id not in parts
        }
    return {
        item.id: Stored(item, parts.get(item.id, ()), told_whole(item, matches.get(item.id, ())))
        for item in there.values()
    }


async def read_again(
    store: Store,
    committer: Committer,
    read: Sequence[tuple[ArchivedItem, Found]],
    generation: int,
) -> list[tuple[Item, IncomingText]]:
    """Stored items as filters that have changed read them, with the reports of roundups."""
    several = [each.item.id for each, found in read if is_roundup(found)]
    stored = await stored_roundups(store, several) if several else {}
    again: list[tuple[Item, IncomingText]] = []
    for each, found in read:
        whole = stored.get(each.item.id, NOTHING)
        readings = split(as_incoming_again(each, generation, found), found, whole)
        added = [r for r in readings[1:] if r.entry is not None and r.entry.item is None]
        made = await _add_reports(committer, each, added) if added else {}
        again.append((each.item, readings[0]))
        for reading in readings[1:]:
            there = reading.entry.item if reading.entry is not None else None
            item = there or made[reading.item.key]
            if item.text == reading.item.text:
                again.append((item, reading))
    return again


async def _add_reports(
    committer: Committer, each: ArchivedItem, readings: Sequence[IncomingText]
) -> dict[str, Item]:
    """Store entries of a roundup in which something is found only now, as if they had come
    with it and nothing had been found; by key.
    """
    whole = each.item
    async with committer.alone() as (conn, fingerprinted):
        story_ids = await stories.create_many(conn, len(readings), whole.seen_at)
        new = [
            NewItem(
                reading.item,
                story_id,
                archived=whole.archived,
                lang=whole.lang,
                part=(whole.id, reading.entry.start, reading.entry.end),
            )
            for reading, story_id in zip(readings, story_ids, strict=True)
            if reading.entry is not None
        ]
        ids = await items.insert_items(conn, each.source.id, new, seen_at=whole.seen_at)
        await stories.add_key_pairs(
            conn,
            [
                (key, story_id)
                for reading, story_id in zip(readings, story_ids, strict=True)
                for key in reading.identity.stored
            ],
        )
        fingerprint = [(ids[reading.item.key], reading.fingerprint) for reading in readings]
        fingerprinted.extend(await fingerprints.add_fingerprints(conn, fingerprint))
        if not await item_matches.ever_matched(conn, whole.id):
            await roundups.cut(conn, [whole.id])
        made = await items.get_many(conn, ids.values())
    return {item.key: item for item in made.values()}
