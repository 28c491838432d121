"""The receiver's inbox on the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.botapi.updates import Unreadable
from bot.errors import StoreError
from bot.store import Store, inbox, meta
from bot.store.transient import refuses_value

__all__ = ["StoreInbox"]

_HANDLED = "private_updates_handled"  # "<update id> <time>"


class StoreInbox:
    """Implements bot.botapi.receive.Inbox: each call is one committed transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def keep(
        self, update_id: int, kind: str, payload: Mapping[str, Any], now: datetime
    ) -> None:
        try:
            async with self._store.write() as conn:
                await inbox.keep(conn, update_id, kind, payload, now)
        except StoreError as error:
            if not refuses_value(error):
                raise
            # No database takes this one: repeating would make us deaf to all others.
            raise Unreadable(kind) from None

    async def last_handled(self) -> tuple[int, datetime] | None:
        async with self._store.read() as conn:
            value = await meta.get(conn, _HANDLED)
        if not value:
            return None
        update_id, at = value.split(" ", 1)
        return int(update_id), datetime.fromisoformat(at)

    async def record_handled(self, update_id: int, now: datetime) -> None:
        async with self._store.write() as conn:
            await meta.set_value(conn, _HANDLED, f"{update_id} {now.isoformat()}")
