"""The archive's index: under which words each stored text can be found.

A word index selects, the reader verifies (`filters.selection` says which words must be there).
SQLite keeps the words in an FTS5 table without their places and without the text, PostgreSQL as
`tsvector`. Both give the same items: words are compared as they were made, nothing is stemmed or
folded by the database.

The index follows the items: `pending` names those that are not indexed as they now read. On
SQLite a text that changed is indexed under a new number, since words of FTS5 without content
cannot be taken back; those left over are joined to nothing. Once they are as many as the
living, `wants_rebuild` says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import meta
from bot.store import schema as s
from bot.store.item_matches import holds, matches_of
from bot.store.item_pages import ArchivedItem, with_sources
from bot.store.rows import chunks
from filters.selection import AllOf, AnyOf, Selection, Words

__all__ = [
    "IndexedText",
    "add",
    "count",
    "count_pending",
    "find",
    "last_matched",
    "load",
    "oldest",
    "pending",
    "reset",
    "signature",
    "wants_rebuild",
]

_SIGNATURE: Final = "archive.signature"
_LAST: Final = "archive.last"  # the last item that was looked at
_WRITTEN: Final = "archive.written"  # texts written to the index since it was made
_GARBAGE_ALLOWED: Final = 10_000
# FTS5 would part a word at these; the same sign stands for all of them in index and query.
_UNWRITABLE: Final = re.compile("[^0-9a-z\u0430-\u045f\u0491]")
_LONGEST_WORD: Final = 100

_a = s.archive.c
_WHOLE: Final = s.items.c.part_of.is_(None)  # entries of roundups are found with these


@dataclass(frozen=True, slots=True)
class IndexedText:
    """An item's words; `at` is its publication, or its first sight where it has none."""

    item_id: int
    at: datetime
    words: Collection[str]


async def signature(conn: AsyncConnection) -> str:
    """The dictionaries that the index was made with, "" before it was made."""
    return await meta.get(conn, _SIGNATURE)


async def reset(conn: AsyncConnection, signature: str) -> None:
    """Forget every word; the next `pending` begins with the first item."""
    await conn.execute(sa.delete(s.archive))
    if conn.dialect.name == "sqlite":
        await conn.exec_driver_sql("INSERT INTO archive_words(archive_words) VALUES ('delete-all')")
    await meta.set_value(conn, _SIGNATURE, signature)
    await meta.set_value(conn, _LAST, "0")
    await meta.set_value(conn, _WRITTEN, "0")


async def pending(conn: AsyncConnection, limit: int) -> list[ArchivedItem]:
    """Items whose present text is not indexed: those that changed, then new ones by id."""
    stale = sa.select(_a.item_id).where(_a.stale).order_by(_a.id).limit(limit)
    ids = list(await conn.scalars(stale))
    if len(ids) < limit:
        last = int(await meta.get(conn, _LAST, "0"))
        fresh = sa.select(s.items.c.id).where(s.items.c.id > last, _WHOLE).order_by(s.items.c.id)
        ids += await conn.scalars(fresh.limit(limit - len(ids)))
    return await load(conn, ids)


async def count_pending(conn: AsyncConnection) -> int:
    """How many items `pending` would name without a limit."""
    last = int(await meta.get(conn, _LAST, "0"))
    stale = sa.select(sa.func.count()).select_from(s.archive).where(_a.stale)
    fresh = sa.select(sa.func.count()).select_from(s.items).where(s.items.c.id > last, _WHOLE)
    return (await conn.scalar(stale) or 0) + (await conn.scalar(fresh) or 0)


async def add(conn: AsyncConnection, texts: Sequence[IndexedText]) -> None:
    """Index these texts, in place of what the index said of their items before.

    Texts of items that are gone meanwhile are left out.
    """
    ids = [each.item_id for each in texts]
    if not ids:
        return
    await conn.execute(sa.delete(s.archive).where(_a.item_id.in_(ids)))
    there = set(await conn.scalars(sa.select(s.items.c.id).where(s.items.c.id.in_(ids))))
    living = [each for each in texts if each.item_id in there]
    if living:
        inserted = await conn.execute(
            sa.insert(s.archive).returning(_a.id, _a.item_id),
            [{"item_id": each.item_id, "at": each.at} for each in living],
        )
        number = {row.item_id: row.id for row in inserted}
        rows = [(number[each.item_id], sorted(map(_written, each.words))) for each in living]
        await _write(conn, rows)
    last = int(await meta.get(conn, _LAST, "0"))
    written = int(await meta.get(conn, _WRITTEN, "0"))
    await meta.set_value(conn, _LAST, str(max(last, *ids)))
    await meta.set_value(conn, _WRITTEN, str(written + len(living)))


