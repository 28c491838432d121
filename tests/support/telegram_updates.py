"""getUpdates as Telegram does it: offset confirms, allowed_updates filters what comes later."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from tests.support.telegram_world import ApiError

__all__ = ["Updates"]

Json = dict[str, Any]
# Only by name in allowed_updates, never by default.
_SHY = {"chat_member", "message_reaction", "message_reaction_count"}


class Updates:
    """Waiting updates in order. An update leaves when a later offset is asked for."""

    def __init__(self, first_id: int = 1000) -> None:
        self.waiting: list[Json] = []
        self.next_id = first_id
        self.allowed: frozenset[str] = frozenset()
        self.webhook: Json | None = None
        self.polled = asyncio.Event()  # set while a call is held
        self._arrived = asyncio.Event()
        self._poller: asyncio.Future[None] | None = None

    def add(self, kind: str, payload: Json) -> int | None:
        """Queue an update; None when the bot did not ask for its kind."""
        if (self.allowed and kind not in self.allowed) or (not self.allowed and kind in _SHY):
            return None
        update_id = self.next_id
        self.next_id += 1
        self.waiting.append({"update_id": update_id, kind: payload})
        self._arrived.set()
        return update_id

    def repeat(self, update: Json) -> None:
        """Deliver an update once more, as Telegram does when a confirmation was lost."""
        self.waiting.insert(0, update)
        self._arrived.set()

    async def get(
        self, offset: int = 0, limit: int = 100, timeout: float = 0, allowed: object = None
    ) -> list[Json]:
        """What waits from `offset` on; holds the call up to `timeout` real seconds."""
        if self.webhook is not None:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        if not 1 <= limit <= 100:
            raise ApiError(400, "Bad Request: limit must be in 1..100")
        if isinstance(allowed, list):
            self.allowed = frozenset(allowed)
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)  # the older call is told of the conflict
            self.polled.clear()
        if offset > 0:
            self.waiting = [u for u in self.waiting if u["update_id"] >= offset]
        elif offset < 0:
            self.waiting = self.waiting[offset:]
        if not self.waiting and timeout > 0:
            await self._wait(timeout)
        return self.waiting[:limit]

    async def _wait(self, timeout: float) -> None:
        mine = self._poller = asyncio.get_running_loop().create_future()
        self._arrived.clear()
        self.polled.set()
        arrived = asyncio.ensure_future(self._arrived.wait())
        try:
            await asyncio.wait({mine, arrived}, timeout=timeout, return_when="FIRST_COMPLETED")
        finally:
            arrived.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await arrived
            if self._poller is mine:
                self._poller = None
                self.polled.clear()
        if mine.done():
            raise ApiError(
                409,
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
            )
