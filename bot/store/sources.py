"""Sources: the addresses that are read, and what is known of reading them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import FullText, Priority, Source, SourceKind, SourceState, Transport
from bot.store import hub_subscriptions, pagings
from bot.store import schema as s
from bot.store.rows import chunks, insert, source_of
from bot.store.set_aside import readable

__all__ = [
    "DueSource",
    "FetchRecord",
    "Recorded",
    "add",
    "by_chat",
    "by_identity",
    "by_telegram_id",
    "due",
    "get",
    "give_up_identity",
    "list_all",
    "list_failing",
    "loads",
    "many",
    "next_due",
    "note_item",
    "readdress",
    "record_fetch",
    "record_fetches",
    "rename",
    "set_due",
    "set_fulltext",
    "set_headers",
    "set_kind",
    "set_priority",
    "set_proxy",
    "set_state",
    "set_tags",
    "set_telegram_id",
    "turn_back",
]

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
    identity: str | None = None  # that of the new address
    moved: tuple[str, int, datetime | None] | None = None  # where redirects lead, times, since
    hub: tuple[str, str] | None = None  # that brings what the feed publishes, and its topic
    rate: float | None = None  # items a day
    rhythm: str | None = None  # when they come
    archived_at: datetime | None = None
    last_item_at: datetime | None = None
    gap: tuple[int, int] | None = None  # of a channel: unread below and above these numbers

    @property
    def more(self) -> bool:
        """Whether more than what every fetch leaves is to be written."""
        return any(x is not None for x in (self.moved, self.identity, self.hub, self.gap))


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a fetch from `address` leaves."""

    source_id: int
    address: str
    record: FetchRecord


@dataclass(frozen=True, slots=True)
class DueSource:
    """A source whose time has come; no more of it than says where it is read."""

    id: int
    transport: Transport
    address: str


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
    with the given values, due at once and to be archived anew (True); what an admin had
    said of it (kind, priority, full text, tags) stays. Fetched transports are due at `now`.
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
        **{name: value for name, value in values.items() if name != "kind"},
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


async def due(conn: AsyncConnection, now: datetime) -> list[DueSource]:
    """All active sources whose time has come, most overdue first.

    Repeating the call returns the same ones until `record_fetch` or `set_due`
    moves their time.
    """
    c = s.sources.c
    rows = await conn.execute(
        sa.select(c.id, c.transport, c.address)
        .where(c.state == SourceState.ACTIVE, c.next_due <= now)
        .order_by(c.next_due, c.id)
    )
    return readable(rows, _due_of, "sources")


async def many(conn: AsyncConnection, source_ids: Collection[int]) -> dict[int, Source]:
    """The sources of these ids, in whatever state, by id."""
    found: dict[int, Source] = {}
    for chunk in chunks(source_ids):
        for source in await _many(conn, sa.select(s.sources).where(s.sources.c.id.in_(chunk))):
            found[source.id] = source
    return found


async def turn_back(conn: AsyncConnection, now: datetime, furthest: timedelta) -> int:
    """After the clock was set back: make sources due at `now` that would wait too long; how many.

    Those are the sources that were read in what is the future now, or wait for longer
    than `furthest`, the longest wait anything of ours gives.
    """
    c = s.sources.c
    late = (c.last_success > now + timedelta(minutes=1)) | (c.next_due > now + furthest)
    moved = await conn.execute(
        sa.update(s.sources)
        .where(c.state == SourceState.ACTIVE, c.next_due > now, late)
        .values(next_due=now)
    )
    return moved.rowcount


async def loads(conn: AsyncConnection) -> list[tuple[Transport, float, Priority]]:
    """The transport, rate (items a day) and priority of each active source that is polled."""
    c = s.sources.c
    rows = await conn.execute(
        sa.select(c.id, c.transport, c.rate, c.priority).where(
            c.state == SourceState.ACTIVE, c.next_due.is_not(None)
        )
    )
    return readable(rows, _load_of, "sources")


def _load_of(row: sa.Row[Any]) -> tuple[Transport, float, Priority]:
    return Transport(row.transport), row.rate, Priority(row.priority)


async def next_due(conn: AsyncConnection) -> datetime | None:
    """The earliest due time of an active source, possibly past; None: nothing to fetch."""
    when: datetime | None = await conn.scalar(
        sa.select(s.sources.c.next_due)
        .where(s.sources.c.state == SourceState.ACTIVE, s.sources.c.next_due.is_not(None))
        .order_by(s.sources.c.next_due)
        .limit(1)
    )
    return when


# What a fetch leaves as it was where it says nothing of it.
_KEPT_IF_NOT_GIVEN = (
    "etag",
    "last_modified",
    "body_hash",
    "title",
    "address",
    "rate",
    "rhythm",
    "archived_at",
    "last_item_at",
)