async def _write(conn: AsyncConnection, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
    if conn.dialect.name == "sqlite":
        await conn.execute(
            sa.text("INSERT INTO archive_words(rowid, words) VALUES (:id, :words)"),
            [{"id": number, "words": " ".join(words)} for number, words in rows],
        )
        return
    await conn.execute(
        sa.text(
            "INSERT INTO archive_words(id, words)"
            " VALUES (:id, array_to_tsvector(CAST(:words AS text[])))"
        ),
        [{"id": number, "words": list(dict.fromkeys(words))} for number, words in rows],
    )


async def wants_rebuild(conn: AsyncConnection) -> bool:
    """Whether most of what SQLite's index holds is of texts that are gone or have changed."""
    if conn.dialect.name != "sqlite":
        return False
    written = int(await meta.get(conn, _WRITTEN, "0"))
    living = await conn.scalar(sa.select(sa.func.count()).select_from(s.archive)) or 0
    return written - living > max(_GARBAGE_ALLOWED, living)


async def find(
    conn: AsyncConnection,
    chosen: Selection | None,
    since: datetime,
    until: datetime | None = None,
    limit: int | None = None,
) -> list[int]:
    """The items that a selection picks, of `since` up to before `until`, newest first.

    None picks every item. What is not indexed yet is not found: see `pending`.
    """
    query = sa.select(_a.item_id).where(_a.at >= since)
    if until is not None:
        query = query.where(_a.at < until)
    if chosen is not None:
        query = query.where(_holds(conn, chosen))
    return list(await conn.scalars(query.order_by(_a.at.desc(), _a.item_id.desc()).limit(limit)))


async def count(conn: AsyncConnection, since: datetime) -> tuple[int, int]:
    """How many indexed items there are of `since` and later, and of how many sources."""
    row = (
        await conn.execute(
            sa.select(sa.func.count(), sa.func.count(sa.distinct(s.items.c.source_id)))
            .select_from(s.archive.join(s.items, s.items.c.id == _a.item_id))
            .where(_a.at >= since)
        )
    ).one()
    return row[0], row[1]


async def oldest(conn: AsyncConnection, since: datetime) -> datetime | None:
    """When the first indexed item of `since` and later was published; None where there is none."""
    found: datetime | None = await conn.scalar(sa.select(sa.func.min(_a.at)).where(_a.at >= since))
    return found


async def load(conn: AsyncConnection, ids: Sequence[int]) -> list[ArchivedItem]:
    """The items of these ids, in this order; those that are gone are left out."""
    found: dict[int, ArchivedItem] = {}
    for chunk in chunks(ids):
        rows = (await conn.execute(sa.select(s.items).where(s.items.c.id.in_(chunk)))).all()
        found |= {each.item.id: each for each in await with_sources(conn, rows)}
    return [found[id_] for id_ in ids if id_ in found]


async def last_matched(
    conn: AsyncConnection, topics: Collection[str], limit: int, chosen: Selection | None = None
) -> list[tuple[ArchivedItem, tuple[tuple[str, int, int], ...], tuple[str, int, int]]]:
    """The newest items that surely assert one of these topics, one of a story, newest first.

    With each the spans and the sentence of its first sure match. Of those that a selection
    picks, if one is given.
    """
    m, i = s.matches.c, s.items.c
    story = sa.func.coalesce(i.story_id, -i.id)
    newest = (
        sa.select(sa.func.max(i.id).label("id"))
        .join(s.matches, (m.item_id == i.id) & (m.revision == i.revision))
        .where(m.topic.in_(topics), m.certainty == "sure", holds(), ~i.archived)
        .where(*([] if chosen is None else [i.id.in_(_picked(conn, chosen))]))
        .group_by(story)
        .order_by(sa.func.max(i.id).desc())
        .limit(limit)
    )
    texts = await load(conn, list(await conn.scalars(newest)))
    found = []
    for each in texts:
        every = await matches_of(conn, each.item.id)
        rows = [r for r in every if r.topic in topics and r.certainty == "sure"]
        found.append((each, rows[0].spans, rows[0].sentence))
    return found


def _picked(conn: AsyncConnection, chosen: Selection) -> sa.Select[tuple[int]]:
    return sa.select(_a.item_id).where(_holds(conn, chosen))


def _holds(conn: AsyncConnection, chosen: Selection) -> sa.ColumnElement[bool]:
    """Of rows of the archive: the index picks them."""
    if conn.dialect.name == "sqlite":
        return _a.id.in_(
            sa.text("SELECT rowid FROM archive_words WHERE archive_words MATCH :words")
            .bindparams(words=_fts5(chosen))
            .columns(sa.column("rowid", sa.Integer))
        )
    return _a.id.in_(
        sa.text("SELECT id FROM archive_words WHERE words @@ CAST(:words AS tsquery)")
        .bindparams(words=_tsquery(chosen))
        .columns(sa.column("id", sa.BigInteger))
    )


def _written(word: str) -> str:
    return _UNWRITABLE.sub("_", word[:_LONGEST_WORD])


def _fts5(chosen: Selection) -> str:
    """The selection in the language of FTS5 (https://sqlite.org/fts5.html, section 3)."""
    return _expression(chosen, ('"', '"', '"*'), " AND ", " OR ")


def _tsquery(chosen: Selection) -> str:
    """The selection as PostgreSQL writes a tsquery; no dictionary reads its words."""
    return _expression(chosen, ("'", "'", "':*"), " & ", " | ")


def _expression(chosen: Selection, quotes: tuple[str, str, str], all_: str, any_: str) -> str:
    begin, end, end_of_prefix = quotes
    match chosen:
        case Words(words, prefix):
            last = end_of_prefix if prefix else end
            return f"({any_.join(begin + _written(word) + last for word in words)})"
        case AllOf(parts):
            joint = all_
        case AnyOf(parts):
            joint = any_
    return f"({joint.join(_expression(part, quotes, all_, any_) for part in parts)})"
