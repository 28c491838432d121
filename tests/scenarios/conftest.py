from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.clock import ManualClock
from tests.support.vigil import Vigil


@pytest.fixture
async def vigil(started_database: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Vigil]:
    """The application on SQLite in this process: most scenarios."""
    async with Vigil(started_database, tmp_path / "data", clock, inline=True) as running:
        yield running


@pytest.fixture
async def whole_vigil(
    started_database: str, tmp_path: Path, clock: ManualClock
) -> AsyncIterator[Vigil]:
    """The application on SQLite with all its threads and its parsing process."""
    async with Vigil(started_database, tmp_path / "data", clock) as running:
        yield running


@pytest.fixture
async def vigil_on_both(database: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Vigil]:
    """The application on SQLite and on PostgreSQL, with all its threads and processes."""
    async with Vigil(database, tmp_path / "data", clock) as running:
        yield running
