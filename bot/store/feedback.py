"""What readers said of alerts: true, noise, wrong army. Stored without the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import NoticeState
from bot.store import schema as s
from bot.store.rows import Notice, insert

__all__ = ["KINDS", "FilterFeedback", "marks", "summary", "toggle"]

KINDS = ("noise", "army", "true")


@dataclass(frozen=True, slots=True)
class FilterFeedback:
    """One filter's feedback: how often each kind, out of how many alerts, with examples."""

    filter_key: str
    noise: int
    army: int
    told: int
    examples: tuple[tuple[str, str], ...]  # (title or text, url), newest first


async def toggle(
    conn: AsyncConnection, notice: Notice, kind: str, filter_key: str, now: datetime
) -> bool:
    """Add the mark to the alert, or take it back; whether it is there now."""
    f = s.feedback.c
    gone = await conn.execute(sa.delete(s.feedback).where(f.notice_id == notice.id, f.kind == kind))
    if gone.rowcount:
        return False
    new = insert(conn, s.feedback).values(
        notice_id=notice.id, kind=kind, filter_key=filter_key, at=now, item_id=notice.item_id
    )
    await conn.execute(new.on_conflict_do_nothing(index_elements=["notice_id", "kind"]))
    return True


async def marks(conn: AsyncConnection, notice_id: int) -> frozenset[str]:
    """The marks of the alert."""
    f = s.feedback.c
    return frozenset(await conn.scalars(sa.select(f.kind).where(f.notice_id == notice_id)))


async def summary(conn: AsyncConnection, since: datetime, most: int = 10) -> list[FilterFeedback]:
    """The complaints since then, by filter, the most frequent first."""
    f = s.feedback.c
    noise = sa.func.sum(sa.case((f.kind == "noise", 1), else_=0))
    army = sa.func.sum(sa.case((f.kind == "army", 1), else_=0))
    query = (
        sa.select(f.filter_key, noise.label("noise"), army.label("army"))
        .where(
            f.at >= since,
            f.kind != "true",
            f.filter_key.not_in(
                sa.select(s.filters.c.key).where(s.filters.c.origin == "watch")  # nobody else's
            ),
        )
        .group_by(f.filter_key)
        .order_by(sa.func.count().desc(), f.filter_key)
        .limit(most)
    )
    return [
        FilterFeedback(
            row.filter_key,
            int(row.noise),
            int(row.army),
            await _count_notices(conn, row.filter_key, since),
            await _examples(conn, row.filter_key, since),
        )
        for row in (await conn.execute(query)).all()
    ]


async def _count_notices(conn: AsyncConnection, filter_key: str, since: datetime) -> int:
    n, m = s.notices.c, s.matches.c
    query = (
        sa.select(sa.func.count(sa.distinct(n.item_id)))
        .join_from(
            s.notices,
            s.matches,
            sa.and_(m.item_id == n.item_id, m.revision == n.revision, m.topic == n.topic),
        )
        .where(m.filter_key == filter_key, n.created_at >= since, n.state == NoticeState.TOLD)
    )
    return await conn.scalar(query) or 0


async def _examples(
    conn: AsyncConnection, filter_key: str, since: datetime
) -> tuple[tuple[str, str], ...]:
    f, i = s.feedback.c, s.items.c
    last = sa.func.max(f.at)
    query = (
        sa.select(i.title, i.text, i.url)
        .join_from(s.feedback, s.items, i.id == f.item_id)
        .where(f.filter_key == filter_key, f.at >= since, f.kind != "true")
        .group_by(i.id, i.title, i.text, i.url)
        .order_by(last.desc(), i.id)
        .limit(2)
    )
    rows = await conn.execute(query)
    return tuple((row.title or row.text, row.url) for row in rows)
