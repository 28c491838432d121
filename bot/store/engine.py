"""`Store`: connections and transactions, who may write when, and the errors they raise.

SQLite takes one writer at a time. A transaction that begins as a reader and
writes later fails when another came first, whatever the timeout, so writers
queue on a lock of ours and begin with BEGIN IMMEDIATE. Readers have connections
of their own, refuse to write and see one snapshot.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import Clock, SystemClock
from bot.errors import StoreDown, StoreError, StoreTooNew
from bot.store import meta, postgres, upgrade
from bot.store.condition import Cause, Condition, cause_of
from bot.store.files import DatabaseFile
from bot.store.open_connections import OpenConnections
from bot.store.pools import engines, sqlite_engine, sqlite_readers
from bot.store.sqlite_connection import Connect, Connection, in_one_trip

__all__ = ["Store", "database_url"]

T = TypeVar("T")

# Any constant: the one advisory lock of relate, decide, commit.
_RELATING_LOCK = 0x564947_494C
_PROBE, _PROBE_LETTERS = "probe", 200_000


def database_url(text: str) -> URL:
    """The address with the asynchronous driver we use.

    `sqlite:///relative/path`, `sqlite:////absolute/path` or `postgresql://…`.
    Raises StoreError on anything else, without repeating it: it may hold a password.
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise StoreError("This is not the address of a database") from error
    backend = url.drivername.partition("+")[0]
    if backend == "sqlite" and url.database not in (None, "", ":memory:"):
        return url.set(drivername="sqlite+aiosqlite")
    if backend in ("postgresql", "postgres"):
        return postgres.check(url.set(drivername="postgresql+asyncpg"))
    raise StoreError("The database must be an SQLite file or PostgreSQL")


