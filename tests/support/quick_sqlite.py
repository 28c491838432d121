"""SQLite as tests use it: it never waits for the disk, and, where threads are not the point, its
statements run in the thread of the event loop.

    with sqlite_in_loop():
        store = await Store.open(...)  # and all that is opened before the block ends

aiosqlite gives each connection a thread. Handing a statement over and its answer back costs
more than a short statement, and a test of the chat asks some thousands. The library, the file,
its locks and its transactions stay real, and each statement is answered a turn of the loop
later, so whoever else is ready runs in between as ever. Tests of the store, and of whoever waits
for a lock that this very loop gives back, keep the threads.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from bot.store import sqlite_connection

__all__ = ["as_in_a_power_cut", "leave_power_cuts_out", "sqlite_in_loop"]

_real = sqlite_connection._Connection
_Work = tuple["asyncio.Future[Any] | None", Callable[[], Any]]


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
                future.get_loop().call_soon(_fail, future, error)
        else:
            if future is not None:
                future.get_loop().call_soon(_answer, future, result)


def _answer(future: asyncio.Future[Any], result: object) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)


def leave_power_cuts_out() -> None:
    """From now on no connection of this process waits for the disk.

    A process that is killed loses nothing by that, and no test cuts the power. Repeating it does
    nothing.
    """
    sqlite_connection._Connection = _Unsynced  # type: ignore[misc]


@contextmanager
def as_in_a_power_cut() -> Iterator[None]:
    """Connections that are opened within the block wait for the disk as they are told."""
    sqlite_connection._Connection = _real  # type: ignore[misc]
    try:
        yield
    finally:
        leave_power_cuts_out()


class _Unsynced(_real):
    def __init__(self, connector: Callable[[], sqlite3.Connection], chunk: int) -> None:
        def opened() -> sqlite3.Connection:
            connection = connector()
            connection.execute("PRAGMA synchronous=OFF")
            return connection

        super().__init__(opened, chunk)


@contextmanager
def sqlite_in_loop() -> Iterator[None]:
    """Connections that are opened within the block have no thread, as long as they live."""
    before = sqlite_connection._Connection

    class InLoop(before):  # type: ignore[misc, valid-type]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._thread = _NoThread()
            self._tx = _AtOnce()

    sqlite_connection._Connection = InLoop  # type: ignore[misc]
    try:
        yield
    finally:
        sqlite_connection._Connection = before  # type: ignore[misc]
