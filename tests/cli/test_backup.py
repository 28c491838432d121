"""`vigil backup`: what a supervisor's timer calls."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.backup import backup
from bot.model import Role
from bot.store import Store, people


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIL_DATA_DIR", str(tmp_path))


async def test_a_copy_is_whole_while_the_bot_runs(
    sqlite_store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also with what is still in the log beside the file; nobody else may read it."""
    async with sqlite_store.write() as conn:
        await people.appoint(conn, 77, Role.ROOT, None, datetime(2024, 4, 8, tzinfo=UTC))
    code = backup(tmp_path / "away")
    [copy] = (tmp_path / "away").iterdir()
    with closing(sqlite3.connect(copy)) as database:
        known = database.execute("SELECT telegram_id FROM people").fetchall()

    assert code == 0
    assert capsys.readouterr().out == f"{copy}\n"
    assert known == [(77,)]
    assert copy.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("what", ["nothing", "foreign", "postgresql"])
def test_what_cannot_be_copied_is_said(
    tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In words, with nothing made."""
    if what == "foreign":
        (tmp_path / "vigil.sqlite3").write_bytes(b"no database at all " * 500)
    if what == "postgresql":
        monkeypatch.setenv("VIGIL_DATABASE_URL", "postgresql://u:p@h/vigil")
    before = list(tmp_path.iterdir())

    assert backup(None) == 1
    assert capsys.readouterr().err.startswith("vigil: ")
    assert list(tmp_path.iterdir()) == before
