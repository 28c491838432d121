"""A SQLite connection in a thread, one hop to the thread for each statement.

aiosqlite hops to its thread for each of cursor, execute, fetchall and close, and each hop waits for
the event loop twice. While the loop serves hundreds of connections, even a short transaction then
takes so many turns that writers queue for seconds. A transaction begins in the hop of its first
statement, and after a commit nothing is rolled back, as SQLAlchemy's pool would.

A transaction that waits for nothing else can be done whole in one hop (`in_one_trip`): handing
a statement over costs more than a short one.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, Final, Self, TypeVar

import aiosqlite
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

__all__ = ["Connect", "Connection", "connecting", "in_one_trip", "in_trip"]

T = TypeVar("T")

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
        await connection._execute(self._in_thread, begins, statement)
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
    _in_trip = False

    def __init__(self, opened: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(opened, _ROWS_AT_ONCE)
        # A process that ends does not wait for it.
        self._thread.daemon = True

    def cursor(self) -> Any:
        return _Cursor(self)

    async def in_one_trip(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Let the thread do all of `work`, which waits for this connection alone."""
        done: T = await self._execute(self._trip, work)
        return done

    def _trip(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        self._in_trip = True
        doing = work()
        try:
            doing.send(None)
        except StopIteration as end:
            done: T = end.value
            return done
        finally:
            self._in_trip = False
            doing.close()
        raise RuntimeError("work in one trip waits for something else than its connection")

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._in_trip:
            return fn(*args, **kwargs)
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]

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


class _GivenUp(Exception):
    """Nobody waits for the transaction any more, and it is not committed yet."""


async def in_one_trip(conn: AsyncConnection, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Do `work` in a transaction of its own, all in one hop to the thread, its commit included.

    `work` awaits nothing but this connection, and runs in the thread. Where the caller is
    cancelled what is not committed yet is rolled back; the cancellation comes after the end.
    """
    assert conn.sync_connection is not None
    driver: Any = conn.sync_connection.connection.driver_connection
    given_up = False

    async def whole() -> T:
        async with conn.begin():
            done = await work(conn)
            if given_up:
                raise _GivenUp
            return done

    trip: asyncio.Future[T] = asyncio.ensure_future(driver.in_one_trip(whole))
    while not trip.done():
        try:
            await asyncio.shield(trip)
        except asyncio.CancelledError:
            given_up = True
        except BaseException:  # noqa: BLE001 - raised below, from the trip
            break
    if given_up:
        if not trip.cancelled():
            trip.exception()
        raise asyncio.CancelledError
    return trip.result()


def in_trip(conn: sa.Connection | None) -> bool:
    """Whether the connection's own thread is at work: then no statement is ever left half done,
    whatever is raised between two, and the connection stays good.
    """
    if conn is None or conn.closed or conn.invalidated:
        return False
    driver: Any = conn.connection.driver_connection
    return bool(driver._in_trip)


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
