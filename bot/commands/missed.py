"""Posts that readers say were missed; admins look at each and settle it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import Command
from bot.commands.transaction import Change, changing
from bot.store import missed
from bot.store.audit import Undo
from bot.store.missed import Missed

__all__ = ["RESTORERS", "report", "settle"]


async def report(backend: Backend, call: Call, *, url: str, text: str, item_id: int | None) -> bool:
    """Say that this post should have been told; whether nobody had said so before.

    Who says it is kept nowhere, as with what readers say of alerts.
    """
    key = f"item:{item_id}" if item_id else url or sha256(text.encode()).hexdigest()
    async with changing(backend, call, Command.REPORT_MISSED) as change:
        return await missed.report(
            change.conn, key, url=url, text=text, item_id=item_id, now=call.now
        )


async def settle(backend: Backend, call: Call, number: int) -> Missed | Refused:
    """An admin has seen to it. SAME where another was faster."""
    async with changing(backend, call, Command.REVIEW) as change:
        each = await missed.get(change.conn, number)
        if each is None:
            return Refused.MISSING
        if not await missed.set_settled(change.conn, number, call.now):
            return Refused.SAME
        await change.record(f"missed:{number}", inverse=Undo("missed.open", {"id": number}))
        return each


async def _reopen(change: Change, args: Mapping[str, Any]) -> bool:
    return await missed.set_settled(change.conn, int(args["id"]), None)


RESTORERS: Final = {"missed.open": _reopen}
