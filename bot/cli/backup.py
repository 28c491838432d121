"""`vigil backup`: a whole copy of the SQLite database, also while the bot runs."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.cli.exit_codes import FAILED, ends_in_exit_code, fail, say
from bot.clock import SystemClock
from bot.settings import load

__all__ = ["backup"]


@ends_in_exit_code
def backup(directory: Path | None) -> int:
    """Copy into `directory` (`backups` beside the database), print where; 1 when it cannot be."""
    from bot.store.engine import database_url
    from bot.store.files import DatabaseFile

    url = database_url(load(os.environ).settings.database)
    if url.get_backend_name() != "sqlite":
        return fail("PostgreSQL is copied by pg_dump: see docs/storage.md")
    path = Path(str(url.database))
    if not path.exists():
        return fail(f"There is no database at {path}. Set VIGIL_DATA_DIR or VIGIL_DATABASE_URL")
    try:
        revision = _ask(path, "SELECT version_num FROM alembic_version")
        where = directory or path.parent / "backups"
        copy = DatabaseFile(path).copy_to(where, revision, SystemClock().now())
        # Nobody writes to it: no log need lie beside it.
        damage = _ask(copy, "PRAGMA quick_check(1)", "immutable=1")
    except (OSError, sqlite3.Error) as error:
        return fail(f"{path} cannot be copied: {error}")
    print(copy)
    if damage != "ok":
        say(f"The database is damaged, and so is this copy: {damage}. See vigil doctor.")
        return FAILED
    return 0


def _ask(path: Path, query: str, how: str = "mode=ro") -> str:
    """The one answer. Read only: a file that is missing or none of ours is not made."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as database:
        row = database.execute(query).fetchone()
    if row is None:
        raise sqlite3.DatabaseError("it has no tables of Vigil")
    return str(row[0])
