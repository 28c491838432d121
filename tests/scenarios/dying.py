"""The application in a process of its own that kills itself at a given commit.

`python -m tests.scenarios.dying`, with the settings in the environment and VIGIL_TEST_DIE as
`before:3` (just before its third commit), `after:3` (just after it) or empty (never).
VIGIL_TEST_LEASE is the lease in seconds.
"""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App
from bot.clock import SystemClock
from bot.settings import load
from bot.sources.schedule import PollPace
from bot.store.open_connections import OpenConnections

_QUICK = PollPace(hourly=1, floor=1, cap=1)


def die_at(plan: str) -> None:
    """Count the writer's commits; kill this process at the one planned."""
    when, _, number = plan.partition(":")
    count = 0

    def kill() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(Engine, "commit")
    def before(connection: Any) -> None:
        nonlocal count
        # Readers have several connections; the writer of SQLite has one.
        if connection.engine.pool.size() != 1:
            return
        count += 1
        if when == "before" and count == int(number):
            kill()

    # No event of SQLAlchemy follows a commit, and connections stay out of its pool.
    keep = OpenConnections.keep

    def after(connections: OpenConnections, connection: AsyncConnection) -> bool:
        if when == "after" and count == int(number):
            kill()
        return keep(connections, connection)

    OpenConnections.keep = after  # type: ignore[method-assign]


async def main() -> None:
    settings = load(
        {name: text for name, text in os.environ.items() if not name.startswith("VIGIL_TEST_")}
    ).settings
    lease = float(os.environ.get("VIGIL_TEST_LEASE", "40"))
    async with await App.open(
        settings, SystemClock(), pace=_QUICK, poll_seconds=1, lease_seconds=lease
    ) as app:
        await app.run()


if __name__ == "__main__":
    if plan := os.environ.get("VIGIL_TEST_DIE"):
        die_at(plan)
    asyncio.run(main())
