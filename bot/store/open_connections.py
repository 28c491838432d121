"""Connections of an SQLite engine that stay taken from SQLAlchemy's pool between transactions.

Taking one out, and giving it back, costs a task, two greenlets and a rollback of nothing: as much
as three statements. On PostgreSQL the pool also asks whether the server still answers, so there
each goes back.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

__all__ = ["OpenConnections"]


class OpenConnections:
    """Of one engine, whose pool says how many there may be. Belongs to one event loop."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._keeps = engine.dialect.name == "sqlite"
        self._idle: list[AsyncConnection] = []
        self._waiting = 0

    async def take(self) -> AsyncConnection:
        """The one given back last, whose cache is warm, or another. Raises what SQLAlchemy does."""
        while self._idle:
            conn = self._idle.pop()
            if not conn.closed and not conn.invalidated:
                return conn
        self._waiting += 1
        try:
            return await self.engine.connect()
        finally:
            self._waiting -= 1

    def keep(self, conn: AsyncConnection) -> bool:
        """Whether the connection, whose transaction has ended well, is kept: else close it.

        Whoever waits gets one from the pool only.
        """
        if not self._keeps or self._waiting or conn.closed or conn.invalidated:
            return False
        if conn.in_transaction():
            return False
        self._idle.append(conn)
        return True

    async def close(self) -> None:
        """Give all that are kept back to the pool. Repeating it does nothing."""
        while self._idle:
            await self._idle.pop().close()
