"""Pools of connections: how each is opened and how its transactions begin."""

from __future__ import annotations

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store import postgres
from bot.store.sqlite_connection import Connect, Connection, connecting, in_trip

__all__ = ["engines", "sqlite_engine", "sqlite_readers"]

# Another program (a backup, sqlite3) may hold the file for a moment.
_BUSY_MS = 5_000
# A row of an item leaves less of a larger page empty, and free pages can be given back a few at
# a time.
_NEW_FILE = ("page_size=8192", "auto_vacuum=INCREMENTAL")
_READER_CONNECTIONS = 4
_POOL_SIZE = 10


def engines(url: URL, sqlite: Connect = Connection) -> tuple[AsyncEngine, AsyncEngine]:
    """Readers and the writer; on PostgreSQL they are the same."""
    if url.get_backend_name() == "postgresql":
        engine = create_async_engine(
            url,
            pool_size=_POOL_SIZE,
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,
            async_creator=cast("Any", postgres.connecting(url)),
        )
        return engine, engine
    return sqlite_readers(url, sqlite), sqlite_engine(url, 1, "BEGIN IMMEDIATE", sqlite)


def sqlite_readers(url: URL, sqlite: Connect = Connection) -> AsyncEngine:
    """Connections that refuse to write; each sees one snapshot."""
    return sqlite_engine(url, _READER_CONNECTIONS, "BEGIN", sqlite, query_only=True)


def sqlite_engine(
    url: URL,
    size: int,
    begin: str,
    sqlite: Connect = Connection,
    *,
    query_only: bool = False,
    foreign_keys: bool = True,
) -> AsyncEngine:
    """At most `size` connections whose transactions begin with `begin`."""
    pragmas = (
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        # A power cut must not undo the record of what Telegram has already taken.
        "synchronous=FULL",
        f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        "secure_delete=ON",
        "temp_store=MEMORY",
        f"query_only={'ON' if query_only else 'OFF'}",
    )
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_use_lifo=True,  # one whose cache is warm; others only while it is in use
        hide_parameters=True,
        async_creator=cast(
            "Any", connecting(str(url.database), pragmas, new=_NEW_FILE, connect=sqlite)
        ),
    )

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: sa.Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.begins = begin  # with its first statement

    @event.listens_for(engine.sync_engine, "handle_error")
    def keep(context: Any) -> None:
        if in_trip(context.connection):
            context.is_disconnect = False

    return engine
