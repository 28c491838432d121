"""What people say of matches: whether the item asserts the topic. Kept without who said it.

An admin decides in review; readers say it under their alerts, and the most of them count where
no admin has decided. Beside it stands what the score and the filters said then, so that it
teaches even after the item is gone. Chats' own words never come here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import PRIVATE_TOPIC, SCORED, is_private
from bot.model.views import AlertView
from bot.store import item_matches
from bot.store import schema as s
from bot.store.possibles import view_columns, view_of
from bot.store.rows import insert
from bot.store.unreadable_rows import one_readable, readable
from filters.learning import Answer, Judged
from filters.score import Certainty

__all__ = [
    "Asked",
    "Record",
    "all_answers",
    "count",
    "count_waiting",
    "decide",
    "get",
    "mark",
    "match_of_row",
    "next_noise",
    "next_possible",
    "recent",
    "record_of_filters",
    "texts_of_filter",
]

_SURE: Final = "sure"


@dataclass(frozen=True, slots=True)
class Asked:
    """A match that review asks about. `number` is the match's own, or the answer's of readers.

    `filters` are the keys of those that found it; `said_true` and `said_false` how many readers
    said so under their alerts.
    """

    number: int
    view: AlertView
    filters: tuple[str, ...]
    said_true: int = 0
    said_false: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """How often what a filter found was true, and was not, as people say."""

    key: str
    true: int
    false: int


# what people say


async def decide(
    conn: AsyncConnection,
    item_id: int,
    topic: str,
    true: bool | None,
    now: datetime,
    *,
    score: float | None = None,
) -> bool | None:
    """An admin says whether the item asserts the topic, or (None) takes that back; what stood
    there before. `score` is given where no match is stored: for a missed post.
    """
    a = s.answers.c
    was: bool | None = await conn.scalar(
        sa.select(a.decided).where(a.item_id == item_id, a.topic == topic)
    )
    await _put(conn, item_id, topic, now, score=score, decided=true)
    return was


async def mark(
    conn: AsyncConnection, item_id: int, topic: str, now: datetime, *, true: bool, by: int
) -> None:
    """One reader more says so under an alert (`by` 1), or takes it back (-1)."""
    if is_private(topic):
        return  # nobody else's
    a = s.answers.c
    column = a.said_true if true else a.said_false
    await _put(conn, item_id, topic, now)
    await conn.execute(
        sa.update(s.answers)
        .where(a.item_id == item_id, a.topic == topic, column + by >= 0)
        .values({column: column + by})
    )


async def _put(
    conn: AsyncConnection,
    item_id: int,
    topic: str,
    now: datetime,
    *,
    score: float | None = None,
    **values: object,
) -> None:
    """The row of the item and topic, with what the score and filters say of it now."""
    m, i = s.matches.c, s.items.c
    found = (
        await conn.execute(
            sa.select(m.revision, m.score, m.filter_key)
            .join(s.items, i.id == m.item_id)
            .where(m.item_id == item_id, m.topic == topic, ~m.lapsed)
            .order_by(m.revision.desc(), m.score.desc())
        )
    ).all()
    of_newest = [row for row in found if row.revision == found[0].revision]
    row = {
        "revision": of_newest[0].revision if of_newest else 1,
        "score": score if score is not None else of_newest[0].score if of_newest else 0.0,
        "filters": sorted(r.filter_key for r in of_newest if not r.filter_key.startswith(SCORED)),
        "at": now,
        **values,
    }
    new = insert(conn, s.answers).values(item_id=item_id, topic=topic, **row)
    changed = row if of_newest else {"at": now, **values}
    await conn.execute(new.on_conflict_do_update(index_elements=["item_id", "topic"], set_=changed))


# what they have said


def _value() -> sa.ColumnElement[bool]:
    """What holds: an admin's word, else that of most readers; null where they are of two minds."""
    a = s.answers.c
    return sa.case(
        (a.decided.is_not(None), a.decided),
        (a.said_true > a.said_false, sa.true()),
        (a.said_false > a.said_true, sa.false()),
        else_=sa.null(),
    )


