"""Directories of test runs: those of dead runs go, those of living ones stay."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.support.scratch import owned_directory, sweep

_OWNS = """
import os, signal, sys
sys.path.insert(0, os.getcwd())
from tests.support.scratch import owned_directory
with owned_directory("vigil-x-") as directory:
    print(directory, flush=True)
    os.kill(os.getpid(), signal.SIGKILL) if sys.argv[1] == "dies" else sys.stdin.read()
"""


def owner(does: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _OWNS, does]
    return subprocess.Popen(command, stdin=-1, stdout=-1, text=True)


def test_a_killed_run_leaves_nothing_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run sweeps it, and no directory that is in use or too new to say."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    fresh, stranger = tmp_path / "vigil-x-new", tmp_path / "vigil-y-1"
    for each in (fresh, stranger):
        each.mkdir()
    os.utime(stranger, (0, 0))
    with owner("dies") as dead, owner("lives") as alive:
        assert dead.stdout
        assert alive.stdout
        left, used = Path(dead.stdout.readline().strip()), Path(alive.stdout.readline().strip())
        dead.wait()
        sweep("vigil-x-")
        assert not left.exists()
        assert used.exists()
        assert alive.communicate()
    assert not used.exists()
    assert fresh.exists()
    os.utime(fresh, (0, 0))
    with owned_directory("vigil-x-") as own:
        assert own.exists()
        assert not fresh.exists()
    assert [each.name for each in tmp_path.iterdir()] == ["vigil-y-1"]


def test_a_directory_in_the_making_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also between the making of the lock and the locking."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    lock_file = fcntl.flock

    def locking(file: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock_file)
        sweep("vigil-x-")
        lock_file(file, operation)

    monkeypatch.setattr(fcntl, "flock", locking)
    with owned_directory("vigil-x-") as own:
        assert own.exists()
