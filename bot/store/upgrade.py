"""Upgrades a database of any version to this version's schema.

An empty database gets the tables of `bot.store.schema` at once, without the history that leads
there; a test holds that both ways end in the same. Alembic is imported only for an older
database: it costs 0.4 s and 30 MB.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StoreError, StoreTooNew
from bot.store.files import DatabaseFile

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["HEAD", "MIGRATIONS", "Scripts", "alembic_config", "bring_up", "revision_of"]

HEAD = "0030"
"""The revision this version works with; a test holds it to the newest script."""

MIGRATIONS = Path(__file__).parent / "migrations"

# Any constant: two processes must not upgrade one PostgreSQL at once.
_UPGRADE_LOCK = 0x564947_4D49

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Scripts:
    """A directory of migrations and the revision they lead to."""

    directory: Path = MIGRATIONS
    head: str = HEAD


async def bring_up(
    engine: AsyncEngine,
    file: DatabaseFile | None,
    now: datetime,
    scripts: Scripts = Scripts(),
) -> None:
    """Create or upgrade the tables in one transaction.

    `engine` must not enforce foreign keys on SQLite, where a changed table is a
    new one: they are checked at the end instead. Raises StoreTooNew, and
    StoreError for a database that is not Vigil's; either changes nothing.
    """
    async with engine.begin() as conn:
        before = await revision_of(conn)
    if before == scripts.head:
        return
    if before:
        await asyncio.to_thread(_refuse_unknown, before, scripts)
        await _back_up(file, before, now)
    async with engine.begin() as conn:
        if conn.dialect.name == "postgresql":
            await conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
            if await revision_of(conn) == scripts.head:
                return  # another process was first
        await conn.run_sync(_create if not before and scripts == Scripts() else _upgrade, scripts)
        if conn.dialect.name == "sqlite":
            await _check_references(conn)
    log.info("store.upgraded", before=before, now=scripts.head)


async def revision_of(conn: AsyncConnection) -> str:
    """The revision of an open database, "" of an empty one.

    Raises StoreError if there are tables but none of Alembic.
    """
    tables = await conn.run_sync(lambda sync: sa.inspect(sync).get_table_names())
    if "alembic_version" in tables:
        version = await conn.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return str(version or "")
    if tables:
        raise StoreError(
            "The database holds something else than Vigil's tables. Name another one in"
            " VIGIL_DATABASE_URL: Vigil needs one of its own"
        )
    return ""


def alembic_config(connection: sa.Connection, scripts: Path = MIGRATIONS) -> Config:
    """What Alembic's commands need; there is no alembic.ini."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _create(connection: sa.Connection, scripts: Scripts) -> None:
    """The tables as they are now, and what Alembic would note of them."""
    from bot.store.schema import metadata

    metadata.create_all(connection, checkfirst=False)
    stamped = sa.Table(
        "alembic_version",
        sa.MetaData(),
        sa.Column("version_num", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
    )
    stamped.create(connection)
    connection.execute(sa.insert(stamped).values(version_num=scripts.head))


def _upgrade(connection: sa.Connection, scripts: Scripts) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection, scripts.directory), scripts.head)


def _refuse_unknown(revision: str, scripts: Scripts) -> None:
    from alembic.script import ScriptDirectory

    known = ScriptDirectory(str(scripts.directory)).walk_revisions()
    if revision not in {script.revision for script in known}:
        raise StoreTooNew(
            "The database belongs to a newer Vigil (revision {found}, known up to {known})."
            " Install that version again, or put back the copy made before the upgrade",
            found=revision,
            known=scripts.head,
        )


async def _back_up(file: DatabaseFile | None, revision: str, now: datetime) -> None:
    if file is None:
        log.warning("store.upgrade_without_backup", revision=revision)
        return
    try:
        copy = await asyncio.to_thread(file.copy_to, file.backups, revision, now)
    except OSError as error:
        raise StoreError(
            "The database cannot be copied before its upgrade: {why}", why=error.strerror
        ) from error
    log.info("store.backed_up", file=copy.name, revision=revision)


async def _check_references(conn: AsyncConnection) -> None:
    if broken := (await conn.exec_driver_sql("PRAGMA foreign_key_check")).first():
        raise StoreError("The upgrade would lose references in {table}", table=broken[0])
