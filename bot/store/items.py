"""Items with their revisions: what was read, and how it read before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Item, ParsedItem, Source, Stored
from bot.store import columns
from bot.store import schema as s
from bot.store.prepared import Prepared
from bot.store.rows import chunks, item_of, source_of
from bot.store.unreadable_rows import one_readable, readable

__all__ = [
    "NewItem",
    "StoredItem",
    "add_revision",
    "at_keys",
    "get",
    "get_many",
    "insert_item",
    "insert_items",
    "key_number",
    "known",
    "known_of",
    "note_reading",
    "note_readings",
    "relation_of",
    "stored",
    "stories_of_keys",
    "successors",
    "text_hash",
]


class StoredItem(NamedTuple):
    """What is stored of an item, enough to tell whether it has changed."""

    item_id: int
    revision: int
    text_hash: str


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item to store. `relation` is "new" or "copy"; `lang` overrules the parser's.

    `part`: of an entry of a roundup, the item's id and from where to where it stands in its text.
    `cut`: a roundup that says nothing beside its entries.
    """

    parsed: ParsedItem
    story_id: int | None
    relation: str = "new"
    archived: bool = False
    generation: int = 0
    lang: str | None = None
    part: tuple[int, int, int] | None = None
    cut: bool = False


# Compared with hashes of the same item only, where 64 bits are plenty. Rows of before have 32.
_HASH_DIGITS = 16


def text_hash(title: str, text: str) -> str:
    """What `known` is compared with: another hash means another revision."""
    digest = blake2b(digest_size=16)
    for part in (title, text):
        digest.update(part.encode(errors="surrogatepass") + b"\0")
    return digest.hexdigest()[:_HASH_DIGITS]


def _stored_item(item_id: int, revision: int, stored_hash: str) -> StoredItem:
    return StoredItem(item_id, revision, stored_hash[:_HASH_DIGITS])


async def known(
    conn: AsyncConnection, source_id: int, keys: Collection[str]
) -> dict[str, StoredItem]:
    """Those of `keys` that the source already has, each with its current revision."""
    found: dict[str, StoredItem] = {}
    asked = {columns.storable(key): key for key in keys}
    for chunk in chunks(asked):
        rows = await _KNOWN(conn, {"source": source_id, "keys": chunk})
        found |= {asked[row.key]: _stored_item(row.id, row.revision, row.text_hash) for row in rows}
    return found


async def known_of(
    conn: AsyncConnection, source_id: int, keys: Collection[str]
) -> tuple[Source | None, dict[str, StoredItem]]:
    """The source as it is stored now, and those of `keys` that it already has: in one statement
    for up to a visit's number of keys.
    """
    asked = {columns.storable(key): key for key in keys}
    first = list(asked)[:_VISIT]
    rows = await _KNOWN_OF(conn, {"source": source_id, "keys": first})
    if not rows:
        return None, {}
    found = {
        asked[row.item_key]: _stored_item(row.item_id, row.revision, row.text_hash)
        for row in rows
        if row.item_id is not None
    }
    rest = [asked[key] for key in list(asked)[_VISIT:]]
    source = one_readable(rows[0], source_of, "sources")
    return source, found | (await known(conn, source_id, rest) if rest else {})


_VISIT = 100


_KNOWN_OF = Prepared(
    lambda _: (
        sa.select(
            s.sources,
            s.items.c.key.label("item_key"),
            s.items.c.id.label("item_id"),
            s.items.c.revision,
            s.items.c.text_hash,
        )
        .outerjoin(
            s.items,
            (s.items.c.source_id == s.sources.c.id)
            & s.items.c.key.in_(sa.bindparam("keys", expanding=True)),
        )
        .where(s.sources.c.id == sa.bindparam("source"))
    )
)


_KNOWN = Prepared(
    lambda _: sa.select(s.items.c.key, s.items.c.id, s.items.c.revision, s.items.c.text_hash).where(
        s.items.c.source_id == sa.bindparam("source"),
        s.items.c.key.in_(sa.bindparam("keys", expanding=True)),
    )
)


async def stored(conn: AsyncConnection, source_id: int, keys: Collection[str]) -> dict[str, Stored]:
    """What the source's items with these keys say now, by key."""
    asked = {columns.storable(key): key for key in keys}
    found: dict[str, Stored] = {}
    for chunk in chunks(asked):
        query = _stored().where(s.items.c.source_id == source_id, s.items.c.key.in_(chunk))
        found |= {asked[row.key]: Stored(*row) for row in await conn.execute(query)}
    return found


