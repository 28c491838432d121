"""Bringing a database to this version's schema."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.files import DatabaseFile
from bot.store.schema import metadata

__all__ = ["bring_up"]


async def bring_up(
    engine: AsyncEngine, file: DatabaseFile | None, now: datetime, backup_dir: Path | None
) -> None:
    """Create or upgrade the tables."""
    async with engine.begin() as conn:
        await conn.run_sync(metadata.create_all)
