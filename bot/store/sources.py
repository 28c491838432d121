"""Sources: what is read, and what admins chose of it. `visits.py` has when each is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import FullText, Priority, Source, SourceKind, SourceState, Transport
from bot.store import columns
from bot.store import schema as s
from bot.store.prepared import Prepared
from bot.store.rows import chunks, insert, source_of
from bot.store.unreadable_rows import readable

__all__ = [
    "add",
    "by_chat",
    "by_identity",
    "by_telegram_id",
    "get",
    "give_up_identity",
    "list_all",
    "list_failing",
    "many",
    "readdress",
    "rename",
    "set_fulltext",
    "set_headers",
    "set_kind",
    "set_priority",
    "set_proxy",
    "set_state",
    "set_tags",
    "set_telegram_id",
    "update_row",
]

# What is fetched by us; posts of CHANNEL sources come by themselves.
_FETCHED = (Transport.FEED, Transport.PREVIEW)


_NEVER_VISITED: Final[dict[str, Any]] = {
    "archived_at": None,
    "etag": "",
    "last_modified": "",
    "body_hash": "",
    "last_success": None,
    "failures": 0,
    "error": "",
    "error_values": None,
    "moved_to": "",
    "moved_times": 0,
    "moved_since": None,
}
"""What visits leave in the row of a source, as it stands before the first one."""


async def add(
    conn: AsyncConnection,
    *,
    transport: Transport,
    address: str,
    identity: str,
    title: str,
    kind: SourceKind,
    lang: str,
    now: datetime,
    state: SourceState = SourceState.ACTIVE,
    telegram_id: int | None = None,
    added_by: int | None = None,
) -> tuple[Source, bool]:
    """The source of this identity, and whether this call brought it in.

    A known one is returned as it is, with False. A REMOVED one is taken up again
    with the given values, due at once and to be archived again (True); what an admin had
    chosen for it (kind, priority, full text, tags) stays. Fetched transports are due at `now`.
    """
    values: dict[str, Any] = {
        "transport": transport,
        "address": address,
        "title": title,
        "kind": kind,
        "lang": lang,
        "state": state,
        "telegram_id": telegram_id,
        "added_at": now,
        "added_by": added_by,
        "next_due": now if transport in _FETCHED else None,
    }
    afresh = {name: value for name, value in values.items() if name != "kind"} | _NEVER_VISITED
    statement = (
        insert(conn, s.sources)
        .values(identity=identity, **values)
        .on_conflict_do_update(
            index_elements=["identity"],
            set_=afresh,
            where=s.sources.c.state == SourceState.REMOVED,
        )
        .returning(s.sources)
    )
    if row := (await conn.execute(statement)).one_or_none():
        return source_of(row), True
    known = await by_identity(conn, identity)
    assert known is not None  # the conflict was with it
    return known, False


async def get(conn: AsyncConnection, source_id: int) -> Source | None:
    """The source, in whatever state, or None."""
    return await _one(conn, s.sources.c.id == source_id)


async def by_identity(conn: AsyncConnection, identity: str) -> Source | None:
    """The source with this identity, in whatever state, or None."""
    return await _one(conn, s.sources.c.identity == identity)


async def by_telegram_id(conn: AsyncConnection, telegram_id: int) -> Source | None:
    """The CHANNEL source of this Telegram chat id, in whatever state, or None."""
    return await _one(
        conn,
        s.sources.c.telegram_id == telegram_id,
        s.sources.c.transport == Transport.CHANNEL,
    )


async def list_all(
    conn: AsyncConnection, states: Collection[SourceState] | None = None
) -> list[Source]:
    """Sources in any of `states` by id; None: all that are not REMOVED."""
    wanted = (
        s.sources.c.state != SourceState.REMOVED
        if states is None
        else s.sources.c.state.in_(list(states))
    )
    return await _many(conn, sa.select(s.sources).where(wanted).order_by(s.sources.c.id))


async def many(conn: AsyncConnection, source_ids: Collection[int]) -> dict[int, Source]:
    """The sources of these ids, in whatever state, by id."""
    found: dict[int, Source] = {}
    for chunk in chunks(source_ids):
        rows = await _BY_IDS(conn, {"ids": chunk})
        found |= {source.id: source for source in readable(rows, source_of, "sources")}
    return found


_BY_IDS = Prepared(
    lambda _: sa.select(s.sources).where(s.sources.c.id.in_(sa.bindparam("ids", expanding=True)))
)


async def set_state(
    conn: AsyncConnection, source_id: int, state: SourceState, now: datetime, reason: str = ""
) -> bool:
    """Change the state, and why if a `reason` (a msgid) is given; whether there is such a source.

    A source made ACTIVE starts clean: failures forgotten and, if it is one that
    is fetched, due at `now`.
    """
    values: dict[str, Any] = {"state": state}
    if reason:
        values |= {"error": reason, "error_values": None}
    if state is SourceState.ACTIVE:
        values |= {"failures": 0, "error": "", "error_values": None}
        values["next_due"] = sa.case(
            (
                s.sources.c.transport.in_([str(t) for t in _FETCHED]),
                sa.literal(now, columns.UtcDateTime),
            ),
            else_=s.sources.c.next_due,
        )
    return await update_row(conn, source_id, values)


async def by_chat(conn: AsyncConnection, telegram_id: int) -> Source | None:
    """The source that reads the public page of this channel, unless it is removed."""
    return await _one(
        conn,
        s.sources.c.telegram_id == telegram_id,
        s.sources.c.transport == Transport.PREVIEW,
        s.sources.c.state != SourceState.REMOVED,
    )


async def readdress(
    conn: AsyncConnection,
    source_id: int,
    *,
    transport: Transport,
    address: str,
    identity: str,
    telegram_id: int | None,
    now: datetime,
    keep_place: bool = False,
) -> bool:
    """Read the source elsewhere from now on; due at `now`, failures forgotten.

    With `keep_place` the last number read stays, as for a channel that was renamed.
    Fails if another source has the identity. Whether there is such a source.
    """
    values: dict[str, Any] = {
        "transport": transport,
        "address": address,
        "identity": identity,
        "telegram_id": telegram_id,
        "state": SourceState.ACTIVE,
        "failures": 0,
        "error": "",
        "error_values": None,
        "next_due": now,
    }
    if not keep_place:
        values |= {"etag": "", "last_modified": "", "body_hash": ""}
    return await update_row(conn, source_id, values)


async def give_up_identity(conn: AsyncConnection, source_id: int) -> None:
    """A removed source makes room for another with its identity."""
    await conn.execute(
        sa.update(s.sources)
        .where(s.sources.c.id == source_id, s.sources.c.state == SourceState.REMOVED)
        .values(identity=s.sources.c.identity + f"#{source_id}")
    )


async def set_kind(conn: AsyncConnection, source_id: int, kind: SourceKind) -> bool:
    """Change the kind shown to readers; whether there is such a source."""
    return await update_row(conn, source_id, {"kind": kind})


async def set_fulltext(conn: AsyncConnection, source_id: int, fulltext: FullText) -> bool:
    """Whether the articles of what it publishes from now on are fetched."""
    return await update_row(conn, source_id, {"fulltext": fulltext})


async def set_priority(conn: AsyncConnection, source_id: int, priority: Priority) -> bool:
    """Set how often it is polled relative to its rate of items."""
    return await update_row(conn, source_id, {"priority": priority})


async def set_tags(conn: AsyncConnection, source_id: int, tags: Sequence[str]) -> bool:
    """By which admins find it; none holds a line break."""
    return await update_row(conn, source_id, {"tags": "\n".join(tags)})


async def set_proxy(conn: AsyncConnection, source_id: int, proxy: str, now: datetime) -> bool:
    """Its own way there ("": that of all); due at `now`, to show whether it leads there."""
    return await update_row(conn, source_id, {"proxy": proxy, "next_due": now})


async def set_headers(
    conn: AsyncConnection, source_id: int, headers: Mapping[str, str], now: datetime
) -> bool:
    """What its own server is sent beside our headers; due at `now`."""
    return await update_row(conn, source_id, {"headers": dict(headers) or None, "next_due": now})


async def rename(conn: AsyncConnection, source_id: int, title: str) -> bool:
    """Change the title shown to readers; whether there is such a source."""
    return await update_row(conn, source_id, {"title": title})


async def set_telegram_id(conn: AsyncConnection, source_id: int, telegram_id: int) -> bool:
    """Remember the stable chat id of a channel; whether there is such a source."""
    return await update_row(conn, source_id, {"telegram_id": telegram_id})


async def list_failing(conn: AsyncConnection, at_least: int = 1) -> list[Source]:
    """Active sources that failed `at_least` times in a row, longest unread first.

    Those that were never read come first of all.
    """
    return await _many(
        conn,
        sa.select(s.sources)
        .where(s.sources.c.state == SourceState.ACTIVE, s.sources.c.failures >= at_least)
        .order_by(s.sources.c.last_success.asc().nulls_first(), s.sources.c.id),
    )


async def _one(conn: AsyncConnection, *where: sa.ColumnElement[bool]) -> Source | None:
    row = (await conn.execute(sa.select(s.sources).where(*where).limit(1))).one_or_none()
    return next(iter(readable([row], source_of, "sources")), None) if row else None


async def _many(conn: AsyncConnection, query: sa.Select[Any]) -> list[Source]:
    return readable(await conn.execute(query), source_of, "sources")


async def update_row(conn: AsyncConnection, source_id: int, values: dict[str, Any]) -> bool:
    changed = await conn.execute(
        sa.update(s.sources).where(s.sources.c.id == source_id).values(**values)
    )
    return changed.rowcount > 0
