"""Alerts, and the causes that offer them to chats. `notices.py` records which chat got which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Alert, Cause, Chat, ChatState, MessageKind, MessageState, Subscription
from bot.store import schema as s
from bot.store.prepared import Prepared
from bot.store.rows import alert_of, cause_of, chat_of, chunks, insert, subscription_of
from bot.store.unreadable_rows import readable

__all__ = [
    "MOST_EDITS",
    "Candidate",
    "add_cause",
    "add_causes",
    "advance_cause",
    "bump",
    "bump_messages",
    "candidates",
    "create",
    "create_firsts",
    "get",
    "of_stories",
    "of_story",
    "open_causes",
    "told_before",
]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chat that may want an alert, with its subscriptions to the topics asked for."""

    chat: Chat
    subscriptions: tuple[Subscription, ...]


async def create(conn: AsyncConnection, story_id: int, n: int, now: datetime) -> Alert:
    """The story's alert number `n` (0: the first; negative: told in one chat apart); made if it
    is not there yet.
    """
    new = insert(conn, s.alerts).values(story_id=story_id, n=n, created_at=now)
    await conn.execute(new.on_conflict_do_nothing(index_elements=["story_id", "n"]))
    query = sa.select(s.alerts).where(s.alerts.c.story_id == story_id, s.alerts.c.n == n)
    return alert_of((await conn.execute(query)).one())


async def get(conn: AsyncConnection, alert_id: int) -> Alert | None:
    """The alert, or None."""
    row = (await conn.execute(sa.select(s.alerts).where(s.alerts.c.id == alert_id))).one_or_none()
    return alert_of(row) if row else None


async def of_story(conn: AsyncConnection, story_id: int) -> list[Alert]:
    """The story's alerts by number."""
    rows = await conn.execute(
        sa.select(s.alerts).where(s.alerts.c.story_id == story_id).order_by(s.alerts.c.n)
    )
    return [alert_of(row) for row in rows]


async def of_stories(conn: AsyncConnection, story_ids: Collection[int]) -> dict[int, list[Alert]]:
    """As `of_story`, for several; stories without an alert are absent."""
    found: dict[int, list[Alert]] = {}
    for chunk in chunks(story_ids):
        for row in await _OF_STORIES(conn, {"ids": chunk}):
            found.setdefault(row.story_id, []).append(alert_of(row))
    return found


_OF_STORIES = Prepared(
    lambda _: (
        sa.select(s.alerts)
        .where(s.alerts.c.story_id.in_(sa.bindparam("ids", expanding=True)))
        .order_by(s.alerts.c.n)
    )
)


async def create_firsts(
    conn: AsyncConnection, story_ids: Collection[int], now: datetime
) -> dict[int, int]:
    """The first alert of each of these new stories: its id by story."""
    if not story_ids:
        return {}
    rows = [{"story_id": story_id, "n": 0, "created_at": now} for story_id in story_ids]
    return {row.story_id: row.id for row in await _CREATE_FIRSTS.each(conn, rows)}


_CREATE_FIRSTS = Prepared(
    lambda _: sa.insert(s.alerts).returning(s.alerts.c.story_id, s.alerts.c.id)
)


async def add_causes(
    conn: AsyncConnection, causes: Collection[tuple[int, int, bool]], now: datetime
) -> None:
    """As `add_cause` for (alert, item, late) of items in their first revision."""
    await _ADD_CAUSES.each(
        conn,
        [
            {
                "alert_id": alert_id,
                "item_id": item_id,
                "revision": 1,
                "created_at": now,
                "late": late,
            }
            for alert_id, item_id, late in causes
        ],
    )


_ADD_CAUSES = Prepared(
    lambda conn: insert(conn, s.causes).on_conflict_do_nothing(
        index_elements=["alert_id", "item_id", "revision"]
    )
)


async def add_cause(
    conn: AsyncConnection,
    alert_id: int,
    item_id: int,
    now: datetime,
    revision: int = 1,
    *,
    again: bool = False,
    late: bool = False,
) -> None:
    """Offer the alert to chats because of this revision; repeating it does nothing.

    With `late` it is no news any more: it comes in digests only.

    With `again` all chats are walked once more: the same text matches more than before.
    """
    if again:
        # Replaced, not set back: whoever walks it now moves the old one's cursor only.
        await conn.execute(
            sa.delete(s.causes).where(
                s.causes.c.alert_id == alert_id,
                s.causes.c.item_id == item_id,
                s.causes.c.revision == revision,
            )
        )
    new = insert(conn, s.causes).values(
        alert_id=alert_id, item_id=item_id, revision=revision, created_at=now, late=late
    )
    await conn.execute(
        new.on_conflict_do_nothing(index_elements=["alert_id", "item_id", "revision"])
    )


async def withdraw_cause(conn: AsyncConnection, alert_id: int, item_id: int) -> None:
    """Offer the alert no longer because of this item, which left its story."""
    c = s.causes.c
    await conn.execute(
        sa.delete(s.causes).where(c.alert_id == alert_id, c.item_id == item_id, c.done.is_(False))
    )


async def open_causes(conn: AsyncConnection, limit: int) -> list[Cause]:
    """Up to `limit` causes that have not walked all chats, oldest first."""
    rows = await conn.execute(
        # Spelt out: only so is the partial index used.
        sa.select(s.causes)
        .where(sa.text(s.OPEN))
        .order_by(s.causes.c.created_at, s.causes.c.id)
        .limit(limit)
    )
    return [cause_of(row) for row in rows]


