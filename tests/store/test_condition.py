"""A database that fails as a whole: one state, told once, over as soon as it works."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from structlog.testing import capture_logs

from bot.errors import StoreDown, StoreError
from bot.store import Store, meta
from tests.support.clock import ManualClock
from tests.support.databases import Postgres

LARGE = "x" * 300_000


@asynccontextmanager
async def full(store: Store) -> AsyncIterator[None]:
    """SQLite finds no room for another page, as on a full disk."""
    async with store._connected(store._of_writer) as conn:
        raw = await conn.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.execute("VACUUM")  # no page is free either
    async with store.write() as conn:
        pages = await conn.scalar(sa.text("PRAGMA page_count"))
        await conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        async with store._connected(store._of_writer) as conn:  # past the state
            await conn.exec_driver_sql("PRAGMA max_page_count = 4294967294")


async def _write(store: Store, text: str = LARGE) -> None:
    async with store.write() as conn:
        await meta.set_value(conn, "x", text)


async def test_a_full_disk_is_told_once_with_its_mend(
    sqlite_store: Store, clock: ManualClock
) -> None:
    """However often it is tried: one line, no trace; who comes meanwhile is turned away at once."""
    with capture_logs() as logged:
        async with full(sqlite_store):
            for _ in range(200):
                with pytest.raises(StoreDown) as caught:
                    await _write(sqlite_store)
                clock.advance(0.1)
            down = sqlite_store.down
            async with sqlite_store.read() as conn:  # what is there can be read
                assert await meta.get(conn, "x") == ""
            with pytest.raises(StoreDown):
                await sqlite_store.probe()
        clock.advance(2)
        await sqlite_store.probe()
        await _write(sqlite_store)

    assert down is not None
    assert str(down) == str(caught.value) == "The disk of the database is full"
    assert [each["event"] for each in logged] == ["store.down", "store.back"]
    assert "Make room" in logged[0]["mend"]
    assert "exc_info" not in logged[0]
    assert sqlite_store.down is None


async def test_a_trouble_that_comes_and_goes_is_one(
    sqlite_store: Store, clock: ManualClock
) -> None:
    """On a disk that is all but full a few bytes fit now and then."""
    with capture_logs() as logged:
        for _ in range(10):
            async with full(sqlite_store):
                with pytest.raises(StoreDown):
                    await _write(sqlite_store)
            clock.advance(2)
            await _write(sqlite_store, "y")
            clock.advance(2)
            await sqlite_store.probe()

    assert len(logged) == 2
    assert sqlite_store.down is None


async def test_one_in_a_second_finds_out_whether_it_is_over(
    sqlite_store: Store, clock: ManualClock
) -> None:
    """A full disk is not asked by everybody."""
    asked = 0

    def count(*_: object) -> None:
        nonlocal asked
        asked += 1

    async with full(sqlite_store):
        with pytest.raises(StoreDown):
            await _write(sqlite_store)
        event.listen(sqlite_store._writer.sync_engine, "begin", count)
        for _ in range(100):
            with pytest.raises(StoreDown):
                await _write(sqlite_store)
            clock.advance(0.05)
        event.remove(sqlite_store._writer.sync_engine, "begin", count)

    assert 4 <= asked <= 6


async def test_what_one_statement_brings_about_is_no_trouble_of_all(sqlite_store: Store) -> None:
    """A row that is refused stops nobody."""
    with pytest.raises(StoreError) as caught:
        async with sqlite_store.write() as conn:
            await conn.exec_driver_sql("INSERT INTO meta (name) VALUES (NULL)")

    assert not isinstance(caught.value, StoreDown)
    assert sqlite_store.down is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_READONLY_DBMOVED, "read-only"),
        (sqlite3.SQLITE_IOERR_WRITE, "disk of the database fails"),
        (sqlite3.SQLITE_CORRUPT_INDEX, "damaged"),
        (sqlite3.SQLITE_NOTADB, "damaged"),
        (sqlite3.SQLITE_CANTOPEN_ISDIR, "cannot be reached"),
        (sqlite3.SQLITE_BUSY, "Another program holds"),
        (sqlite3.SQLITE_BUSY_RECOVERY, "Another program holds"),
    ],
)
async def test_each_trouble_has_its_words(sqlite_store: Store, code: int, words: str) -> None:
    """Who mends it must know what it is."""
    error = sqlite3.OperationalError("broken")
    error.sqlite_errorcode = code

    def fail(*_: object) -> None:
        raise error

    event.listen(sqlite_store._writer.sync_engine, "do_execute", fail)
    with pytest.raises(StoreDown) as caught:
        await _write(sqlite_store)

    assert words in str(caught.value)


async def test_a_server_that_is_gone_and_comes_back(
    postgres: Postgres, postgres_database: str, clock: ManualClock
) -> None:
    """Reading fails too; the first that gets through ends it."""
    store = await Store.open(postgres_database, clock)
    name = postgres_database.partition("?")[0].rpartition("/")[2]
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    with capture_logs() as logged:
        await postgres.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", cut)
        for _ in range(20):
            with pytest.raises(StoreError):
                await _write(store)
            with pytest.raises(StoreError):
                async with store.read() as conn:
                    await meta.get(conn, "x")
            clock.advance(0.3)
        await postgres.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        clock.advance(2)
        await store.probe()
    await store.close()

    assert [each["event"] for each in logged] == ["store.down", "store.back"]
    assert logged[0]["cause"] == "unreachable"


async def test_a_connection_cut_in_use_is_one_line(
    postgres: Postgres, postgres_database: str, clock: ManualClock
) -> None:
    """However many use one; the server is there, so it is no trouble of all."""
    store = await Store.open(postgres_database, clock)
    name = postgres_database.partition("?")[0].rpartition("/")[2]
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    with capture_logs() as logged:
        for _ in range(3):
            with pytest.raises(StoreDown):
                async with store.write() as conn:
                    raw = (await conn.get_raw_connection()).driver_connection
                    assert raw is not None
                    raw.terminate()
                    await meta.get(conn, "x")
            await _write(store)
        await postgres.run(cut)
        clock.advance(2)
        await _write(store)
    down = store.down
    await store.close()

    assert [each["event"] for each in logged] == ["store.connection_cut"]
    assert down is None
