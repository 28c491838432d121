"""A demo leaves nothing behind, also where the one before was killed."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.scratch import scratch_directory, sweep

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where directories for a while are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left(parent: Path, name: str, *, lock: bool = True, age: timedelta = timedelta()) -> Path:
    """A directory as a killed demo leaves it."""
    directory = parent / name
    directory.mkdir()
    (directory / "vigil.sqlite3").write_bytes(b"rows")
    if lock:
        (directory / "demo.lock").touch()
    then = (NOW - age).timestamp()
    os.utime(directory, (then, then))
    return directory


def test_a_demo_removes_its_directory_and_those_of_killed_ones(parent: Path):
    """The next start sweeps; one that still runs keeps its own."""
    killed = left(parent, "vigil-demo-killed")
    older = left(parent, "vigil-demo-older", lock=False, age=timedelta(hours=2))
    with scratch_directory(NOW) as running, scratch_directory(NOW) as second:
        there = running.exists() and second.exists() and running != second

    assert there
    assert not killed.exists()
    assert not older.exists()
    assert list(parent.iterdir()) == []


def test_what_is_not_a_killed_demo_stays(parent: Path, tmp_path_factory: pytest.TempPathFactory):
    """A directory just made, one of another name, a file, and what a link leads to."""
    young = left(parent, "vigil-demo-young", lock=False, age=timedelta(minutes=1))
    other = left(parent, "vigil-other")
    file = parent / "vigil-demo-file"
    file.touch()
    elsewhere = left(tmp_path_factory.mktemp("elsewhere"), "data")
    (parent / "vigil-demo-link").symlink_to(elsewhere)

    assert sweep(parent, NOW) == 0
    assert young.exists()
    assert other.exists()
    assert file.exists()
    assert (elsewhere / "vigil.sqlite3").exists()