class Store:
    """The open database. Make it with `await Store.open(...)`.

    Belongs to one event loop. All blocks raise StoreError when the database
    fails; what the block itself raises passes through after the rollback.
    """

    def __init__(
        self,
        readers: AsyncEngine,
        writer: AsyncEngine,
        file: DatabaseFile | None,
        clock: Clock,
        session: postgres.SessionLock | None = None,
    ) -> None:
        self.session = session
        """On PostgreSQL: a lock that is free once the process that has it is dead."""
        self._condition = Condition(clock)
        self._readers = readers
        self._writer = writer
        self._of_readers = OpenConnections(readers)
        self._of_writer = OpenConnections(writer)
        self._file = file
        self._writing = asyncio.Lock()
        self.epoch = 0
        """Number of this opening, or of the lease taken since: marks who holds a message."""

    @classmethod
    async def open(
        cls,
        url: str,
        clock: Clock,
        backup_dir: Path | None = None,
        *,
        sqlite: Connect = Connection,
    ) -> Store:
        """Open, create or upgrade the database.

        An SQLite file is made with mode 0600 (its directory, if missing, 0700)
        and locked against a second process. Before an upgrade it is copied to
        `backup_dir` (default: `backups` beside it); PostgreSQL is not copied,
        only a warning is logged. `sqlite` makes the connections to SQLite.
        Raises StoreTooNew, StoreError.
        """
        address = database_url(url)
        file = session = None
        if address.get_backend_name() == "sqlite":
            file = DatabaseFile(Path(str(address.database)), backup_dir)
            await asyncio.to_thread(file.claim)
        else:
            session = postgres.SessionLock(postgres.connecting(address))
        store = cls(*engines(address, sqlite), file, clock, session)
        try:
            async with store._connected(store._of_writer):
                pass
            await store._of_writer.close()
            with store._named(wrote=False):
                await store._bring_up(address, clock, sqlite)
            async with store.write() as conn:
                store.epoch = await meta.next_epoch(conn)
        except BaseException as error:
            await store.close()
            if file is not None and isinstance(error, StoreError):
                raise _with_path(error, file) from error
            raise
        return store

    @classmethod
    async def open_to_read(cls, url: str) -> Store:
        """Open the database of a bot that may be running, to read only; nothing is locked.

        Raises StoreError where there is no database, or one of another version: starting the
        bot once makes or upgrades it. `write` fails.
        """
        address = database_url(url)
        if address.get_backend_name() == "sqlite":
            path = Path(str(address.database))
            if not await asyncio.to_thread(path.exists):
                raise StoreError(
                    "There is no database yet at {path}. Start the bot once (vigil run), or say by"
                    " VIGIL_DATA_DIR or VIGIL_DATABASE_URL where the database lies",
                    path=str(path),
                )
            readers = sqlite_readers(address)
        else:
            readers, _ = engines(address)
        store = cls(readers, readers, None, SystemClock())
        try:
            async with store.read() as conn:
                found = await upgrade.revision_of(conn)
            if found != upgrade.HEAD:
                raise StoreError(
                    "The database is of another version of Vigil (revision {found}, this one works"
                    " with {known}): start this bot once",
                    found=found or "0",
                    known=upgrade.HEAD,
                )
        except BaseException:
            await store.close()
            raise
        return store

    async def _bring_up(self, address: URL, clock: Clock, sqlite: Connect) -> None:
        if self._file is None:
            await upgrade.bring_up(self._writer, None, clock.now())
            return
        async with self._writer.begin() as conn:
            if await upgrade.revision_of(conn) == upgrade.HEAD:
                return  # as with nearly each start
        engine = sqlite_engine(address, 1, "BEGIN IMMEDIATE", sqlite, foreign_keys=False)
        try:
            await upgrade.bring_up(engine, self._file, clock.now())
        finally:
            await engine.dispose()

    async def close(self) -> None:
        """Close every connection and let go of the file. Repeating it does nothing."""
        await self._of_readers.close()
        await self._of_writer.close()
        await self._readers.dispose()
        if self._writer is not self._readers:
            await self._writer.dispose()
        if self._file:
            self._file.release()
        if self.session is not None:
            await self.session.release()

    @property
    def down(self) -> StoreDown | None:
        """Why nothing can be written now (the log has it already); None while all is well."""
        return self._condition.error

    async def probe(self) -> None:
        """While the database is down: find out whether it is over. Raises StoreError.

        It writes as much as a batch of items does: a few bytes fit on a full disk too.
        """
        if self._condition.cause is None:
            return
        self._condition.invite()
        async with self.write() as conn:
            await meta.set_value(conn, _PROBE, "x" * _PROBE_LETTERS)
        self._condition.worked(wrote=True, much=True)
        async with self.write() as conn:
            await meta.delete(conn, _PROBE)

    @property
    def exclusive(self) -> bool:
        """Whether no other process can have the database open: the kernel locks SQLite's file."""
        return self._file is not None

    def drop_copies(self, before: datetime) -> int:
        """Delete an SQLite file's copies made before then, but for the newest. Blocks."""
        try:
            return 0 if self._file is None else self._file.drop_copies(before)
        except OSError as error:
            raise StoreError("Old copies cannot be deleted: {why}", why=error.strerror) from error

    async def scrub(self) -> bool:
        """Make deleted rows unreadable in SQLite's files as well; call it after forgetting.

        Rows are overwritten as they are deleted, but older copies of them stay in
        the write-ahead log until it is emptied. False if a reader was in the way:
        call it again later. On PostgreSQL this is the server's business: True.
        """
        if self._file is None:
            return True
        async with self._writing:
            try:
                return await asyncio.to_thread(self._file.empty_wal)
            except sqlite3.Error as error:
                raise StoreError("The log of the database cannot be emptied") from error

    @property
    def dialect(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self._writer.dialect.name

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one moment of the database and cannot write."""
        if self._condition.cause is Cause.UNREACHABLE:
            self._turn_away()
        with self._named(wrote=False):
            async with self._connected(self._of_readers) as conn:
                if self.dialect == "postgresql":
                    await conn.execution_options(
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
                async with conn.begin():
                    yield conn

    @asynccontextmanager
    async def write(self, relating: bool = False) -> AsyncIterator[AsyncConnection]:
        """One transaction: commits when the block ends, rolls back when it raises.

        `relating` also makes it the only transaction of its kind, in all
        processes: two copies handled at once must not make two stories. Never
        open a second one inside: it would wait for itself. A cancelled block is
        rolled back; a commit once begun is waited for.
        """
        self._turn_away()
        with self._named(wrote=True):
            alone = self._writing if self._file or relating else nullcontext()
            async with alone, self._connected(self._of_writer) as conn:
                transaction = await conn.begin()
                try:
                    if relating and self._file is None:
                        await conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_RELATING_LOCK)))
                    yield conn
                except BaseException:
                    await _to_the_end(transaction.rollback())
                    raise
                await _to_the_end(transaction.commit())

    async def read_at_once(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """As a block of `read` that waits for nothing but its connection: cheaper, since the
        thread of an SQLite connection does all of it in one go.
        """
        if self.dialect != "sqlite":
            async with self.read() as conn:
                return await work(conn)
        if self._condition.cause is Cause.UNREACHABLE:
            self._turn_away()
        with self._named(wrote=False):
            async with self._connected(self._of_readers) as conn:
                return await in_one_trip(conn, work)

    async def write_at_once(
        self, work: Callable[[AsyncConnection], Awaitable[T]], *, relating: bool = False
    ) -> T:
        """As a block of `write` that waits for nothing but its connection: see `read_at_once`."""
        if self.dialect != "sqlite":
            async with self.write(relating) as conn:
                return await work(conn)
        self._turn_away()
        with self._named(wrote=True):
            async with self._writing, self._connected(self._of_writer) as conn:
                return await in_one_trip(conn, work)

    def _turn_away(self) -> None:
        error = self._condition.error
        if error is not None and not self._condition.admits():
            raise error

    @contextmanager
    def _named(self, *, wrote: bool) -> Iterator[None]:
        """The one place where the database's exceptions become ours."""
        try:
            yield
        except SQLAlchemyError as error:
            _forget_values(error)
            # A reader that is refused to write has made a mistake of its own.
            cause = cause_of(error)
            if cause is not None and not (cause is Cause.READ_ONLY and not wrote):
                raise self._condition.failed(cause) from error
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise self._condition.cut() from error
            raise StoreError("The database failed: {name}", name=type(error).__name__) from error
        self._condition.worked(wrote=wrote)

    @asynccontextmanager
    async def _connected(self, of: OpenConnections) -> AsyncIterator[AsyncConnection]:
        """A connection. Drivers raise errors of many classes here; all become StoreError."""
        try:
            conn = await of.take()
        except PoolTimeout as error:
            raise StoreError("All connections to the database are in use") from error
        except Exception as error:
            raise self._condition.failed(cause_of(error) or Cause.UNREACHABLE) from error
        try:
            yield conn
        except BaseException:
            await _to_the_end(conn.close())
            raise
        if not of.keep(conn):
            await _to_the_end(conn.close())


def _with_path(error: StoreError, file: DatabaseFile) -> StoreError:
    """Add the file's path and the mend: whoever starts Vigil sees nothing else."""
    words = f"{file.path}: {error}"
    if isinstance(error, StoreDown):
        words = f"{words}. {error.mend}"
    return StoreTooNew(words) if isinstance(error, StoreTooNew) else StoreError(words)


def _forget_values(error: SQLAlchemyError) -> None:
    """PostgreSQL quotes the offending row, ids of chats included, in DETAIL lines."""
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        link.args = tuple(
            arg.partition("\nDETAIL:")[0] if isinstance(arg, str) else arg for arg in link.args
        )
        if getattr(link, "detail", None) is not None and not isinstance(link, SQLAlchemyError):
            link.detail = None  # type: ignore[attr-defined]
        link = getattr(link, "orig", None) or link.__cause__


async def _to_the_end(work: Awaitable[None]) -> None:
    """Await `work` even when cancelled meanwhile; the cancellation comes after."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
        except BaseException:  # noqa: BLE001 - raised below, from the task
            break
    if cancelled is not None:
        if not task.cancelled():
            task.exception()
        raise cancelled
    task.result()
