"""Whether an event loop waits for nothing but its tests' clock.

    idleness = Idleness()          # in the loop
    if await idleness.reached(task):
        clock.skip()

For an application all of which runs in this loop and its executors: its servers are on loopback,
so what was sent to them is ready to be read at once. Where a process or another thread works
beside, nobody can tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from types import coroutine
from typing import Any, Final

__all__ = ["Idleness", "turn"]

_IDLE_TURNS: Final = 20
"""Turns of the loop without anything to do: what one end of a connection writes wakes the other
a turn or two later."""
_REAL_SECONDS: Final = 1.0
"""A timer within that time is a wait for the network's time; later ones guard against a hang."""
_PATIENCE: Final = 0.05  # real seconds for such a wait


@coroutine
def turn() -> Generator[None, None, None]:
    """Let everybody else that is ready run once."""
    yield


class Idleness:
    """Of the running loop; counts what its executors have in hand."""

    def __init__(self) -> None:
        self._loop: Any = asyncio.get_running_loop()
        self._in_hand: set[asyncio.Future[Any]] = set()
        run: Callable[..., asyncio.Future[Any]] = self._loop.run_in_executor

        def counted(*args: Any) -> asyncio.Future[Any]:
            future = run(*args)
            self._in_hand.add(future)
            future.add_done_callback(self._in_hand.discard)
            return future

        self._loop.run_in_executor = counted

    async def reached(self, task: asyncio.Task[Any]) -> bool:
        """True once all that can go on by itself has; False when `task` is done."""
        idle = 0
        while not task.done():
            await turn()
            if self._loop._ready:
                idle = 0
            elif self._in_hand:
                await asyncio.wait({task, *self._in_hand}, return_when=asyncio.FIRST_COMPLETED)
                idle = 0
            elif (idle := idle + 1) >= _IDLE_TURNS:
                if not self._waits_for_real_time():
                    return True
                await asyncio.wait({task}, timeout=_PATIENCE)
                return not task.done()
        return False

    def _waits_for_real_time(self) -> bool:
        now = self._loop.time()
        timers = self._loop._scheduled
        return any(not t.cancelled() and t.when() - now < _REAL_SECONDS for t in timers)
