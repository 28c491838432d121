"""Notices that wait for a time of the chat: its digest, or the summary of quiet hours or the cap.

A chat row says when (`digest_due`, `summary_due`); null while nothing waits.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import UNREAD_AFTER, Chat, ChatState, MessageKind, NoticeState, SourceState
from bot.model.views import ChartView, DigestView, Unread
from bot.store import alert_views, columns, follows, item_matches, possibles
from bot.store import schema as s
from bot.store.rows import chat_of, chunks

__all__ = [
    "DIGEST_READ",
    "DueChat",
    "adopt",
    "armies",
    "chart",
    "due",
    "hasten",
    "hold_until",
    "next_due",
    "pushed",
    "queue",
    "queue_chart",
    "reschedule",
    "unread",
    "view",
    "waiting",
]


@dataclass(frozen=True, slots=True)
class DueChat:
    """A chat, and what has come for it."""

    chat: Chat
    summary: bool = False
    digest: bool = False


DIGEST_READ = 300
"""How many stories a digest looks at; those beyond are counted."""

_WEEK = timedelta(days=7)
_MAX_CHARTED = 2000


async def hold_until(
    conn: AsyncConnection, when: datetime, chat_ids: Collection[int], *, digest: bool = False
) -> None:
    """The chats' next summary (or digest) comes at `when`, or earlier if it is planned so."""
    column = s.chats.c.digest_due if digest else s.chats.c.summary_due
    for chunk in chunks(chat_ids):
        await conn.execute(
            sa.update(s.chats)
            .where(s.chats.c.id.in_(chunk), column.is_(None) | (column > when))
            .values({column.name: when})
        )


async def pushed(conn: AsyncConnection, day: str, chat_ids: Collection[int]) -> None:
    """Count one more alert for each of the chats, on its own date."""
    same = s.chats.c.pushed_on == day
    for chunk in chunks(chat_ids):
        await conn.execute(
            sa.update(s.chats)
            .where(s.chats.c.id.in_(chunk))
            .values(pushed=sa.case((same, s.chats.c.pushed + 1), else_=1), pushed_on=day)
        )


async def due(conn: AsyncConnection, now: datetime, limit: int) -> list[DueChat]:
    """Up to `limit` active chats whose digest or summary has come, or both, by id."""
    found: dict[int, DueChat] = {}
    for first, _ in _asked_each_second():
        for row in await conn.execute(first, {"now": now, "most": limit}):
            found[row.id] = DueChat(
                chat_of(row),
                summary=row.summary_due is not None and row.summary_due <= now,
                digest=row.digest_due is not None and row.digest_due <= now,
            )
    return sorted(found.values(), key=lambda each: each.chat.id)[:limit]


async def next_due(conn: AsyncConnection) -> datetime | None:
    """When the next digest or summary comes, possibly past; None: none is planned."""
    return columns.soonest([await conn.scalar(time) for _, time in _asked_each_second()])


@cache
def _asked_each_second() -> tuple[tuple[sa.Select[Any], sa.Select[Any]], ...]:
    """Of summaries, then of digests: what `due` asks, and what `next_due` does.

    Each by its own partial index; built once, as building them takes longer than asking.
    """
    made = []
    for column in (s.chats.c.summary_due, s.chats.c.digest_due):
        planned = column.is_not(None), s.chats.c.state == ChatState.ACTIVE
        first = (
            sa.select(s.chats)
            .where(*planned, column <= sa.bindparam("now"))
            .order_by(column, s.chats.c.id)
            .limit(sa.bindparam("most", type_=sa.Integer))
        )
        made.append((first, sa.select(sa.func.min(column)).where(*planned)))
    return tuple(made)


