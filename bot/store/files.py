"""The SQLite file: its permissions, the lock against a second process, copies."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from bot.errors import StoreError

__all__ = ["DatabaseFile"]

_WAIT_SECONDS = 0.5
_MENDS = {
    errno.EACCES: "Give it to Vigil's user, or set VIGIL_DATA_DIR",
    errno.EPERM: "Give it to Vigil's user, or set VIGIL_DATA_DIR",
    errno.EROFS: "Its disk is read-only: mount it to be written, or set VIGIL_DATA_DIR",
    errno.ENOSPC: "Its disk is full: make room on it",
    errno.EISDIR: "It is a directory: name a file in VIGIL_DATABASE_URL",
    errno.ENOTDIR: "Its directory is a file: set VIGIL_DATA_DIR to a directory",
}


class DatabaseFile:
    """An SQLite file that one process claims.

    The lock lies on `<file>.lock`, not on the file: closing any descriptor of a
    file drops this process's POSIX locks on it, SQLite's own among them.
    The kernel frees it when the process ends, however it ends.
    """

    def __init__(self, path: Path, backups: Path | None = None) -> None:
        self.path = path
        self.backups = backups or path.parent / "backups"
        self._lock: int | None = None

    def claim(self) -> None:
        """Make what is missing, readable by the owner alone, and take the lock.

        Raises StoreError if another process has it, if the place cannot be written, or if
        nothing is in it though copies lie beside it: beginning again would hide that all is lost.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = _owned(self.path.with_name(self.path.name + ".lock"))
        except OSError as error:
            raise self._unusable(error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise StoreError(
                "Another Vigil is using {name}: stop it first", name=self.path.name
            ) from error
        self._lock = lock
        try:
            self._refuse_to_begin_anew()
            # SQLite gives its -wal and -shm files the mode of this one.
            os.close(_owned(self.path))
        except OSError as error:
            self.release()
            raise self._unusable(error) from error
        except StoreError:
            self.release()
            raise

    def copies(self) -> list[Path]:
        """The copies of this file in the directory for backups, the newest last."""
        found = self.backups.glob(f"{self.path.stem}-*.sqlite3")
        return sorted(found, key=lambda path: path.stat().st_mtime)

    def drop_copies(self, before: datetime) -> int:
        """Delete copies made before then, but for the newest; how many. Blocks."""
        gone = 0
        for path in self.copies()[:-1]:
            if path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _refuse_to_begin_anew(self) -> None:
        logged = self.path.with_name(self.path.name + "-wal")
        if any(each.exists() and each.stat().st_size for each in (self.path, logged)):
            return
        if copies := self.copies():
            raise StoreError(
                "{path} is {state}, though copies of it lie in {where}. Put the newest back"
                " ({name}), or move the copies elsewhere to start with an empty database",
                path=self.path,
                state="empty" if self.path.exists() else "missing",
                where=self.backups,
                name=copies[-1].name,
            )

    def _unusable(self, error: OSError) -> StoreError:
        mend = _MENDS.get(error.errno or 0, "Look at the directory, or set VIGIL_DATA_DIR")
        return StoreError(
            "{path} cannot be used: {why}. {mend}",
            path=error.filename or self.path,
            why=error.strerror,
            mend=mend,
        )

    def release(self) -> None:
        """Give the lock back. Repeating it does nothing."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def empty_wal(self) -> bool:
        """Bring the write-ahead log into the file and cut it to nothing. Blocks.

        Deleted rows stay readable in the log until then. False if a reader was
        in the way: try again later.
        """
        with closing(sqlite3.connect(self.path, timeout=_WAIT_SECONDS)) as connection:
            connection.execute("PRAGMA synchronous=FULL")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def copy_to(self, directory: Path, revision: str, now: datetime) -> Path:
        """A whole copy, with what is still in the WAL, readable by the owner alone.

        Blocks. An existing copy of that name (one second, one revision) is
        replaced only once the new one is complete.
        """
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = directory / f"{self.path.stem}-{revision}-{now:%Y%m%dT%H%M%SZ}.sqlite3"
        partial = target.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        os.close(_owned(partial))
        with closing(sqlite3.connect(self.path)) as ours, closing(sqlite3.connect(partial)) as copy:
            ours.backup(copy)
        partial.replace(target)
        return target


def _owned(path: Path) -> int:
    """A descriptor of `path`, made if missing, with mode 0600."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.fchmod(descriptor, 0o600)
    return descriptor
