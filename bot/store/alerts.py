"""Alerts, the causes that offer them to chats, and the notices that record who got them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import (
    Alert,
    Cause,
    Chat,
    ChatState,
    MessageKind,
    MessageState,
    NoticeState,
    Subscription,
)
from bot.store import follows as story_follows
from bot.store import item_matches
from bot.store import schema as s
from bot.store.rows import (
    Notice,
    alert_of,
    cause_of,
    chat_of,
    chunks,
    insert,
    notice_of,
    subscription_of,
)
from bot.store.set_aside import one_readable, readable

__all__ = [
    "MOST_EDITS",
    "Candidate",
    "Notice",
    "NoticeDelivery",
    "Offer",
    "add_cause",
    "add_causes",
    "add_notices",
    "advance_cause",
    "bump",
    "bump_messages",
    "candidates",
    "chats_left_held",
    "create",
    "create_firsts",
    "drop_unfollowed",
    "get",
    "get_notice",
    "hold_notices",
    "notices_held",
    "of_stories",
    "of_story",
    "open_causes",
    "set_topic",
    "split_delivery",
    "told_before",
    "withdraw_notices",
]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chat that may want an alert, with its subscriptions to the topics asked for."""

    chat: Chat
    subscriptions: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """An alert through this revision of this item, offered at `at` (UTC)."""

    alert_id: int
    item_id: int
    revision: int
    at: datetime


@dataclass(frozen=True, slots=True)
class NoticeDelivery:
    """Under which topic, whether at once or later, in which lane (of messages.Lane)."""

    topic: str
    state: NoticeState
    lane: str
    silent: bool = False


def split_delivery(topic: str) -> NoticeDelivery:
    """The manner of an item that one chat split off: at once, without sound."""
    return NoticeDelivery(topic, NoticeState.QUEUED, "bulk", silent=True)


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
        for row in await conn.execute(_OF_STORIES, {"ids": chunk}):
            found.setdefault(row.story_id, []).append(alert_of(row))
    return found