async def all_answers(conn: AsyncConnection) -> list[Answer]:
    """Every answer that holds, in order of asking: what a fit learns from."""
    value = _value()
    query = sa.select(s.answers, value.label("value")).where(value.is_not(None))
    rows = await conn.execute(query.order_by(s.answers.c.id))
    return [Answer(_judged(row.topic, row.score, row.filters), bool(row.value)) for row in rows]


async def count(conn: AsyncConnection) -> int:
    """How many answers hold."""
    query = sa.select(sa.func.count()).select_from(s.answers).where(_value().is_not(None))
    return await conn.scalar(query) or 0


async def record_of_filters(conn: AsyncConnection) -> list[Record]:
    """Each filter's record, by what holds; the worst first, of equals the more often asked."""
    counts: dict[str, list[int]] = {}
    for answer in await all_answers(conn):
        for key in answer.match.filters:
            counts.setdefault(key, [0, 0])[0 if answer.true else 1] += 1
    found = [Record(key, true, false) for key, (true, false) in counts.items()]
    return sorted(found, key=lambda r: ((r.true + 1) / (r.true + r.false + 2), -r.false, r.key))


async def texts_of_filter(
    conn: AsyncConnection, key: str, *, true: bool, most: int
) -> list[AlertView]:
    """What the filter found, as it reads now, with people's answers (true or not);
    the newest answer first."""
    a, m, i = s.answers.c, s.matches.c, s.items.c
    query = (
        sa.select(*view_columns())
        .join_from(s.matches, s.items, (m.item_id == i.id) & (m.revision == i.revision))
        .join(s.sources, s.sources.c.id == i.source_id)
        .join(s.answers, (a.item_id == m.item_id) & (a.topic == m.topic))
        .where(m.filter_key == key, _value().is_(sa.true() if true else sa.false()))
        .order_by(a.at.desc(), a.id.desc())
        .limit(most)
    )
    return readable(await conn.execute(query), view_of, "matches")


# what is asked next


async def next_possible(conn: AsyncConnection, since: datetime, before: int = 0) -> Asked | None:
    """The newest possible match seen since then that no admin has answered; of those `before` a
    number, if it is not 0. Reposts and what is surely told are left out."""
    m = s.matches.c
    query = sa.select(*view_columns()).select_from(_joined()).where(*_is_open(since))
    while True:
        open_ = query.where(m.id < before) if before else query
        row = (await conn.execute(open_.order_by(m.id.desc()).limit(1))).one_or_none()
        if row is None:
            return None
        if view := one_readable(row, view_of, "matches"):
            return await _asked(conn, row.id, view)
        before = row.id


async def next_noise(conn: AsyncConnection, before: int = 0) -> Asked | None:
    """As `next_possible`, of what readers called noise; `before` is a number of answers."""
    a = s.answers.c
    query = sa.select(s.answers).where(*_is_noise())
    if before:
        query = query.where(a.id < before)
    row = (await conn.execute(query.order_by(a.id.desc()).limit(1))).one_or_none()
    return None if row is None else await get(conn, row.id)


async def get(conn: AsyncConnection, number: int) -> Asked | None:
    """What readers said something of, by the number of the answer."""
    a = s.answers.c
    row = (await conn.execute(sa.select(s.answers).where(a.id == number))).one_or_none()
    if row is None:
        return None
    m = s.matches.c
    query = (
        sa.select(*view_columns())
        .select_from(_joined())
        .where(m.item_id == row.item_id, m.topic == row.topic)
        .order_by(m.revision.desc(), m.score.desc())
        .limit(1)
    )
    found = (await conn.execute(query)).one_or_none()
    view = one_readable(found, view_of, "matches")
    if view is None:
        return None
    return Asked(number, view, tuple(row.filters or ()), row.said_true, row.said_false)


async def match_of_row(conn: AsyncConnection, number: int) -> Asked | None:
    """A match by its number, whether it is open or answered."""
    query = sa.select(*view_columns()).select_from(_joined()).where(s.matches.c.id == number)
    row = (await conn.execute(query)).one_or_none()
    view = one_readable(row, view_of, "matches")
    if view is None or is_private(view.topic):
        return None
    return await _asked(conn, number, view)


