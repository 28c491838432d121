"""Filters: the queries of the packs and of admins, with their versions.

Every change of what is matched bumps the generation in `bot.store.meta`, in the
same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import meta
from bot.store import schema as s
from bot.store.unreadable_rows import readable

__all__ = [
    "AT_WORK",
    "KEPT",
    "Filter",
    "FilterState",
    "FilterVersion",
    "Origin",
    "add",
    "get",
    "list_all",
    "list_versions",
    "note_matching",
    "set_expression",
    "set_state",
    "sync_packs",
]

_MATCHING = "matching"


class FilterState(StrEnum):
    ACTIVE = "active"
    TRIAL = "trial"  # what it finds is only possible: into digests and /review, not at once
    OFF = "off"
    REMOVED = "removed"


AT_WORK: Final = (FilterState.ACTIVE, FilterState.TRIAL)
KEPT: Final = (*AT_WORK, FilterState.OFF)


class Origin(StrEnum):
    PACK = "pack"
    ADMIN = "admin"
    WATCH = "watch"  # of one chat: `store.watches`


@dataclass(frozen=True, slots=True)
class Filter:
    """A stored query. `key` is unique: `topic/name` of a pack, or `f<id>`."""

    id: int
    key: str
    topic: str
    expression: str
    origin: Origin
    state: FilterState
    version: int
    created_at: datetime
    created_by: int | None


@dataclass(frozen=True, slots=True)
class FilterVersion:
    """What a filter once was; 1 is its first version."""

    version: int
    expression: str
    at: datetime
    by: int | None


async def list_all(
    conn: AsyncConnection,
    states: Collection[FilterState] = AT_WORK,
    *,
    private: bool = False,
) -> list[Filter]:
    """Filters in any of `states`, by topic, then id; chats' own words only with `private`."""
    query = sa.select(s.filters).where(s.filters.c.state.in_([str(state) for state in states]))
    if not private:
        query = query.where(s.filters.c.origin != Origin.WATCH)
    rows = await conn.execute(query.order_by(s.filters.c.topic, s.filters.c.id))
    return readable(rows, _filter_of, "filters")


async def get(conn: AsyncConnection, key: str | int) -> Filter | None:
    """The filter with this key or id, in whatever state, or None. Never a chat's own words."""
    column = s.filters.c.id if isinstance(key, int) else s.filters.c.key
    query = sa.select(s.filters).where(column == key, s.filters.c.origin != Origin.WATCH)
    row = (await conn.execute(query)).one_or_none()
    return _filter_of(row) if row else None


async def list_versions(conn: AsyncConnection, filter_id: int) -> list[FilterVersion]:
    """The filter's versions, newest first."""
    rows = await conn.execute(
        sa.select(s.filter_versions)
        .where(s.filter_versions.c.filter_id == filter_id)
        .order_by(s.filter_versions.c.version.desc())
    )
    return [FilterVersion(row.version, row.expression, row.at, row.by) for row in rows]


async def add(
    conn: AsyncConnection, topic: str, expression: str, by: int | None, now: datetime
) -> Filter:
    """A new active filter of an admin. The expression must have been parsed before."""
    # The key holds the id, which is known only then.
    waiting = f"new:{await meta.bump_generation(conn)}"
    new = await _insert(conn, (waiting, topic, expression), Origin.ADMIN, by, now)
    key = f"f{new.id}"
    await conn.execute(sa.update(s.filters).where(s.filters.c.id == new.id).values(key=key))
    found = await get(conn, key)
    assert found is not None
    return found


async def set_state(conn: AsyncConnection, filter_id: int, state: FilterState) -> bool:
    """Switch the filter; whether that changed anything.

    A pack's filter is never REMOVED by hand, it would come back with the pack: it
    is switched OFF, which stays.
    """
    found = await get(conn, filter_id)
    if found is None:
        return False
    if found.origin is Origin.PACK and state is FilterState.REMOVED:
        state = FilterState.OFF
    if found.state is state:
        return False
    await _update(conn, filter_id, state=state)
    await meta.bump_generation(conn)
    return True


