"""Posts that readers say were missed; what admins make of them is in `bot.commands.review`."""

from __future__ import annotations

from hashlib import sha256

from bot.commands.calls import Backend, Call
from bot.commands.roles import Command
from bot.commands.transaction import changing
from bot.store import missed_reports

__all__ = ["report"]


async def report(backend: Backend, call: Call, *, url: str, text: str, item_id: int | None) -> bool:
    """Report this post as missed. Returns whether it is the first report.

    Who says it is kept nowhere, as with what readers say of alerts.
    """
    key = f"item:{item_id}" if item_id else url or sha256(text.encode()).hexdigest()
    async with changing(backend, call, Command.REPORT_MISSED) as change:
        return await missed_reports.report(
            change.conn, key, url=url, text=text, item_id=item_id, now=call.now
        )
