"""What filters found in items: stored, lapsed, found again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import PRIVATE_TOPIC, ItemMatch
from bot.store import schema as s
from bot.store.filters import AT_WORK
from bot.store.prepared import Prepared
from bot.store.rows import chunks, insert, match_of
from bot.store.unreadable_rows import readable

__all__ = [
    "caught",
    "ever_matched",
    "holds",
    "insert_matches",
    "insert_matches_of",
    "lapse_matches",
    "matches_of",
]


async def insert_matches(
    conn: AsyncConnection, item_id: int, revision: int, matches: Sequence[ItemMatch]
) -> None:
    """Store what filters found in this revision; a filter's new match replaces its old."""
    if not matches:
        return
    new = insert(conn, s.matches)
    fields = (
        *("topic", "spans", "sentence", "army", "stage", "era", "evidence"),
        *("certainty", "score", "words", "lapsed"),
    )
    statement = new.on_conflict_do_update(
        index_elements=["item_id", "revision", "filter_key"],
        set_={name: new.excluded[name] for name in fields},
    )
    await conn.execute(
        statement,
        [_match_row(item_id, revision, match) for match in matches],
    )


async def insert_matches_of(
    conn: AsyncConnection, found: Sequence[tuple[int, Sequence[ItemMatch]]]
) -> None:
    """As `insert_matches`, for (item, matches) of new items in one statement."""
    rows = [_match_row(item_id, 1, match) for item_id, matches in found for match in matches]
    await _INSERT_MATCHES.each(conn, rows)


_INSERT_MATCHES = Prepared(lambda _: sa.insert(s.matches))


async def lapse_matches(
    conn: AsyncConnection, found: Collection[tuple[int, int, Collection[str]]]
) -> None:
    """Mark the matches of each (item, revision) by all other filters as lapsed.

    The rows stay, since sent messages still show them; they cause no alert and no count.
    """
    m = s.matches.c
    if not found:
        return
    there = [
        (row.id, row.item_id, row.revision, row.filter_key)
        for chunk in chunks([item_id for item_id, _, _ in found])
        for row in await conn.execute(
            sa.select(m.id, m.item_id, m.revision, m.filter_key).where(
                m.item_id.in_(chunk), ~m.lapsed
            )
        )
    ]
    kept = {(item_id, revision): keys for item_id, revision, keys in found}
    gone = [
        row_id
        for row_id, item_id, revision, key in there
        if (item_id, revision) in kept and key not in kept[item_id, revision]
    ]
    for chunk in chunks(gone):
        await conn.execute(sa.update(s.matches).where(m.id.in_(chunk)).values(lapsed=True))


def holds() -> sa.ColumnElement[bool]:
    """Whether a row of `matches` still counts: its filter is on and finds it as of today."""
    f = s.filters.c
    off = sa.exists().where(f.key == s.matches.c.filter_key, f.state.not_in(AT_WORK))
    return ~s.matches.c.lapsed & ~off.correlate(s.matches)


def _match_row(item_id: int, revision: int, match: ItemMatch) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "revision": revision,
        "topic": match.topic,
        "filter_key": match.filter_key,
        "spans": [list(span) for span in match.spans],
        "sentence": list(match.sentence),
        "army": match.army,
        "stage": match.stage,
        "era": match.era,
        "evidence": {facet: list(words) for facet, words in match.evidence.items()},
        "certainty": match.certainty,
        "score": match.score,
        "words": [list(span) for span in match.words],
        "lapsed": False,
    }


async def ever_matched(conn: AsyncConnection, item_id: int) -> list[ItemMatch]:
    """What filters that are on found in any revision of the item, in order of storing."""
    query = sa.select(s.matches).where(s.matches.c.item_id == item_id, holds())
    rows = await conn.execute(query.order_by(s.matches.c.id))
    return readable(rows, match_of, "matches")


async def caught(
    conn: AsyncConnection, item_ids: Collection[int], topic: str, without: str = ""
) -> set[int]:
    """Those of the items that surely assert the topic ("": any) as they now read, themselves or
    in an entry of theirs.

    What only the filter of key `without` found does not count, nor what a chat's own words did.
    """
    m, i = s.matches.c, s.items.c
    found: set[int] = set()
    for chunk in chunks(item_ids):
        query = (
            sa.select(sa.func.coalesce(i.part_of, i.id))
            .join_from(s.matches, s.items, (i.id == m.item_id) & (i.revision == m.revision))
            .where(
                i.id.in_(chunk) | i.part_of.in_(chunk),
                m.certainty == "sure",
                m.topic.not_like(f"{PRIVATE_TOPIC}%"),
                m.filter_key != without,
                holds(),
            )
            .distinct()
        )
        if topic:
            query = query.where(m.topic == topic)
        found |= set(await conn.scalars(query))
    return found


async def matches_of(
    conn: AsyncConnection, item_id: int, revision: int | None = None
) -> list[ItemMatch]:
    """What filters that are on found in the given revision, or in the current one, in order of
    storing."""
    of = s.matches.c.revision == (
        sa.select(s.items.c.revision).where(s.items.c.id == item_id).scalar_subquery()
        if revision is None
        else revision
    )
    rows = await conn.execute(
        sa.select(s.matches)
        .where(s.matches.c.item_id == item_id, of, holds())
        .order_by(s.matches.c.id)
    )
    return readable(rows, match_of, "matches")