async def at_keys(
    conn: AsyncConnection, source_id: int, story_keys: Collection[str]
) -> list[Stored]:
    """The source's items in stories that have one of these keys."""
    there = {*(await stories_of_keys(conn, story_keys)).values()}
    i = s.items.c
    found = []
    for chunk in chunks(there):
        # By their stories alone: of a source there may be a hundred thousand items.
        whole = i.story_id.in_(chunk), i.part_of.is_(None)
        query = _stored().add_columns(i.source_id).where(*whole).order_by(i.id)
        found += [
            Stored(*row[:-1]) for row in await conn.execute(query) if row.source_id == source_id
        ]
    return found


async def stories_of_keys(conn: AsyncConnection, keys: Collection[str]) -> dict[str, int]:
    """The story of each of `keys` that is known."""
    asked = {key_number(key): key for key in keys}
    found: dict[str, int] = {}
    for chunk in chunks(asked):
        rows = await _STORIES_OF_KEYS(conn, {"keys": chunk})
        found |= {asked[key]: story_id for key, story_id in rows}
    return found


_STORIES_OF_KEYS = Prepared(
    lambda _: sa.select(s.story_keys.c.key, s.story_keys.c.story_id).where(
        s.story_keys.c.key.in_(sa.bindparam("keys", expanding=True))
    )
)


