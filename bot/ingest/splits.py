"""Moving items out of a story for all readers, with their keys and notices.

An item moves when its source replaced its text (`leave`), or when people split it off
(`split_off`): both are applied by `_move_out`, whichever rule of `bot.ingest.placement` says it. If
the text is gone, its notices are re-pointed to another item of the old story; after a split they go
along to the new one. So nobody gets the event twice, and no message points at nothing. The old
story is offered again, since its offer through this item may be unfinished.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import structlog

from bot.alerts.decide import Action, Case, decide
from bot.ingest.placement import Placement
from bot.model import Alert, Item, ParsedItem
from bot.store import alerts, fingerprints, item_matches, replies, sources, splits, stories
from bot.store.connection import Connection
from bot.stories.identity import TEXT_KEY, identify
from bot.stories.relation import RelationKind

__all__ = ["leave", "nearest_by_keys", "split_off"]

log = structlog.get_logger(__name__)


async def leave(
    conn: Connection,
    item: Item,
    others: Sequence[Item],
    now: datetime,
    *,
    into: int,
    kind: RelationKind,
) -> None:
    """Move `item`, whose text was replaced, to story `into` with relation `kind`.

    `others` stay behind in its old story. The caller stores the new text and alerts to it.
    Call it in a relating transaction.
    """
    # The keys of its old text stay with the old story.
    keys = {k for k in await _keys_only_of(conn, [item], others) if not k.startswith(TEXT_KEY)}
    moved_alerts = await _move_out(conn, [item], others, into=into, keys=keys)
    await stories.stand(conn, item.id, "new" if kind == "development" else kind)
    for alert in moved_alerts:
        await splits.told_by_another(conn, alert, item.id)
        await alerts.withdraw_cause(conn, alert.id, item.id)
        await _offer_again(conn, alert, others[0], now)
    await replies.take_back(conn, [item.id], now)
    log.info("item.left_story", item=item.id, into=into, told=bool(moved_alerts))


async def split_off(
    conn: Connection, placement: Placement, item: Item, stays: Item, now: datetime
) -> None:
    """Give `item` a story of its own, with what goes along and with their notices; `stays` is
    the item whose alert it was under. The pair is not joined again.

    Call it in a relating transaction.
    """
    old = item.story_id
    assert old is not None  # every item has one
    there = await stories.items_of(conn, old)
    along = [each for each in there if each.id in placement.along]
    moved = [item, *along]
    kept = [each for each in there if each.id not in {each.id for each in moved}]
    new = await stories.create(conn, now)
    keys = await _keys_only_of(conn, moved, kept)
    moved_alerts = await _move_out(conn, moved, kept, into=new, keys=keys)
    for one in moved:
        await fingerprints.split_off(conn, one.id, old, now)
    alert = await _alert_of(conn, new, item, now) if moved_alerts else None
    if alert is not None:
        for each in moved_alerts:
            await splits.take_along(conn, each.id, alert.id, [item.id for item in moved])
        await alerts.add_cause(conn, alert.id, item.id, now, item.revision)
        await alerts.bump_messages(conn, alert.id)
    for each in moved_alerts:
        # Whoever was told of it by the other item only has not heard of this one.
        await _offer_again(conn, each, stays, now)
    await replies.take_back(conn, [item.id for item in there], now)
    log.info("story.split", items=len(moved), told=alert is not None)


async def _alert_of(conn: Connection, story_id: int, item: Item, now: datetime) -> Alert | None:
    """The new story's alert, if it shall have one: decided as if the item had just come."""
    found = await item_matches.matches_of(conn, item.id)
    case = Case(now=now, seen_at=item.seen_at, published=item.published, matches=found)
    if decide(case).action is not Action.ALERT:
        return None
    return await alerts.create(conn, story_id, 0, now)


async def _move_out(
    conn: Connection, moved: Sequence[Item], kept: Sequence[Item], *, into: int, keys: set[str]
) -> list[Alert]:
    """Move items, of which the first begins the story `into`, with these keys; the alerts of the
    story that they leave.
    """
    old = moved[0].story_id
    assert old is not None  # every item has one
    await splits.move(conn, [item.id for item in moved], moved[0].id, into, keys)
    await _begin_with_one(conn, old, kept)
    return await alerts.of_story(conn, old)


async def _begin_with_one(conn: Connection, story_id: int, there: Sequence[Item]) -> None:
    """If only copies of the moved item are left, make the oldest the original."""
    if there and not await stories.texts_of(conn, story_id, 1):
        await stories.stand(conn, there[0].id, "new")


async def _offer_again(conn: Connection, alert: Alert, item: Item, now: datetime) -> None:
    if alert.n == 0:
        await alerts.add_cause(conn, alert.id, item.id, now, item.revision, again=True)
    await alerts.bump_messages(conn, alert.id)


async def nearest_by_keys(
    conn: Connection, there: Sequence[Item], keys: Collection[str]
) -> int | None:
    """The id of the item that shares most of these keys, the newest of several."""
    rows = await _rows_of(conn, there)
    shared = [(len(rows[item.id].intersection(keys)), item.id) for item in there]
    most = max(shared, default=(0, 0))
    return most[1] if most[0] else None


async def _keys_only_of(conn: Connection, moved: Sequence[Item], kept: Sequence[Item]) -> set[str]:
    """The rows of keys that go with the items that leave: those no other has."""
    rows = await _rows_of(conn, [*moved, *kept])
    ours: set[str] = set().union(*(rows[item.id] for item in moved))
    return ours.difference(*(rows[item.id] for item in kept))


async def _rows_of(conn: Connection, there: Sequence[Item]) -> dict[int, set[str]]:
    """The rows of keys that each of the items has, or would have if it came today."""
    by_id = await sources.many(conn, {item.source_id for item in there})
    found: dict[int, set[str]] = {}
    for item in there:
        parsed = ParsedItem(
            key=item.key,
            title=item.title,
            text=item.text,
            url=item.url,
            forwarded_from=item.forwarded_from,
        )
        found[item.id] = {*identify(parsed, by_id[item.source_id]).stored}
    return found