async def count_waiting(conn: AsyncConnection, since: datetime) -> tuple[int, int]:
    """How many possible matches since then, and how many said to be noise, wait for an admin."""
    possible = sa.select(sa.func.count()).select_from(_joined()).where(*_is_open(since))
    noise = sa.select(sa.func.count()).select_from(s.answers).where(*_is_noise())
    return await conn.scalar(possible) or 0, await conn.scalar(noise) or 0


def _joined() -> sa.FromClause:
    m, i = s.matches.c, s.items.c
    return s.matches.join(s.items, i.id == m.item_id).join(s.sources, s.sources.c.id == i.source_id)


def _is_noise() -> Sequence[sa.ColumnElement[bool]]:
    a = s.answers.c
    there = sa.exists().where(s.matches.c.item_id == a.item_id, s.matches.c.topic == a.topic)
    return a.said_false > 0, a.decided.is_(None), there.correlate(s.answers)


def _is_open(since: datetime) -> Sequence[sa.ColumnElement[bool]]:
    m, i, a = s.matches.c, s.items.c, s.answers.c
    twin = s.matches.alias()
    first = ~sa.exists().where(
        twin.c.item_id == m.item_id,
        twin.c.topic == m.topic,
        twin.c.revision == m.revision,
        ~twin.c.lapsed,
        sa.or_(twin.c.certainty == _SURE, twin.c.id < m.id),
    ).correlate(s.matches)
    answered = sa.exists().where(a.item_id == m.item_id, a.topic == m.topic, a.decided.is_not(None))
    return (
        m.certainty == "possible",
        m.revision == i.revision,
        item_matches.holds(),
        i.seen_at >= since,
        i.archived.is_(sa.false()),
        i.relation != "copy",
        m.topic.not_like(f"{PRIVATE_TOPIC}%"),
        first,
        ~answered.correlate(s.matches),
    )


async def _asked(conn: AsyncConnection, number: int, view: AlertView) -> Asked:
    m = s.matches.c
    keys = await conn.scalars(
        sa.select(m.filter_key)
        .where(
            m.item_id == view.item_id,
            m.topic == view.topic,
            ~m.lapsed,
            m.filter_key.not_like(f"{SCORED}%"),
        )
        .distinct()
        .order_by(m.filter_key)
    )
    return Asked(number, view, tuple(keys))


# what a fit is tried on


async def recent(conn: AsyncConnection, since: datetime) -> list[tuple[Judged, Certainty]]:
    """Items' topics seen since then, with how sure each was, one a topic of an item.

    Left out is what a fit cannot change: what people's own filters found is sure, what neither a
    filter nor grammar found is never.
    """
    m, i, f = s.matches.c, s.items.c, s.filters.c
    query = (
        sa.select(m.item_id, m.topic, m.score, m.certainty, m.filter_key, f.origin)
        .join_from(s.matches, s.items, (m.item_id == i.id) & (m.revision == i.revision))
        .outerjoin(s.filters, f.key == m.filter_key)
        .where(
            i.seen_at >= since,
            i.archived.is_(sa.false()),
            m.topic.not_like(f"{PRIVATE_TOPIC}%"),
            item_matches.holds(),
        )
    )
    of: dict[tuple[int, str], list[Any]] = {}
    for row in await conn.execute(query):
        of.setdefault((row.item_id, row.topic), []).append(row)
    found: list[tuple[Judged, Certainty]] = []
    for (_, topic), rows in of.items():
        best = max(rows, key=lambda row: (row.certainty == _SURE, row.score))
        then: Certainty = "sure" if best.certainty == _SURE else "possible"
        keys = tuple(r.filter_key for r in rows if not r.filter_key.startswith(SCORED))
        is_changed_by_fits = all(row.origin in ("pack", None) for row in rows)
        if is_changed_by_fits and (keys or then == "sure"):
            found.append((Judged(topic, best.score, keys, tells=not keys), then))
    return found


def _judged(topic: str, score: float, filters: Sequence[str] | None) -> Judged:
    return Judged(topic, score, tuple(filters or ()))
