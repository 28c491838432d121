"""Work that takes longer than an update may: it runs beside, and answers when it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

import structlog

__all__ = ["Jobs"]

log = structlog.get_logger(__name__)


class Jobs:
    """Long work for people, one piece a person and `at_once` in all.

    What it raises is logged by name and place only: it may quote texts.
    """

    def __init__(self, at_once: int = 4) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._running: dict[object, asyncio.Task[None]] = {}

    def start(self, user_id: int, name: str, work: Coroutine[Any, Any, object]) -> bool:
        """Begin `work`; False (and it is dropped) while the person's last is not done."""
        if user_id in self._running:
            work.close()
            return False
        self._start(user_id, name, work)
        return True

    def start_beside(self, name: str, work: Coroutine[Any, Any, object]) -> None:
        """Begin `work` that nobody waits for."""
        self._start(object(), name, work)

    def start_at_once(self, name: str, work: Coroutine[Any, Any, object]) -> None:
        """As `start_beside`, without waiting for a place: for what is short and many."""
        self._start(object(), name, work, places=nullcontext())

    def works_for(self, user_id: int) -> bool:
        """Whether the person's last is not done."""
        return user_id in self._running

    @property
    def busy(self) -> bool:
        """Whether anything runs."""
        return bool(self._running)

    async def settle(self) -> None:
        """Wait until nothing runs."""
        while self._running:
            await asyncio.wait(self._running.values())

    async def close(self) -> None:
        """Stop what runs; its people get no answer."""
        for task in self._running.values():
            task.cancel()
        await self.settle()

    def _start(
        self,
        key: object,
        name: str,
        work: Coroutine[Any, Any, object],
        places: AbstractAsyncContextManager[object] | None = None,
    ) -> None:
        task = asyncio.create_task(self._run(name, work, places or self._places))
        self._running[key] = task

        def over(_: object) -> None:
            self._running.pop(key, None)
            work.close()  # stopped before it began

        task.add_done_callback(over)

    async def _run(
        self,
        name: str,
        work: Coroutine[Any, Any, object],
        places: AbstractAsyncContextManager[object],
    ) -> None:
        try:
            async with places:
                await work
        except Exception as error:  # noqa: BLE001 - one person's work never stops the others
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            log.error(
                "chat.job_failed",
                job=name,
                error=type(error).__name__,
                where=f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
                if trace
                else "",
            )