async def set_expression(
    conn: AsyncConnection, filter_id: int, expression: str, by: int | None, now: datetime
) -> Filter | None:
    """Give the filter a new version; the same expression makes none. None: no such filter.

    A pack's filter takes its pack's expression again when the pack changes or is
    read again: change those in the pack.
    """
    found = await get(conn, filter_id)
    if found is None or found.expression == expression:
        return found
    await _new_version(conn, found, expression, by, now)
    await meta.bump_generation(conn)
    return await get(conn, filter_id)


async def sync_packs(
    conn: AsyncConnection, packs: Iterable[tuple[str, str, str]], now: datetime
) -> int:
    """Make the stored filters of packs these (key, topic, expression).

    New ones become active, changed ones get a version, those that are OFF stay
    so, those no pack has any more are removed and would come back. Returns how
    many changed; only then the generation is bumped.
    """
    rows = await conn.execute(sa.select(s.filters).where(s.filters.c.origin == Origin.PACK))
    stored = {row.key: row for row in rows}
    changed = 0
    for key, topic, expression in packs:
        old = stored.pop(key, None)
        if old is None:
            await _insert(conn, (key, topic, expression), Origin.PACK, None, now)
            changed += 1
        elif (old.topic, old.expression) != (topic, expression) or old.state == FilterState.REMOVED:
            changed += await _sync(conn, _filter_of(old), topic, expression, now)
    for left in stored.values():
        if left.state == FilterState.ACTIVE:
            await _update(conn, left.id, state=FilterState.REMOVED)
            changed += 1
    if changed:
        await meta.bump_generation(conn)
    return changed


async def note_matching(conn: AsyncConnection, version: str) -> bool:
    """Say with which code and data filters are matched; whether that is new here.

    Then the generation is bumped, so that items of the last days are matched again.
    """
    if await meta.get(conn, _MATCHING) == version:
        return False
    await meta.set_value(conn, _MATCHING, version)
    await meta.bump_generation(conn)
    return True


async def _sync(
    conn: AsyncConnection, old: Filter, topic: str, expression: str, now: datetime
) -> bool:
    changed = False
    if old.expression != expression:
        await _new_version(conn, old, expression, None, now)
        changed = True
    if old.topic != topic:
        await _update(conn, old.id, topic=topic)
        changed = True
    if old.state is FilterState.REMOVED:
        await _update(conn, old.id, state=FilterState.ACTIVE)
        changed = True
    return changed


async def _insert(
    conn: AsyncConnection,
    what: tuple[str, str, str],
    origin: Origin,
    by: int | None,
    now: datetime,
) -> Filter:
    key, topic, expression = what
    row = (
        await conn.execute(
            sa.insert(s.filters)
            .values(
                key=key,
                topic=topic,
                expression=expression,
                origin=origin,
                created_at=now,
                created_by=by,
            )
            .returning(s.filters)
        )
    ).one()
    await conn.execute(
        sa.insert(s.filter_versions).values(
            filter_id=row.id, version=1, expression=expression, at=now, by=by
        )
    )
    return _filter_of(row)


async def _new_version(
    conn: AsyncConnection, old: Filter, expression: str, by: int | None, now: datetime
) -> None:
    version = old.version + 1
    await conn.execute(
        sa.insert(s.filter_versions).values(
            filter_id=old.id, version=version, expression=expression, at=now, by=by
        )
    )
    await _update(conn, old.id, expression=expression, version=version)


async def _update(conn: AsyncConnection, filter_id: int, **values: Any) -> None:
    await conn.execute(sa.update(s.filters).where(s.filters.c.id == filter_id).values(**values))


def _filter_of(row: sa.Row[Any]) -> Filter:
    return Filter(
        id=row.id,
        key=row.key,
        topic=row.topic,
        expression=row.expression,
        origin=Origin(row.origin),
        state=FilterState(row.state),
        version=row.version,
        created_at=row.created_at,
        created_by=row.created_by,
    )
