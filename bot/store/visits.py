"""When sources are due, and what a visit leaves in their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Priority, SourceState, Transport
from bot.store import hub_subscriptions, pagings
from bot.store import schema as s
from bot.store.prepared import Prepared
from bot.store.sources import update_row
from bot.store.unreadable_rows import readable

__all__ = [
    "DueSource",
    "FetchRecord",
    "Recorded",
    "due",
    "loads",
    "next_due",
    "note_item",
    "record_fetch",
    "record_fetches",
    "set_due",
    "turn_back",
]


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


async def due(conn: AsyncConnection, now: datetime) -> list[DueSource]:
    """All active sources whose time has come, most overdue first.

    Repeating the call returns the same ones until `record_fetch` or `set_due`
    moves their time.
    """
    return readable(await _DUE(conn, {"now": now}), _due_of, "sources")


_DUE = Prepared(
    lambda _: (
        sa.select(s.sources.c.id, s.sources.c.transport, s.sources.c.address)
        .where(s.sources.c.state == SourceState.ACTIVE, s.sources.c.next_due <= sa.bindparam("now"))
        .order_by(s.sources.c.next_due, s.sources.c.id)
    )
)


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
            await _RECORDINGS[failed].each(conn, rows)
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
        await update_row(conn, source_id, values)
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
_RECORDINGS = {
    failed: Prepared(lambda _, failed=failed: _recording(failed).where(_OF_ADDRESS))  # type: ignore[misc]
    for failed in (False, True)
}


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
        await update_row(conn, source_id, {"identity": identity})


async def set_due(conn: AsyncConnection, source_id: int, when: datetime) -> bool:
    """Have it fetched at `when`; whether there is such a source."""
    return await update_row(conn, source_id, {"next_due": when})


async def note_item(conn: AsyncConnection, source_id: int, when: datetime) -> None:
    """Note that it published something at `when`; an earlier time changes nothing."""
    last = s.sources.c.last_item_at
    await conn.execute(
        sa.update(s.sources)
        .where(s.sources.c.id == source_id, last.is_(None) | (last < when))
        .values(last_item_at=when)
    )


def _due_of(row: sa.Row[Any]) -> DueSource:
    return DueSource(row.id, Transport(row.transport), row.address)
