"""A directory for one demo: gone when it ends; what killed demos left goes when the next starts.

A demo that is killed cannot remove its directory. Each holds a lock while it runs, which the system
lets go when the process dies: so a directory whose lock is free belongs to nobody.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

__all__ = ["scratch_directory", "sweep"]

_PREFIX: Final = "vigil-demo-"
_LOCK: Final = "demo.lock"
_UNLOCKED_AGE: Final = timedelta(hours=1)
"""A directory without a lock may be another demo's that has just made it; later it is left over."""


@contextmanager
def scratch_directory(now: datetime) -> Iterator[Path]:
    """A new directory, removed at the end; sweeps what earlier demos left."""
    sweep(Path(tempfile.gettempdir()), now)
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name:
        directory = Path(name)
        # Named only when it is locked: a free lock of that name belongs to nobody any more.
        with (directory / f"{_LOCK}.new").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            (directory / f"{_LOCK}.new").rename(directory / _LOCK)
            yield directory


def sweep(parent: Path, now: datetime) -> int:
    """Remove the directories in `parent` that demos of this user left; how many.

    What cannot be read or removed stays, as does a directory of another user or behind a link.
    """
    removed = 0
    for directory in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            found = directory.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
                continue
            if _is_left(directory, now - _UNLOCKED_AGE, found.st_mtime):
                shutil.rmtree(directory)
                removed += 1
    return removed


def _is_left(directory: Path, before: datetime, changed: float) -> bool:
    """Whether no demo runs in it. `changed` is when it was made, in seconds of the epoch."""
    try:
        with (directory / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except FileNotFoundError:
        return changed < before.timestamp()
    except BlockingIOError:
        return False
