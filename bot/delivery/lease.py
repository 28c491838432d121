"""One process at a time speaks to Telegram, whatever is paused, partitioned or started twice.

The holder moves a beat in the database. Another process takes the lease only after it has seen
the beat stand still for the whole lease by its own monotonic clock, so that no two clocks need to
agree; the holder stops when its own last beat is that old. A call that it began in time may still
run: it ends within its own timeout, and only then does the new holder mark the predecessor's
half-sent messages as unknown.

Where a process dies, its session at the server ends and with it a lock that it held: whoever
waits gets that and takes the lease at once. Beats are for those that are frozen or cut off, who may
wake.

An SQLite file is locked by the kernel for as long as its process lives, stopped or not: whoever has
opened it holds the lease without beats, and its predecessor is dead.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from bot.clock import Clock
from bot.errors import LeaseLost, StoreDown, StoreError
from bot.ops.trouble import Trouble
from bot.store import Store
from bot.store import lease_row as rows

__all__ = ["CALL_SHARE", "LEASE_SECONDS", "Lease"]

log = structlog.get_logger(__name__)

LEASE_SECONDS = 40.0
CALL_SHARE = 0.625
"""The longest a call may take, as a share of the lease: it ends before the lease can."""

_BEATS_A_LEASE = 8  # in a lease
_WATCH_SECONDS = 1.0  # seconds between two looks at another's lease
_CLOCK_DRIFT_SHARE = 0.02  # our clock may run slower than another's by that share


class Lease:
    """The right to speak to Telegram. `acquire` first; `keep` often; `release` last."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        seconds: float = LEASE_SECONDS,
    ) -> None:
        self._store = store
        self._clock = clock
        self._seconds = seconds
        self._watched: str | None = None
        self._since = 0.0
        self._beat = 0
        self._beaten = float("-inf")
        self._until = float("-inf")
        self._lost = False
        self._trouble = Trouble(clock)
        self.strangers_done = 0.0
        """When (monotonic) no call of a predecessor can be under way any more."""

    def holds(self) -> bool:
        """Whether a call may begin now. Called before every request, so it does not read the
        database.
        """
        return not self._lost and self._clock.monotonic() < self._until

    @property
    def store(self) -> Store:
        """The database that it is a row of, or a lock."""
        return self._store

    async def acquire(self, on_wait: Callable[[], None] = lambda: None) -> None:
        """Wait until the lease is ours. Raises StoreError.

        `on_wait` is called at each beat at which another still has it.
        """
        is_logged = False
        while not await self.attempt():
            if not is_logged:
                log.warning("lease.waiting", hint="another Vigil holds this database")
                is_logged = True
            on_wait()
            await self._clock.sleep(_WATCH_SECONDS)

    async def attempt(self) -> bool:
        """Take the lease if it is free or released; whether it is ours now."""
        at = self._clock.monotonic()
        async with self._store.read() as conn:
            row = await rows.current(conn)
        clean = self._store.exclusive or rows.is_free(row)
        session = self._store.session
        # Ours although the row is another's: its process is dead, or cut off from the database.
        dead = session is not None and await session.take()
        if not clean and not dead and not self._stands_still(row):
            return False
        async with self._store.write() as conn:
            epoch = await rows.take(conn, row)
        if epoch is None:
            return False
        self._store.epoch = epoch
        self._extend(at)
        self.strangers_done = at if clean else self._clock.monotonic() + self._seconds * CALL_SHARE
        if not clean:
            log.warning("lease.taken_over", epoch=epoch)
        return True

    async def keep(self) -> None:
        """Move the beat if it is time. Raises LeaseLost when another has taken over.

        A database that fails only brings the end of the lease nearer.
        """
        if self._lost:
            raise LeaseLost
        if self._store.exclusive:
            return
        at = self._clock.monotonic()
        if at - self._beaten < self._seconds / _BEATS_A_LEASE:
            return
        try:
            if self._store.session is not None:
                await self._store.session.take()  # again, where its connection was lost
            async with self._store.write() as conn:
                ours = await rows.beat(conn, self._store.epoch, self._beat + 1)
        except StoreError as error:
            # The store has said what is wrong with it; and this is tried every few seconds.
            is_logged = isinstance(error, StoreDown) or self._store.down is not None
            if not is_logged and self._trouble.failed("lease"):
                log.error("lease.not_renewed", words=str(error), left=round(self._until - at, 1))
            return
        self._trouble.worked()
        if not ours:
            self._lost = True
            log.error("lease.lost", epoch=self._store.epoch)
            raise LeaseLost
        self._beat += 1
        self._extend(at)

    async def run(self) -> None:
        """Keep the lease until cancelled. Raises LeaseLost."""
        while True:
            await self.keep()
            await self._clock.sleep(self._seconds / _BEATS_A_LEASE)

    async def release(self) -> None:
        """Let the next one begin at once; call it when nothing is under way. Raises StoreError."""
        if self._lost or self._until == float("-inf"):
            return
        self._until = float("-inf")
        async with self._store.write() as conn:
            await rows.release(conn, self._store.epoch)
        if self._store.session is not None:
            await self._store.session.release()

    def _stands_still(self, row: str) -> bool:
        """Whether the row has not changed for a whole lease, as we saw it."""
        now = self._clock.monotonic()
        if row != self._watched:
            self._watched, self._since = row, now
        return now - self._since >= self._seconds

    def _extend(self, at: float) -> None:
        self._beaten = at
        self._until = at + self._seconds * (1 - _CLOCK_DRIFT_SHARE)
        if self._store.exclusive:
            self._until = float("inf")
