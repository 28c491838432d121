"""Commits outcomes of calls: all that have come meanwhile in one transaction.

Every claimed message is settled on every path. What the database does not take stays in memory;
after a crash it is `sending`, which the next process takes for unknown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.delivery.outcomes import Outcome, record_all, settle
from bot.errors import StoreError
from bot.ops.failures import log_failure
from bot.store import Store
from bot.store.transient import passes

__all__ = ["OutcomeRecorder"]

log = structlog.get_logger(__name__)

_STORE_WAIT = timedelta(seconds=2)


class OutcomeRecorder:
    """`on_failures` is called after outcomes with errors are committed, `on_rest` when all are.

    `task` runs while there are any.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        on_failures: Callable[[], None],
        on_rest: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._on_failures = on_failures
        self._on_rest = on_rest
        self._waiting: list[Outcome] = []
        self.task: asyncio.Task[None] | None = None

    def add(self, outcome: Outcome) -> None:
        """Have it committed soon."""
        self._waiting.append(outcome)
        if self.task is None:
            self.task = asyncio.get_running_loop().create_task(self._record())

    async def stop(self) -> None:
        """Break off what the database does not take."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)

    async def _record(self) -> None:
        """Commit outcomes, all that have come meanwhile in one transaction."""
        try:
            while self._waiting:
                batch = self._waiting[:]
                try:
                    await self._commit(batch)
                except StoreError as error:  # of the database as a whole
                    # They stay in memory; a crash meanwhile makes them unknown, not lost.
                    log_failure(log, "outbox.store_failed", error, outcomes=len(batch))
                    await self._clock.sleep_until(self._clock.now() + _STORE_WAIT)
                    continue
                del self._waiting[: len(batch)]
                if any(o.error is not None for o in batch):
                    self._on_failures()
        finally:
            self.task = None
            self._on_rest()

    async def _commit(self, outcomes: Sequence[Outcome]) -> None:
        """Record all; where one fails by itself, each alone. Raises StoreError if none could be."""
        try:
            async with self._store.write() as conn:
                await record_all(conn, outcomes)
        except Exception as error:
            if isinstance(error, StoreError) and passes(error):
                raise
            if len(outcomes) > 1:
                for outcome in outcomes:
                    await self._commit([outcome])
                return
            await self._settle_alone(outcomes[0], error)

    async def _settle_alone(self, outcome: Outcome, error: Exception) -> None:
        """End `sending` for an outcome that cannot be recorded (a damaged row, our bug)."""
        log.error("outbox.not_recorded", message=outcome.message.id, exc_info=error)
        try:
            async with self._store.write() as conn:
                await settle(conn, outcome)
        except Exception as again:
            if isinstance(again, StoreError) and passes(again):
                raise
            # Nothing more can be done here; the next start takes it for unknown.
            log.exception("outbox.not_settled", message=outcome.message.id)
