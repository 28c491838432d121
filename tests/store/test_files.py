"""A file that cannot be used is said with its path, what is wrong with it, and how to fix it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError, StoreTooNew
from bot.store import Store, meta
from tests.support.clock import ManualClock


async def _refused(path: Path, clock: ManualClock) -> StoreError:
    with pytest.raises(StoreError) as caught:
        await Store.open(f"sqlite:///{path}", clock)
    assert str(path) in str(caught.value)
    return caught.value


@pytest.mark.parametrize("state", ["empty", "missing"])
async def test_what_was_full_is_not_begun_anew(
    tmp_path: Path, clock: ManualClock, state: str
) -> None:
    """While copies lie beside it an empty file is a loss, not a first start."""
    path, backups = tmp_path / "vigil.sqlite3", tmp_path / "backups"
    store = await Store.open(f"sqlite:///{path}", clock)
    await store.close()
    backups.mkdir()
    copy = path.rename(backups / "vigil-0011-20240408T060000Z.sqlite3")
    for left in tmp_path.glob("vigil.sqlite3-*"):
        left.unlink()
    if state == "empty":
        path.touch()
    error = await _refused(path, clock)

    assert state in str(error)
    assert copy.name in str(error)
    assert not path.exists() or not path.stat().st_size

    copy.rename(path)  # as it says
    store = await Store.open(f"sqlite:///{path}", clock)
    async with store.read() as conn:
        assert int(await meta.get(conn, "epoch")) >= 1
    await store.close()


async def test_a_first_start_that_died_may_be_repeated(tmp_path: Path, clock: ManualClock) -> None:
    """Nothing was in it, and no copies lie beside it."""
    path = tmp_path / "vigil.sqlite3"
    path.touch()
    store = await Store.open(f"sqlite:///{path}", clock)
    await store.close()

    assert path.stat().st_size


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no database at all " * 500, "docs/storage.md"),
        (b"SQLite format 3\0" + b"\xff" * 4000, "docs/storage.md"),
    ],
)
async def test_damaged_files_point_at_their_copies(
    tmp_path: Path, clock: ManualClock, content: bytes, words: str
) -> None:
    path = tmp_path / "vigil.sqlite3"
    path.write_bytes(content)

    assert words in str(await _refused(path, clock))
    assert path.read_bytes() == content


async def test_foreign_and_newer_databases(tmp_path: Path, clock: ManualClock) -> None:
    """Both are left as they are."""
    foreign, newer = tmp_path / "foreign.sqlite3", tmp_path / "newer.sqlite3"
    with closing(sqlite3.connect(foreign)) as database:
        database.execute("CREATE TABLE shopping (what TEXT)")
    with closing(sqlite3.connect(newer)) as database:
        database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        database.execute("INSERT INTO alembic_version VALUES ('9999')")
        database.commit()

    assert "VIGIL_DATABASE_URL" in str(await _refused(foreign, clock))
    error = await _refused(newer, clock)
    assert isinstance(error, StoreTooNew)
    assert "Install that version" in str(error)


async def test_a_place_that_cannot_be_used(tmp_path: Path, clock: ManualClock) -> None:
    """A directory that is a file, a file that is a directory."""
    (tmp_path / "file").touch()
    (tmp_path / "dir.sqlite3").mkdir()
    below, directory = tmp_path / "file" / "vigil.sqlite3", tmp_path / "dir.sqlite3"

    with pytest.raises(StoreError, match="VIGIL_DATA_DIR"):
        await Store.open(f"sqlite:///{below}", clock)
    assert "name a file" in str(await _refused(directory, clock))
