"""Jobs that are done again and again, by the clock that never jumps.

A scheduler that plans by the wall clock sleeps for two hours when that is set back by two. Here
each job is a loop: do it, wait, do it again. Never twice at once, late rather than not at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from bot.clock import Clock
from bot.errors import LeaseLost
from bot.ops.failures import log_failure

__all__ = ["Ticker", "guarded", "kept_running"]

log = structlog.get_logger(__name__)

Job = Callable[[], Awaitable[object]]

_RESTART_AFTER = 5.0  # seconds


class Ticker:
    """Give it its jobs with `every`, then `run` it. For one event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._jobs: list[tuple[float, Job]] = []

    def every(self, seconds: float, job: Job) -> None:
        """Call `job` that often, the first time at once; what it raises is logged."""
        self._jobs.append((seconds, job))

    async def run(self) -> None:
        """Call the jobs until cancelled. Being cancelled is their end too, without a trace."""
        async with asyncio.TaskGroup() as tasks:
            for seconds, job in self._jobs:
                tasks.create_task(self._repeat(seconds, job))

    async def _repeat(self, seconds: float, job: Job) -> None:
        while True:
            began = self._clock.monotonic()
            await guarded(job)
            took = self._clock.monotonic() - began
            await self._clock.sleep(max(0.0, seconds - took))


async def guarded(job: Job) -> None:
    """One call of a job; what it raises is logged and ends nothing else."""
    try:
        await job()
    except Exception as error:  # noqa: BLE001 - logged by name
        log_failure(log, "job.failed", error, job=getattr(job, "__qualname__", repr(job)))


async def kept_running(
    name: str, loop: Callable[[], Coroutine[Any, Any, None]], clock: Clock
) -> None:
    """Run a loop that shall not end; when a bug ends it, log that and begin again."""
    while True:
        try:
            await loop()
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - logged by name
            log_failure(log, "loop.broke", error, loop=name)
            await clock.sleep(_RESTART_AFTER)
        else:
            return