async def queue(conn: AsyncConnection, due: DueChat, now: datetime, *, silent: bool) -> int | None:
    """Queue one message for the notices that are due; its id, None if nothing is due (any more).

    What was held and what waited for the digest come together where both are due. More than
    a summary lists is shown as a digest, which counts what it does not list.
    """
    due_columns = [
        column.name
        for column, is_due in (
            (s.chats.c.summary_due, due.summary),
            (s.chats.c.digest_due, due.digest),
        )
        if is_due
    ]
    cleared = dict.fromkeys(due_columns, None)
    await conn.execute(sa.update(s.chats).where(s.chats.c.id == due.chat.id).values(cleared))
    states = [NoticeState.HELD] * due.summary + [NoticeState.DIGEST] * due.digest
    waiting = sa.and_(s.notices.c.chat_id == due.chat.id, s.notices.c.state.in_(states))
    counted = sa.select(s.notices.c.state, sa.func.count(sa.case((_wanted(), 1)))).where(waiting)
    rows = await conn.execute(counted.group_by(s.notices.c.state))
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    if not found:
        return None
    listed = NoticeState.DIGEST not in found and sum(found.values()) <= alert_views.SUMMARY_LISTED
    message_id: int = (
        await conn.execute(
            sa.insert(s.messages)
            .values(
                chat_id=due.chat.id,
                kind=MessageKind.SUMMARY if listed else MessageKind.DIGEST,
                # Normal lane: the user has just sent /resume and waits.
                lane="normal" if due.summary else "bulk",
                silent=silent,
                created_at=now,
            )
            .returning(s.messages.c.id)
        )
    ).scalar_one()
    await conn.execute(
        sa.update(s.notices).where(waiting).values(message_id=message_id, state=NoticeState.QUEUED)
    )
    return message_id


async def waiting(conn: AsyncConnection, chat_id: int, now: datetime) -> int:
    """How many stories the message that is due at `now` will bring."""
    c, n = s.chats.c, s.notices.c
    has_come = ((n.state == NoticeState.HELD) & (c.summary_due <= now)) | (
        (n.state == NoticeState.DIGEST) & (c.digest_due <= now)
    )
    query = sa.select(sa.func.count()).join_from(s.notices, s.chats, n.chat_id == c.id)
    return await conn.scalar(query.where(n.chat_id == chat_id, has_come, _wanted())) or 0


def _wanted() -> sa.ColumnElement[bool]:
    """Whether a notice is still wanted: others are withdrawn when their message goes out."""
    n, m, sub = s.notices.c, s.matches.c, s.subscriptions.c
    matched = sa.exists().where(
        m.item_id == n.item_id,
        m.revision == n.revision,
        m.topic == sub.topic,
        item_matches.holds(),
    )
    matched = matched.correlate(s.notices, s.subscriptions)
    asked = sa.exists().where(
        sub.chat_id == n.chat_id,
        (sub.topic == n.topic) | matched,
    )
    return asked | follows.follows_alert(n.chat_id, n.alert_id, developments=True)


async def queue_chart(conn: AsyncConnection, chat_id: int, until: datetime) -> int:
    """The picture of the week that ends at `until`, after what is queued; its id."""
    row = {
        "chat_id": chat_id,
        "kind": MessageKind.CHART,
        "lane": "bulk",
        "silent": True,
        "created_at": until,
    }
    statement = sa.insert(s.messages).values(**row).returning(s.messages.c.id)
    message_id: int = (await conn.execute(statement)).scalar_one()
    return message_id


async def reschedule(conn: AsyncConnection, chat_id: int, when: datetime | None) -> None:
    """Move the chat's digest to `when`, since it chose another time."""
    waits = sa.exists().where(
        s.notices.c.chat_id == chat_id, s.notices.c.state == NoticeState.DIGEST
    )
    await conn.execute(
        sa.update(s.chats).where(s.chats.c.id == chat_id, waits).values(digest_due=when)
    )


async def hasten(conn: AsyncConnection, chat_id: int, now: datetime) -> None:
    """Release what quiet hours or the cap hold back, since they changed: one summary comes now."""
    waits = s.chats.c.summary_due.is_not(None)
    await conn.execute(
        sa.update(s.chats).where(s.chats.c.id == chat_id, waits).values(summary_due=now)
    )


