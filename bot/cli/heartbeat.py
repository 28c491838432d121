"""A file whose age tells whether the bot is alive; for supervisors and health checks.

It is written from the bot's event loop after a read of the database, so that it grows
old when either is stuck.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.clock import Clock
from bot.errors import StoreError

if TYPE_CHECKING:
    from bot.store import Store

__all__ = ["EVERY", "FRESH", "Heartbeat"]

EVERY: Final = timedelta(seconds=15)
FRESH: Final = timedelta(seconds=90)
"""Older than that, the bot is taken for stuck."""


class Heartbeat:
    """The file in the data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "heartbeat"

    async def run(self, store: Store, clock: Clock) -> None:
        """Write it until cancelled. A database that fails is only not written about."""
        from bot.store import meta  # asking for the file's age needs no database

        while True:
            try:
                async with store.read() as conn:
                    await meta.offset(conn)
                self.write(clock.now())
            except (StoreError, OSError):
                pass  # whoever looks sees an old file
            await clock.sleep_until(clock.now() + EVERY)

    def write(self, now: datetime) -> None:
        """Say that all was well at `now`. Raises OSError."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(now.isoformat())
        fresh.replace(self.path)

    def stop(self) -> None:
        """The bot has ended on purpose."""
        self.path.unlink(missing_ok=True)

    def is_fresh(self, now: datetime) -> bool:
        """Whether a bot runs and is not stuck."""
        last = self.last()
        return last is not None and now - last <= FRESH

    def last(self) -> datetime | None:
        """When all was last well; None where no bot runs."""
        try:
            return datetime.fromisoformat(self.path.read_text()).astimezone(UTC)
        except (OSError, ValueError):
            return None
