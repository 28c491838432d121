"""Taking an item out of its story: a reader says that it does not belong there.

For all (admins): the item, with its copies, becomes a story of its own and gets its own alert. Its
notices go along, so nobody gets it twice. For one chat: the item is
told there apart, by an alert of a negative number that is never offered to anybody else, and
what comes because of it later stands with it there. Either is remembered, so that the pair is not
joined again.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.alerts.decide import Action, Case, decide
from bot.ingest.splits import begin_with_one, keys_only_of, offer_again
from bot.model import Alert, Chat, Item
from bot.store import alerts, chats, fingerprints, items, replies, splits, stories
from bot.store.connection import Connection
from bot.stories.copies import CONTAINED, copied
from bot.stories.relation import portrait

__all__ = ["split_for_all", "split_for_chat"]

log = structlog.get_logger(__name__)


async def split_for_all(conn: Connection, item_id: int, from_item: int, now: datetime) -> bool:
    """Make two stories of one; False if the two items are of one story no longer.

    The younger of the two leaves: people speak of the story by its first. `conn` must be of a
    relating transaction.
    """
    pair = [await items.get(conn, each) for each in (item_id, from_item)]
    one, two = pair
    if one is None or two is None or one.story_id is None or one.story_id != two.story_id:
        return False
    old = one.story_id
    stays, leaves = sorted((one, two), key=lambda item: (item.seen_at, item.id))
    there = await stories.items_of(conn, old)
    moved = [leaves, *_copies_of(leaves, stays, there)]
    kept = [item for item in there if item.id not in {each.id for each in moved}]
    new = await stories.create(conn, now)
    keys = await keys_only_of(conn, moved, kept)
    await splits.move(conn, [item.id for item in moved], leaves.id, new, keys)
    await begin_with_one(conn, old, kept)
    for item in moved:
        await fingerprints.split_off(conn, item.id, old, now)
    told = await alerts.of_story(conn, old)
    case = Case(
        now=now,
        seen_at=leaves.seen_at,
        published=leaves.published,
        matches=await items.matches_of(conn, leaves.id),
    )
    alert = await _alert(conn, new, case) if told else None
    if alert is not None:
        for each in told:
            await splits.take_along(conn, each.id, alert.id, [item.id for item in moved])
        await alerts.add_cause(conn, alert.id, leaves.id, now, leaves.revision)
        await alerts.bump_messages(conn, alert.id)
    for each in told:
        # Whoever was told of it by the other item only has not heard of this one.
        await offer_again(conn, each, stays, now)
    await replies.take_back(conn, [item.id for item in there], now)
    log.info("story.split", items=len(moved), told=alert is not None)
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
    moved = (item, *_copies_of(item, other, there))
    for each in moved:
        await fingerprints.split_off(conn, each.id, item.story_id, now, chat.id, part=item.id)
    await replies.take_back(conn, [each.id for each in moved], now, chat.id)
    topics = {each.topic for each in await chats.subscriptions(conn, chat.id)}
    found = [m for m in await items.matches_of(conn, item.id) if m.topic in topics]
    if found:
        alert = await alerts.create(conn, item.story_id, -item.id, now)
        telling = alerts.Telling(alert.id, item.id, item.revision, now)
        await alerts.tell(conn, telling, alerts.apart(found[0].topic), [chat.id])
    return True


async def _alert(conn: Connection, story_id: int, case: Case) -> Alert | None:
    """The new story's alert, if it shall have one: decided as if the item had just come."""
    if decide(case).action is not Action.ALERT:
        return None
    return await alerts.create(conn, story_id, 0, case.now)


def _copies_of(leaves: Item, stays: Item, there: list[Item]) -> list[Item]:
    """What came because of the item that leaves: nearer to it than to the one that stays."""
    one, two = (portrait(item.title, item.text) for item in (leaves, stays))
    found = []
    for item in there:
        if item.id in (leaves.id, stays.id):
            continue
        mine = portrait(item.title, item.text)
        scores = [copied(mine.shingles, o.shingles, mine.clues, o.clues) for o in (one, two)]
        if scores[0] >= CONTAINED and scores[0] > scores[1]:
            found.append(item)
    return found
