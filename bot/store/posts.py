"""Posts of channels: whether they are still there, with the evidence of each state.

state = await posts.state_of(conn, item_id)      present, edited, gone, unknown
gone = await posts.gone(conn, item_ids)          removed between when, sha256 of the copy
proof = await evidence.sightings_of(conn, item_id)  which page, when, sha256 of its bytes
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Gone, PostState, PresenceChange, Source, SourceState, Transport, WatchedPost
from bot.store import alerts, replies, roundups, unreadable_rows
from bot.store import schema as s
from bot.store.rows import chunks, insert, source_of
from bot.store.unreadable_rows import one_readable, readable

__all__ = [
    "DuePost",
    "NextLook",
    "adopt",
    "change",
    "due",
    "get",
    "gone",
    "note",
    "postpone",
    "seen",
    "state_of",
    "within",
]

_REREAD = (Transport.PREVIEW, Transport.CHANNEL)
_POSTS_A_READ = 2_000


NextLook = Callable[[datetime, bool, datetime], datetime | None]
"""When a post published at a time, alerted or not, is looked for next after now; None: no more."""


@dataclass(frozen=True, slots=True)
class DuePost:
    """A post to look for, and its source."""

    post: WatchedPost
    source: Source


async def note(
    conn: AsyncConnection,
    source_id: int,
    spans: Mapping[int, int],
    now: datetime,
    *,
    next_look: NextLook,
    sha: str = "",
) -> list[int]:
    """Begin to watch the items of these numbers (each with its album's last number).

    Those watched already stay as they are. `sha` is of the page that shows them. Returns
    the ids of new ones that match something: their page is worth keeping.
    """
    i = s.items.c
    watched = sa.exists().where(s.posts.c.item_id == i.id)
    rows: list[sa.Row[Any]] = []
    for chunk in chunks(spans):
        query = sa.select(
            *(i.id, i.key, i.revision, i.published, i.seen_at),
            (roundups.told() & ~i.archived).label("alerted"),
            roundups.matched().label("matched"),
        ).where(i.source_id == source_id, i.key.in_([str(number) for number in chunk]), ~watched)
        rows += (await conn.execute(query)).all()
    values = []
    for row in rows:
        first_at = min(row.published or row.seen_at, row.seen_at)
        number = int(row.key)
        values.append(
            {
                "item_id": row.id,
                "source_id": source_id,
                "number": number,
                "last_number": max(number, spans[number]),
                "state": PostState.EDITED if row.revision > 1 else PostState.PRESENT,
                "revision": row.revision,
                "first_at": first_at,
                "seen_at": now,
                "sha256": sha if row.matched else "",
                "alerted": row.alerted,
                "next_look": next_look(first_at, row.alerted, now),
            }
        )
    if values:
        new = insert(conn, s.posts).on_conflict_do_nothing(index_elements=["item_id"])
        await conn.execute(new, values)
    return [row.id for row in rows if row.matched]


async def within(conn: AsyncConnection, source_id: int, low: int, high: int) -> list[WatchedPost]:
    """The watched posts of the source with numbers from `low` to `high`, by number."""
    p = s.posts.c
    query = _known().where(p.source_id == source_id, p.number >= low, p.number <= high)
    rows = await conn.execute(query.order_by(p.number))
    return readable(rows, _known_of, "posts", key="item_id")


async def get(conn: AsyncConnection, item_id: int) -> WatchedPost | None:
    """The watched post, or None."""
    row = (await conn.execute(_known().where(s.posts.c.item_id == item_id))).one_or_none()
    return one_readable(row, _known_of, "posts", key="item_id")


async def seen(conn: AsyncConnection, item_ids: Collection[int], now: datetime) -> None:
    """These posts were shown at `now`, as before."""
    for chunk in chunks(item_ids):
        await conn.execute(
            sa.update(s.posts).where(s.posts.c.item_id.in_(chunk)).values(seen_at=now)
        )


async def change(
    conn: AsyncConnection, post: WatchedPost, to: PresenceChange, now: datetime, sha: str
) -> int:
    """Write what a look has changed; how many messages want an edit because of it.

    `sha` is of the page read. Messages about a post that is gone, or back, are edited.
    """
    values: dict[str, Any] = {
        "state": to.state,
        "revision": post.current,
        "seen_at": to.seen_at,
        "absent_at": to.absent_at,
        "absences": to.absences,
        "next_look": to.next_look,
        "gone_at": now if to.state is PostState.GONE else None,
    }
    if to.verdict in ("present", "edited"):
        values["sha256"] = sha
    await conn.execute(sa.update(s.posts).where(s.posts.c.item_id == post.item_id).values(**values))
    if (to.state is PostState.GONE) == (post.state is PostState.GONE):
        return 0
    i = s.items.c
    query = (
        sa.select(s.alerts.c.id, i.id.label("item_id"))
        .join(s.items, i.story_id == s.alerts.c.story_id)
        .where((i.id == post.item_id) | (i.part_of == post.item_id))
        .order_by(s.alerts.c.id, i.id)
    )
    message_items = {row.id: row.item_id for row in await conn.execute(query)}
    if to.state is PostState.GONE:
        for alert_id, item_id in message_items.items():
            await replies.queue_for_followers(conn, alert_id, item_id, "gone", now)
    return sum(
        [await alerts.bump_messages(conn, alert_id, gone=True) for alert_id in message_items]
    )


async def due(conn: AsyncConnection, now: datetime) -> DuePost | None:
    """The post to look for now: told ones first, then the longest overdue. None: no one."""
    given = {
        "now": now,
        "posts": unreadable_rows.ids("posts"),
        "sources": unreadable_rows.ids("sources"),
    }
    found = (await conn.execute(_next_due(), given)).one_or_none()
    if found is None:
        return None
    row = (await conn.execute(_known().where(s.posts.c.item_id == found.item_id))).one()
    query = sa.select(s.sources).where(s.sources.c.id == row.source_id)
    source = one_readable((await conn.execute(query)).one(), source_of, "sources")
    post = one_readable(row, _known_of, "posts", key="item_id")
    return None if source is None or post is None else DuePost(post, source)


@cache
def _next_due() -> sa.Select[Any]:
    """What `due` asks each second: built once, as building it takes longer than asking."""
    p = s.posts.c
    # With its own limit the partial index is read first, whatever else is joined.
    ready = (
        sa.select(p.item_id, p.source_id, p.alerted, p.next_look)
        .where(sa.text("next_look IS NOT NULL"), p.next_look <= sa.bindparam("now"))
        .order_by(p.next_look)
        .limit(_POSTS_A_READ)
        .subquery()
    )
    return (
        sa.select(ready.c.item_id, s.sources.c.id)
        .join(s.sources, s.sources.c.id == ready.c.source_id)
        .where(
            s.sources.c.state == SourceState.ACTIVE,
            s.sources.c.address != "",
            s.sources.c.transport.in_([str(each) for each in _REREAD]),
            s.sources.c.id.not_in(sa.bindparam("sources", expanding=True)),
            ready.c.item_id.not_in(sa.bindparam("posts", expanding=True)),
        )
        .order_by(ready.c.alerted.desc(), ready.c.next_look, ready.c.item_id)
        .limit(1)
    )


async def postpone(
    conn: AsyncConnection,
    posts: Mapping[int, datetime | None],
    *,
    unknown: bool = True,
) -> None:
    """Look for these items at these times (None: no more); they could not be seen now."""
    for item_id, when in posts.items():
        values: dict[str, Any] = {"next_look": when}
        if unknown:
            there = s.posts.c.state != PostState.GONE
            values["state"] = sa.case((there, PostState.UNKNOWN), else_=s.posts.c.state)
        await conn.execute(sa.update(s.posts).where(s.posts.c.item_id == item_id).values(**values))


async def adopt(
    conn: AsyncConnection, now: datetime, since: datetime, *, next_look: NextLook
) -> int:
    """Watch what got alerts since: posts by update of channels that have a public page, and posts
    watched already, more closely. Returns how many.

    Posts of sources that are not read wait for a day, out of the way of others.
    """
    i, p = s.items.c, s.posts.c
    read = sa.select(s.sources.c.id).where(s.sources.c.state == SourceState.ACTIVE)
    await conn.execute(
        sa.update(s.posts)
        .where(sa.text("next_look IS NOT NULL"), p.next_look <= now, p.source_id.not_in(read))
        .values(next_look=now + timedelta(days=1))
    )
    query = (
        sa.select(i.source_id, i.key)
        .join(s.sources, s.sources.c.id == i.source_id)
        .where(
            i.seen_at >= since,
            s.sources.c.transport == Transport.CHANNEL,
            s.sources.c.address != "",
            i.part_of.is_(None),
            ~i.archived,
            roundups.told(),
            ~sa.exists().where(p.item_id == i.id),
        )
    )
    by_source: dict[int, dict[int, int]] = {}
    for row in await conn.execute(query):
        by_source.setdefault(row.source_id, {})[int(row.key)] = int(row.key)
    for source_id, spans in by_source.items():
        await note(conn, source_id, spans, now, next_look=next_look)
    closer = (
        sa.select(p.item_id, p.first_at)
        .join(s.items, i.id == p.item_id)
        .where(
            ~p.alerted, i.seen_at >= since, ~i.archived, p.state != PostState.GONE, roundups.told()
        )
    )
    notices_told = (await conn.execute(closer)).all()
    for row in notices_told:
        when = next_look(row.first_at, True, now)
        await conn.execute(
            sa.update(s.posts).where(p.item_id == row.item_id).values(alerted=True, next_look=when)
        )
    return len(notices_told) + sum(map(len, by_source.values()))


_STATES = frozenset(PostState)


async def state_of(conn: AsyncConnection, item_id: int) -> PostState | None:
    """The item's state, or that of the roundup it is an entry of. One that no page is read again
    for is present as it came, or edited.
    """
    query = (
        sa.select(s.posts.c.state, s.items.c.revision)
        .join_from(s.items, s.posts, roundups.post_of(s.posts.c.item_id), isouter=True)
        .where(s.items.c.id == item_id)
    )
    row = (await conn.execute(query)).one_or_none()
    if row is None:
        return None
    if row.state in _STATES:
        return PostState(row.state)
    return PostState.EDITED if row.revision > 1 else PostState.PRESENT


async def gone(conn: AsyncConnection, item_ids: Collection[int]) -> dict[int, Gone]:
    """Those of the items that are gone: removed between when, and the hash of the copy kept.

    An entry is gone with its roundup.
    """
    found: dict[int, Gone] = {}
    p, i = s.posts.c, s.items.c
    for chunk in chunks(item_ids):
        query = (
            sa.select(
                i.id.label("item_id"),
                *(p.seen_at, p.absent_at, p.gone_at, p.sha256),
                *(i.title, i.text),
            )
            .join_from(s.posts, s.items, roundups.post_of(p.item_id))
            .where(i.id.in_(chunk), p.state == PostState.GONE)
        )
        for row in await conn.execute(query):
            text = "\n".join(filter(None, (row.title, row.text)))
            digest = row.sha256 or sha256(text.encode()).hexdigest()
            found[row.item_id] = Gone(row.seen_at, row.absent_at or row.gone_at, digest)
    return found


def _known() -> sa.Select[Any]:
    return sa.select(s.posts, s.items.c.revision.label("current")).join_from(
        s.posts, s.items, s.items.c.id == s.posts.c.item_id
    )


def _known_of(row: sa.Row[Any]) -> WatchedPost:
    return WatchedPost(
        item_id=row.item_id,
        number=row.number,
        last_number=row.last_number,
        state=PostState(row.state),
        revision=row.revision,
        current=row.current,
        first_at=row.first_at,
        seen_at=row.seen_at,
        absent_at=row.absent_at,
        absences=row.absences,
        alerted=row.alerted,
        next_look=row.next_look,
    )