async def candidates(
    conn: AsyncConnection,
    topics: Collection[str],
    after_chat_id: int,
    limit: int,
    alert_id: int,
    *,
    followed: int | None = None,
) -> list[Candidate]:
    """Up to `limit` chats with an id above `after_chat_id`, by id.

    Those subscribed to any of `topics`, or that follow the story `followed`, that have no
    notice of the alert yet, active or paused, never blocked. Fewer than `limit` means
    there are no more.
    """
    if not topics:
        return []
    subscribed = sa.select(s.subscriptions.c.chat_id).where(
        s.subscriptions.c.topic.in_(list(topics)), s.subscriptions.c.chat_id > after_chat_id
    )
    follows = sa.select(s.follows.c.chat_id).where(s.follows.c.story_id == followed)
    asked: sa.ColumnElement[bool] = s.chats.c.id.in_(subscribed)
    if followed is not None:
        asked = asked | s.chats.c.id.in_(follows)
    has_notice = sa.exists().where(
        s.notices.c.chat_id == s.chats.c.id, s.notices.c.alert_id == alert_id
    )
    rows = await conn.execute(
        sa.select(s.chats)
        .where(
            asked,
            s.chats.c.id > after_chat_id,
            s.chats.c.state != ChatState.BLOCKED,
            ~has_notice,
            ~sa.exists().where(s.alerts.c.id == alert_id, s.alerts.c.closed),
        )
        .order_by(s.chats.c.id)
        .limit(limit)
    )
    chats = [chat_of(row) for row in rows]
    wanted = await _subscriptions(conn, [chat.id for chat in chats], topics)
    return [Candidate(chat, tuple(wanted.get(chat.id, ()))) for chat in chats]


async def advance_cause(
    conn: AsyncConnection,
    cause_id: int,
    cursor: int,
    *,
    edit_cursor: int | None = None,
    done: bool = False,
) -> None:
    """Record how far the cause has walked: chats up to `cursor` have the offer, and notices up to
    `edit_cursor` have their edit queued. Neither moves back.
    """
    c = s.causes.c
    forward: sa.ColumnElement[bool] = c.edit_cursor.is_(None)
    if edit_cursor is not None:
        forward |= c.edit_cursor <= edit_cursor
    await conn.execute(
        sa.update(s.causes)
        .where(c.id == cause_id, c.cursor <= cursor, forward, ~c.done)
        .values(cursor=cursor, edit_cursor=edit_cursor, done=done)
    )


async def told_before(
    conn: AsyncConnection, cause: Cause, after: int, limit: int
) -> list[tuple[int, int]]:
    """Up to `limit` (notice, message) of the alert by other texts than the cause's, by notice.

    Fewer than `limit` means there are no more.
    """
    n = s.notices.c
    rows = await conn.execute(
        sa.select(n.id, n.message_id)
        .where(
            n.alert_id == cause.alert_id,
            n.id > after,
            n.message_id.is_not(None),
            (n.item_id != cause.item_id) | (n.revision != cause.revision),
        )
        .order_by(n.id)
        .limit(limit)
    )
    return [(row.id, row.message_id) for row in rows]


MOST_EDITS = 10
"""Of a message, for growth and change. The last is for the removal of what it tells."""


async def bump_messages(conn: AsyncConnection, alert_id: int, *, gone: bool = False) -> int:
    """Want a new version of all the alert's messages; see `bump`."""
    of_alert = sa.select(s.notices.c.message_id).where(
        s.notices.c.alert_id == alert_id, s.notices.c.message_id.is_not(None)
    )
    return await _bump(conn, s.messages.c.id.in_(of_alert), gone=gone)


async def bump(conn: AsyncConnection, message_ids: Collection[int]) -> int:
    """Want a new version of those of these messages that tell an alert and are sent or being sent.

    For a story that has grown or changed, or (`gone`) was removed. Messages not yet sent
    are rendered when they are, so they need nothing; those that were edited `MOST_EDITS`
    times stay as they are. Returns how many.
    """
    ids = list(message_ids)
    return sum([await _bump(conn, s.messages.c.id.in_(chunk)) for chunk in chunks(ids)])


async def _bump(conn: AsyncConnection, which: sa.ColumnElement[bool], *, gone: bool = False) -> int:
    m = s.messages.c
    changed = await conn.execute(
        sa.update(s.messages)
        .where(
            which,
            m.kind == MessageKind.ALERT,
            # One left behind in a group that moved has no number any more.
            (m.state == MessageState.SENDING)
            | ((m.state == MessageState.SENT) & m.telegram_message_id.is_not(None)),
            m.edits < (MOST_EDITS if gone else MOST_EDITS - 1),
        )
        .values(wanted_version=m.wanted_version + 1)
    )
    return changed.rowcount


async def _subscriptions(
    conn: AsyncConnection, chat_ids: Sequence[int], topics: Collection[str]
) -> dict[int, list[Subscription]]:
    found: dict[int, list[Subscription]] = {}
    for chunk in chunks(chat_ids):
        rows: Sequence[sa.Row[Any]] = (
            await conn.execute(
                sa.select(s.subscriptions)
                .where(
                    s.subscriptions.c.chat_id.in_(chunk),
                    s.subscriptions.c.topic.in_(list(topics)),
                )
                .order_by(s.subscriptions.c.id)
            )
        ).all()
        for each in readable(rows, subscription_of, "subscriptions"):
            found.setdefault(each.chat_id, []).append(each)
    return found
