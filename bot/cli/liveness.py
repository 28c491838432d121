"""A file whose age tells whether a bot is alive; for supervisors and health checks.

It is written from the bot's event loop after a read of the database, so that it grows
old when either is stuck. Each process has a file of its own in the data directory: one that
ends takes away its own alone, and a standby, which waits for another process on the same
database to fall silent, lives too.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from bot.clock import Clock
from bot.errors import StoreError

if TYPE_CHECKING:
    from bot.store import Store

__all__ = ["EVERY", "FRESH", "Beat", "Heartbeat", "beats"]

EVERY: Final = timedelta(seconds=15)
FRESH: Final = timedelta(seconds=90)
"""Older than that, a bot is taken for stuck."""

_NAME: Final = "heartbeat"
_WAITING: Final = "waiting"
_UNFINISHED: Final = ".new"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Beat:
    """What one process last said of itself."""

    at: datetime
    waiting: bool = False
    """Whether it stands by while another process speaks to Telegram."""

    def is_fresh(self, now: datetime) -> bool:
        """Whether it runs and is not stuck."""
        return now - self.at <= FRESH


def beats(data_dir: Path) -> Sequence[Beat]:
    """What the processes with this data directory said, the latest first.

    Those that were killed are among them until another bot starts there.
    """
    files = (path for path in data_dir.glob(f"{_NAME}*") if path.suffix != _UNFINISHED)
    return sorted(filter(None, map(_read, files)), key=lambda beat: beat.at, reverse=True)


class Heartbeat:
    """This process's file in the data directory."""

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self._clock = clock
        # Not the process's number: two containers that share a volume have the same.
        self.path = data_dir / f"{_NAME}-{secrets.token_hex(4)}"

    async def run(self, store: Store) -> None:
        """Write it until cancelled. A database that fails is only not written about."""
        from bot.store import meta  # asking for the file's age needs no database

        while True:
            with suppress(StoreError):  # whoever looks sees an old file
                async with store.read() as conn:
                    await meta.offset(conn)
                self.write()
            await self._clock.sleep_until(self._clock.now() + EVERY)

    def waits(self) -> None:
        """Say that this process waits for another, and that the database answers."""
        self.write(waiting=True)

    def write(self, *, waiting: bool = False) -> None:
        """Say that all is well now. What cannot be written is left out: the file grows old."""
        words = self._clock.now().isoformat()
        fresh = self.path.with_suffix(_UNFINISHED)
        with suppress(OSError):
            fresh.write_text(f"{words} {_WAITING}" if waiting else words)
            fresh.replace(self.path)

    def start(self) -> None:
        """Take away what killed processes left. A stuck one that wakes writes its own anew."""
        directory = self.path.parent
        try:
            # With PostgreSQL nobody else makes it.
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            log.warning("heartbeat.not_written", error=type(error).__name__)
        for path in directory.glob(f"{_NAME}*"):
            beat = _read(path)
            if beat is None or not beat.is_fresh(self._clock.now()):
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def stop(self) -> None:
        """The bot has ended on purpose."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def _read(path: Path) -> Beat | None:
    """None for what is none, or not whole."""
    try:
        at, _, state = path.read_text().partition(" ")
        return Beat(datetime.fromisoformat(at).astimezone(UTC), state == _WAITING)
    except (OSError, ValueError):
        return None
