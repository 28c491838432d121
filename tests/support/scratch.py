"""Directories that a run of the tests owns; those of runs that were killed are swept away.

    with owned_directory("vigil-pg-") as directory: ...

Who owns one holds a lock on a file in it, which the kernel frees when the owner dies, however it
dies. A process number would not do: it is given again, and other containers have their own.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import psutil

from bot.clock import SystemClock

__all__ = ["owned_directory", "sweep"]

_OWNER: Final = "owner"
_UNOWNED_FOR: Final = timedelta(
    minutes=10
)  # before a directory without the file is nobody's: it may be new


@contextmanager
def owned_directory(prefix: str) -> Iterator[Path]:
    """A directory among the temporary ones, gone after the block. Those of dead runs go first."""
    sweep(prefix)
    directory = Path(tempfile.mkdtemp(prefix=prefix))
    # Named only when it is locked: a free one of that name belongs to nobody any more.
    new = directory / f"{_OWNER}.new"
    owner = os.open(new, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(owner, fcntl.LOCK_EX)
        new.rename(directory / _OWNER)
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        os.close(owner)


def sweep(prefix: str) -> None:
    """Remove the directories of this name whose owners live no more, and the servers in them."""
    for directory in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError):  # gone by now, or another user's
            if _is_owned(directory):
                continue
            _end_server(directory / "data")
            shutil.rmtree(directory, ignore_errors=True)


def _is_owned(directory: Path) -> bool:
    try:
        owner = os.open(directory / _OWNER, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        age = SystemClock().now() - datetime.fromtimestamp(directory.stat().st_mtime, UTC)
        return age < _UNOWNED_FOR
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(owner)
    return False


def _end_server(data: Path) -> None:
    """End the PostgreSQL that still serves from `data`, if one does."""
    try:
        server = psutil.Process(int((data / "postmaster.pid").read_text().partition("\n")[0]))
        if str(data) in server.cmdline():
            server.kill()  # at once: nobody will read what it holds
            server.wait(5)
    except (OSError, ValueError, psutil.Error):
        pass
