"""The way to a PostgreSQL server, the same for the bot and for `vigil doctor`.

The address is libpq's, as of psql and pg_dump: `postgresql://user@host/vigil?sslmode=verify-full`.
What stands behind the ? and is not known is refused in words: ignored, `sslmode` misspelt would
send everything in plain.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import URL

from bot.errors import StoreError

if TYPE_CHECKING:
    import asyncpg  # type: ignore[import-untyped]  # an extra: only where it is used

__all__ = ["SessionLock", "check", "connecting"]

_CONNECT_SECONDS = 10.0
# A server that is gone without a word is noticed within seconds, not in a quarter of an hour.
_QUIET_SECONDS, _PROBE_SECONDS, _PROBES = 10, 3, 3
_UNANSWERED_MS = 15_000
# A paused process must not keep its rows locked for longer than a lease.
_SERVER = {"idle_in_transaction_session_timeout": "30000"}
_KNOWN = frozenset(
    {
        *("host", "port", "dbname", "user", "password", "passfile", "application_name"),
        *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslcrl"),
        *("ssl_min_protocol_version", "ssl_max_protocol_version", "target_session_attrs"),
        "options",
    }
)
# SQLAlchemy's older name of sslmode.
_SSL = {"true": "require", "1": "require", "false": "disable", "0": "disable"}
# Any constant, another than those of relating and upgrading.
_SPEAKER_LOCK = 0x564947_5350


def check(url: URL) -> URL:
    """`url` with `ssl` as sslmode. Raises StoreError for what is not known behind the ?."""
    query = dict(url.query)
    if "ssl" in query:
        mode = str(query.pop("ssl"))
        query.setdefault("sslmode", _SSL.get(mode.lower(), mode))
    unknown = sorted(query.keys() - _KNOWN)
    if unknown:
        raise StoreError(
            "The address of the database says {names}, which is not known; known are sslmode,"
            " sslrootcert, sslcert, sslkey, application_name and others of libpq",
            names=", ".join(unknown),
        )
    return url.set(query=query)


def connecting(url: URL) -> Callable[[], Awaitable[asyncpg.Connection]]:
    """For `create_async_engine(async_creator=…)`, and for one connection alone."""
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)

    async def connect() -> asyncpg.Connection:
        import asyncpg

        conn = await asyncpg.connect(dsn, timeout=_CONNECT_SECONDS, server_settings=_SERVER)
        _watch(conn)
        return conn

    return connect


def _watch(conn: Any) -> None:
    """Have the kernel ask after a server that says nothing."""
    transport = getattr(conn, "_transport", None)
    sock = transport.get_extra_info("socket") if transport is not None else None
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    for level, name, value in (
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", _QUIET_SECONDS),
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", _PROBE_SECONDS),
        (socket.IPPROTO_TCP, "TCP_KEEPCNT", _PROBES),
        (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", _UNANSWERED_MS),
    ):
        with suppress(OSError, AttributeError):  # not every system has each
            sock.setsockopt(level, getattr(socket, name), value)


class SessionLock:
    """A lock that the server holds for a session: a process that dies lets go of it at once.

    A process that is frozen, or cut off, keeps it for as long as the server believes in its
    connection; for those there are beats. It does not work through a pooler that shares
    sessions (PgBouncer's transaction mode): then beats alone decide.
    """

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]]) -> None:
        self._connect = connect
        self._conn: asyncpg.Connection | None = None
        self._held = False

    async def take(self) -> bool:
        """Whether it is ours, taken now if it was free. Raises StoreError."""
        try:
            if self._conn is None or self._conn.is_closed():
                self._held = False
                self._conn = await self._connect()
            if self._held:
                await self._conn.execute("SELECT 1", timeout=_CONNECT_SECONDS)
            else:
                self._held = bool(
                    await self._conn.fetchval("SELECT pg_try_advisory_lock($1)", _SPEAKER_LOCK)
                )
        except Exception as error:
            await self.release()
            raise StoreError(
                "The database cannot be reached: {name}", name=type(error).__name__
            ) from error
        return self._held

    async def release(self) -> None:
        """Let go of it. Repeating it does nothing."""
        conn, self._conn, self._held = self._conn, None, False
        if conn is not None:
            conn.terminate()
