"""What commands and buttons act on. Built by the application, passed to the constructor of Chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.botapi.client import Client
from bot.chat.jobs import Jobs
from bot.chat.once import Once, Pace
from bot.clock import Clock
from bot.ingest.pipeline import Pipeline
from bot.model import Source
from bot.sources.discovery import Discovery
from bot.store import Store
from filters.reading import Reader

__all__ = ["Services"]


def _nobody() -> None:
    return None


async def _nowhere(_: Source) -> None:
    return None


@dataclass(slots=True)
class Services:
    """`roots` are the root admins of the settings; `open` is VIGIL_ACCESS=open.

    `wake_delivery` is called after something to send was committed; `visit` reads a source now.
    """

    store: Store
    clock: Clock
    client: Client
    reader: Reader
    pipeline: Pipeline
    discovery: Discovery
    roots: frozenset[int] = frozenset()
    open: bool = False
    admin_chat: int | None = None
    push_cap: int = 10
    wake_delivery: Callable[[], None] = _nobody
    visit: Callable[[Source], Awaitable[object]] = _nowhere
    jobs: Jobs = field(default_factory=Jobs)
    turned_away: Once = field(default_factory=lambda: Once(timedelta(hours=24)))
    # Answers are paced at one a second a chat, and everybody waits for the slowest.
    pace: Pace = field(default_factory=lambda: Pace(10, timedelta(seconds=2)))
    slowed: Once = field(default_factory=lambda: Once(timedelta(minutes=1)))
    explained: Once = field(default_factory=lambda: Once(timedelta(minutes=10)))
