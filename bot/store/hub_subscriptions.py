"""WebSub subscriptions: hubs that deliver what a feed publishes.

wanted -> asked -> verified (renewed before its lease ends)
                -> refused (asked again in a week)
       leaving -> gone, or idle while the source is paused
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Source, SourceState
from bot.store import schema as s
from bot.store.rows import insert, source_of
from bot.store.unreadable_rows import one_readable, readable

__all__ = [
    "Subscription",
    "SubscriptionState",
    "by_token",
    "change",
    "delete",
    "due",
    "get",
    "offered",
    "pushing",
]


class SubscriptionState(StrEnum):
    WANTED = "wanted"
    ASKED = "asked"  # the hub has not yet asked back
    VERIFIED = "verified"
    REFUSED = "refused"  # by the hub
    LEAVING = "leaving"
    IDLE = "idle"  # its source is paused


@dataclass(frozen=True, slots=True)
class Subscription:
    """`token` is of the address the hub calls, `secret` what it signs with."""

    source: Source
    hub: str
    topic: str
    token: str = field(repr=False)
    secret: str = field(repr=False)
    state: SubscriptionState
    next_try: datetime | None
    lease_until: datetime | None
    failures: int
    error: str
    error_values: Mapping[str, Any]
    last_push: datetime | None


async def offered(
    conn: AsyncConnection, source_id: int, hub: str, topic: str, now: datetime
) -> None:
    """The feed names this hub and topic. What was agreed with another hub ends with its lease."""
    known = (
        await conn.execute(sa.select(s.websubs).where(s.websubs.c.source_id == source_id))
    ).one_or_none()
    if known is not None and (known.hub, known.topic) == (hub, topic):
        return
    afresh = {
        "hub": hub,
        "topic": topic,
        "token": secrets.token_urlsafe(24),
        "secret": secrets.token_urlsafe(48),
        "state": SubscriptionState.WANTED,
        "next_try": now,
        "lease_until": None,
        "failures": 0,
        "error": "",
        "error_values": None,
        "last_push": None,
    }
    new = insert(conn, s.websubs).values(source_id=source_id, **afresh)
    await conn.execute(new.on_conflict_do_update(index_elements=["source_id"], set_=afresh))


async def due(conn: AsyncConnection, now: datetime, limit: int) -> list[Subscription]:
    """Those to ask a hub for, or to leave: their time has come, or their source's state changed."""
    w = s.websubs.c
    active = s.sources.c.state == SourceState.ACTIVE
    held = w.state.in_([SubscriptionState.ASKED, SubscriptionState.VERIFIED])
    idle = w.state == SubscriptionState.IDLE
    waiting = w.state.in_([SubscriptionState.WANTED, SubscriptionState.REFUSED])
    removed = s.sources.c.state.in_([SourceState.REMOVED, SourceState.GONE])
    come = w.next_try <= now
    wanted = sa.or_(
        sa.and_(come, active),
        sa.and_(come, w.state == SubscriptionState.LEAVING),
        sa.and_(held, ~active),
        sa.and_(idle, active),
        sa.and_(sa.or_(idle, waiting), removed),
    )
    query = _joined().where(wanted).order_by(w.source_id).limit(limit)
    return readable(await conn.execute(query), _of, "sources")


async def get(conn: AsyncConnection, source_id: int) -> Subscription | None:
    """The subscription of the source, or None."""
    return await _one(conn, s.websubs.c.source_id == source_id)


async def by_token(conn: AsyncConnection, token: str) -> Subscription | None:
    """The subscription whose hub calls that address, or None."""
    return await _one(conn, s.websubs.c.token == token)


async def change(conn: AsyncConnection, source_id: int, **values: Any) -> None:
    """Write these columns; an unknown source does nothing."""
    await conn.execute(
        sa.update(s.websubs).where(s.websubs.c.source_id == source_id).values(**values)
    )


async def delete(conn: AsyncConnection, source_id: int) -> None:
    """Delete the subscription; later calls of its hub get the answer for strangers."""
    await conn.execute(sa.delete(s.websubs).where(s.websubs.c.source_id == source_id))


async def pushing(conn: AsyncConnection, now: datetime) -> set[int]:
    """Sources whose hub is agreed with and has brought something."""
    w = s.websubs.c
    rows = await conn.scalars(
        sa.select(w.source_id).where(
            w.state == SubscriptionState.VERIFIED, w.lease_until > now, w.last_push.is_not(None)
        )
    )
    return set(rows)


def _joined() -> sa.Select[Any]:
    names = [column.label(f"hub_{column.name}") for column in s.websubs.c]
    return sa.select(s.sources, *names).join(s.websubs, s.websubs.c.source_id == s.sources.c.id)


async def _one(conn: AsyncConnection, where: sa.ColumnElement[bool]) -> Subscription | None:
    row = (await conn.execute(_joined().where(where))).one_or_none()
    return one_readable(row, _of, "sources")


def _of(row: sa.Row[Any]) -> Subscription:
    return Subscription(
        source=source_of(row),
        hub=row.hub_hub,
        topic=row.hub_topic,
        token=row.hub_token,
        secret=row.hub_secret,
        state=SubscriptionState(row.hub_state),
        next_try=row.hub_next_try,
        lease_until=row.hub_lease_until,
        failures=row.hub_failures,
        error=row.hub_error,
        error_values=row.hub_error_values or {},
        last_push=row.hub_last_push,
    )
