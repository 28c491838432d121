"""What lies beside the database is for the bot's user alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.liveness import Heartbeat
from bot.private_file import write_private
from tests.support.clock import ManualClock


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.usefixtures("open_umask")
def test_nobody_else_reads_it(tmp_path: Path) -> None:
    """Whatever the umask, and where an older version left a file that everybody reads."""
    path = tmp_path / "lemmas.cache"
    path.write_bytes(b"old")
    path.chmod(0o644)
    path.with_suffix(".new").write_bytes(b"half")
    write_private(path, b"forms")
    heartbeat = Heartbeat(tmp_path, ManualClock())
    heartbeat.write()

    assert (path.read_bytes(), mode(path)) == (b"forms", 0o600)
    assert mode(heartbeat.path) == 0o600
    assert sorted(tmp_path.iterdir()) == sorted([path, heartbeat.path])