async def adopt(conn: AsyncConnection, now: datetime) -> int:
    """Plan the digest of chats whose notices wait for one that is not planned; how many.

    So a group's wait when it has moved into a chat that was known already.
    """
    waiting = sa.select(s.notices.c.chat_id).where(s.notices.c.state == NoticeState.DIGEST)
    changed = await conn.execute(
        sa.update(s.chats)
        .where(s.chats.c.digest_due.is_(None), s.chats.c.id.in_(waiting))
        .values(digest_due=now)
    )
    return changed.rowcount


async def view(conn: AsyncConnection, message_id: int, until: datetime) -> DigestView | None:
    """What a digest tells, newest first; None if it tells nothing any more."""
    of_message = sa.and_(
        s.notices.c.message_id == message_id, s.notices.c.state != NoticeState.WITHDRAWN
    )
    total = await conn.scalar(sa.select(sa.func.count()).where(of_message)) or 0
    if not total:
        return None
    newest = (
        sa.select(s.notices.c.id)
        .where(of_message)
        .order_by(s.notices.c.created_at.desc(), s.notices.c.id.desc())
        .limit(DIGEST_READ)
    )
    shown = await alert_views.alerts(conn, list(await conn.scalars(newest)))
    return DigestView(
        message_id=message_id,
        until=until,
        alerts=tuple(shown),
        more=total - len(shown),
        unread=await unread(conn),
        possible=await possibles.of_chat(conn, await _chat_of(conn, message_id), message_id, until),
    )


async def _chat_of(conn: AsyncConnection, message_id: int) -> int:
    query = sa.select(s.messages.c.chat_id).where(s.messages.c.id == message_id)
    chat_id: int = (await conn.execute(query)).scalar_one()
    return chat_id


async def unread(conn: AsyncConnection) -> Unread | None:
    """How many sources are unread; None if all active ones can be read."""
    c = s.sources.c
    failing = c.failures >= UNREAD_AFTER
    row = (
        await conn.execute(
            sa.select(
                sa.func.count().label("of"),
                sa.func.count(sa.case((failing, 1))).label("unread"),
                sa.type_coerce(
                    sa.func.min(sa.case((failing, c.last_success))), columns.UtcDateTime
                ).label("since"),
            ).where(c.state == SourceState.ACTIVE)
        )
    ).one()
    if not row.unread:
        return None
    return Unread(row.unread, row.of, row.since)


async def armies(conn: AsyncConnection, chat: Chat, until: datetime) -> dict[str, int]:
    """The same week's stories by army, as their matches of the topic that was told have it."""
    n, m = s.notices.c, s.matches.c
    rows = await conn.execute(
        sa.select(m.army, sa.func.count(sa.distinct(n.id)).label("stories"))
        .join_from(
            s.notices,
            s.matches,
            sa.and_(m.item_id == n.item_id, m.revision == n.revision, m.topic == n.topic),
        )
        .where(
            n.chat_id == chat.id,
            n.state != NoticeState.WITHDRAWN,
            n.created_at >= until - _WEEK,
            n.created_at < until,
        )
        .group_by(m.army)
    )
    return {row.army: row.stories for row in rows}


async def chart(conn: AsyncConnection, chat: Chat, until: datetime) -> ChartView | None:
    """The chat's week up to `until`, as its picture shows it; None without any alert."""
    n, since = s.notices.c, until - _WEEK
    rows = await conn.execute(
        sa.select(n.topic, n.created_at, s.items.c.title, s.items.c.text)
        .join_from(s.notices, s.items, n.item_id == s.items.c.id)
        .where(
            n.chat_id == chat.id,
            n.state != NoticeState.WITHDRAWN,
            n.created_at >= since,
            n.created_at < until,
        )
        .order_by(n.id.desc())
        .limit(_MAX_CHARTED)
    )
    stories_of_week = tuple(
        (row.topic, row.created_at, f"{row.title}\n{row.text[:2000]}") for row in rows
    )
    return ChartView(since, until, stories_of_week) if stories_of_week else None
