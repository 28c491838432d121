"""A demo leaves nothing behind, also where the one before was killed."""

from __future__ import annotations

import fcntl
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

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


def test_a_demo_that_starts_meanwhile_leaves_the_directory_alone(
    parent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also between the making of the lock and the locking; and its look fails no other start."""
    now = datetime.fromtimestamp(parent.stat().st_mtime, UTC)
    lock_file, swept = fcntl.flock, list[int]()

    def locking(file: IO[bytes], operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock_file)
        swept.append(sweep(parent, now))
        lock_file(file, operation)
        swept.append(sweep(parent, now))

    monkeypatch.setattr(fcntl, "flock", locking)
    with scratch_directory(now) as directory:
        swept.append(sweep(parent, now))
        assert directory.exists()

    assert swept == [0, 0, 0]
    assert list(parent.iterdir()) == []


def test_a_look_at_a_directory_that_is_being_made_takes_no_lock_of_it(
    parent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks holds the lock for a moment: the one that starts then must still get it."""
    looked, lock_file = list[Path](), fcntl.flock

    def locking(file: IO[bytes], operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock_file)
        for found in parent.glob("*/demo.lock"):
            looked.append(found)
        lock_file(file, operation)

    monkeypatch.setattr(fcntl, "flock", locking)
    with scratch_directory(NOW) as directory:
        assert (directory / "demo.lock").exists()

    assert looked == []
