"""The facts of an event that chats have read: in an alert, and in the replies under it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import MessageKind, MessageState
from bot.store import schema as s
from bot.store.item_matches import holds
from bot.store.rows import chunks

__all__ = ["told_facts"]

Facts = tuple[str, ...]
"""The facts of one text, as `filters.facts.pack` made them."""


async def told_facts(
    conn: AsyncConnection, message_ids: Collection[int], item_id: int
) -> dict[int, list[Facts]]:
    """By alert message, the facts of each text that its chat could read there before the item.

    That is the text the alert was sent for, and each text of a reply under it. Texts that the
    alert only counts do not belong: the chat may have come after them.
    """
    facts_by_message: dict[int, set[int]] = defaultdict(set)
    n, m = s.notices.c, s.messages.c
    for chunk in chunks(message_ids):
        alerts = sa.select(n.message_id, n.item_id).where(
            n.message_id.in_(chunk), n.item_id != item_id
        )
        replies = sa.select(m.reply_to, m.item_id).where(
            m.reply_to.in_(chunk),
            m.kind == MessageKind.REPLY,
            m.body == "",
            m.state != MessageState.DEAD,
            m.item_id < item_id,
        )
        for message_id, told_item in await conn.execute(sa.union(alerts, replies)):
            facts_by_message[message_id].add(told_item)
    facts = await _facts_of(conn, {each for of_one in facts_by_message.values() for each in of_one})
    return {
        message_id: [each for one in sorted(of_one) for each in facts[one]]
        for message_id, of_one in facts_by_message.items()
    }


async def _facts_of(conn: AsyncConnection, item_ids: Collection[int]) -> dict[int, list[Facts]]:
    found: dict[int, list[Facts]] = defaultdict(list)
    i, m = s.items.c, s.matches.c
    for chunk in chunks(item_ids):
        rows = await conn.execute(
            sa.select(m.item_id, m.evidence)
            .join_from(s.matches, s.items, (i.id == m.item_id) & (i.revision == m.revision))
            .where(m.item_id.in_(chunk), holds())
        )
        for row in rows:
            if row.evidence:
                found[row.item_id].append(tuple(row.evidence.get("facts", ())))
    return found
