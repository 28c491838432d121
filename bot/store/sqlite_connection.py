"""A SQLite connection in a thread, one hop to the thread for each statement.

aiosqlite hops to its thread for each of cursor, execute, fetchall and close, and each hop waits for
the event loop twice. While the loop serves hundreds of connections, even a short transaction then
takes so many turns that writers queue for seconds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import aiosqlite

__all__ = ["connecting"]


class _Cursor:
    """What SQLAlchemy's adapter asks of a cursor; rows are fetched with the statement."""

    arraysize = 1

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> Self:
        return await self._run(lambda cursor: cursor.execute(operation, parameters))

    async def executemany(self, operation: str, rows: Iterable[Sequence[Any]]) -> Self:
        return await self._run(lambda cursor: cursor.executemany(operation, rows))

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    async def _run(self, statement: Callable[[sqlite3.Cursor], object]) -> Self:
        await self._connection._execute(self._in_thread, statement)  # type: ignore[no-untyped-call]
        return self

    def _in_thread(self, statement: Callable[[sqlite3.Cursor], object]) -> None:
        cursor = self._connection._conn.cursor()
        try:
            statement(cursor)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class _Connection(aiosqlite.Connection):
    def cursor(self) -> Any:
        return _Cursor(self)


def connecting(path: str) -> Callable[[], aiosqlite.Connection]:
    """For `create_async_engine(async_creator=…)`: opens the file, a thread for each connection."""

    def connect() -> aiosqlite.Connection:
        connection = _Connection(lambda: sqlite3.connect(path, check_same_thread=False), 64)
        # A process that ends does not wait for it.
        connection._thread.daemon = True
        return connection

    return connect
