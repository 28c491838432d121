"""An item whose text was written over leaves its story; call it in a relating transaction.

Nobody hears twice and nobody is left with a message about nothing: who was told of the story
by this item has it from another of its items, and only who has no such item takes along what
they were told. The story is offered again, for an offer by this item may not be done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from bot.ingest.splitting import keys_of
from bot.model import Item
from bot.store import alerts, replies, splits, stories
from bot.store.connection import Connection
from bot.stories.identity import TEXT_KEY
from bot.stories.relation import RelationKind

__all__ = ["leave"]

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
    """`item` becomes one of the story `into`, which it is to by `kind`; the old one has `others`.

    What the item says now is stored and told by the caller.
    """
    # What it said stays a key of what it was said of.
    keys = {k for k in keys_of([item]) - keys_of(others) if not k.startswith(TEXT_KEY)}
    old = item.story_id
    assert old is not None  # every item has one
    told = await alerts.of_story(conn, old)
    await splits.move(conn, [item.id], item.id, into, keys)
    await stories.stand(conn, item.id, "new" if kind == "development" else kind)
    if not await stories.texts_of(conn, old, 1):
        await stories.stand(conn, others[0].id, "new")  # a copy of what is gone
    for alert in told:
        await splits.told_by_another(conn, alert, item.id)
        await alerts.withdraw_cause(conn, alert.id, item.id)
        if alert.n == 0:
            await alerts.add_cause(
                conn, alert.id, others[0].id, now, others[0].revision, again=True
            )
        await alerts.bump_messages(conn, alert.id)
    await replies.take_back(conn, [item.id], now)
    log.info("item.left_story", item=item.id, into=into, told=bool(told))
