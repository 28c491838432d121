"""The database as other rooms know it: a connection, and a way to read only."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StoreDown

__all__ = ["Connection", "ReadOnly"]

Connection: TypeAlias = AsyncConnection
"""A connection inside a block of `Store.read` or `Store.write`."""


class ReadOnly(Protocol):
    """A store for those who do not write. The database refuses writes on its connections too."""

    @property
    def down(self) -> StoreDown | None:
        """See `Store.down`."""
        ...

    def read(self) -> AbstractAsyncContextManager[Connection]:
        """A connection that sees one moment of the database and cannot write."""
        ...

    async def scrub(self) -> bool:
        """See `Store.scrub`."""
        ...
