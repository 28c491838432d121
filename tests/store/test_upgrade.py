"""Migrations reach the schema; older databases are kept, newer ones left alone."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import StoreError, StoreTooNew
from bot.store import Store, engine, item_counts, items, meta, pools, roundups, stories, upgrade
from bot.store.schema import metadata
from tests.support.clock import ManualClock
from tests.support.databases import Postgres, sqlite_url

NEWER = f"{int(upgrade.HEAD) + 1:04}"
NEXT = f"""
import sqlalchemy as sa
from alembic import op

revision = "{NEWER}"
down_revision = "{upgrade.HEAD}"


def upgrade() -> None:
    how = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("chats", recreate=how) as batch:
        batch.add_column(sa.Column("nickname", sa.Text(), nullable=False, server_default="none"))
"""

BROKEN = (
    NEXT
    + """
    op.execute("SELECT nothing FROM nowhere")
"""
)


def scripts(directory: Path, text: str = NEXT) -> upgrade.Scripts:
    """The migrations of a Vigil one revision newer than ours."""
    copy = directory / "migrations"
    shutil.copytree(upgrade.MIGRATIONS, copy)
    (copy / "versions" / f"v{NEWER}_next.py").write_text(text)
    return upgrade.Scripts(copy, NEWER)


@pytest.fixture
async def empty(request: pytest.FixtureRequest, tmp_path: Path, kind: str):
    """The address of a database without tables."""
    if kind == "sqlite":
        yield sqlite_url(tmp_path / "empty.sqlite3")
        return
    server: Postgres = request.getfixturevalue("postgres")
    async with server.database() as url:
        yield url


both = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


@both
async def test_migrations_reach_exactly_what_a_first_start_makes(empty: str, clock: ManualClock):
    """Nobody's database differs from what the code expects, whichever version made it; and a
    later migration finds every index and constraint by the same name in both.
    """
    readers, writer = pools.engines(engine.database_url(empty))
    await upgrade.bring_up(writer, None, clock.now())
    async with writer.begin() as conn:
        created = await conn.run_sync(everything)
        await conn.run_sync(drop_everything)
    await upgrade.bring_up(writer, None, clock.now(), upgrade.Scripts(head="0001"))
    await upgrade.bring_up(writer, None, clock.now())
    async with writer.begin() as conn:
        migrated = await conn.run_sync(everything)
        differences = await conn.run_sync(difference)
    await readers.dispose()
    await writer.dispose()

    assert {*metadata.tables, "alembic_version"} <= created.keys()
    assert migrated == created
    assert differences == []


def difference(conn: sa.Connection) -> list[object]:
    """What Alembic would still change."""
    # No column type names what the words of the archive lie in: it has a test of its own.
    options = {"include_name": lambda name, *_: not (name or "").startswith("archive_words")}
    return compare_metadata(MigrationContext.configure(conn, opts=options), metadata)


def everything(conn: sa.Connection) -> dict[str, object]:
    """All that the database says of its tables, but for the order of columns; and their rows."""
    inspector = sa.inspect(conn)
    names = inspector.get_table_names()
    made: dict[str, object] = {name: described(inspector, name) for name in names}
    rows = {t.name: conn.scalar(sa.select(sa.func.count()).select_from(t)) for t in TABLES}
    made["rows"] = {name: count for name, count in rows.items() if count}
    made["revision"] = conn.scalar(sa.text("SELECT version_num FROM alembic_version"))
    if conn.dialect.name == "sqlite":
        found = conn.exec_driver_sql("SELECT type, name, sql FROM sqlite_master WHERE sql != ''")
        kinds = [
            (kind, name, "AUTOINCREMENT" in sql, "WITHOUT ROWID" in sql)
            for kind, name, sql in found
        ]
        made["kinds"] = sorted(kinds)
    return made


TABLES = metadata.tables.values()


def described(inspector: sa.Inspector, table: str) -> dict[str, object]:
    columns = [
        (column["name"], str(column["type"]), column["nullable"], column["default"])
        for column in inspector.get_columns(table)
    ]
    constraints = [
        *inspector.get_foreign_keys(table),
        *inspector.get_unique_constraints(table),
        *inspector.get_check_constraints(table),
        *inspector.get_indexes(table),
    ]
    return {
        "columns": sorted(columns),
        "key": inspector.get_pk_constraint(table),
        "constraints": sorted(map(written, constraints)),
    }


def written(constraint: Mapping[str, Any]) -> str:
    """One that can be compared: conditions of indexes are objects."""
    options = {name: str(value) for name, value in constraint.get("dialect_options", {}).items()}
    return str({**constraint, "dialect_options": options})


def drop_everything(conn: sa.Connection) -> None:
    metadata.drop_all(conn)
    conn.execute(sa.text("DROP TABLE alembic_version"))
    assert sa.inspect(conn).get_table_names() == []


def partial_indexes(conn: sa.Connection) -> set[str]:
    where = f"{conn.dialect.name}_where"
    return {
        index["name"]
        for table in metadata.tables
        for index in sa.inspect(conn).get_indexes(table)
        if index.get("dialect_options", {}).get(where) is not None
    }


@both
async def test_partial_indexes_are_partial(empty: str, clock: ManualClock):
    """Neither SQLAlchemy nor Alembic says so where a condition is lost."""
    store = await Store.open(empty, clock)
    async with store.write() as conn:
        found = await conn.run_sync(partial_indexes)
    await store.close()

    assert found == {
        index.name
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    assert "ix_messages_stale" in found


async def test_sqlite_gives_no_id_twice(sqlite_store: Store):
    """In every table."""
    async with sqlite_store.read() as conn:
        rows = await conn.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql != ''")
        made = {name for name, sql in rows if "AUTOINCREMENT" in sql}

    assert made == {table.name for table in metadata.tables.values() if "id" in table.c}
    assert "messages" in made


def test_head_is_the_newest_revision():
    """A new migration without its number in the code would never run."""
    assert ScriptDirectory(str(upgrade.MIGRATIONS)).get_heads() == [upgrade.HEAD]


async def test_a_start_imports_nothing_that_it_does_not_need(sqlite_database: str):
    """On a current SQLite file, without a web page, it costs no second for nothing."""
    import subprocess
    import sys

    code = (
        "import asyncio, sys\n"
        "import bot.app\n"
        "from bot.clock import SystemClock\n"
        "from bot.store import Store\n"
        "async def main():\n"
        "    store = await Store.open(sys.argv[1], SystemClock())\n"
        "    await store.close()\n"
        "asyncio.run(main())\n"
        "print(sorted({'alembic', 'click', 'feedparser', 'lark', 'matplotlib', 'pygments', 'regex',"
        " 'resiliparse', 'rich', 'selectolax', 'sqlalchemy.dialects.postgresql', 'sqlalchemy.orm',"
        " 'starlette', 'tomlkit', 'uvicorn'}"
        ".intersection(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, sqlite_database], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


async def test_an_older_file_is_copied_then_upgraded(
    sqlite_database: str, tmp_path: Path, clock: ManualClock
):
    """Nothing is lost in an upgrade: not by it, and not if it was wrong."""
    url, file = (
        engine.database_url(sqlite_database),
        Path(sqlite_database.removeprefix("sqlite:///")),
    )
    store = await Store.open(sqlite_database, clock)
    from tests.store.builders import add_chat, add_message

    async with store.write() as conn:
        await meta.set_value(conn, "mark", "kept")
        await add_message(conn, clock.now(), await add_chat(conn, clock.now()))
    await store.close()
    database = upgrade.DatabaseFile(file, tmp_path / "copies")
    writer = pools.sqlite_engine(url, 1, "BEGIN IMMEDIATE", foreign_keys=False)
    await upgrade.bring_up(writer, database, clock.now(), scripts=scripts(tmp_path))
    async with writer.begin() as conn:
        after = await upgrade.revision_of(conn)
        rows = (await conn.exec_driver_sql("SELECT nickname FROM chats")).all()
        notices = (await conn.exec_driver_sql("SELECT count(*) FROM notices")).scalar_one()
    await writer.dispose()
    [copy] = (tmp_path / "copies").iterdir()
    with closing(sqlite3.connect(copy)) as conn:
        before = conn.execute("SELECT version_num FROM alembic_version").fetchone()
        mark = conn.execute("SELECT value FROM meta WHERE name = 'mark'").fetchone()

    assert (after, rows, notices) == (NEWER, [("none",)], 1)
    assert (before, mark) == ((upgrade.HEAD,), ("kept",))
    assert copy.stat().st_mode & 0o777 == 0o600
    assert upgrade.HEAD in copy.name


async def test_an_older_postgres_is_upgraded(
    postgres_database: str, tmp_path: Path, clock: ManualClock
):
    """The rows stay."""
    store = await Store.open(postgres_database, clock)
    async with store.write() as conn:
        await meta.set_value(conn, "mark", "kept")
    await upgrade.bring_up(store._writer, None, clock.now(), scripts=scripts(tmp_path))
    async with store.read() as conn:
        found = await upgrade.revision_of(conn), await meta.get(conn, "mark")
    await store.close()

    assert found == (NEWER, "kept")


@both
async def test_items_from_before_roundups_are_whole(empty: str, clock: ManualClock):
    """An item of the version before, with its story, is found and counted as it was."""
    readers, writer = pools.engines(engine.database_url(empty))
    before = upgrade.Scripts(upgrade.MIGRATIONS, "0025")
    await upgrade.bring_up(writer, None, clock.now(), scripts=before)
    at = "'2026-01-02 03:04:05'"
    async with writer.begin() as conn:
        for statement in (
            f"INSERT INTO sources (id, identity, added_at) VALUES (1, 'x', {at})",
            f"INSERT INTO stories (id, created_at, last_item_at) VALUES (1, {at}, {at})",
            "INSERT INTO items (id, source_id, key, text, seen_at, story_id)"
            f" VALUES (1, 1, '1', 'Главное за день', {at}, 1)",
        ):
            await conn.exec_driver_sql(statement)
    await readers.dispose()
    await writer.dispose()
    store = await Store.open(empty, clock)
    async with store.read() as conn:
        item = await items.get(conn, 1)
        kept = await item_counts.count(conn), await roundups.parts_of(conn, [1])
        compared = [each.id for each in await stories.texts_of_all(conn, [1])]
    await store.close()

    assert item is not None
    assert (item.text, item.part_of, item.cut) == ("Главное за день", None, False)
    assert kept == (1, {})
    assert compared == [1]


async def test_times_of_before_compare_with_those_of_today(tmp_path: Path, clock: ManualClock):
    """A page of a list that begins in the second of an older item leaves none out."""
    url = sqlite_url(tmp_path / "older.sqlite3")
    readers, writer = pools.engines(engine.database_url(url))
    before = upgrade.Scripts(upgrade.MIGRATIONS, "0029")
    await upgrade.bring_up(writer, None, clock.now(), scripts=before)
    times = ["2026-01-02 03:04:05.000000", "2026-01-02 03:04:05.250000", "nonsense.000000"]
    async with writer.begin() as conn:
        for n, at in enumerate(times, 1):
            await conn.exec_driver_sql(
                "INSERT INTO sources (id, identity, added_at) VALUES (?, ?, ?)", (n, f"s{n}", at)
            )
    await readers.dispose()
    await writer.dispose()
    store = await Store.open(url, clock)
    sources = metadata.tables["sources"]
    then = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    async with store.read() as conn:
        same = await conn.execute(sa.select(sources.c.id).where(sources.c.added_at == then))
        kept = await conn.exec_driver_sql("SELECT added_at FROM sources ORDER BY id")
        same_ids, texts = list(same.scalars()), list(kept.scalars())
    await store.close()

    assert same_ids == [1]
    assert texts == ["2026-01-02 03:04:05", *times[1:]]


async def test_a_failed_upgrade_changes_nothing(database: str, tmp_path: Path, clock: ManualClock):
    """The old Vigil still works with what a broken new one leaves."""
    store = await Store.open(database, clock)
    await store._of_writer.close()
    with pytest.raises(sa.exc.DBAPIError):
        await upgrade.bring_up(store._writer, None, clock.now(), scripts=scripts(tmp_path, BROKEN))
    async with store.read() as conn:
        found = await upgrade.revision_of(conn)
        columns = await conn.run_sync(lambda c: sa.inspect(c).get_columns("chats"))
    await store.close()

    assert found == upgrade.HEAD
    assert "nickname" not in {column["name"] for column in columns}


async def test_a_newer_database_is_refused(database: str, clock: ManualClock):
    """An old Vigil does not spoil what a newer one wrote."""
    store = await Store.open(database, clock)
    async with store.write() as conn:
        await conn.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
    await store.close()

    with pytest.raises(StoreTooNew, match="0999"):
        await Store.open(database, clock)


@both
async def test_a_foreign_database_is_refused(empty: str, clock: ManualClock):
    """A wrong address does not put our tables among another program's."""
    readers, writer = pools.engines(engine.database_url(empty))
    async with writer.begin() as conn:
        await conn.exec_driver_sql("CREATE TABLE recipes (id INTEGER)")
    await readers.dispose()
    await writer.dispose()

    with pytest.raises(StoreError, match="something else"):
        await Store.open(empty, clock)


