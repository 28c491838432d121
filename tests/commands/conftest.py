"""Commands on both databases, without Telegram."""

from __future__ import annotations

import pytest

from bot.store import Store
from tests.commands.people import Desk
from tests.support.clock import ManualClock


@pytest.fixture
async def desk(store: Store, clock: ManualClock) -> Desk:
    """Commands on SQLite and on PostgreSQL."""
    desk = Desk(store, clock)
    await desk.appoint()
    return desk
