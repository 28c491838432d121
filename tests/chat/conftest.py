"""The application, and verbs of people who speak with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.clock import ManualClock
from tests.support.vigil import Vigil


@pytest.fixture
async def vigil(started_database: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Vigil]:
    """The application on SQLite in this process; some scenarios have all its threads and its
    parsing process too."""
    async with Vigil(started_database, tmp_path / "data", clock, inline=True) as running:
        yield running