_OF_STORIES = (
    sa.select(s.alerts)
    .where(s.alerts.c.story_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(s.alerts.c.n)
)


async def create_firsts(
    conn: AsyncConnection, story_ids: Collection[int], now: datetime
) -> dict[int, int]:
    """The first alert of each of these new stories: its id by story."""
    if not story_ids:
        return {}
    rows = [{"story_id": story_id, "n": 0, "created_at": now} for story_id in story_ids]
    made = sa.insert(s.alerts).returning(s.alerts.c.story_id, s.alerts.c.id)
    return {row.story_id: row.id for row in await conn.execute(made, rows)}


async def add_causes(
    conn: AsyncConnection, causes: Collection[tuple[int, int, bool]], now: datetime
) -> None:
    """As `add_cause` for (alert, item, late) of items in their first revision."""
    if not causes:
        return
    new = insert(conn, s.causes)
    await conn.execute(
        new.on_conflict_do_nothing(index_elements=["alert_id", "item_id", "revision"]),
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
    told = sa.exists().where(s.notices.c.chat_id == s.chats.c.id, s.notices.c.alert_id == alert_id)
    rows = await conn.execute(
        sa.select(s.chats)
        .where(
            asked,
            s.chats.c.id > after_chat_id,
            s.chats.c.state != ChatState.BLOCKED,
            ~told,
            ~sa.exists().where(s.alerts.c.id == alert_id, s.alerts.c.closed),
        )
        .order_by(s.chats.c.id)
        .limit(limit)
    )
    chats = [chat_of(row) for row in rows]
    wanted = await _subscriptions(conn, [chat.id for chat in chats], topics)
    return [Candidate(chat, tuple(wanted.get(chat.id, ()))) for chat in chats]


async def add_notices(
    conn: AsyncConnection, telling: Offer, manner: NoticeDelivery, chat_ids: Sequence[int]
) -> int:
    """Notices of the alert for these chats, with messages where they are to be sent.

    Two statements for any number. A chat that has a notice of the alert already keeps
    that one and gets no message. Returns how many notices are new.
    """
    new = 0
    for chunk in chunks(chat_ids):
        if manner.state is NoticeState.QUEUED:
            made = await _messages_for(conn, telling, manner, chunk)
            of = sa.select(s.messages.c.chat_id, *_constants(telling, manner), s.messages.c.id)
            source = of.where(s.messages.c.id.in_(made))
        else:
            made = []
            nothing = sa.cast(sa.null(), s.notices.c.message_id.type).label("message_id")
            of = sa.select(s.chats.c.id, *_constants(telling, manner), nothing)
            source = of.where(s.chats.c.id.in_(chunk))
        names = ["chat_id", *_CONSTANT, "message_id"]
        statement = (
            insert(conn, s.notices)
            .from_select(names, source, include_defaults=False)
            .on_conflict_do_nothing(index_elements=["chat_id", "alert_id"])
        )
        count = (await conn.execute(statement)).rowcount
        new += count
        if count < len(made):
            told = sa.exists().where(s.notices.c.message_id == s.messages.c.id)
            await conn.execute(sa.delete(s.messages).where(s.messages.c.id.in_(made), ~told))
    return new


_CONSTANT = ("alert_id", "item_id", "revision", "topic", "state", "created_at")


def _constants(telling: Offer, manner: NoticeDelivery) -> list[sa.ColumnElement[Any]]:
    values = {
        "alert_id": telling.alert_id,
        "item_id": telling.item_id,
        "revision": telling.revision,
        "topic": manner.topic,
        "state": str(manner.state),
        "created_at": telling.at,
    }
    return [
        sa.cast(sa.literal(values[name], s.notices.c[name].type), s.notices.c[name].type).label(
            name
        )
        if name != "created_at"
        else sa.literal(telling.at, s.UtcDateTime).label(name)
        for name in _CONSTANT
    ]


async def _messages_for(
    conn: AsyncConnection, telling: Offer, manner: NoticeDelivery, chat_ids: Sequence[int]
) -> list[int]:
    rows = sa.select(
        s.chats.c.id,
        sa.literal(str(MessageKind.ALERT), s.StoredText).label("kind"),
        sa.literal(str(manner.lane), s.StoredText).label("lane"),
        sa.literal(manner.silent, sa.Boolean).label("silent"),
        sa.literal(telling.at, s.UtcDateTime).label("created_at"),
    ).where(s.chats.c.id.in_(chat_ids))
    statement = (
        insert(conn, s.messages)
        .from_select(
            ["chat_id", "kind", "lane", "silent", "created_at"],
            rows.order_by(s.chats.c.id),
            include_defaults=False,
        )
        .returning(s.messages.c.id)
    )
    return list(await conn.scalars(statement))


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


async def get_notice(conn: AsyncConnection, notice_id: int) -> Notice | None:
    """The notice, or None. Check its chat before showing it to anyone."""
    row = (
        await conn.execute(sa.select(s.notices).where(s.notices.c.id == notice_id))
    ).one_or_none()
    return one_readable(row, notice_of, "notices")


_HOLDABLE = [MessageKind.ALERT, MessageKind.SUMMARY, MessageKind.DIGEST, MessageKind.CHART]


async def hold_notices(conn: AsyncConnection, chat_id: int) -> int:
    """Take back what waits to be sent to the chat, for one summary later.

    Queued notices become HELD and their messages vanish, unless Telegram may
    already have taken the message. Returns how many are newly held.
    """
    waiting = sa.select(s.messages.c.id).where(
        s.messages.c.chat_id == chat_id,
        s.messages.c.kind.in_(_HOLDABLE),
        s.messages.c.state.in_([MessageState.QUEUED, MessageState.RETRY]),
        s.messages.c.unknowns == 0,
    )
    # Locked, so that the outbox cannot begin to send one meanwhile.
    ids = list(await conn.scalars(waiting.with_for_update()))
    queued = sa.and_(s.notices.c.chat_id == chat_id, s.notices.c.state == NoticeState.QUEUED)
    hold = sa.update(s.notices).values(state=NoticeState.HELD, message_id=None)
    held = (await conn.execute(hold.where(queued, s.notices.c.message_id.is_(None)))).rowcount
    for chunk in chunks(ids):
        of_these = s.notices.c.message_id.in_(chunk)
        held += (await conn.execute(hold.where(queued, of_these))).rowcount
        await conn.execute(sa.update(s.notices).where(of_these).values(message_id=None))
        await conn.execute(sa.delete(s.messages).where(s.messages.c.id.in_(chunk)))
    return held


async def chats_left_held(conn: AsyncConnection) -> list[int]:
    """Open chats with held notices that no planned summary would bring, by id.

    So does a message leave them that was given up unanswered, or a paused chat
    that was merged into another. What quiet hours or a cap hold has its time.
    """
    held = sa.select(s.notices.c.chat_id).where(s.notices.c.state == NoticeState.HELD)
    query = sa.select(s.chats.c.id).where(
        s.chats.c.state == ChatState.ACTIVE,
        s.chats.c.summary_due.is_(None),
        s.chats.c.id.in_(held),
    )
    return list(await conn.scalars(query.order_by(s.chats.c.id)))


async def drop_unfollowed(conn: AsyncConnection, message_ids: Collection[int]) -> list[Notice]:
    """Withdraw what these messages would tell of topics their chats have left, unless the
    chat follows the story.

    Returns those whose item also matches a topic that the chat still follows,
    untouched: `set_topic` or withdraw them.
    """
    n, left = s.notices.c, []
    follows = sa.exists().where(
        s.subscriptions.c.chat_id == n.chat_id, s.subscriptions.c.topic == n.topic
    ) | story_follows.follows_alert(n.chat_id, n.alert_id, developments=True)
    other = sa.exists().where(
        s.matches.c.item_id == n.item_id,
        s.matches.c.revision == n.revision,
        s.subscriptions.c.topic == s.matches.c.topic,
        s.subscriptions.c.chat_id == n.chat_id,
        item_matches.holds(),
    )
    for chunk in chunks(message_ids):
        unfollowed = sa.and_(n.message_id.in_(chunk), n.state == NoticeState.QUEUED, ~follows)
        await conn.execute(
            sa.update(s.notices).where(unfollowed, ~other).values(state=NoticeState.WITHDRAWN)
        )
        rows = await conn.execute(sa.select(s.notices).where(unfollowed).order_by(n.id))
        left += readable(rows, notice_of, "notices")
    return left


async def set_topic(conn: AsyncConnection, notice_id: int, topic: str) -> None:
    """Tell the notice under another topic."""
    await conn.execute(sa.update(s.notices).where(s.notices.c.id == notice_id).values(topic=topic))


async def notices_held(conn: AsyncConnection, chat_id: int) -> list[Notice]:
    """The chat's notices held for a summary, oldest first."""
    rows = await conn.execute(
        sa.select(s.notices)
        .where(s.notices.c.chat_id == chat_id, s.notices.c.state == NoticeState.HELD)
        .order_by(s.notices.c.created_at, s.notices.c.id)
    )
    return readable(rows, notice_of, "notices")


async def withdraw_notices(conn: AsyncConnection, notice_ids: Collection[int]) -> None:
    """Withdraw these notices: they will not be sent. Sent ones stay as they are."""
    for chunk in chunks(notice_ids):
        await conn.execute(
            sa.update(s.notices)
            .where(s.notices.c.id.in_(chunk), s.notices.c.state != NoticeState.TOLD)
            .values(state=NoticeState.WITHDRAWN)
        )


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
