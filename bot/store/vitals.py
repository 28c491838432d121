"""How the installation is doing, in a few numbers: the database, what waits, how fast it goes."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema as s

__all__ = ["Vitals", "look"]


@dataclass(frozen=True, slots=True)
class Vitals:
    """`database` is its name and version; sizes are bytes; `free` is None where the disk is
    another machine's. `since` is when the longest-waiting message was queued."""

    database: str
    size: int
    free: int | None
    items_hour: int
    items_day: int
    sent_hour: int
    waiting: int
    since: datetime | None


async def look(conn: AsyncConnection, now: datetime) -> Vitals:
    """The numbers of this moment. Costs a few indexed counts."""
    database, size, free = await _database(conn)
    m = s.messages.c
    waits = sa.select(sa.func.count(), sa.func.min(m.created_at)).where(sa.text(s.UNSENT))
    waiting, since = (await conn.execute(waits)).one()
    hour = now - timedelta(hours=1)
    sent = sa.select(sa.func.count()).select_from(s.messages).where(m.sent_at >= hour)
    return Vitals(
        database=database,
        size=size,
        free=free,
        items_hour=await _items(conn, hour),
        items_day=await _items(conn, now - timedelta(days=1)),
        sent_hour=await conn.scalar(sent) or 0,
        waiting=waiting,
        since=since,
    )


async def _items(conn: AsyncConnection, since: datetime) -> int:
    query = sa.select(sa.func.count()).select_from(s.items).where(s.items.c.seen_at >= since)
    entries = query.where(sa.text(s.PART))  # of roundups: few, and by an index of their own
    return (await conn.scalar(query) or 0) - (await conn.scalar(entries) or 0)


async def _database(conn: AsyncConnection) -> tuple[str, int, int | None]:
    if conn.dialect.name == "sqlite":
        version = await conn.scalar(sa.text("SELECT sqlite_version()"))
        pages = await conn.scalar(sa.text("PRAGMA page_count")) or 0
        page = await conn.scalar(sa.text("PRAGMA page_size")) or 0
        files = await conn.execute(sa.text("PRAGMA database_list"))
        path = next((row[2] for row in files if row[1] == "main"), "")
        disk = await asyncio.to_thread(shutil.disk_usage, Path(path).parent) if path else None
        return f"SQLite {version}", pages * page, disk.free if disk else None
    version = await conn.scalar(sa.text("SHOW server_version"))
    size = await conn.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0
    return f"PostgreSQL {str(version).partition(' ')[0]}", size, None
