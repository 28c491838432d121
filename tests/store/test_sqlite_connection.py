"""A transaction on SQLite is whole, though it begins in the hop of its first statement."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.sqlite_connection import connecting


async def test_a_transaction_that_could_not_begin_writes_nothing_by_itself(tmp_path: Path):
    """Another program held the file at the first statement and not at the second."""
    file = tmp_path / "held.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("CREATE TABLE kept (what TEXT)")
        async with connecting(str(file), ())() as connection:
            await connection.execute("PRAGMA busy_timeout = 0")
            cursor = connection.cursor()
            connection.begins = "BEGIN IMMEDIATE"
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                await cursor.execute("INSERT INTO kept VALUES ('first')")
            other.execute("COMMIT")
            await cursor.execute("INSERT INTO kept VALUES ('second')")
            await connection.rollback()

        assert other.execute("SELECT count(*) FROM kept").fetchone() == (0,)
