"""A SQLite connection in a thread, one hop to the thread for each statement.

aiosqlite hops to its thread for each of cursor, execute, fetchall and close, and each hop waits for
the event loop twice. While the loop serves hundreds of connections, even a short transaction then
takes so many turns that writers queue for seconds. A transaction begins in the hop of its first
statement, and after a commit nothing is rolled back, as SQLAlchemy's pool would.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Self

import aiosqlite

__all__ = ["Connect", "Connection", "connecting"]

_BEGINS: Final = frozenset({"BEGIN", "BEGIN IMMEDIATE"})
_ROWS_AT_ONCE: Final = 64


class _Cursor:
    """What SQLAlchemy's adapter asks of a cursor; rows are fetched with the statement."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> Self:
        if operation in _BEGINS:
            self._connection.begins = operation
            return self
        return await self._run(lambda cursor: cursor.execute(operation, parameters))

    async def executemany(self, operation: str, rows: Iterable[Sequence[Any]]) -> Self:
        return await self._run(lambda cursor: cursor.executemany(operation, rows))

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    async def _run(self, statement: Callable[[sqlite3.Cursor], object]) -> Self:
        connection = self._connection
        begins, connection.begins, connection.is_clean = connection.begins, "", False
        await connection._execute(self._in_thread, begins, statement)  # type: ignore[no-untyped-call]
        return self

    def _in_thread(self, begins: str, statement: Callable[[sqlite3.Cursor], object]) -> None:
        cursor = self._connection._conn.cursor()
        try:
            if begins:
                self._begin(cursor, begins)
            statement(cursor)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()

    def _begin(self, cursor: sqlite3.Cursor, begins: str) -> None:
        try:
            cursor.execute(begins)
        except sqlite3.Error:
            # Where another program holds the file: no later statement may write by itself.
            self._connection.begins = begins
            raise


class Connection(aiosqlite.Connection):
    """`opened` is called in its thread. `begins` is the statement with which the next one begins
    a transaction, if any; `is_clean` says that there surely is none: nothing was sent to the
    thread since a commit was answered.
    """

    begins = ""
    is_clean = False

    def __init__(self, opened: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(opened, _ROWS_AT_ONCE)
        # A process that ends does not wait for it.
        self._thread.daemon = True

    def cursor(self) -> Any:
        return _Cursor(self)

    async def commit(self) -> None:
        self.begins = ""
        if not self.is_clean:
            await super().commit()
            self.is_clean = True

    async def rollback(self) -> None:
        # Also where a cancelled statement is still to be run by the thread, which is then undone.
        self.begins = ""
        if not self.is_clean:
            await super().rollback()
            self.is_clean = True


Connect = Callable[[Callable[[], sqlite3.Connection]], Connection]
"""Makes a connection of what opens the file."""


def connecting(
    path: str, pragmas: Sequence[str], *, new: Sequence[str] = (), connect: Connect = Connection
) -> Callable[[], Connection]:
    """For `create_async_engine(async_creator=…)`: opens the file, a thread for each connection.

    `pragmas` are set before anything else is done, all in one hop; those of a `new` file only
    there: setting how pages are given back writes, and would wait for whoever is writing.
    """

    def opened() -> sqlite3.Connection:
        # Without an isolation level: the driver would otherwise begin transactions by itself,
        # and too late.
        connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            is_new = connection.execute("PRAGMA page_count").fetchone()[0] == 0
            for pragma in (*(new if is_new else ()), *pragmas):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    return lambda: connect(opened)
