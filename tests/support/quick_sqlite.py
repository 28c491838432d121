"""SQLite as tests use it: it never waits for the disk, and, where threads are not the point, its
statements run in the thread of the event loop.

    store = await Store.open(url, clock, sqlite=Unsynced)
    store = await Store.open(url, clock, sqlite=InLoop)

aiosqlite gives each connection a thread. Handing a statement over and its answer back costs
more than a short statement, and a test of the chat asks some thousands. The library, the file,
its locks and its transactions stay real, and each transaction ends a turn of the loop later than
it was asked to, so whoever else is ready runs in between as ever. Tests of the store, and of
whoever waits for a lock that this very loop gives back, keep the threads.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, Final

from bot.store.sqlite_connection import Connection
from tests.support.idleness import turn

__all__ = ["InLoop", "Unsynced"]

_Work = tuple["asyncio.Future[Any] | None", Callable[[], Any]]


class Unsynced(Connection):
    """A process that is killed loses nothing by that, and no test cuts the power."""

    def __init__(self, opened: Callable[[], sqlite3.Connection]) -> None:
        def unsynced() -> sqlite3.Connection:
            connection = opened()
            connection.execute("PRAGMA synchronous=OFF")
            return connection

        super().__init__(unsynced)


class InLoop(Unsynced):
    """Without a thread."""

    def __init__(self, opened: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(opened)
        self._thread = _NoThread()
        self._tx = _AtOnce()

    async def commit(self) -> None:
        await super().commit()
        await self._let_others()

    async def rollback(self) -> None:
        await super().rollback()
        await self._let_others()

    async def _let_others(self) -> None:
        if not self._in_trip:
            await turn()


class _NoThread:
    """Stands where a connection has its thread."""

    daemon: Final = True

    def start(self) -> None:
        """Nothing is to be started."""


class _AtOnce:
    """Stands where a connection has the queue to its thread: what is put there is done."""

    def put_nowait(self, work: _Work) -> None:
        future, function = work
        try:
            result = function()
        except BaseException as error:
            if future is not None:
                future.set_exception(error)
        else:
            if future is not None:
                future.set_result(result)