async def record_fetch(conn: AsyncConnection, source_id: int, record: FetchRecord) -> None:
    """Write what a fetch left. An unknown id does nothing."""
    await _record(conn, source_id, record, sa.true())


async def record_fetches(conn: AsyncConnection, records: Sequence[Recorded]) -> None:
    """Write what these fetches left, of sources that still have the address they were read at."""
    for failed in (False, True):
        rows = [
            {"of_id": each.source_id, "of_address": each.address, **_values(each.record)}
            for each in records
            if bool(each.record.error) is failed and not each.record.more
        ]
        if rows:
            await conn.execute(_RECORDINGS[failed], rows)
    for each in records:
        if each.record.more:
            at = s.sources.c.address == each.address
            await _record(conn, each.source_id, each.record, at)


async def _record(
    conn: AsyncConnection, source_id: int, record: FetchRecord, where: sa.ColumnElement[bool]
) -> None:
    statement = _recording(bool(record.error)).where(where)
    known = await conn.execute(statement, {"of_id": source_id, **_values(record)})
    if not known.rowcount:
        return
    if record.moved is not None:
        to, times, since = record.moved
        values = {"moved_to": to, "moved_times": times, "moved_since": since}
        await _update(conn, source_id, values)
    if record.identity is not None:
        await _take_identity(conn, source_id, record.identity)
    if record.hub is not None:
        await hub_subscriptions.offered(conn, source_id, *record.hub, record.at)
    if record.gap is not None:
        await pagings.add_gap(conn, source_id, *record.gap, record.at)


def _recording(failed: bool) -> sa.Update:
    """One statement for all fetches that went well, or failed: they can be written together."""
    columns = s.sources.c

    def given(name: str) -> sa.BindParameter[Any]:
        return sa.bindparam(f"new_{name}", type_=columns[name].type)

    values: dict[str, Any] = {name: given(name) for name in ("next_due", "error", "error_values")}
    if failed:
        values["failures"] = columns.failures + 1
    else:
        values |= {"failures": 0, "last_success": given("last_success")}
    values |= {name: sa.func.coalesce(given(name), columns[name]) for name in _KEPT_IF_NOT_GIVEN}
    return sa.update(s.sources).where(columns.id == sa.bindparam("of_id")).values(values)


_OF_ADDRESS = s.sources.c.address == sa.bindparam("of_address", type_=s.sources.c.address.type)
_RECORDINGS = {failed: _recording(failed).where(_OF_ADDRESS) for failed in (False, True)}


def _values(record: FetchRecord) -> dict[str, Any]:
    values = {
        f"new_{name}": getattr(record, name) for name in ("next_due", "error", *_KEPT_IF_NOT_GIVEN)
    }
    values["new_error_values"] = dict(record.error_values or {})
    if not record.error:
        values["new_last_success"] = record.at
    return values


async def _take_identity(conn: AsyncConnection, source_id: int, identity: str) -> None:
    """The source's identity from now on, unless another source has it."""
    other = sa.select(s.sources.c.id).where(s.sources.c.identity == identity)
    if await conn.scalar(other) is None:
        await _update(conn, source_id, {"identity": identity})


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
    """Set how often it is polled relative to its rate of items."""
    return await _update(conn, source_id, {"priority": priority})


async def set_tags(conn: AsyncConnection, source_id: int, tags: Sequence[str]) -> bool:
    """By which admins find it; none holds a line break."""
    return await _update(conn, source_id, {"tags": "\n".join(tags)})


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


async def note_item(conn: AsyncConnection, source_id: int, when: datetime) -> None:
    """Note that it published something at `when`; an earlier time changes nothing."""
    last = s.sources.c.last_item_at
    await conn.execute(
        sa.update(s.sources)
        .where(s.sources.c.id == source_id, last.is_(None) | (last < when))
        .values(last_item_at=when)
    )


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


def _due_of(row: sa.Row[Any]) -> DueSource:
    return DueSource(row.id, Transport(row.transport), row.address)


async def _one(conn: AsyncConnection, *where: sa.ColumnElement[bool]) -> Source | None:
    row = (await conn.execute(sa.select(s.sources).where(*where).limit(1))).one_or_none()
    return next(iter(readable([row], source_of, "sources")), None) if row else None


async def _many(conn: AsyncConnection, query: sa.Select[Any]) -> list[Source]:
    return readable(await conn.execute(query), source_of, "sources")


async def _update(conn: AsyncConnection, source_id: int, values: dict[str, Any]) -> bool:
    changed = await conn.execute(
        sa.update(s.sources).where(s.sources.c.id == source_id).values(**values)
    )
    return changed.rowcount > 0
