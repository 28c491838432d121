"""Taking an item out of its story: a reader says that it does not belong there.

Both are placed by `bot.ingest.placement` and applied as any item that leaves its story.
For all (admins): the item, with its copies, becomes a story of its own and gets its own alert. Its
notices go along, so nobody gets it twice. For one chat: the item is
told there apart, by an alert of a negative number that is never offered to anybody else, and
what comes because of it later stands with it there. Either is remembered, so that the pair is not
joined again.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from bot.ingest import splits
from bot.ingest.placement import place_split
from bot.ingest.survey import profiled_item
from bot.model import Chat
from bot.store import (
    Store,
    alerts,
    chats,
    fingerprints,
    item_matches,
    items,
    notices,
    replies,
    stories,
)
from bot.store.connection import Connection

__all__ = ["draw_story", "split_for_all", "split_for_chat"]


async def draw_story(store: Store, item_id: int) -> None:
    """Draw the texts of the item's story, which takes long, before the writer is held."""
    async with store.read() as conn:
        item = await items.get(conn, item_id)
        there = (
            []
            if item is None or item.story_id is None
            else await stories.items_of(conn, item.story_id)
        )

    def draw() -> None:
        for each in there:
            profile = profiled_item(each).text_profile
            _ = profile.shingles, profile.event_features

    await asyncio.to_thread(draw)


async def split_for_all(conn: Connection, item_id: int, from_item: int, now: datetime) -> bool:
    """Make two stories of one; False if the two items are of one story no longer.

    The younger of the two leaves: people know the story by its first report. `conn` must be of a
    relating transaction.
    """
    one, two = await items.get(conn, item_id), await items.get(conn, from_item)
    if one is None or two is None or one.story_id is None or one.story_id != two.story_id:
        return False
    there = await stories.items_of(conn, one.story_id)
    stays, leaves = sorted((one, two), key=lambda item: (item.seen_at, item.id))
    placement = place_split(
        profiled_item(leaves), profiled_item(stays), [*map(profiled_item, there)]
    )
    await splits.split_off(conn, placement, leaves, stays, now)
    return True


async def split_for_chat(
    conn: Connection, chat: Chat, item_id: int, from_item: int, now: datetime
) -> bool:
    """Give the item its own silent alert in the chat; False if it has left that story."""
    item, other = await items.get(conn, item_id), await items.get(conn, from_item)
    if item is None or other is None or item.story_id is None:
        return False
    if item.story_id != other.story_id:
        return False
    there = await stories.items_of(conn, item.story_id)
    placement = place_split(profiled_item(item), profiled_item(other), [*map(profiled_item, there)])
    moved = (item.id, *placement.along)
    for each in moved:
        await fingerprints.split_off(conn, each, item.story_id, now, chat.id, part=item.id)
    await replies.take_back(conn, moved, now, chat.id)
    topics = {each.topic for each in await chats.subscriptions(conn, chat.id)}
    found = [m for m in await item_matches.matches_of(conn, item.id) if m.topic in topics]
    if found:
        alert = await alerts.create(conn, item.story_id, -item.id, now)
        offer = notices.Offer(alert.id, item.id, item.revision, now)
        await notices.add_notices(conn, offer, notices.split_delivery(found[0].topic), [chat.id])
    return True
