"""What alerts are rendered from, read in one go for any number of notices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Gone, ItemMatch, MessageKind, MessageState, NoticeState
from bot.model.views import AlertView, Joined, SummaryView, TextVersion
from bot.store import feedback, follows, posts, splits
from bot.store import schema as s
from bot.store.rows import chunks, kind_of, match_of
from bot.store.unreadable_rows import one_readable

__all__ = [
    "SUMMARY_LISTED",
    "alert",
    "alert_of_message",
    "alerts",
    "alerts_of_messages",
    "joined",
    "summary",
]

SUMMARY_LISTED = 20
"""How many alerts a summary names; the others are counted."""


async def alert(conn: AsyncConnection, notice_id: int, *, unsent: bool = False) -> AlertView | None:
    """The alert of this notice as it would be shown now, with its chat's marks, or None.

    Of an `unsent` one that begins its case there are none to read.
    """
    found = await alerts(conn, [notice_id])
    if not found:
        return None
    if unsent and not found[0].development:
        return found[0]
    return await _in_its_chat(conn, found[0])


async def _in_its_chat(conn: AsyncConnection, view: AlertView) -> AlertView:
    """With what only its chat has: its marks, whether it follows, what it stands under."""
    n, st = s.notices.c, s.stories.c
    query = (
        sa.select(
            n.chat_id,
            st.parent_id,
            follows.follows_alert(n.chat_id, n.alert_id).label("followed"),
        )
        .join_from(s.notices, s.alerts, s.alerts.c.id == n.alert_id)
        .join(s.stories, st.id == s.alerts.c.story_id)
        .where(n.id == view.notice_id)
    )
    row = (await conn.execute(query)).one()
    return replace(
        view,
        followed=bool(row.followed),
        marks=await feedback.marks(conn, view.notice_id),
        reply_to=await _began(conn, row.chat_id, row.parent_id),
    )


async def _began(conn: AsyncConnection, chat_id: int, root_id: int | None) -> int | None:
    """Telegram's number of the chat's first alert about the case."""
    if root_id is None:
        return None
    n, m = s.notices.c, s.messages.c
    query = (
        sa.select(m.telegram_message_id)
        .join_from(s.messages, s.notices, n.message_id == m.id)
        .join(s.alerts, s.alerts.c.id == n.alert_id)
        .where(
            n.chat_id == chat_id,
            s.alerts.c.story_id == root_id,
            m.kind == MessageKind.ALERT,
            m.state == MessageState.SENT,
        )
        .order_by(m.id)
        .limit(1)
    )
    number: int | None = await conn.scalar(query)
    return number


async def alert_of_message(
    conn: AsyncConnection, message_id: int, *, unsent: bool = False
) -> AlertView | None:
    """The alert that the message tells, or None if it tells none any more."""
    found = await alerts_of_messages(conn, {message_id: unsent})
    return found.get(message_id)


async def alerts_of_messages(
    conn: AsyncConnection, unsent: Mapping[int, bool]
) -> dict[int, AlertView]:
    """As `alert_of_message`, of many in one go: by message, whether it is unsent.

    Those that tell no alert any more are absent. What all chats see alike is read once.
    """
    n, message_of = s.notices.c, dict[int, int]()
    for chunk in chunks(unsent):
        query = sa.select(n.message_id, sa.func.min(n.id).label("notice_id")).where(
            n.message_id.in_(chunk), n.state != NoticeState.WITHDRAWN
        )
        rows = await conn.execute(query.group_by(n.message_id))
        message_of |= {row.notice_id: row.message_id for row in rows}
    found: dict[int, AlertView] = {}
    for view in await alerts(conn, sorted(message_of)):
        message_id = message_of[view.notice_id]
        plain = unsent[message_id] and not view.development
        found[message_id] = view if plain else await _in_its_chat(conn, view)
    return found


async def joined(conn: AsyncConnection, item_id: int) -> Joined | None:
    """An item as alerts name it, or None."""
    i = s.items.c
    query = (
        sa.select(
            *(i.id, i.url, i.published, i.seen_at, i.relation),
            s.sources.c.title.label("source_title"),
        )
        .join_from(s.items, s.sources, i.source_id == s.sources.c.id)
        .where(i.id == item_id)
    )
    row = (await conn.execute(query)).one_or_none()
    if row is None:
        return None
    return _joined_of(row)


def _joined_of(row: Any) -> Joined:
    return Joined(
        source_title=row.source_title,
        url=row.url,
        published=row.published,
        seen_at=row.seen_at,
        repost=row.relation == "copy",
        item_id=row.id,
    )


async def summary(
    conn: AsyncConnection, message_id: int, listed: int = SUMMARY_LISTED
) -> SummaryView | None:
    """The notices of a summary message, oldest first; None if it has none any more."""
    of_message = sa.and_(
        s.notices.c.message_id == message_id, s.notices.c.state != NoticeState.WITHDRAWN
    )
    created = s.notices.c.created_at
    span = (
        await conn.execute(
            sa.select(
                sa.func.count().label("n"),
                sa.func.min(created).label("since"),
                sa.func.max(created).label("until"),
            ).where(of_message)
        )
    ).one()
    if not span.n:
        return None
    first = sa.select(s.notices.c.id).where(of_message).order_by(created, s.notices.c.id)
    shown = await alerts(conn, list(await conn.scalars(first.limit(listed))))
    return SummaryView(
        since=span.since, until=span.until, alerts=tuple(shown), more=span.n - len(shown)
    )


async def alerts(conn: AsyncConnection, notice_ids: Collection[int]) -> list[AlertView]:
    """Views of these notices, in the order given; unknown ids are left out.

    The text is the revision that was told, with what filters found in it for the notice's topic;
    later ones are beside it (`AlertView.versions`).
    """
    rows = await _notices(conn, notice_ids)
    versions = await _versions(conn, rows.values())
    story_ids = {row.story_id for row in rows.values()} - {None}
    joined = await _joined(conn, story_ids)
    parts = await splits.parts(conn, {row.chat_id for row in rows.values()}, story_ids)
    gone = await posts.gone(conn, {row.item_id for row in rows.values()})
    return [
        _view(
            rows[notice_id],
            versions[notice_id],
            _others(rows[notice_id], joined.get(rows[notice_id].story_id, ()), parts),
            gone.get(rows[notice_id].item_id),
        )
        for notice_id in notice_ids
        if notice_id in rows
    ]


async def _notices(conn: AsyncConnection, ids: Collection[int]) -> dict[int, sa.Row[Any]]:
    n, i, whole = s.notices.c, s.items.c, s.items.alias()
    query = (
        sa.select(
            n.id.label("notice_id"),
            n.chat_id,
            n.item_id,
            n.topic,
            n.revision.label("told"),
            i.revision.label("current"),
            *(i.title, i.text, i.url, i.published, i.seen_at, i.revised_at),
            *(i.story_id, i.relation),
            *(i.part_of, i.source_id),
            whole.c.title.label("roundup"),
            s.stories.c.parent_id,
            s.sources.c.title.label("source_title"),
            s.sources.c.kind.label("source_kind"),
        )
        .join_from(s.notices, s.items, n.item_id == i.id)
        .join(s.sources, i.source_id == s.sources.c.id)
        .outerjoin(s.stories, i.story_id == s.stories.c.id)
        .outerjoin(whole, i.part_of == whole.c.id)
    )
    found: dict[int, sa.Row[Any]] = {}
    for chunk in chunks(ids):
        rows = await conn.execute(query.where(n.id.in_(chunk)))
        found |= {row.notice_id: row for row in rows}
    return found


async def _versions(
    conn: AsyncConnection, notices: Iterable[sa.Row[Any]]
) -> dict[int, tuple[TextVersion, ...]]:
    """By notice id: the texts from the one that was told on; at least one."""
    notices = list(notices)
    matches: dict[tuple[int, str], dict[int, list[ItemMatch]]] = defaultdict(dict)
    for chunk in chunks({row.item_id for row in notices}):
        query = sa.select(s.matches).where(s.matches.c.item_id.in_(chunk))
        for row in await conn.execute(query.order_by(s.matches.c.id)):
            if match := one_readable(row, match_of, "matches"):
                of_topic = matches[row.item_id, row.topic]
                of_topic.setdefault(row.revision, []).append(match)
    return {
        row.notice_id: await _revisions(conn, row, matches[row.item_id, row.topic])
        for row in notices
    }


async def _revisions(
    conn: AsyncConnection, row: sa.Row[Any], of_topic: Mapping[int, Sequence[ItemMatch]]
) -> tuple[TextVersion, ...]:
    def found(number: int) -> tuple[ItemMatch, ...]:
        return tuple(of_topic.get(number, ()))

    since = row.revised_at or row.seen_at
    current = TextVersion(row.title, row.text, since, found(row.current))
    told_revision = row.told if row.told in of_topic else max(of_topic, default=row.current)
    if told_revision >= row.current:
        return (current,)
    r = s.revisions.c
    query = sa.select(r.number, r.title, r.text, r.seen_at).where(
        r.item_id == row.item_id, r.number >= told_revision, r.number < row.current
    )
    before = (await conn.execute(query.order_by(r.number))).all()
    return (
        *(TextVersion(e.title, e.text, e.seen_at, found(e.number)) for e in before),
        current,
    )


async def _joined(
    conn: AsyncConnection, story_ids: Collection[int]
) -> dict[int, list[tuple[int, int, Joined]]]:
    """The items of each story with the items or roundups they are and their sources, in order of
    first sight.
    """
    i = s.items.c
    query = (
        sa.select(
            *(i.id, i.story_id, i.source_id, i.url, i.published, i.seen_at, i.relation),
            sa.func.coalesce(i.part_of, i.id).label("whole"),
            s.sources.c.title.label("source_title"),
        )
        .join_from(s.items, s.sources, i.source_id == s.sources.c.id)
        .order_by(i.seen_at, i.id)
    )
    found: dict[int, list[tuple[int, int, Joined]]] = defaultdict(list)
    for chunk in chunks(story_ids):
        for row in await conn.execute(query.where(i.story_id.in_(chunk))):
            other = _joined_of(row)
            found[row.story_id].append((row.whole, row.source_id, other))
    return found


def _view(
    row: sa.Row[Any],
    versions: tuple[TextVersion, ...],
    joined: tuple[Joined, ...],
    gone: Gone | None,
) -> AlertView:
    return AlertView(
        notice_id=row.notice_id,
        topic=row.topic,
        army="unknown",
        stage="report",
        title="",
        text="",
        spans=(),
        sentence=("text", 0, 0),
        evidence={},
        filter_key="",
        source_title=row.source_title,
        source_kind=kind_of(row.source_kind),
        url=row.url,
        published=row.published,
        seen_at=row.seen_at,
        joined=joined,
        repost=row.relation == "copy",
        gone=gone,
        item_id=row.item_id,
        development=row.parent_id is not None,
        roundup=None if row.part_of is None else row.roundup or "",
        versions=versions if len(versions) > 1 else (),
    ).showing(versions[0])


def _others(
    row: sa.Row[Any], joined: Iterable[tuple[int, int, Joined]], parts: splits.Parts
) -> tuple[Joined, ...]:
    """The story's other items. Nobody reposts himself: no source that says the same again, no
    channel that is read in two ways, no roundup.

    Items that the chat split off for itself, and those that joined because of them, are left out.
    """

    def part(item_id: int) -> int:
        return parts.get((row.chat_id, row.story_id, item_id), 0)

    posts, mine = {_post(row.url)}, part(row.item_id)
    wholes, sources = {row.part_of or row.item_id}, {row.source_id}
    found = []
    for whole, source, other in joined:
        post = _post(other.url)
        shown = whole not in wholes and part(other.item_id) == mine
        shown = shown and not (other.repost and source in sources)
        if shown and (not post or post not in posts):
            found.append(other)
            wholes.add(whole)
            sources.add(source)
        posts.add(post)
    return tuple(found)


def _post(url: str) -> str:
    """The address of a Telegram post, "" of anything else."""
    return url.lower() if url.startswith("https://t.me/") else ""
