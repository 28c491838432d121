"""Sources: the addresses that are read, and what is known of reading them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import FullText, Priority, Source, SourceKind, SourceState, Transport
from bot.store import pagings
from bot.store import schema as s
from bot.store.rows import insert, source_of

__all__ = [
    "FetchRecord",
    "add",
    "by_chat",
    "by_identity",
    "by_telegram_id",
    "due",
    "get",
    "give_up_identity",
    "list_all",
    "list_failing",
    "next_due",
    "readdress",
    "record_fetch",
    "rename",
    "set_due",
    "set_fulltext",
    "set_headers",
    "set_kind",
    "set_priority",
    "set_proxy",
    "set_state",
    "set_telegram_id",
]

# Nothing puts a visit off for longer: a Retry-After is waited out for a day at most.
_FURTHEST = timedelta(hours=26)

# What is fetched by us; posts of CHANNEL sources come by themselves.
_FETCHED = (Transport.FEED, Transport.PREVIEW)


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """What one fetch (or one received post) leaves in the source's row.

    None leaves a value as it was; "" empties it. `at` is when it was done.
    With an `error` (a msgid) it counts as a failure; without, the count and the
    old error are cleared.
    """

    at: datetime
    next_due: datetime | None
    error: str = ""
    error_values: Mapping[str, object] | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    title: str | None = None
    address: str | None = None  # after an agreed redirect
    rate: float | None = None  # items a day
    archived_at: datetime | None = None
    last_item_at: datetime | None = None
    gap: tuple[int, int] | None = None  # of a channel: unread below and above these numbers


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
    with the given values, due at once and to be archived anew (True). Fetched
    transports are due at `now`.
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
    afresh = {
        **values,
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


async def due(conn: AsyncConnection, now: datetime, limit: int) -> list[Source]:
    """Up to `limit` active sources whose time has come, most overdue first.

    Repeating the call returns the same ones until `record_fetch` or `set_due`
    moves their time. A time too far ahead was written before the clock was set
    back: it has come too.
    """
    come = (s.sources.c.next_due <= now) | (s.sources.c.next_due > now + _FURTHEST)
    return await _many(
        conn,
        sa.select(s.sources)
        .where(s.sources.c.state == SourceState.ACTIVE, come)
        .order_by(s.sources.c.next_due, s.sources.c.id)
        .limit(limit),
    )


async def next_due(conn: AsyncConnection) -> datetime | None:
    """The earliest due time of an active source, possibly past; None: nothing to fetch."""
    when: datetime | None = await conn.scalar(
        sa.select(s.sources.c.next_due)
        .where(s.sources.c.state == SourceState.ACTIVE, s.sources.c.next_due.is_not(None))
        .order_by(s.sources.c.next_due)
        .limit(1)
    )
    return when


async def record_fetch(conn: AsyncConnection, source_id: int, record: FetchRecord) -> None:
    """Write what a fetch left. An unknown id does nothing."""
    given = {
        "etag": record.etag,
        "last_modified": record.last_modified,
        "body_hash": record.body_hash,
        "title": record.title,
        "address": record.address,
        "rate": record.rate,
        "archived_at": record.archived_at,
        "last_item_at": record.last_item_at,
    }
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    values["next_due"] = record.next_due
    values["error"] = record.error
    values["error_values"] = dict(record.error_values or {})
    if record.error:
        values["failures"] = s.sources.c.failures + 1
    else:
        values["failures"] = 0
        values["last_success"] = record.at
    known = await _update(conn, source_id, values)
    if record.gap is not None and known:
        await pagings.add_gap(conn, source_id, *record.gap, record.at)


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
            (s.sources.c.transport.in_([str(t) for t in _FETCHED]), sa.literal(now, s.UtcDateTime)),
            else_=s.sources.c.next_due,
        )
    return await _update(conn, source_id, values)


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
    return await _update(conn, source_id, values)


async def give_up_identity(conn: AsyncConnection, source_id: int) -> None:
    """A removed source makes room for another with its identity."""
    await conn.execute(
        sa.update(s.sources)
        .where(s.sources.c.id == source_id, s.sources.c.state == SourceState.REMOVED)
        .values(identity=s.sources.c.identity + f"#{source_id}")
    )


async def set_kind(conn: AsyncConnection, source_id: int, kind: SourceKind) -> bool:
    """Change the kind shown to readers; whether there is such a source."""
    return await _update(conn, source_id, {"kind": kind})


async def set_fulltext(conn: AsyncConnection, source_id: int, fulltext: FullText) -> bool:
    """Whether the articles of what it publishes from now on are fetched."""
    return await _update(conn, source_id, {"fulltext": fulltext})


async def set_priority(conn: AsyncConnection, source_id: int, priority: Priority) -> bool:
    """How eagerly it is asked, beside what it publishes."""
    return await _update(conn, source_id, {"priority": priority})


async def set_proxy(conn: AsyncConnection, source_id: int, proxy: str, now: datetime) -> bool:
    """Its own way there ("": that of all); due at `now`, to show whether it leads there."""
    return await _update(conn, source_id, {"proxy": proxy, "next_due": now})


async def set_headers(
    conn: AsyncConnection, source_id: int, headers: Mapping[str, str], now: datetime
) -> bool:
    """What its own server is sent beside our headers; due at `now`."""
    return await _update(conn, source_id, {"headers": dict(headers) or None, "next_due": now})


async def rename(conn: AsyncConnection, source_id: int, title: str) -> bool:
    """Change the title shown to readers; whether there is such a source."""
    return await _update(conn, source_id, {"title": title})


async def set_due(conn: AsyncConnection, source_id: int, when: datetime) -> bool:
    """Have it fetched at `when`; whether there is such a source."""
    return await _update(conn, source_id, {"next_due": when})


async def set_telegram_id(conn: AsyncConnection, source_id: int, telegram_id: int) -> bool:
    """Remember the stable chat id of a channel; whether there is such a source."""
    return await _update(conn, source_id, {"telegram_id": telegram_id})


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
    return source_of(row) if row else None


async def _many(conn: AsyncConnection, query: sa.Select[Any]) -> list[Source]:
    return [source_of(row) for row in await conn.execute(query)]


async def _update(conn: AsyncConnection, source_id: int, values: dict[str, Any]) -> bool:
    changed = await conn.execute(
        sa.update(s.sources).where(s.sources.c.id == source_id).values(**values)
    )
    return changed.rowcount > 0