@lru_cache(maxsize=1_024)  # of one item it is asked for thrice
def key_number(key: str) -> int:
    """A story's key as stored: 64 bits of its hash. No two keys have collided so far.

    Words and addresses are long, and each is kept twice by an index on text.
    """
    digest = blake2b(columns.storable(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _stored() -> sa.Select[Any]:
    i = s.items.c
    return sa.select(i.key, i.url, i.title, i.text, i.published, i.seen_at)


async def successors(
    conn: AsyncConnection, source_id: int, keys: Collection[str], most: int = 3
) -> dict[str, list[Stored]]:
    """The source's items that are successors of these (`bot.stories.guids`), the newest first."""
    found: dict[str, list[Stored]] = {}
    for key in keys:
        begins = s.items.c.key.startswith(f"{columns.storable(key)}#page:", autoescape=True)
        mine = s.items.c.source_id == source_id, s.items.c.part_of.is_(None)
        query = _stored().where(*mine, begins)
        rows = await conn.execute(query.order_by(s.items.c.id.desc()).limit(most))
        found[key] = [Stored(*row) for row in rows]
    return found


async def insert_item(
    conn: AsyncConnection,
    source_id: int,
    parsed: ParsedItem,
    *,
    seen_at: datetime,
    story_id: int | None,
    relation: str = "new",
    archived: bool = False,
    generation: int = 0,
    lang: str | None = None,
) -> int:
    """Store a new item with revision 1; returns its id.

    `relation` is "new" or "copy" (a repost); `lang` overrules the parser's.
    Fails if the source already has the key: ask `known` in the same relating
    transaction first.
    """
    new = NewItem(parsed, story_id, relation, archived, generation, lang)
    ids = await insert_items(conn, source_id, [new], seen_at=seen_at)
    return ids[parsed.key]


async def insert_items(
    conn: AsyncConnection, source_id: int, new: Sequence[NewItem], *, seen_at: datetime
) -> dict[str, int]:
    """Store new items, each with revision 1; returns their ids by key.

    All in one statement. Fails if the source already has one of the keys.
    """
    rows = [
        {
            "source_id": source_id,
            "key": each.parsed.key,
            "revision": 1,
            **_text_of(each.parsed),
            "url": each.parsed.url,
            "lang": each.parsed.lang if each.lang is None else each.lang,
            "author": each.parsed.author,
            "links": list(each.parsed.links),
            "tags": list(each.parsed.tags),
            "has": list(each.parsed.has),
            "forwarded_from": each.parsed.forwarded_from,
            "forward_name": each.parsed.forward_name,
            "published": each.parsed.published,
            "seen_at": seen_at,
            "archived": each.archived,
            "story_id": each.story_id,
            "relation": each.relation,
            "generation": each.generation,
            "part_of": each.part[0] if each.part else None,
            "part_start": each.part[1] if each.part else None,
            "part_end": each.part[2] if each.part else None,
            "cut": each.cut,
        }
        for each in new
    ]
    asked = {columns.storable(each.parsed.key): each.parsed.key for each in new}
    return {asked[key]: item_id for item_id, key in await _INSERT_ITEMS.each(conn, rows)}


_INSERT_ITEMS = Prepared(lambda _: sa.insert(s.items).returning(s.items.c.id, s.items.c.key))


async def add_revision(
    conn: AsyncConnection,
    item_id: int,
    parsed: ParsedItem,
    *,
    seen_at: datetime,
    generation: int = 0,
) -> int:
    """Make `parsed` the item's current text; returns the number of the revision.

    The item's key, story, publication and first sight stay. Repeating the call
    makes another revision: compare `known` with `text_hash` first.
    """
    i = s.items.c
    since = sa.func.coalesce(i.revised_at, i.seen_at)
    left = sa.select(i.id, i.revision, i.title, i.text, i.text_hash, since)
    names = ["item_id", "number", "title", "text", "text_hash", "seen_at"]
    await conn.execute(sa.insert(s.revisions).from_select(names, left.where(i.id == item_id)))
    statement = (
        sa.update(s.items)
        .where(s.items.c.id == item_id)
        .values(
            **_text_of(parsed),
            revised_at=seen_at,
            revision=s.items.c.revision + 1,
            links=list(parsed.links),
            tags=list(parsed.tags),
            has=list(parsed.has),
            generation=generation,
        )
        .returning(s.items.c.revision)
    )
    number: int = (await conn.execute(statement)).scalar_one()
    await conn.execute(
        sa.update(s.archive).where(s.archive.c.item_id == item_id).values(stale=True)
    )
    return number


async def get(conn: AsyncConnection, item_id: int, revision: int | None = None) -> Item | None:
    """The item in its current revision, or None.

    With `revision` its title and text are those of that one (links and tags the
    current ones: only words are kept of every revision).
    """
    row = (await conn.execute(sa.select(s.items).where(s.items.c.id == item_id))).one_or_none()
    item = one_readable(row, item_of, "items")
    if item is None:
        return None
    if revision is None or revision == item.revision:
        return item
    r = s.revisions.c
    query = sa.select(r.title, r.text).where(r.item_id == item_id, r.number == revision)
    old = (await conn.execute(query)).one_or_none()
    return replace(item, revision=revision, title=old.title, text=old.text) if old else None


async def get_many(conn: AsyncConnection, item_ids: Collection[int]) -> dict[int, Item]:
    """These items in their current revisions, by id; those that are gone are absent."""
    found: dict[int, Item] = {}
    for chunk in chunks(item_ids):
        rows = await _MANY(conn, {"ids": chunk})
        found |= {each.id: each for each in readable(rows, item_of, "items")}
    return found


_MANY = Prepared(
    lambda _: sa.select(s.items).where(s.items.c.id.in_(sa.bindparam("ids", expanding=True)))
)


async def relation_of(conn: AsyncConnection, item_id: int) -> str:
    """How the item came to its story: new, copy, same, development; "" if there is none."""
    query = sa.select(s.items.c.relation).where(s.items.c.id == item_id)
    return await conn.scalar(query) or ""


async def note_reading(
    conn: AsyncConnection, item_id: int, generation: int, *, archived: bool | None = None
) -> None:
    """Record with which filters the item's text was matched, and whether it is archived without
    alerts.
    """
    values: dict[str, Any] = {"generation": generation}
    if archived is not None:
        values["archived"] = archived
    await conn.execute(sa.update(s.items).where(s.items.c.id == item_id).values(**values))


async def note_readings(
    conn: AsyncConnection, revisions: Collection[tuple[int, int]], generation: int
) -> None:
    """As `note_reading`, for (item, revision) of any number; newer revisions stay as they are."""
    if not revisions:
        return
    await conn.execute(
        sa.update(s.items)
        .where(s.items.c.id == sa.bindparam("of_id"), s.items.c.revision == sa.bindparam("number"))
        .values(generation=generation),
        [{"of_id": item_id, "number": number} for item_id, number in revisions],
    )


def _text_of(parsed: ParsedItem) -> dict[str, str]:
    return {
        "title": parsed.title,
        "text": parsed.text,
        "text_hash": text_hash(parsed.title, parsed.text),
    }
