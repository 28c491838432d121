"""A file that tells whether a bot is alive; for supervisors and health checks.

It is written from the bot's event loop after a read of the database, so that it grows old when
either is stuck. The time in it is that of the machine's clock that never jumps, which all its
processes and containers share: a wall clock set back or forward says nothing of life. The process
holds a lock on its file, which the kernel lets go when it ends, however it ends: a killed bot is
known to be dead at once. Each process has a file of its own in the data directory: one that ends
takes away its own alone, and a standby, which waits for another process on the same database to
fall silent, lives too.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from bot.clock import Clock
from bot.errors import StoreDown, StoreError

if TYPE_CHECKING:
    from bot.store import Store

__all__ = ["EVERY", "FRESH", "Beat", "Heartbeat", "beats"]

EVERY: Final = 15.0
FRESH: Final = 90.0
"""Seconds; a bot whose beat is older is taken for stuck."""

_NAME: Final = "heartbeat"
_RUNNING: Final = "running"
_WAITING: Final = "waiting"
_FILE_BYTES: Final = 100  # bytes
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Beat:
    """What one process last said of itself. `at` is in seconds of `Clock.monotonic`."""

    at: float
    waiting: bool = False
    """Whether it stands by while another process speaks to Telegram."""
    held: bool = True
    """Whether its process still is there."""
    boot: str = ""
    """Since which start of the machine its clock counts."""

    def is_fresh(self, monotonic: float) -> bool:
        """Whether it runs and is not stuck. A beat from the future is none of this clock's."""
        return self.held and self.boot == _boot() and 0 <= monotonic - self.at <= FRESH


def beats(data_dir: Path) -> Sequence[Beat]:
    """What the processes with this data directory said, the latest first.

    Those that were killed are among them until another bot starts there.
    """
    found = filter(None, map(_read, data_dir.glob(f"{_NAME}*")))
    return sorted(found, key=lambda beat: (beat.held, beat.at), reverse=True)


class Heartbeat:
    """This process's file in the data directory, readable by its owner alone."""

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self._clock = clock
        # Not the process's number: two containers that share a volume have the same.
        self.path = data_dir / f"{_NAME}-{secrets.token_hex(4)}"
        self._file: int | None = None

    async def run(self, store: Store) -> None:
        """Write it until cancelled. A database that is stuck is not written about."""
        from bot.store import meta  # asking for the file's age needs no database

        while True:
            try:
                async with store.read() as conn:
                    await meta.offset(conn)
            except StoreDown:
                self.write()  # it lives, and has said what is wrong
            except StoreError as error:
                log.warning("heartbeat.not_written", error=type(error).__name__)
            else:
                self.write()
            await self._clock.sleep(EVERY)

    def waits(self) -> None:
        """Say that this process waits for another, and that the database answers."""
        self.write(waiting=True)

    def write(self, *, waiting: bool = False) -> None:
        """Say that all is well now. What cannot be written is left out: the beat grows old.

        It is written over in place, for which a full disk has room too.
        """
        state = _WAITING if waiting else _RUNNING
        words = f"{self._clock.monotonic():.3f} {state} {_boot()}".ljust(_FILE_BYTES)
        with suppress(OSError):
            os.pwrite(self._descriptor(), words.encode(), 0)

    def start(self) -> None:
        """Take away what killed processes left. A stuck one that wakes writes its own again."""
        directory = self.path.parent
        try:
            # With PostgreSQL nobody else makes it.
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            log.warning("heartbeat.not_written", error=type(error).__name__)
        now = self._clock.monotonic()
        for path in directory.glob(f"{_NAME}*"):
            beat = _read(path)
            if beat is None or not beat.is_fresh(now):
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def stop(self) -> None:
        """The bot has ended on purpose."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _descriptor(self) -> int:
        """The file, locked; made again if somebody took it away."""
        if self._file is not None:
            with suppress(OSError):
                if self.path.stat().st_ino == os.fstat(self._file).st_ino:
                    return self._file
            os.close(self._file)
            self._file = None
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._file = file
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return file


def _read(path: Path) -> Beat | None:
    """None for what is none, or not whole."""
    try:
        with _opened(path) as file:
            at, state, *boot = os.pread(file, _FILE_BYTES, 0).decode().split()
            if state not in (_RUNNING, _WAITING):
                return None
            return Beat(float(at), state == _WAITING, _is_held(file), "".join(boot))
    except (OSError, ValueError):
        return None


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield file
    finally:
        os.close(file)


def _is_held(file: int) -> bool:
    """Whether a process holds it: the lock is let go with its last descriptor, whatever ends it."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return True  # no locks here: the time alone tells
    return False


@cache
def _boot() -> str:
    """The machine's own name of its last start, "" where it has none."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""
