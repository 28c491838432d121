"""What an item possibly asserts: never pushed, counted in digests, shown one by one in review.

Not among them: stories that the chat has a notice of, and stories of which some item surely
asserts the topic.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.views import AlertView
from bot.store import item_matches
from bot.store import schema as s
from bot.store.rows import kind_of, match_of
from bot.store.unreadable_rows import one_readable

__all__ = ["POSSIBLES_READ", "of_chat", "view_columns", "view_of"]

POSSIBLES_READ: Final = 60
"""How many of them a digest looks at; those beyond are neither counted nor shown."""

_LOOK_BACK: Final = timedelta(days=1)


async def of_chat(
    conn: AsyncConnection, chat_id: int, message_id: int, until: datetime
) -> tuple[AlertView, ...]:
    """What the chat's topics possibly got in the day before `until` (aware UTC), newest first,
    one a story; since the digest before the one of `message_id`, if that is shorter ago."""
    previous: datetime | None = await conn.scalar(
        sa.select(sa.func.max(s.messages.c.created_at)).where(
            s.messages.c.chat_id == chat_id,
            s.messages.c.kind == "digest",
            s.messages.c.id < message_id,
        )
    )
    since = until - _LOOK_BACK if previous is None else max(previous, until - _LOOK_BACK)
    i, m, sub, n, a = (
        s.items.c, s.matches.c, s.subscriptions.c, s.notices.c, s.alerts.c,
    )  # fmt: skip
    surely = s.matches.alias()
    has_notice = (
        sa.exists()
        .where(n.chat_id == chat_id, n.alert_id == a.id, a.story_id == i.story_id)
        .correlate(s.items)
    )
    sure = (
        sa.exists()
        .where(surely.c.item_id == i.id, surely.c.topic == m.topic, surely.c.certainty == "sure")
        .correlate(s.items, s.matches)
    )
    asked = sa.exists().where(sub.chat_id == chat_id, sub.topic == m.topic).correlate(s.matches)
    query = (
        sa.select(*view_columns())
        .join_from(s.matches, s.items, (m.item_id == i.id) & (m.revision == i.revision))
        .join(s.sources, s.sources.c.id == i.source_id)
        .where(
            m.certainty == "possible",
            item_matches.holds(),
            i.seen_at >= since,
            i.seen_at < until,
            i.archived.is_(sa.false()),
            m.army != "other",
            m.era != "historical",
            asked,
            ~has_notice,
            ~sure,
        )
        .order_by(i.seen_at.desc(), m.score.desc(), m.id)
        .limit(4 * POSSIBLES_READ)
    )
    found: dict[object, AlertView] = {}
    for row in await conn.execute(query):
        if view := one_readable(row, view_of, "matches"):
            found.setdefault(row.story_id or ("item", row.item_id), view)
    return tuple(found.values())[:POSSIBLES_READ]


def view_columns() -> tuple[sa.ColumnElement[Any] | sa.Table, ...]:
    """What `view_of` reads, of matches joined with their items and sources."""
    i, whole = s.items.c, s.items.alias()
    title = sa.select(whole.c.title).where(whole.c.id == i.part_of).correlate(s.items)
    return (
        s.matches,
        *(i.story_id, i.title, i.text, i.url, i.published, i.seen_at, i.relation),
        *(i.part_of, title.scalar_subquery().label("roundup")),
        s.sources.c.title.label("source_title"),
        s.sources.c.kind.label("source_kind"),
    )


def view_of(row: sa.Row[Any]) -> AlertView:
    """A match as an alert would show it, though there is none."""
    match = match_of(row)
    return AlertView(
        notice_id=0,
        topic=match.topic,
        army=match.army,
        stage=match.stage,
        title=row.title,
        text=row.text,
        spans=match.spans,
        sentence=match.sentence,
        evidence=match.evidence,
        filter_key=match.filter_key,
        certainty=match.certainty,
        score=match.score,
        words=match.words,
        source_title=row.source_title,
        source_kind=kind_of(row.source_kind),
        url=row.url,
        published=row.published,
        seen_at=row.seen_at,
        repost=row.relation == "copy",
        item_id=row.item_id,
        roundup=None if row.part_of is None else row.roundup or "",
    )