async def test_two_processes_create_one_database_together(postgres: Postgres, clock: ManualClock):
    """Starting two roles at once on an empty server works."""
    import asyncio

    async with postgres.database() as url:
        stores = await asyncio.gather(*(Store.open(url, clock) for _ in range(3)))
        epochs = {store.epoch for store in stores}
        for store in stores:
            await store.close()

    assert epochs == {1, 2, 3}


@both
async def test_texts_keys_and_cases_of_before_are_kept(empty: str, clock: ManualClock):
    """An upgrade keeps each text an item had, the keys it is found by, and mends its cases."""
    url = engine.database_url(empty)
    writer = pools.engines(url)[1]
    await upgrade.bring_up(writer, None, clock.now(), upgrade.Scripts(head="0013"))
    then = "'2026-01-02 03:04:05+00:00'"
    async with writer.begin() as conn:
        for statement in (
            f"INSERT INTO stories (id, created_at, last_item_at, parent_id) VALUES"
            f" (1, {then}, {then}, NULL), (2, {then}, {then}, 1), (3, {then}, {then}, 2),"
            f" (4, {then}, {then}, 4)",
            "INSERT INTO story_keys (key, story_id) VALUES ('url:https://a.example/1', 1),"
            " ('text:7', 2)",
            f"INSERT INTO sources (id, identity, added_at) VALUES (1, 'a', {then})",
            f"INSERT INTO items (id, source_id, key, revision, title, text, seen_at, story_id)"
            f" VALUES (1, 1, 'x', 2, '', 'new', {then}, 1), (2, 1, 'y', 1, '', 'only', {then}, 2)",
            f"INSERT INTO revisions (item_id, number, text, seen_at) VALUES (1, 1, 'old', {then}),"
            f" (1, 2, 'new', '2026-02-03 04:05:06+00:00'), (2, 1, 'only', {then})",
        ):
            await conn.exec_driver_sql(statement)
    await writer.dispose()
    store = await Store.open(empty, clock)
    async with store.read() as conn:
        keys = await stories.find_by_keys(conn, ["url:https://a.example/1", "text:7", "text:8"])
        texts = [await items.get(conn, 1, n) for n in (1, 2)]
        revised = (await conn.exec_driver_sql("SELECT id, revised_at FROM items ORDER BY id")).all()
        left = (await conn.exec_driver_sql("SELECT item_id, number FROM revisions")).all()
        parents = (await conn.exec_driver_sql("SELECT parent_id FROM stories ORDER BY id")).all()
    await store.close()

    assert keys == {"url:https://a.example/1": 1, "text:7": 2}
    assert [item.text for item in texts if item is not None] == ["old", "new"]
    assert [str(row.revised_at)[:10] for row in revised] == ["2026-02-03", "None"]
    assert [tuple(row) for row in left] == [(1, 1)]
    assert [row.parent_id for row in parents] == [None, 1, 1, None]
