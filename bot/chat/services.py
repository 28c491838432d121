"""What commands and buttons act on. Built by the application, passed to the constructor of Chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.botapi.client import Client
from bot.chat.edits import Edits
from bot.chat.jobs import Jobs
from bot.chat.quiet import Veils
from bot.chat.rate_limits import Once, RateLimit, Recent
from bot.clock import Clock
from bot.commands.calls import Backend
from bot.ingest.pipeline import Pipeline
from bot.model import Source
from bot.sources.discovery import Discovery
from bot.store.connection import ReadOnly
from filters.reading import Reader

__all__ = ["Services"]


async def _nowhere(_: Source) -> None:
    return None


@dataclass(slots=True)
class Services:
    """Commands act on `backend`; `open` is VIGIL_ACCESS=open; `visit` reads a source now."""

    backend: Backend
    clock: Clock
    client: Client
    reader: Reader
    pipeline: Pipeline
    discovery: Discovery
    open: bool = False
    push_cap: int = 10
    forget_blocked_days: int = 30  # after which a chat closed to us is forgotten; 0: never
    watch_limit: int = 20
    visit: Callable[[Source], Awaitable[object]] = _nowhere
    jobs: Jobs = field(default_factory=Jobs)
    edits: Edits = field(init=False)
    turned_away: Once = field(default_factory=lambda: Once(timedelta(hours=24)))
    # Answers are paced at one a second a chat, and everybody waits for the slowest.
    pace: RateLimit = field(default_factory=lambda: RateLimit(10, timedelta(seconds=2)))
    slowed: Once = field(default_factory=lambda: Once(timedelta(minutes=1)))
    veils: Veils = field(default_factory=Veils)
    explained: Once = field(default_factory=lambda: Once(timedelta(minutes=10)))
    unfolded: Recent = field(default_factory=Recent)
    """Notices under which More was pressed: another press does not fold them."""

    def __post_init__(self) -> None:
        self.edits = Edits(self.client, self.clock, self.jobs)

    @property
    def store(self) -> ReadOnly:
        """For reading: what people change goes through commands."""
        return self.backend.store

    @property
    def roots(self) -> frozenset[int]:
        """The root admins of the settings."""
        return self.backend.roots

    @property
    def admin_chat(self) -> int | None:
        """The group in which admins get common messages."""
        return self.backend.admin_chat

    def wake_delivery(self) -> None:
        """Something to send was committed."""
        self.backend.wake_delivery()
